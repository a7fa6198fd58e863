// SPDX-License-Identifier: Apache-2.0
// What hangs on a gateway or a connection that no file has.
#include <algorithm>

#include "importing/types.hh"

namespace xconn::importing {
namespace {

constexpr std::string_view kServerAddress = "microsoft.network/virtualhubs/ipconfigurations";

/// Azure lets spokes use a Route Server as they use a gateway.
bool has_route_server(const std::string& vnet, const Draft& draft) {
  return std::ranges::any_of(draft.inventory.resources(), [&](const Resource& resource) {
    if (resource.id.type != kServerAddress) return false;
    const auto* subnet = property_at(*resource.body, "subnet.id");
    const auto id = subnet == nullptr ? std::nullopt : ResourceId::parse(subnet->text);
    return id && draft.name_of(id->parent()) == vnet;
  });
}

/// Its own half says so; one that no file has cannot.
bool allows_transit(const model::Vnet& remote, const std::string& to) {
  return std::ranges::any_of(remote.peerings,
                             [&](const auto& half) { return half.remote == to && half.allow_gateway_transit; });
}

/// Why its gateway cannot be used, and what helps; empty when it can.
std::pair<std::string, std::string> why_not(const model::VnetPeering& peering, const model::Vnet& vnet, Draft& draft) {
  const auto remote = "VNet " + peering.remote;
  if (has_gateway(draft, peering.remote)) {
    if (allows_transit(*find_named(draft.topology.vnets, peering.remote), vnet.name)) return {};
    return {remote + "'s half of the peering is not there, or does not allow it",
            "; import `az network vnet peering list` of that VNet too"};
  }
  if (has_route_server(peering.remote, draft))
    return {remote + " has a Route Server, which is not played, and no gateway", ""};
  return {remote + " has no gateway in the files", "; import `az network vnet-gateway list` too"};
}

bool is_connected(const Draft& draft, const model::LocalGateway& local) {
  const auto& connections = draft.topology.connections;
  return std::ranges::find(connections, local.name, &model::Connection::local_gateway) != connections.end();
}

void release(model::VnetPeering& peering, const model::Vnet& vnet, Draft& draft) {
  const auto [reason, remedy] = why_not(peering, vnet, draft);
  if (reason.empty()) return;
  peering.use_remote_gateways = false;
  draft.notes.add_alike({vnet.where, "peering " + vnet.name + "/" + peering.name, "useRemoteGateways", "true", reason,
                         "it was left out" + remedy},
                        "they were left out" + remedy);
}

}  // namespace

void leave_out_loose_ends(Draft& draft) {
  for (auto& vnet : draft.topology.vnets)
    for (auto& peering : vnet.peerings)
      if (peering.use_remote_gateways) release(peering, vnet, draft);
  const auto is_loose = [&](const model::LocalGateway& local) { return !is_connected(draft, local); };
  for (const auto& local : draft.topology.local_gateways)
    if (is_loose(local))
      draft.notes.add_alike({local.where, "local gateway " + local.name, "", "",
                             "no connection in the files leads to it, so it has no tunnel",
                             "it was left out; import `az network vpn-connection list` too"},
                            "they were left out; import `az network vpn-connection list` too");
  std::erase_if(draft.topology.local_gateways, is_loose);
}

}  // namespace xconn::importing
