#include "azure/security.hh"

#include <algorithm>

namespace xconn::azure {
namespace {

model::SecurityRule rule(const char* name, int priority, bool inbound, bool allow, const char* from, const char* to) {
  model::SecurityRule made;
  made.name = name;
  made.priority = priority;
  made.inbound = inbound;
  made.allow = allow;
  if (*from != '\0') made.sources = {from};
  if (*to != '\0') made.destinations = {to};
  return made;
}

}  // namespace

const std::vector<model::SecurityRule>& default_security_rules() {
  static const std::vector<model::SecurityRule> kRules{
      rule("AllowVnetInBound", 65000, true, true, "VirtualNetwork", "VirtualNetwork"),
      rule("AllowAzureLoadBalancerInBound", 65001, true, true, "AzureLoadBalancer", ""),
      rule("DenyAllInBound", 65500, true, false, "", ""),
      rule("AllowVnetOutBound", 65000, false, true, "VirtualNetwork", "VirtualNetwork"),
      rule("AllowInternetOutBound", 65001, false, true, "", "Internet"),
      rule("DenyAllOutBound", 65500, false, false, "", ""),
  };
  return kRules;
}

std::vector<model::SecurityRule> security_rules(const model::Nsg& nsg, bool inbound) {
  std::vector<model::SecurityRule> rules;
  for (const auto* list : {&nsg.rules, &default_security_rules()})
    std::ranges::copy_if(*list, std::back_inserter(rules), [&](const auto& item) { return item.inbound == inbound; });
  std::ranges::stable_sort(rules, {}, &model::SecurityRule::priority);
  return rules;
}

std::string security_chain(const std::string& nsg, bool inbound) { return "nsg-" + nsg + (inbound ? "-in" : "-out"); }

}  // namespace xconn::azure
