// SPDX-License-Identifier: Apache-2.0
#include "importing/objects/wan.hh"

#include <algorithm>

namespace xconn::importing {

Hub* VirtualWan::hub(const std::string& vnet) {
  const auto found = std::ranges::find(hubs, vnet, &Hub::vnet);
  return found == hubs.end() ? nullptr : &*found;
}

bool VirtualWan::knows(const HubMember& who, const HubMember& other) const {
  if (other.tables.contains(who.table)) return true;
  const auto *own = hub(who.hub), *others = hub(other.hub);
  if (own == nullptr || others == nullptr || own->wan != others->wan) return false;
  const auto& labels = tables.at(who.table).labels;
  return std::ranges::any_of(other.labels, [&](const std::string& label) { return labels.contains(label); });
}

}  // namespace xconn::importing
