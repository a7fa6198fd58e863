// SPDX-License-Identifier: Apache-2.0
#include "network/steering.hh"

#include <algorithm>

namespace xconn::network {

std::vector<std::string> members_of(const Sdwan& sdwan, const SdwanRule& rule) {
  auto members = rule.members;
  for (const auto& zone : rule.zones)
    for (const auto& member : sdwan.zones.at(zone))
      if (std::ranges::count(members, member) == 0) members.push_back(member);
  return members;
}

}  // namespace xconn::network
