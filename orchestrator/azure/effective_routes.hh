// SPDX-License-Identifier: Apache-2.0
// Effective routes of a NIC, as Azure lists them (Microsoft Learn, "Diagnose a virtual machine routing problem"), from
// the tables of a running fabric. Who wants them (`xconn az network nic show-effective-route-table`) does three things:
//   1. `network` = azure::expand() of the topology that the lab runs
//   2. place_of() says in which node and table the NIC's routes are
//   3. kernel::Reader(namespace of place.fabric).routes(place.table), and the main tables of instances_behind(), are
//      given to effective_routes()
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/topology.hh"

namespace xconn::azure {

struct NicPlace {
  std::string fabric;  ///< the VNet, which is also the node
  std::string subnet;
  std::string interface;  ///< the fabric's side of the NIC's link
  std::uint32_t table = 0;
};

/// Where the fabric keeps the routes of a machine's NIC; nullopt when `nic` is in no subnet.
std::optional<NicPlace> place_of(const network::Network& network, const End& nic);

struct EffectiveRoute {
  std::string source;  ///< Default | User | VirtualNetworkGateway
  std::string state;   ///< Active | Invalid: another route to the same prefix stands before it
  Prefix prefix;
  std::string next_hop_type;  ///< VnetLocal | VNetPeering | VirtualNetworkGateway | VirtualAppliance | Internet | None
  std::vector<Address> next_hops;  ///< an MSEE, the VPN gateway's instance, or the appliance; else empty
  friend bool operator==(const EffectiveRoute&, const EffectiveRoute&) = default;
};

/// An instance of an ExpressRoute gateway.
struct Instance {
  std::string node;
  Address address;
};

/// The instances by which the machines of a VNet reach ExpressRoute: its own gateway's, or its hub's.
std::vector<Instance> instances_behind(const model::Topology& topology, const std::string& vnet);

/// What kernels have now.
struct SeenRoutes {
  std::vector<Route> subnet;                        ///< the table of the NIC's place
  std::map<Address, std::vector<Route>> instances;  ///< the main tables of instances_behind(), of those that answer
};

/// Which routes are there, whose they are (their metric) and where they lead is read from what is seen; the topology
/// only tells what an interface is, and what the user called a next hop that the kernel knows as a blackhole. A route
/// over ExpressRoute has a row for each MSEE that the gateway's instances lead to. Azure's order: the VNet, its peers,
/// what gateways learned, the Internet, None, the user's.
std::vector<EffectiveRoute> effective_routes(const model::Topology& topology, const network::Network& network,
                                             const NicPlace& place, const SeenRoutes& seen);

}  // namespace xconn::azure
