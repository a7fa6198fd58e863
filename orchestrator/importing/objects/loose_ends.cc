// SPDX-License-Identifier: Apache-2.0
// What hangs on a gateway or a connection that no file has.
#include <algorithm>

#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

/// The Route Server that stands in a VNet, or nullptr.
RouteServer* route_server_in(const std::string& vnet, Draft& draft) {
  const auto is_in = [&](const RouteServer& server) {
    return server.subnet && draft.name_of(server.subnet->parent()) == vnet;
  };
  const auto found = std::ranges::find_if(draft.route_servers, is_in);
  return found == draft.route_servers.end() ? nullptr : &*found;
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
  if (route_server_in(peering.remote, draft) != nullptr)
    return {remote + " has a Route Server, whose routes are not programmed here, and no gateway", ""};
  return {remote + " has no gateway in the files", "; import `az network vnet-gateway list` too"};
}

bool is_connected(const Draft& draft, const model::LocalGateway& local) {
  const auto& connections = draft.topology.connections;
  return std::ranges::find(connections, local.name, &model::Connection::local_gateway) != connections.end();
}

void release(model::VnetPeering& peering, const model::Vnet& vnet, Draft& draft) {
  // Azure lets spokes use a Route Server as they use a gateway
  if (auto* server = route_server_in(peering.remote, draft)) server->users.insert(vnet.name);
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
