// SPDX-License-Identifier: Apache-2.0
// Lowering: Azure's objects become plain nodes and links that a user could have written himself. Pure.
#pragma once

#include "model/topology.hh"

namespace xconn::azure {

/// The user's own nodes and links, and after them those that every provider, circuit, VNet, gateway, connection and
/// load balancer is lowered to (in the order provider, MSEEs, gateways, VNets, load balancers).
network::Network expand(const model::Topology& topology);

/// The name of the pair of routers, or of ports, that several circuits share; empty: the circuit has its own.
const std::string& shared_routers(const model::Circuit& circuit);

/// What the expansion calls things. `end` is 0 for primary, 1 for secondary. The first is where private peering ends,
/// the second where Microsoft peering does: each is a VRF, so each is a node.
/// How the names of a circuit's MSEEs begin.
std::string routers_of(const model::Topology& topology, const model::Circuit& circuit);
std::string msee_name(const model::Topology& topology, const model::Circuit& circuit, int end);
std::string microsoft_router_name(const model::Topology& topology, const model::Circuit& circuit, int end);
std::string gateway_switch_name(const model::Gateway& gateway);
std::string gateway_front_name(const model::Gateway& gateway);  ///< of a VPN gateway: towards the Internet
std::string instance_name(const model::Gateway& gateway, int instance);
std::string provider_interface(const model::Topology& topology, const model::Circuit& circuit, int end);

}  // namespace xconn::azure
