// SPDX-License-Identifier: Apache-2.0
// VNet peerings as Azure sees them (Microsoft Learn, "Virtual network peering"): pure questions to a topology.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/topology.hh"

namespace xconn::azure {

/// The half of the peering that `remote` has towards `vnet`; nullptr when there is none, or one is Disconnected.
const model::VnetPeering* other_half(const model::Topology& topology, const std::string& vnet,
                                     const model::VnetPeering& half);

/// "Connected" when the other VNet has the other half; without it "Disconnected" when it had one, else "Initiated".
std::string peering_state(const model::Topology& topology, const std::string& vnet, const model::VnetPeering& half);
/// Of one whose fabrics are not joined.
std::string state_unjoined(const model::VnetPeering& half);

/// The other VNet's address space as `half` knows it: what was added there is not reachable until the peering is synced
/// (Microsoft Learn, "Update the address space for a peered virtual network").
const std::vector<Prefix>& known_address_space(const model::Topology& topology, const model::VnetPeering& half);
/// FullyInSync | RemoteNotInSync (the other VNet has changed) | LocalNotInSync (this one) | LocalAndRemoteNotInSync
std::string_view sync_level(const model::Topology& topology, const std::string& vnet, const model::VnetPeering& half);

/// What a fabric calls its side of the link to the fabric of `remote`. It is there while the peering is Connected.
std::string peering_interface(const std::string& remote);

/// The halves of `after` (VNet, name) whose other half went with the step from `before`: they are Disconnected.
std::vector<std::pair<std::string, std::string>> left_alone(const model::Topology& before,
                                                            const model::Topology& after);

/// A half of `after` that was Connected before and after, and what it knows of the other VNet, which has changed.
struct Unsynced {
  std::string vnet, half;
  std::vector<Prefix> known;
};
std::vector<Unsynced> left_unsynced(const model::Topology& before, const model::Topology& after);

/// Whether `spoke` (a VNet's name) learns from, and is announced by, the gateways of the remote VNet of `half`: it is
/// Connected, uses remote gateways, and the hub allows gateway transit.
bool uses_remote_gateways(const model::Topology& topology, const std::string& spoke, const model::VnetPeering& half);

/// The VNet whose gateways `vnet` uses: a hub's by gateway transit, or its own.
std::string vnet_of_gateways(const model::Topology& topology, const std::string& vnet);

}  // namespace xconn::azure
