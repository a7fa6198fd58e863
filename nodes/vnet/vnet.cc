#include "nodes/vnet/vnet.hh"

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "nodes/routing/routing.hh"
#include "nodes/templates.hh"

namespace xconn::nodes {
namespace {

constexpr std::uint32_t kUserMetric = 10, kUserGuardMetric = 11, kLearnedMetric = 20, kSystemMetric = 30;
constexpr std::uint32_t kSubnetRule = 100;
constexpr const char* kPlatformAddress = "168.63.129.16";

/// Next hop type None of every subnet that has no default route of the user's.
constexpr const char* kNowhere[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"};

Route system_route(const Prefix& to, RouteKind kind, std::uint32_t table) {
  Route route;
  route.to = to;
  route.kind = kind;
  route.table = table;
  route.metric = kSystemMetric;
  return route;
}

Route to_nic(const model::FabricNic& nic) {
  Route route;
  route.to = Prefix::of(nic.address, nic.address.bits());
  route.next_hops.push_back({{}, nic.interface, false});
  return route;
}

/// The main table: every NIC, and nothing else of the VNet; what the gateways teach comes by BGP.
void add_main_routes(const model::Fabric& fabric, plan::Node& node) {
  for (const auto& nic : fabric.nics) node.routes.push_back(to_nic(nic));
  for (const auto& prefix : fabric.address_space) {
    Route nobody;
    nobody.to = prefix;
    nobody.kind = RouteKind::kBlackhole;
    node.routes.push_back(nobody);
  }
}

Route default_route(const model::Fabric& fabric, std::uint32_t table) {
  Route route = system_route(Prefix{}, RouteKind::kBlackhole, table);
  const auto out = std::ranges::find(fabric.nics, fabric.internet_interface, &model::FabricNic::interface);
  if (out == fabric.nics.end()) return route;
  route.kind = RouteKind::kUnicast;
  route.next_hops.push_back({out->address, out->interface, true});
  return route;
}

/// Longest prefix first, then the user's before BGP's before the system's: their metrics. `throw` leads to the main
/// table, where the NICs are.
void add_subnet_routes(const model::Fabric& fabric, const model::FabricSubnet& subnet, plan::Node& node) {
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
  node.routes.push_back(default_route(fabric, subnet.table));
  if (std::ranges::any_of(subnet.routes, [](const Route& route) { return route.to.is_default(); })) return;
  for (const char* prefix : kNowhere)
    node.routes.push_back(system_route(*Prefix::parse(prefix), RouteKind::kBlackhole, subnet.table));
}

void add_subnet_rules(const model::Fabric& fabric, plan::Node& node) {
  for (const auto& nic : fabric.nics) {
    const auto subnet = std::ranges::find(fabric.subnets, nic.subnet, &model::FabricSubnet::name);
    if (subnet == fabric.subnets.end()) continue;
    Rule rule;
    rule.priority = kSubnetRule;
    rule.in_interface = nic.interface;
    rule.table = subnet->table;
    node.rules.push_back(rule);
  }
}

void mirror_learned_routes(const model::Fabric& fabric, plan::Node& node) {
  RouteMirror mirror;
  mirror.metric = kLearnedMetric;
  for (const auto& subnet : fabric.subnets)
    if (subnet.propagate_bgp) mirror.to_tables.push_back(subnet.table);
  if (!mirror.to_tables.empty()) node.mirrors.push_back(mirror);
}

plan::Interface loopback() {
  plan::Interface lo;
  lo.name = "lo";
  lo.kind = plan::InterfaceKind::kLoopback;
  lo.mtu = 65536;
  lo.addresses.emplace_back(*Address::parse(kPlatformAddress), 32);
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
  fragment.node.nftables = rendered("vnet/fabric.nft", kainjow::mustache::data{});
  if (!setting.node.fabric) return;
  const auto& fabric = *setting.node.fabric;
  fragment.node.interfaces.push_back(loopback());
  answer_for_everybody(fragment.node);
  add_main_routes(fabric, fragment.node);
  for (const auto& subnet : fabric.subnets) add_subnet_routes(fabric, subnet, fragment.node);
  add_subnet_rules(fabric, fragment.node);
  if (!setting.node.bgp) return;
  mirror_learned_routes(fabric, fragment.node);
  add_routing(setting, fragment,
              fabric.address_space);  // the VNet's own prefixes beat every learned one, longer ones too
}

}  // namespace xconn::nodes
