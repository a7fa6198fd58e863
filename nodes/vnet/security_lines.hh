// SPDX-License-Identifier: Apache-2.0
// One security rule as lines of nftables.
#pragma once

#include <string>
#include <vector>

#include "network/security.hh"

namespace xconn::nodes {

/// Several lines where a rule names prefixes as well as service tags. Allowed is `return` (to what asks the next
/// group), denied is `drop`. A service tag that is nobody's in this topology matches nothing. The mark says who belongs
/// to VirtualNetwork: bit 1 the source, bit 2 the destination.
std::vector<std::string> security_lines(const network::SecurityRule& rule,
                                        const std::vector<network::PublicService>& services);

/// "10.0.0.0/8, 192.0.2.1": without those that others of them contain, which nftables would refuse.
std::string prefix_elements(std::vector<Prefix> prefixes);

}  // namespace xconn::nodes
