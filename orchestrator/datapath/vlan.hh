// SPDX-License-Identifier: Apache-2.0
// Sub-interfaces: frames of one tag, or of two stacked tags, of a trunk, as an interface of their own.
//
// Driver kKernel makes vlan devices. Driver kPortable needs no 8021q module: the visible interface is one end of a veth
// pair in the node, and tc eBPF carries frames between its hidden port ("NAME~") and the trunk, pushing and popping
// real tags (802.1Q-2022 clause 9). Both behave the same: a sub-interface with one tag passes the inner tags of a
// stacked frame through untouched (a provider's switch), an unknown tag stays on the trunk and is dropped by its stack.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/wiring.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::datapath {

enum class VlanDriver { kKernel, kPortable };

struct SubInterface {
  std::string name;        ///< at most 14 bytes with kPortable: "~" is added for the hidden port
  std::string parent;      ///< the trunk; must be there
  std::vector<Tag> tags;   ///< one or two, outermost first
  std::optional<Mac> mac;  ///< absent: the trunk's, as a vlan device does
  int mtu = 1500;
};

/// One sub-interface. It is down when made; link_set brings it up, after its trunk (as any vlan device). Its carrier is
/// the trunk's. Destroying it removes it. Not bound to a thread; keeps the namespace alive, so the Netns may go first.
class Vlan {
 public:
  /// Throws KernelError; std::invalid_argument for no or more than two tags, or a name too long.
  Vlan(const sys::Netns& netns, const SubInterface& sub_interface, VlanDriver driver);
  ~Vlan();
  Vlan(Vlan&&) noexcept;
  Vlan& operator=(Vlan&&) noexcept;

  const std::string& name() const;
  /// The namespace is about to go: the destructor leaves the deletion of the interface to that (about 20 ms cheaper).
  void leave();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
