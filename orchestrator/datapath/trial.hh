// SPDX-License-Identifier: Apache-2.0
// The throw-away namespace in which doctor.hh tries things, and what the kernel answered.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sys/netns.hh"

namespace xconn::datapath {

/// Why something cannot be had, and the line that brings it; the line is empty when only the feature's own row knows.
struct Refusal {
  std::string reason, remedy;
};

/// nullopt when `action` succeeded, else what went wrong, as one line. Throws what is no error of ours.
std::optional<Refusal> refusal_of(const std::function<void()>& action);

/// Two interfaces, "a" and "b", a veth pair that is up; nothing leaves the namespace, and what an attempt leaves goes
/// with it.
class Trial {
 public:
  Trial();
  const sys::Netns& netns() const { return netns_; }

  using Attempt = std::function<void(const Trial&)>;
  /// refusal_of() `action` in a trial of its own.
  static std::optional<Refusal> attempt(const Attempt& action);

  void add_bridge() const;  ///< these throw KernelError, or HostError where the kernel lacks a module
  void add_stacked_vlan() const;
  void add_netem() const;
  void add_xfrm_interface() const;
  void add_esp_state() const;
  void add_vrf() const;
  void open_tun() const;
  void load_ruleset() const;  ///< what labs' nftables rules use; ServiceError with nft's own words, or TimeoutError

 private:
  sys::Netns netns_;
};

}  // namespace xconn::datapath
