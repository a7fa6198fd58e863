// SPDX-License-Identifier: Apache-2.0
#include "azure/security.hh"

#include <algorithm>

namespace xconn::azure {

using network::Access;
using network::Direction;

namespace {

network::SecurityRule rule(const char* name, int priority, Direction direction, Access access, const char* from,
                           const char* to) {
  network::SecurityRule made;
  made.name = name;
  made.priority = priority;
  made.direction = direction;
  made.access = access;
  if (*from != '\0') made.sources = {from};
  if (*to != '\0') made.destinations = {to};
  return made;
}

}  // namespace

const std::vector<network::SecurityRule>& default_security_rules() {
  static const std::vector<network::SecurityRule> kRules{
      rule("AllowVnetInBound", 65000, Direction::kInbound, Access::kAllow, "VirtualNetwork", "VirtualNetwork"),
      rule("AllowAzureLoadBalancerInBound", 65001, Direction::kInbound, Access::kAllow, "AzureLoadBalancer", ""),
      rule("DenyAllInBound", 65500, Direction::kInbound, Access::kDeny, "", ""),
      rule("AllowVnetOutBound", 65000, Direction::kOutbound, Access::kAllow, "VirtualNetwork", "VirtualNetwork"),
      rule("AllowInternetOutBound", 65001, Direction::kOutbound, Access::kAllow, "", "Internet"),
      rule("DenyAllOutBound", 65500, Direction::kOutbound, Access::kDeny, "", ""),
  };
  return kRules;
}

std::vector<network::SecurityRule> security_rules(const network::Nsg& nsg, Direction direction) {
  std::vector<network::SecurityRule> rules;
  for (const auto* list : {&nsg.rules, &default_security_rules()})
    std::ranges::copy_if(*list, std::back_inserter(rules),
                         [&](const auto& item) { return item.direction == direction; });
  std::ranges::stable_sort(rules, {}, &network::SecurityRule::priority);
  return rules;
}

std::string security_chain(const std::string& nsg, Direction direction) {
  return "nsg-" + nsg + (direction == Direction::kInbound ? "-in" : "-out");
}

}  // namespace xconn::azure
