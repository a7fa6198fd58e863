// The throw-away namespace in which doctor.hh tries things, and what the kernel answered.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sys/netns.hh"

namespace xconn::datapath {

/// Two interfaces, "a" and "b", a veth pair that is up; nothing leaves the namespace.
class Trial {
 public:
  Trial();
  const sys::Netns& netns() const { return netns_; }

  /// nullopt when `action` succeeded, else what went wrong, as one line.
  static std::optional<std::string> attempt(const std::function<void()>& action);

  void add_stacked_vlan() const;  ///< these throw KernelError where the kernel lacks it
  void add_netem() const;
  void add_xfrm_interface() const;
  void add_esp_state() const;
  void add_vrf() const;
  void open_tun() const;      ///< KernelError or HostError
  void load_ruleset() const;  ///< what labs' nftables rules use; ServiceError with nft's own words

 private:
  sys::Netns netns_;
};

}  // namespace xconn::datapath
