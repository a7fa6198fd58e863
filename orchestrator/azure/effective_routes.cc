// SPDX-License-Identifier: Apache-2.0
#include "azure/effective_routes.hh"

#include <algorithm>
#include <map>

#include "model/names.hh"

namespace xconn::azure {
namespace {

// The metrics of the fabric's tables: the user's routes before BGP's before the system's.
constexpr std::uint32_t kUserMetric = 10, kUserGuardMetric = 11, kLearnedMetric = 20;

/// What the fabric's names mean.
struct Knowledge {
  const network::Fabric& fabric;
  const model::RouteTable* table;  ///< of the subnet; nullptr when it has none
};

template <class List>
auto* find(List& list, const std::string& name) {
  const auto found = std::ranges::find(list, name, [](const auto& item) -> const std::string& { return item.name; });
  return found == list.end() ? nullptr : &*found;
}

const model::RouteTable* table_of(const model::Topology& topology, const NicPlace& place) {
  const auto* vnet = find(topology.vnets, place.fabric);
  const auto* subnet = vnet == nullptr ? nullptr : find(vnet->subnets, place.subnet);
  return subnet == nullptr ? nullptr : find(topology.route_tables, subnet->route_table);
}

std::vector<Address> next_hops_of(const Route& route) {
  std::vector<Address> hops;
  for (const auto& hop : route.next_hops)
    if (hop.via && !std::ranges::count(hops, *hop.via)) hops.push_back(*hop.via);
  return hops;
}

bool leads_to_peer(const network::Fabric& fabric, const Route& route) {
  return std::ranges::any_of(route.next_hops, [&](const NextHop& hop) {
    return std::ranges::any_of(fabric.peers, [&](const network::FabricPeer& peer) {
      return hop.interface == peer.interface || hop.interface == peer.transit_interface;
    });
  });
}

void describe_user(const Knowledge& known, const Route& route, EffectiveRoute& row) {
  row.source = "User";
  row.next_hop_type = route.kind == RouteKind::kThrow ? "VnetLocal" : "None";
  if (route.kind == RouteKind::kUnicast) row.next_hop_type = "VirtualAppliance";
  if (known.table != nullptr) {
    const auto user = std::ranges::find(known.table->routes, route.to, &model::UserRoute::to);
    if (user != known.table->routes.end()) {
      row.next_hop_type = name_of(user->type);
      if (user->next_hop) row.next_hops = {*user->next_hop};
      return;
    }
  }
  row.next_hops = next_hops_of(route);
}

void describe_system(const Knowledge& known, const Route& route, EffectiveRoute& row) {
  row.source = "Default";
  row.next_hop_type = "None";
  if (route.to.is_default()) row.next_hop_type = "Internet";
  if (route.kind == RouteKind::kThrow) row.next_hop_type = "VnetLocal";
  if (leads_to_peer(known.fabric, route)) row.next_hop_type = "VNetPeering";
}

EffectiveRoute described(const Knowledge& known, const Route& route) {
  EffectiveRoute row;
  row.prefix = route.to;
  if (route.metric <= kUserGuardMetric) {
    describe_user(known, route, row);
  } else if (route.metric == kLearnedMetric) {
    row.source = row.next_hop_type = "VirtualNetworkGateway";
    row.next_hops = next_hops_of(route);
  } else {
    describe_system(known, route, row);
  }
  return row;
}

int rank(const EffectiveRoute& row) {
  constexpr std::pair<const char*, const char*> kOrder[] = {{"Default", "VnetLocal"},
                                                            {"Default", "VNetPeering"},
                                                            {"VirtualNetworkGateway", "VirtualNetworkGateway"},
                                                            {"Default", "Internet"},
                                                            {"Default", "None"}};
  int position = 0;
  for (const auto& [source, type] : kOrder) {
    if (row.source == source && row.next_hop_type == type) return position;
    ++position;
  }
  return position;
}

}  // namespace

std::optional<NicPlace> place_of(const network::Network& network, const End& nic) {
  for (const auto& link : network.links) {
    if (!(link.a == nic)) continue;
    const auto* node = find(network.nodes, link.b.node);
    if (node == nullptr || !node->fabric) continue;
    const auto& fabric = *node->fabric;
    const auto plugged = std::ranges::find(fabric.nics, link.b.interface, &network::FabricNic::interface);
    if (plugged == fabric.nics.end()) continue;
    if (const auto* subnet = find(fabric.subnets, plugged->subnet))
      return NicPlace{node->name, subnet->name, plugged->interface, subnet->table};
  }
  return std::nullopt;
}

std::vector<EffectiveRoute> effective_routes(const model::Topology& topology, const network::Network& network,
                                             const NicPlace& place, const std::vector<Route>& routes) {
  const auto* node = find(network.nodes, place.fabric);
  if (node == nullptr || !node->fabric) return {};
  const Knowledge known{*node->fabric, table_of(topology, place)};
  std::map<std::pair<Prefix, std::uint32_t>, const Route*> sorted;  // by prefix, what stands first before the others
  for (const auto& route : routes) sorted.emplace(std::pair(route.to, route.metric), &route);
  std::vector<EffectiveRoute> rows;
  for (const auto& [key, route] : sorted) {
    const bool guards = key.second == kUserGuardMetric && sorted.contains({key.first, kUserMetric});
    if (guards) continue;
    const bool first = rows.empty() || rows.back().prefix != key.first;
    rows.push_back(described(known, *route));
    rows.back().state = first ? "Active" : "Invalid";
  }
  std::ranges::stable_sort(rows, {}, rank);
  return rows;
}

}  // namespace xconn::azure
