// SPDX-License-Identifier: Apache-2.0
// What a VNet's fabric lets pass, as an nftables ruleset: the limits of Azure's network, IP forwarding of NICs, the
// switches of VNet peerings, and network security groups.
#pragma once

#include <string>

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// A VNet without security groups tracks no connections.
std::string fabric_ruleset(const Setting& setting);

}  // namespace xconn::nodes
