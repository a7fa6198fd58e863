// SPDX-License-Identifier: Apache-2.0
#include "az/shape.hh"

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace xconn::az {
namespace {

using nlohmann::json;

/// The fields that a type of resource, or a row of a command's list, has more and less of.
struct Difference {
  std::string_view of;
  std::vector<const char*> nulls, absent;
};

const std::vector<Difference>& differences() {
  static const std::vector<Difference> kDifferences{
      {"Microsoft.Network/expressRouteCircuits",
       {"bandwidthInGbps", "expressRoutePort", "serviceProviderNotes", "serviceProviderProperties", "tags"},
       {}},
      {"Microsoft.Network/expressRouteCircuits/peerings",
       {"expressRouteConnection", "ipv6PeeringConfig", "microsoftPeeringConfig", "routeFilter", "sharedKey", "stats"},
       {}},
      {"Microsoft.Network/virtualNetworkGateways",
       {"bgpSettings", "customRoutes", "enableDnsForwarding", "extendedLocation", "gatewayDefaultSite",
        "inboundDnsForwardingEndpoint", "tags", "virtualNetworkExtendedLocationResourceId", "vpnClientConfiguration"},
       {"adminState", "allowRemoteVnetTraffic", "allowVirtualWanTraffic", "disableIPSecReplayProtection",
        "enableBgpRouteTranslationForNat", "enableHighBandwidthVpnGateway", "natRules",
        "virtualNetworkGatewayMigrationStatus", "virtualNetworkGatewayPolicyGroups"}},
      {"Microsoft.Network/connections",
       {"authorizationKey", "connectionProtocol", "connectionStatus", "sharedKey", "tags", "tunnelConnectionStatus"},
       {"authenticationType", "enablePrivateLinkFastPath", "gatewayCustomBgpIpAddresses", "tunnelProperties"}},
      {"Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
       {"remoteBgpCommunities"},
       {"doNotVerifyRemoteGateways", "peerCompleteVnets", "peeringSyncLevel", "remoteVirtualNetworkAddressSpace",
        "resourceGuid"}},
      {"network vnet-gateway list-bgp-peer-status", {"connectedDuration"}, {}},
      {"network vnet-gateway list-learned-routes", {"nextHop"}, {}},
      {"network vnet-gateway list-advertised-routes", {"sourcePeer"}, {}},
  };
  return kDifferences;
}

constexpr std::array<std::pair<const char*, const char*>, 3> kRenamed{
    {{"azureASN", "azureAsn"}, {"peerASN", "peerAsn"}, {"activeActive", "active"}}};

void differ(json& object, std::string_view of) {
  for (const auto& difference : differences()) {
    if (difference.of != of) continue;
    for (const auto* name : difference.nulls)
      if (!object.contains(name)) object[name] = nullptr;
    for (const auto* name : difference.absent) object.erase(name);
  }
  for (const auto& [now, then] : kRenamed)
    if (object.contains(now)) {
      object[then] = object[now];
      object.erase(now);
    }
}

void differ_below(json& value) {
  if (value.is_object() && value.contains("type") && value["type"].is_string())
    differ(value, value["type"].get<std::string>());
  if (value.is_structured())
    for (auto& item : value) differ_below(item);
}

/// "65515 I" and a line's end -> "65515"
json route_rows(json rows) {
  for (auto& row : rows) {
    auto path = row["path"].get<std::string>();
    path.erase(path.find('\n'));
    path.erase(path.size() < 2 ? 0 : path.size() - 2);
    auto next_hop = row["nextHop"].get<std::string>();
    if (next_hop.ends_with('*')) next_hop.pop_back();
    row.update({{"path", path}, {"nextHop", next_hop}, {"locPrf", ""}});
  }
  return rows;
}

}  // namespace

json as_in_2021(json value, std::string_view command) {
  differ_below(value);
  if (command == "network express-route list-route-tables") return route_rows(value.at("value"));
  if (command == "network express-route list-arp-tables") value["nextLink"] = nullptr;
  if (value.is_object() && value.contains("value"))
    for (auto& row : value["value"]) differ(row, command);
  return value;
}

}  // namespace xconn::az
