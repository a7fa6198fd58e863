// SPDX-License-Identifier: Apache-2.0
#include "az/changing.hh"

#include <algorithm>
#include <string_view>

namespace xconn::az {
namespace {

/// A group of the Azure CLI's, and the kind of object of model/objects.cc with its names.
struct Group {
  std::string_view words, kind, names;
};
constexpr Group kGroups[] = {
    {"network express-route", "circuit", "NAME"},
    {"network express-route auth", "authorization", "CIRCUIT NAME"},
    {"network express-route peering", "peering", "CIRCUIT private|microsoft"},
    {"network express-route port", "port", "NAME"},
    {"network lb", "load-balancer", "NAME"},
    {"network local-gateway", "local-gateway", "NAME"},
    {"network nsg", "nsg", "NAME"},
    {"network nsg rule", "nsg-rule", "NSG NAME"},
    {"network route-filter", "route-filter", "NAME"},
    {"network route-table", "route-table", "NAME"},
    {"network vnet", "vnet", "NAME"},
    {"network vnet peering", "vnet-peering", "VNET NAME"},
    {"network vnet subnet", "subnet", "VNET NAME"},
    {"network vnet-gateway", "gateway", "NAME"},
    {"network vpn-connection", "connection", "NAME"},
};

std::string_view values_of(std::string_view verb) {
  return verb == "create" || verb == "update" ? " KEY=VALUE ..." : "";
}

}  // namespace

std::optional<std::string> verb_for(const std::string& path) {
  const auto space = path.rfind(' ');
  if (space == std::string::npos) return std::nullopt;
  const auto verb = path.substr(space + 1), group = path.substr(0, space);
  const auto* found = std::ranges::find(kGroups, group, &Group::words);
  const bool is_sync = verb == "sync" && group == "network vnet peering";
  if (found == std::end(kGroups) || !(is_sync || verb == "create" || verb == "update" || verb == "delete"))
    return std::nullopt;
  return "xconn " + std::string(found->kind) + " " + verb + " " + std::string(found->names) +
         std::string(values_of(verb));
}

}  // namespace xconn::az
