// SPDX-License-Identifier: Apache-2.0
// Network security groups as Azure sees them (Microsoft Learn, "Network security groups"): pure questions to a
// topology.
#pragma once

#include <string>
#include <vector>

#include "model/topology.hh"

namespace xconn::azure {

/// The six that every group ends with: AllowVnetInBound 65000, AllowAzureLoadBalancerInBound 65001, DenyAllInBound
/// 65500, and AllowVnetOutBound, AllowInternetOutBound, DenyAllOutBound.
const std::vector<network::SecurityRule>& default_security_rules();

/// The rules of one direction in the order in which they are asked, the default ones last. The fabric of each VNet that
/// uses the group has them in the same order in the chain security_chain() of the nftables table `inet fabric`: each of
/// its rules has the security rule's name as its comment, and a counter (one security rule may be several there).
std::vector<network::SecurityRule> security_rules(const network::Nsg& nsg, network::Direction direction);

std::string security_chain(const std::string& nsg, network::Direction direction);

}  // namespace xconn::azure
