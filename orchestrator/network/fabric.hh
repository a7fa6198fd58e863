// SPDX-License-Identifier: Apache-2.0
// The fabric of a VNet: who is plugged in, and one routing table for each subnet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"
#include "base/wiring.hh"

namespace xconn::network {

/// Azure's fabric: one routing table per subnet.
struct FabricNic {
  std::string interface;  ///< the fabric's side of the link
  Address address;
  std::string subnet;
  std::optional<Address> address_v6 = {};
  std::string nsg = {};        ///< its own; the subnet's is the subnet's
  bool ip_forwarding = true;   ///< off: nothing passes but what is addressed to or comes from `address`
  Duration withdraw_delay{0};  ///< of a gateway's instance: subnets follow its routes' end that much later
  friend bool operator==(const FabricNic&, const FabricNic&) = default;
};

struct FabricSubnet {
  std::string name;
  Prefix prefix;
  std::uint32_t table = 0;
  bool propagate_bgp = true;
  std::vector<Route> routes;  ///< user routes, lowered; metric 10
  std::string nsg = {};
  friend bool operator==(const FabricSubnet&, const FabricSubnet&) = default;
};

/// The other side of a Connected VNet peering.
struct FabricPeer {
  std::string vnet;
  std::vector<Prefix> address_space;
  Address router;         ///< the peer's side of every link to it
  std::string interface;  ///< this side of the link for what machines of the two VNets say to each other
  /// This side of the link between the one VNet and the other's gateways; empty unless one uses the other's.
  std::string transit_interface = {};
  bool remote_gateways = false;  ///< this VNet uses the peer's gateways, not the other way round
  /// This side of the links by which the peer reaches a machine of this VNet as the next hop of its user routes.
  std::vector<std::string> appliance_interfaces = {};
  bool access = true;              ///< the peer belongs to the service tag VirtualNetwork
  bool forwarded_traffic = false;  ///< what comes from the peer may have a source that is not the peer's
  friend bool operator==(const FabricPeer&, const FabricPeer&) = default;
};

struct Fabric {
  std::vector<Prefix> address_space;
  std::vector<FabricSubnet> subnets;
  std::vector<FabricNic> nics;
  std::vector<FabricPeer> peers;
  std::string internet_interface;  ///< towards the public load balancer, or empty
  friend bool operator==(const Fabric&, const Fabric&) = default;
};

}  // namespace xconn::network
