// SPDX-License-Identifier: Apache-2.0
// A VNet is one namespace, its fabric: each NIC is a link of its own into it, each subnet a routing table (Microsoft
// Learn, "Virtual network traffic routing": user routes before BGP's before the system's, by longest prefix).
#include <algorithm>

#include "azure/expansion.hh"
#include "azure/peering.hh"

namespace xconn::azure {
namespace {

const model::RouteTable* table_of(const model::Topology& topology, const model::Subnet& subnet) {
  const auto found = std::ranges::find(topology.route_tables, subnet.route_table, &model::RouteTable::name);
  return found == topology.route_tables.end() ? nullptr : &*found;
}

void add_fabric(Expansion& expansion, const model::Vnet& vnet) {
  network::Fabric fabric;
  fabric.address_space = vnet.address_space;
  std::uint32_t table = kSubnetTables;
  for (const auto& subnet : vnet.subnets) {
    const auto* routes = table_of(expansion.in, subnet);
    fabric.subnets.push_back(
        {subnet.name, subnet.prefix, table++, routes == nullptr || routes->propagate_bgp, {}, subnet.nsg});
  }
  expansion.add_node(vnet.name, "vnet", "azure", vnet.where).fabric = std::move(fabric);
}

/// The NIC's IPv6 address. It stands alone: what else is in the subnet is reached through the subnet's router too.
std::optional<Address> take_v6(network::Node& machine, const std::string& nic, const model::Subnet& subnet) {
  const auto interface = std::ranges::find(machine.interfaces, nic, &network::Interface::name);
  for (auto& own : interface->addresses) {
    if (own.address().is_v4() || !subnet.prefix_v6) continue;
    own = {own.address(), own.address().bits()};
    const Address router = subnet.prefix_v6->host(1);
    machine.routes.push_back(route_to(Prefix::of(router, router.bits()), {{}, nic, false}));
    machine.routes.push_back(route_to(*Prefix::parse("::/0"), {router, nic, true}));
    return own.address();
  }
  return std::nullopt;
}

void plug_machine(Expansion& expansion, const std::string& name) {
  const auto interfaces = expansion.node(name).interfaces;
  for (const auto& interface : interfaces) {
    if (!interface.subnet || interface.addresses.empty()) continue;
    const auto& [vnet, subnet] = *interface.subnet;
    const auto& its_subnet = subnet_of(vnet_of(expansion.in, vnet), subnet);
    const auto router = its_subnet.prefix.host(1);
    const auto v6 = take_v6(expansion.node(name), interface.name, its_subnet);
    expansion.plug(vnet, {name, interface.name}, subnet, interface.addresses.front().address(), v6);
    auto& machine = expansion.node(name);
    auto& nic = expansion.fabric(vnet).nics.back();
    nic.nsg = interface.nsg;
    nic.ip_forwarding = interface.ip_forwarding.value_or(machine.role != "host");
    if (!machine.gateway) machine.gateway = router;
  }
}

Route through(std::optional<NextHop> next_hop, Route route) {
  route.kind = next_hop ? RouteKind::kUnicast : RouteKind::kBlackhole;
  if (next_hop) route.next_hops.push_back(std::move(*next_hop));
  return route;
}

/// An appliance is a next hop where it is in the VNet or in one that is peered with it, never beyond a gateway.
std::optional<NextHop> appliance(Expansion& expansion, const std::string& vnet, const Address& address) {
  if (const auto* nic = nic_of(expansion.fabric(vnet), address)) return NextHop{address, nic->interface, true};
  return appliance_across_peering(expansion, vnet, address);
}

std::optional<NextHop> internet(const network::Fabric& fabric) {
  const auto out = std::ranges::find(fabric.nics, fabric.internet_interface, &network::FabricNic::interface);
  if (out == fabric.nics.end()) return std::nullopt;
  return NextHop{out->address, out->interface, true};
}

/// Only a VPN gateway can be a user route's next hop: its instances, or the first of them when the second stands by.
/// A hub's are reached as its appliances are: what enters the hub there can go nowhere else.
std::vector<NextHop> vpn_gateway(Expansion& expansion, const std::string& vnet) {
  std::vector<NextHop> hops;
  const auto place = vnet_of_gateways(expansion.in, vnet);
  for (const auto& gateway : expansion.in.gateways)
    if (gateway.type == model::GatewayType::kVpn && gateway.vnet == place)
      for (const auto& instance : gateway.instances)
        if (hops.empty() || gateway.active_active)
          if (auto hop = appliance(expansion, vnet, instance)) hops.push_back(std::move(*hop));
  return hops;
}

Route lowered(Expansion& expansion, const std::string& vnet, const model::UserRoute& user) {
  Route route = route_to(user.to);
  switch (user.type) {
    case model::NextHopType::kVnetLocal:
      route.kind = RouteKind::kThrow;
      return route;
    case model::NextHopType::kNone:
      return through({}, route);
    case model::NextHopType::kVirtualAppliance:
      return through(user.next_hop ? appliance(expansion, vnet, *user.next_hop) : std::nullopt, route);
    case model::NextHopType::kInternet:
      return through(internet(expansion.fabric(vnet)), route);
    case model::NextHopType::kVirtualNetworkGateway:
      route.next_hops = vpn_gateway(expansion, vnet);
      if (route.next_hops.empty()) route.kind = RouteKind::kBlackhole;
      return route;
  }
  return route;
}

}  // namespace

void add_vnets(Expansion& expansion) {
  for (const auto& vnet : expansion.in.vnets) add_fabric(expansion, vnet);
  for (const auto& node : expansion.in.nodes)
    if (std::ranges::any_of(node.interfaces, [](const auto& interface) { return interface.subnet.has_value(); }))
      plug_machine(expansion, node.name);
}

void lower_route_tables(Expansion& expansion) {
  for (const auto& vnet : expansion.in.vnets)
    for (std::size_t i = 0; i < vnet.subnets.size(); ++i)
      if (const auto* table = table_of(expansion.in, vnet.subnets[i]))
        for (const auto& user : table->routes) {
          Route route = lowered(expansion, vnet.name, user);
          expansion.fabric(vnet.name).subnets[i].routes.push_back(std::move(route));
        }
}

const network::FabricNic* nic_of(const network::Fabric& fabric, const Address& address) {
  const auto found = std::ranges::find(fabric.nics, address, &network::FabricNic::address);
  return found == fabric.nics.end() ? nullptr : &*found;
}

void force_out(network::Node& fabric, const std::string& from, const network::FabricNic& nic) {
  const auto forced = std::ranges::count(fabric.rules, kForcedRule, &Rule::priority);
  Route route = route_to(Prefix{}, {nic.address, nic.interface, true});
  route.table = kForcedTables + static_cast<std::uint32_t>(forced);
  Rule rule;
  rule.priority = kForcedRule;
  rule.in_interface = from;
  rule.table = route.table;
  Route guard;
  guard.kind = RouteKind::kBlackhole;
  guard.table = route.table;
  guard.metric = 1;
  fabric.routes.push_back(route);
  fabric.routes.push_back(guard);
  fabric.rules.push_back(rule);
}

}  // namespace xconn::azure
