// SPDX-License-Identifier: Apache-2.0
#include "azure/effective_routes.hh"

#include <algorithm>
#include <set>
#include <utility>

#include "azure/expand.hh"
#include "azure/peering.hh"
#include "model/names.hh"

namespace xconn::azure {
namespace {

// The metrics of the fabric's tables: the user's routes before BGP's before the system's.
constexpr std::uint32_t kUserMetric = 10, kUserGuardMetric = 11, kLearnedMetric = 20;
constexpr const char* kGateway = "VirtualNetworkGateway";

/// What the fabric's names mean, and what its gateways' instances see.
struct Knowledge {
  const network::Fabric& fabric;
  const model::RouteTable* table;  ///< of the subnet; nullptr when it has none
  const SeenRoutes& seen;
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

/// Where an instance of an ExpressRoute gateway leads, or the instance itself when that is not known.
std::vector<Address> beyond(const SeenRoutes& seen, const Address& instance, const Prefix& to) {
  const auto table = seen.instances.find(instance);
  if (table == seen.instances.end()) return {instance};
  const auto route = std::ranges::find(table->second, to, &Route::to);
  return route == table->second.end() ? std::vector{instance} : next_hops_of(*route);
}

std::vector<Address> next_hops_over_gateways(const SeenRoutes& seen, const Route& route) {
  std::set<Address> hops;
  for (const auto& instance : next_hops_of(route))
    for (const auto& hop : beyond(seen, instance, route.to)) hops.insert(hop);
  return {hops.begin(), hops.end()};
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
    row.source = row.next_hop_type = kGateway;
    row.next_hops = next_hops_over_gateways(known.seen, route);
  } else {
    describe_system(known, route, row);
  }
  return row;
}

int rank(const EffectiveRoute& row) {
  constexpr std::pair<const char*, const char*> kOrder[] = {{"Default", "VnetLocal"},
                                                            {"Default", "VNetPeering"},
                                                            {kGateway, kGateway},
                                                            {"Default", "Internet"},
                                                            {"Default", "None"}};
  int position = 0;
  for (const auto& [source, type] : kOrder) {
    if (row.source == source && row.next_hop_type == type) return position;
    ++position;
  }
  return position;
}

/// What a gateway learned has a row for each next hop.
void add_rows(EffectiveRoute row, std::vector<EffectiveRoute>& rows) {
  if (row.source != kGateway || row.next_hops.empty()) return rows.push_back(std::move(row));
  for (const auto& hop : std::exchange(row.next_hops, {})) {
    rows.push_back(row);
    rows.back().next_hops = {hop};
  }
}

}  // namespace

std::vector<Instance> instances_behind(const model::Topology& topology, const std::string& vnet) {
  std::vector<Instance> instances;
  const auto place = vnet_of_gateways(topology, vnet);
  for (const auto& gateway : topology.gateways)
    if (gateway.type != model::GatewayType::kVpn && gateway.vnet == place)
      for (std::size_t i = 0; i < gateway.instances.size(); ++i)
        instances.push_back({instance_name(gateway, static_cast<int>(i)), gateway.instances[i]});
  return instances;
}

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
                                             const NicPlace& place, const SeenRoutes& seen) {
  const auto* node = find(network.nodes, place.fabric);
  if (node == nullptr || !node->fabric) return {};
  const Knowledge known{*node->fabric, table_of(topology, place), seen};
  std::map<std::pair<Prefix, std::uint32_t>, const Route*> sorted;  // by prefix, what stands first before the others
  for (const auto& route : seen.subnet) sorted.emplace(std::pair(route.to, route.metric), &route);
  std::vector<EffectiveRoute> rows;
  for (const auto& [key, route] : sorted) {
    const bool guards = key.second == kUserGuardMetric && sorted.contains({key.first, kUserMetric});
    if (guards) continue;
    const bool first = rows.empty() || rows.back().prefix != key.first;
    auto row = described(known, *route);
    row.state = first ? "Active" : "Invalid";
    add_rows(std::move(row), rows);
  }
  std::ranges::stable_sort(rows, {}, rank);
  return rows;
}

}  // namespace xconn::azure
