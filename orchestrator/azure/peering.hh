// VNet peerings as Azure sees them (Microsoft Learn, "Virtual network peering"): pure questions to a topology.
#pragma once

#include <string>

#include "model/topology.hh"

namespace xconn::azure {

/// The half of the peering that `remote` has towards `vnet`; nullptr when there is none.
const model::VnetPeering* other_half(const model::Topology& topology, const std::string& vnet,
                                     const model::VnetPeering& half);

/// "Connected" when the other VNet has the other half, else "Initiated". ("Disconnected" is what is left of a Connected
/// one when its other half was removed: only who saw both can tell.)
std::string peering_state(const model::Topology& topology, const std::string& vnet, const model::VnetPeering& half);

/// Whether `spoke` (a VNet's name) learns from, and is announced by, the gateways of the remote VNet of `half`: it is
/// Connected, uses remote gateways, and the hub allows gateway transit.
bool uses_remote_gateways(const model::Topology& topology, const std::string& spoke, const model::VnetPeering& half);

}  // namespace xconn::azure
