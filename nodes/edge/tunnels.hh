// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// What a gateway lets TCP take for a segment in its tunnels.
constexpr int kSegment = 1350;

/// In charon's words, parted by commas.
std::string ike_proposals(const network::Tunnel& tunnel);
std::string esp_proposals(const network::Tunnel& tunnel);
std::string seconds(Duration duration);

/// strongSwan for the node's tunnels: swanctl.conf, strongswan.conf, the service "charon", the tunnel interfaces with
/// their addresses and routes to the peers. Of each tunnel that initiates, the child is a fact.
void add_tunnels(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
