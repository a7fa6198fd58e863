// SPDX-License-Identifier: Apache-2.0
// What probes need to know of a lab, and nothing else. lab/ implements it; the kernel tests have one of two namespaces.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::probes {

/// Where a flow starts or ends. `netns` lives as long as the site does.
struct Endpoint {
  std::string node;
  Address address;
  const sys::Netns* netns = nullptr;
  std::uint16_t port = 0;  ///< of a receiver, when something on the way changes it; 0: the one that is sent to
};

/// What a flow is sent to, and who may answer there: the node that has the address, or for a balancer's frontend, a
/// virtual or a translated address, everybody that it may come to.
struct Target {
  Address address;
  std::vector<Endpoint> receivers;  ///< at least one
};

/// An interface that a packet can be seen arriving at.
struct InterfaceView {
  std::string node;
  std::string name;
  const sys::Netns* netns = nullptr;
  std::string peer_node, peer_name;  ///< the other end of the link or tunnel; empty when it is not known
  bool tunnel = false;               ///< a layer 3 device (no Ethernet header), made by a service
};

class Site {
 public:
  virtual ~Site() = default;
  /// "hq-client" (its first address), "fgt-a:port1", or an address that a node of the lab holds.
  /// Throws NotFoundError.
  virtual Endpoint endpoint(const std::string& place) const = 0;
  /// The same as what a flow is sent to, to a port of TCP (6) or UDP (17).
  virtual Target target(const std::string& place, std::uint8_t /*protocol*/, std::uint16_t /*port*/) const {
    const auto end = endpoint(place);
    return {end.address, {end}};
  }
  /// Every interface of every node at which packets arrive: link ends, sub-interfaces, tunnels. No loopbacks, no
  /// bridges.
  virtual std::vector<InterfaceView> interfaces() const = 0;
  /// Where what is too much for memory goes.
  virtual std::string folder() const { return "/tmp"; }
};

}  // namespace xconn::probes
