// An ExpressRoute gateway: two instances in AS 65515 that peer with both MSEEs of each connected circuit and hand what
// they learn to the VNet's fabric (Microsoft Learn, "About ExpressRoute virtual network gateways").
#include <algorithm>

#include "azure/expansion.hh"

namespace xconn::azure {
namespace {

constexpr std::uint32_t kDefaultPreference = 100;
constexpr std::uint32_t kFirstMsee = 4;

/// The connection's weight is looked at before the AS path, and the higher one wins: that is local preference.
void peer_with_msees(const Expansion& expansion, const model::Gateway& gateway, const model::Vnet& vnet,
                     model::Bgp& bgp) {
  for (const auto& connection : expansion.in.connections) {
    if (connection.gateway != gateway.name) continue;
    const auto circuit = std::ranges::find(expansion.in.circuits, connection.circuit, &model::Circuit::name);
    for (int end : {0, 1}) {
      bgp.neighbors.push_back(neighbor(core_address(expansion.in, gateway, *circuit, end), *Asn::of(kMicrosoftAsn)));
      bgp.neighbors.back().bfd = true;
      bgp.neighbors.back().announce = reached_through_gateways_of(expansion.in, vnet);
      if (connection.weight > 0)
        bgp.neighbors.back().local_preference = kDefaultPreference + static_cast<std::uint32_t>(connection.weight);
    }
  }
}

/// What comes from the VNet follows a copy of the routes that is late to forget what the MSEEs withdrew: "up to a
/// minute" (Microsoft Learn, "Configure BFD over ExpressRoute").
void lag_behind(const model::Gateway& gateway, model::Node& instance) {
  RouteMirror data_path;
  data_path.to_tables = {kDataPathTable};
  data_path.late_interfaces = {"core"};
  data_path.delay = gateway.convergence_delay;
  instance.mirrors.push_back(std::move(data_path));
  Rule rule;
  rule.priority = kDataPathRule;
  rule.in_interface = "vnet";
  rule.table = kDataPathTable;
  instance.rules.push_back(rule);
}

void add_instance(Expansion& expansion, const model::Gateway& gateway, int index) {
  const auto& vnet = vnet_of(expansion.in, gateway.vnet);
  const auto subnet = subnet_of(vnet, kGatewaySubnet).prefix;
  const Address address = gateway.instances.at(static_cast<std::size_t>(index));
  auto& instance = expansion.add_node(instance_name(gateway, index), "er-gateway", "azure", gateway.where);
  instance.interfaces = {port("core", {{address, subnet.length()}}), port("vnet", {{address, 32}})};
  instance.bgp = speaker(*Asn::of(kGatewayAsn), address);
  instance.bgp->advertise = reached_through_gateways_of(expansion.in, vnet);
  peer_with_msees(expansion, gateway, vnet, *instance.bgp);
  auto fabric = neighbor(subnet.host(1), *Asn::of(kGatewayAsn));
  fabric.next_hop_self = true;
  instance.bgp->neighbors.push_back(fabric);
  route_into_vnet(instance.bgp->advertise, subnet.host(1), instance);
  if (gateway.convergence_delay > Duration{0}) lag_behind(gateway, instance);
  const std::string name = instance.name;
  expansion.link({name, "core"}, {gateway_switch_name(gateway), interface_name(name)}, gateway.where);
  expansion.plug(vnet.name, {name, "vnet"}, kGatewaySubnet, address);
  expansion.fabric(vnet.name).nics.back().withdraw_delay = gateway.convergence_delay;
}

}  // namespace

void route_into_vnet(const std::vector<Prefix>& reached, const Address& router, model::Node& instance) {
  instance.routes.push_back(route_to(*Prefix::parse(router.text()), {{}, "vnet", false}));
  const auto is_own = [&](const Prefix& prefix) {  // a small VNet may be GatewaySubnet alone
    return std::ranges::any_of(instance.interfaces, [&](const model::Interface& interface) {
      return std::ranges::count(interface.addresses, prefix, &InterfaceAddress::network) > 0;
    });
  };
  for (const auto& prefix : reached)
    if (!is_own(prefix)) instance.routes.push_back(route_to(prefix, {router, "vnet", true}));
}

/// The fabric is no BGP speaker in Azure; its sessions with the instances stand in for the platform's own channel, so
/// they have short timers whatever the profile.
void teach_fabric(Expansion& expansion, const model::Gateway& gateway, std::optional<std::uint32_t> preference) {
  auto& fabric = expansion.node(gateway.vnet);
  const auto router = subnet_of(vnet_of(expansion.in, gateway.vnet), kGatewaySubnet).prefix.host(1);
  if (!fabric.bgp) fabric.bgp = speaker(*Asn::of(kGatewayAsn), router);
  fabric.bgp->keepalive = std::chrono::seconds(3);
  fabric.bgp->hold = std::chrono::seconds(10);
  const Asn asn = gateway.type == "Vpn" ? gateway.asn : *Asn::of(kGatewayAsn);
  for (const auto& instance : gateway.instances) {
    fabric.bgp->neighbors.push_back(neighbor(instance, asn));
    fabric.bgp->neighbors.back().local_preference = preference;
    fabric.bgp->neighbors.back().ebgp_multihop = !(asn == fabric.bgp->asn);
  }
}

std::string gateway_switch_name(const model::Gateway& gateway) { return gateway.name + "-core"; }

std::string instance_name(const model::Gateway& gateway, int instance) {
  return gateway.name + "-" + std::to_string(instance);
}

std::vector<const model::Circuit*> circuits_of(const model::Topology& topology, const model::Gateway& gateway) {
  std::vector<const model::Circuit*> circuits;
  for (const auto& connection : topology.connections)
    for (const auto& circuit : topology.circuits)
      if (connection.gateway == gateway.name && connection.circuit == circuit.name) circuits.push_back(&circuit);
  return circuits;
}

Address core_address(const model::Topology& topology, const model::Gateway& gateway, const model::Circuit& circuit,
                     int end) {
  const auto circuits = circuits_of(topology, gateway);
  const auto position = std::ranges::find(circuits, &circuit, [](const auto* item) { return item; }) - circuits.begin();
  const auto subnet = subnet_of(vnet_of(topology, gateway.vnet), kGatewaySubnet).prefix;
  return subnet.host(kFirstMsee + 2 * static_cast<std::uint32_t>(position) + static_cast<std::uint32_t>(end));
}

void add_gateways(Expansion& expansion) {
  for (const auto& gateway : expansion.in.gateways) {
    if (gateway.type == "Vpn") continue;
    expansion.add_node(gateway_switch_name(gateway), "switch", "microsoft", gateway.where);
    for (int index = 0; index < static_cast<int>(gateway.instances.size()); ++index)
      add_instance(expansion, gateway, index);
    teach_fabric(expansion, gateway);
  }
}

}  // namespace xconn::azure
