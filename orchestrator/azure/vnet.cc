// A VNet is one namespace, its fabric: each NIC is a link of its own into it, each subnet a routing table (Microsoft
// Learn, "Virtual network traffic routing": user routes before BGP's before the system's, by longest prefix).
#include <algorithm>

#include "azure/expansion.hh"

namespace xconn::azure {
namespace {

const model::RouteTable* table_of(const model::Topology& topology, const model::Subnet& subnet) {
  const auto found = std::ranges::find(topology.route_tables, subnet.route_table, &model::RouteTable::name);
  return found == topology.route_tables.end() ? nullptr : &*found;
}

void add_fabric(Expansion& expansion, const model::Vnet& vnet) {
  model::Fabric fabric;
  fabric.address_space = vnet.address_space;
  std::uint32_t table = kSubnetTables;
  for (const auto& subnet : vnet.subnets) {
    const auto* routes = table_of(expansion.in, subnet);
    fabric.subnets.push_back({subnet.name, subnet.prefix, table++, routes == nullptr || routes->propagate_bgp, {}});
  }
  expansion.add_node(vnet.name, "vnet", "azure", vnet.where).fabric = std::move(fabric);
}

/// The platform's probes must be answered by the NIC that they came in by (Microsoft Learn, "Azure Load Balancer health
/// probes"), so a machine with several has a route back for each, as Fortinet's templates configure it.
void add_probe_route(model::Node& machine, const model::Interface& nic, const Address& router, std::uint32_t index) {
  const Prefix platform = *Prefix::parse(kPlatformAddress);
  Route route = route_to(platform, {router, nic.name, false});
  route.table = kProbeTables + index;
  Rule rule;
  rule.priority = kProbeRule;
  rule.from = Prefix::parse(nic.addresses.front().address().text());
  rule.to = platform;
  rule.table = route.table;
  machine.routes.push_back(route);
  machine.rules.push_back(rule);
}

void plug_machine(Expansion& expansion, const std::string& name) {
  const auto interfaces = expansion.node(name).interfaces;
  const auto nics =
      std::ranges::count_if(interfaces, [](const auto& interface) { return interface.subnet.has_value(); });
  std::uint32_t index = 0;
  for (const auto& interface : interfaces) {
    if (!interface.subnet || interface.addresses.empty()) continue;
    const auto& [vnet, subnet] = *interface.subnet;
    const auto router = subnet_of(vnet_of(expansion.in, vnet), subnet).prefix.host(1);
    expansion.plug(vnet, {name, interface.name}, subnet, interface.addresses.front().address());
    auto& machine = expansion.node(name);
    if (!machine.gateway) machine.gateway = router;
    if (nics > 1) add_probe_route(machine, interface, router, index++);
  }
}

const model::FabricNic* nic_of(const model::Fabric& fabric, const Address& address) {
  const auto found = std::ranges::find(fabric.nics, address, &model::FabricNic::address);
  return found == fabric.nics.end() ? nullptr : &*found;
}

Route through(const model::FabricNic* nic, Route route) {
  route.kind = nic == nullptr ? RouteKind::kBlackhole : RouteKind::kUnicast;
  if (nic != nullptr) route.next_hops.push_back({nic->address, nic->interface, true});
  return route;
}

Route lowered(const model::UserRoute& user, const model::Fabric& fabric) {
  Route route = route_to(user.to);
  if (user.type == model::NextHopType::kVnetLocal) route.kind = RouteKind::kThrow;
  if (user.type == model::NextHopType::kNone) route.kind = RouteKind::kBlackhole;
  if (user.type == model::NextHopType::kVirtualAppliance)
    return through(user.next_hop ? nic_of(fabric, *user.next_hop) : nullptr, route);
  if (user.type == model::NextHopType::kInternet) {
    const auto out = std::ranges::find(fabric.nics, fabric.internet_interface, &model::FabricNic::interface);
    return through(out == fabric.nics.end() ? nullptr : &*out, route);
  }
  return route;
}

}  // namespace

void add_vnets(Expansion& expansion) {
  for (const auto& vnet : expansion.in.vnets) add_fabric(expansion, vnet);
  for (const auto& node : expansion.in.nodes) plug_machine(expansion, node.name);
}

void lower_route_tables(Expansion& expansion) {
  for (const auto& vnet : expansion.in.vnets) {
    auto& fabric = expansion.fabric(vnet.name);
    for (std::size_t i = 0; i < vnet.subnets.size(); ++i)
      if (const auto* table = table_of(expansion.in, vnet.subnets[i]))
        for (const auto& user : table->routes) fabric.subnets[i].routes.push_back(lowered(user, fabric));
  }
}

}  // namespace xconn::azure
