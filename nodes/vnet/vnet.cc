// SPDX-License-Identifier: Apache-2.0
#include "nodes/vnet/vnet.hh"

#include <algorithm>

#include "base/azure.hh"
#include "nodes/routing/propagation.hh"
#include "nodes/routing/routing.hh"
#include "nodes/vnet/security.hh"

namespace xconn::nodes {
namespace {

constexpr std::uint32_t kUserMetric = 10, kUserGuardMetric = 11, kLearnedMetric = 20, kSystemMetric = 30;
constexpr std::uint32_t kSubnetRule = 100;
constexpr std::uint32_t kPeersTable = 901;  ///< what comes from a peered VNet may go to the machines of this one only

/// Next hop type None of every subnet that has no default route of the user's, unless a VNet has the very prefix.
constexpr const char* kNowhere[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"};

Route system_route(const Prefix& to, RouteKind kind, std::uint32_t table) {
  Route route;
  route.to = to;
  route.kind = kind;
  route.table = table;
  route.metric = kSystemMetric;
  return route;
}

Route to_nic(const network::FabricNic& nic, const Address& address) {
  Route route;
  route.to = Prefix::of(address, address.bits());
  route.next_hops.push_back({{}, nic.interface, false});
  return route;
}

bool is_dual_stack(const network::Fabric& fabric) {
  return std::ranges::any_of(fabric.nics, [](const auto& nic) { return nic.address_v6.has_value(); });
}

const Prefix& every_v6() {
  static const Prefix kAll = *Prefix::parse("::/0");
  return kAll;
}

/// What a rule selects by interface, for IPv6 too.
Rule for_v6(Rule rule) {
  rule.to = every_v6();
  return rule;
}

/// The main table: every NIC, and nothing else of the VNet; what the gateways teach comes by BGP.
void add_main_routes(const network::Fabric& fabric, plan::Node& node) {
  for (const auto& nic : fabric.nics) {
    node.routes.push_back(to_nic(nic, nic.address));
    if (nic.address_v6) node.routes.push_back(to_nic(nic, *nic.address_v6));
  }
  for (const auto& prefix : fabric.address_space) {
    Route nobody;
    nobody.to = prefix;
    nobody.kind = RouteKind::kBlackhole;
    node.routes.push_back(nobody);
  }
}

Route default_route(const network::Fabric& fabric, std::uint32_t table) {
  Route route = system_route(Prefix{}, RouteKind::kBlackhole, table);
  const auto out = std::ranges::find(fabric.nics, fabric.internet_interface, &network::FabricNic::interface);
  if (out == fabric.nics.end()) return route;
  route.kind = RouteKind::kUnicast;
  route.next_hops.push_back({out->address, out->interface, true});
  return route;
}

/// A peered VNet's address space, as seen from `subnet`. What its gateways pass on is not forwarded traffic, so it
/// takes a link of its own to the spokes that use them.
void add_peer_routes(const network::Fabric& fabric, const network::FabricSubnet& subnet, plan::Node& node) {
  for (const auto& peer : fabric.peers) {
    const bool of_gateways =
        subnet.name == azure::kGatewaySubnet && !peer.transit_interface.empty() && !peer.remote_gateways;
    for (const auto& prefix : peer.address_space) {
      if (!prefix.is_v4()) continue;  // peerings carry no IPv6 here
      Route route = system_route(prefix, RouteKind::kUnicast, subnet.table);
      route.next_hops.push_back({peer.router, of_gateways ? peer.transit_interface : peer.interface, true});
      node.routes.push_back(route);
    }
  }
}

/// This one's address space, or a peered one's.
bool is_of_a_vnet(const Prefix& prefix, const network::Fabric& fabric) {
  const auto has = [&](const auto& space) { return std::ranges::find(space, prefix) != space.end(); };
  return has(fabric.address_space) ||
         std::ranges::any_of(fabric.peers, [&](const auto& peer) { return has(peer.address_space); });
}

/// Longest prefix first, then the user's before BGP's before the system's: their metrics. `throw` leads to the main
/// table, where the NICs are.
void add_subnet_routes(const network::Fabric& fabric, const network::FabricSubnet& subnet, plan::Node& node) {
  for (Route route : subnet.routes) {
    route.table = subnet.table;
    route.metric = kUserMetric;
    node.routes.push_back(route);
    // With its next hop's NIC gone the user's route still stands, as in Azure: nothing passes around a dead appliance.
    auto guard = system_route(route.to, RouteKind::kBlackhole, subnet.table);
    guard.metric = kUserGuardMetric;
    node.routes.push_back(guard);
  }
  for (const auto& prefix : fabric.address_space)
    node.routes.push_back(system_route(prefix, RouteKind::kThrow, subnet.table));
  add_peer_routes(fabric, subnet, node);
  node.routes.push_back(default_route(fabric, subnet.table));
  if (is_dual_stack(fabric)) node.routes.push_back(system_route(every_v6(), RouteKind::kBlackhole, subnet.table));
  if (std::ranges::any_of(subnet.routes, [](const Route& route) { return route.to.is_default(); })) return;
  for (const char* text : kNowhere)
    if (const auto prefix = *Prefix::parse(text); !is_of_a_vnet(prefix, fabric))
      node.routes.push_back(system_route(prefix, RouteKind::kBlackhole, subnet.table));
}

void add_subnet_rules(const network::Fabric& fabric, plan::Node& node) {
  for (const auto& nic : fabric.nics) {
    const auto subnet = std::ranges::find(fabric.subnets, nic.subnet, &network::FabricSubnet::name);
    if (subnet == fabric.subnets.end()) continue;
    const Rule rule{.priority = kSubnetRule, .in_interface = nic.interface, .table = subnet->table};
    node.rules.push_back(rule);
    if (nic.address_v6) node.rules.push_back(for_v6(rule));
  }
}

/// Peering is not transitive: a peer reaches machines here, and neither this VNet's peers nor what its gateways know.
/// (A spoke reaches those by the link of `transit_interface`, which has no such rule.)
void keep_peers_inside(const network::Fabric& fabric, plan::Node& node) {
  if (fabric.peers.empty()) return;
  for (const auto& prefix : fabric.address_space)
    node.routes.push_back(system_route(prefix, RouteKind::kThrow, kPeersTable));
  node.routes.push_back(system_route(Prefix{}, RouteKind::kBlackhole, kPeersTable));
  for (const auto& peer : fabric.peers)
    node.rules.push_back({.priority = kSubnetRule, .in_interface = peer.interface, .table = kPeersTable});
}

std::vector<std::uint32_t> propagating(const network::Fabric& fabric) {
  std::vector<std::uint32_t> tables;
  for (const auto& subnet : fabric.subnets)
    if (subnet.propagate_bgp) tables.push_back(subnet.table);
  return tables;
}

/// What a gateway's instance withdrew stays in the subnets for as long as in the instance's own data path.
void lag_behind_gateways(const network::Fabric& learned, RouteMirror& mirror) {
  for (const auto& nic : learned.nics) {
    if (nic.withdraw_delay == Duration{0}) continue;
    mirror.late_interfaces.push_back(nic.interface);
    mirror.delay = nic.withdraw_delay;
  }
}

void mirror_learned_routes(const network::Fabric& fabric, plan::Node& node) {
  RouteMirror mirror;
  lag_behind_gateways(fabric, mirror);
  mirror.metric = kLearnedMetric;
  mirror.to_tables = propagating(fabric);
  if (!mirror.to_tables.empty()) node.mirrors.push_back(mirror);
}

/// What the gateways of the hub learned stands in the hub's main table, and is learned here from there. The main table
/// here has it too: it is what this VNet knows, whatever its subnets make of it.
void learn_of_hub(const Setting& setting, const network::FabricPeer& hub, Fragment& fragment) {
  const auto& fabric = *setting.node.fabric;
  RouteMirror mirror;
  mirror.from_node = hub.vnet;
  mirror.interface = hub.transit_interface;
  mirror.reject = system_prefixes(fabric);
  mirror.metric = kLearnedMetric;
  mirror.to_tables = propagating(fabric);
  mirror.to_tables.push_back(kMainTable);
  const auto there = std::ranges::find(setting.network.nodes, hub.vnet, &network::Node::name);
  lag_behind_gateways(*there->fabric, mirror);
  for (const auto& [prefix, next_hops] : setting.propagation.learned(*there))
    if (std::ranges::none_of(mirror.reject, [&](const Prefix& own) { return own.contains(prefix); }))
      fragment.add_fact("route", prefix.text(), hub.transit_interface);
  fragment.node.mirrors.push_back(std::move(mirror));
}

plan::Interface loopback() {
  plan::Interface lo;
  lo.name = "lo";
  lo.kind = plan::InterfaceKind::kLoopback;
  lo.mtu = 65536;
  lo.addresses.emplace_back(*Address::parse(azure::kPlatformAddress), 32);
  return lo;
}

/// A machine asks for its neighbours and its router by ARP; the fabric answers for all of them, at once.
void answer_for_everybody(plan::Node& node) {
  node.sysctls["net.ipv4.conf.all.proxy_arp"] = "1";
  for (const auto& interface :
       node.interfaces)  // a namespace's neighbour defaults cannot be set; dots may be in a name
    if (interface.kind == plan::InterfaceKind::kEnd)
      node.sysctls["net/ipv4/neigh/" + interface.name + "/proxy_delay"] = "0";
  for (const char* scope : {"all", "default"})
    node.sysctls["net.ipv4.conf." + std::string(scope) + ".arp_announce"] = "2";
}

}  // namespace

void make_vnet(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  fragment.node.nftables = fabric_ruleset(setting);
  if (!setting.node.fabric) return;
  const auto& fabric = *setting.node.fabric;
  fragment.node.interfaces.push_back(loopback());
  answer_for_everybody(fragment.node);
  add_main_routes(fabric, fragment.node);
  for (const auto& subnet : fabric.subnets) add_subnet_routes(fabric, subnet, fragment.node);
  add_subnet_rules(fabric, fragment.node);
  keep_peers_inside(fabric, fragment.node);
  for (const auto& peer : fabric.peers)
    if (peer.remote_gateways) learn_of_hub(setting, peer, fragment);
  if (!setting.node.bgp) return;
  mirror_learned_routes(fabric, fragment.node);
  add_routing(setting, fragment, system_prefixes(fabric));
}

}  // namespace xconn::nodes
