// SPDX-License-Identifier: Apache-2.0
#include "model/objects.hh"

#include <algorithm>

namespace xconn::model {
namespace {

const std::vector<ObjectKind>& all() {
  static const std::vector<ObjectKind> kKinds{
      {"circuit", "ExpressRoute circuits", {"circuits", "*"}},
      {"peering", "Peerings of a circuit: CIRCUIT private|microsoft", {"circuits", "*", "peerings", "*"}},
      {"authorization", "Authorizations of a circuit: CIRCUIT NAME", {"circuits", "*", "authorizations", "*"}},
      {"connection", "Connections of gateways", {"connections", "*"}},
      {"gateway", "Virtual network gateways", {"gateways", "*"}},
      {"local-gateway", "VPN devices on-prem, as Azure knows them", {"local-gateways", "*"}},
      {"encryption-gateway", "Encryption gateways of a third party", {"encryption-gateways", "*"}},
      {"port", "Port pairs of ExpressRoute Direct", {"ports", "*"}},
      {"global-reach", "Circuits joined by Global Reach", {"global-reach", "*"}},
      {"vnet", "Virtual networks", {"vnets", "*"}},
      {"subnet", "Subnets of a VNet: VNET NAME", {"vnets", "*", "subnets", "*"}},
      {"vnet-peering", "Halves of VNet peerings: VNET NAME", {"vnets", "*", "peerings", "*"}},
      {"route-table", "Route tables", {"route-tables", "*"}},
      {"route-filter", "Route filters", {"route-filters", "*"}},
      {"public-service", "Prefixes that Microsoft peering announces", {"public-services", "*"}},
      {"load-balancer", "Load balancers", {"load-balancers", "*"}},
      {"nsg", "Network security groups", {"nsgs", "*"}},
      {"nsg-rule", "Rules of a security group: NSG NAME", {"nsgs", "*", "rules", "*"}},
      {"node", "Nodes", {"nodes", "*"}},
  };
  return kKinds;
}

constexpr std::string_view kName = "*";

void list_below(const Raw& at, const ObjectKind& kind, std::size_t step, const std::string& before,
                std::vector<std::string>& out) {
  if (step == kind.way.size()) return out.push_back(before);
  const auto word = kind.way[step];
  for (const auto& entry : at.entries)
    if (word == kName || word == entry.key)
      list_below(*entry.value, kind, step + 1,
                 word == kName ? before + (before.empty() ? "" : " ") + entry.key : before, out);
  for (const auto& item : at.items)
    if (const auto* name = item->find("name"); word == kName && name != nullptr)
      list_below(*item, kind, step + 1, before + (before.empty() ? "" : " ") + name->value->text, out);
}

}  // namespace

std::size_t ObjectKind::names() const { return static_cast<std::size_t>(std::ranges::count(way, kName)); }

KeyPath ObjectKind::path(const std::vector<std::string>& names) const {
  KeyPath path;
  std::size_t next = 0;
  for (const auto step : way) path.push_back(step == kName ? names.at(next++) : std::string(step));
  return path;
}

std::span<const ObjectKind> object_kinds() { return all(); }

const ObjectKind* find_object_kind(std::string_view word) {
  const auto found = std::ranges::find(all(), word, &ObjectKind::word);
  return found == all().end() ? nullptr : &*found;
}

std::vector<std::string> object_names(const ObjectKind& kind, const Document& document) {
  std::vector<std::string> names;
  list_below(document.root(), kind, 0, "", names);
  return names;
}

}  // namespace xconn::model
