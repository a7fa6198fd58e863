// SPDX-License-Identifier: Apache-2.0
// An ExpressRoute gateway: two instances in AS 65515 that peer with both MSEEs of each connected circuit and hand what
// they learn to the VNet's fabric (Microsoft Learn, "About ExpressRoute virtual network gateways").
#include <algorithm>

#include "azure/expansion.hh"
#include "azure/hybrid.hh"
#include "base/azure.hh"
#include "model/geography.hh"

namespace xconn::azure {
namespace {

constexpr std::uint32_t kDefaultPreference = 100;

/// The IPv6 address that stands where `address` stands in the IPv4 prefix of a dual-stack GatewaySubnet.
std::optional<Address> beside(const model::Subnet& subnet, const Address& address) {
  if (!subnet.prefix_v6) return std::nullopt;
  return subnet.prefix_v6->host(address.v4_value() - subnet.prefix.network().v4_value());
}

/// An address of GatewaySubnet, and the one beside it.
std::vector<Address> both_families(const model::Subnet& subnet, const Address& address) {
  std::vector<Address> addresses{address};
  if (const auto v6 = beside(subnet, address)) addresses.push_back(*v6);
  return addresses;
}

const model::Subnet& gateway_subnet(const model::Topology& topology, const model::Gateway& gateway) {
  return subnet_of(vnet_of(topology, gateway.vnet), kGatewaySubnet);
}

bool is_instance(const model::Topology& topology, const std::string& vnet, const Address& address) {
  return std::ranges::any_of(topology.gateways, [&](const model::Gateway& gateway) {
    return gateway.vnet == vnet && std::ranges::count(gateway.instances, address) > 0;
  });
}

/// The connection's weight is looked at before the AS path, and the higher one wins: that is local preference.
network::BgpNeighbor msee_neighbor(const Expansion& expansion, const model::Gateway& gateway,
                                   const model::Connection& connection, const Address& address) {
  auto made = neighbor(address, *Asn::of(kMicrosoftAsn));
  made.bfd = true;
  made.announce = reached_through_gateways_of(expansion.in, vnet_of(expansion.in, gateway.vnet));
  if (gateway.allow_remote_vnet_traffic) made.refuse = made.announce;  // its own, as the other instance told it
  if (const auto* limits = limits_of(gateway.sku)) made.maximum_prefix = limits->routes;
  if (connection.weight > 0) made.local_preference = kDefaultPreference + static_cast<std::uint32_t>(connection.weight);
  return made;
}

void peer_with_msees(const Expansion& expansion, const model::Gateway& gateway, network::Bgp& bgp) {
  for (const auto& connection : expansion.in.connections) {
    if (connection.gateway != gateway.name) continue;
    const auto circuit = std::ranges::find(expansion.in.circuits, connection.circuit, &model::Circuit::name);
    for (int end : {0, 1})
      for (const auto& own : core_addresses(expansion.in, gateway, *circuit, end))
        bgp.neighbors.push_back(msee_neighbor(expansion, gateway, connection, own.address()));
  }
}

/// The other instance tells what it hears of the MSEEs; what both hear counts as the MSEEs'.
void peer_with_instances(const Expansion& expansion, const model::Gateway& gateway, const Address& own,
                         network::Bgp& bgp) {
  for (const auto& other : gateway.instances)
    if (other != own)
      for (const auto& address : both_families(gateway_subnet(expansion.in, gateway), other))
        bgp.neighbors.push_back(neighbor(address, *Asn::of(kGatewayAsn)));
}

/// A VNet with a BGP community of its own is announced with it and with its region's (Microsoft Learn, "Configure
/// custom BGP communities for Azure ExpressRoute private peering").
void mark_prefixes(const model::Topology& topology, network::Bgp& bgp) {
  for (const auto& vnet : topology.vnets) {
    if (vnet.bgp_community.empty()) continue;
    std::vector<std::string> communities{vnet.bgp_community};
    if (const int region = model::community_of_region(vnet.region))
      communities.push_back(community(kPrivateRegion + region));
    for (const auto& prefix : vnet.address_space)
      if (std::ranges::count(bgp.advertise, prefix) > 0) bgp.communities.emplace(prefix, communities);
  }
}

/// What comes from the VNet follows a copy of the routes that is late to forget what the MSEEs withdrew: "up to a
/// minute" (Microsoft Learn, "Configure BFD over ExpressRoute").
void lag_behind(const model::Gateway& gateway, network::Node& instance) {
  RouteMirror data_path;
  data_path.to_tables = {kDataPathTable};
  data_path.late_interfaces = {"core"};
  data_path.delay = gateway.convergence_delay;
  instance.mirrors.push_back(std::move(data_path));
  instance.rules.push_back({.priority = kDataPathRule, .in_interface = "vnet", .table = kDataPathTable});
}

/// The instance's sessions with the VNet's fabric, one for each family, and its routes into the VNet.
void join_fabric(const model::Subnet& subnet, network::Node& instance) {
  for (const auto& router : both_families(subnet, subnet.prefix.host(1))) {
    instance.bgp->neighbors.push_back(neighbor(router, *Asn::of(kGatewayAsn)));
    instance.bgp->neighbors.back().next_hop_self = true;
    route_into_vnet(instance.bgp->advertise, router, instance);
  }
}

/// What the SKU carries is what passes between the instance and the VNet.
void limit_bandwidth(const model::Gateway& gateway, network::Link& into_vnet) {
  if (const auto* limits = limits_of(gateway.sku)) into_vnet.a_to_b.rate = into_vnet.b_to_a.rate = limits->rate;
}

std::vector<network::Interface> ports_of_instance(const model::Subnet& subnet, const Address& address) {
  auto core = port("core"), vnet = port("vnet");
  core.mtu = kHybridMtu;
  for (const auto& own : both_families(subnet, address)) {
    core.addresses.emplace_back(own, prefix_for(subnet, own)->length());
    vnet.addresses.emplace_back(own, own.bits());
  }
  return {core, vnet};
}

void add_er_instance(Expansion& expansion, const model::Gateway& gateway, int index) {
  const auto& vnet = vnet_of(expansion.in, gateway.vnet);
  const auto& subnet = subnet_of(vnet, kGatewaySubnet);
  const Address address = gateway.instances.at(static_cast<std::size_t>(index));
  auto& instance = expansion.add_node(instance_name(gateway, index), "er-gateway", "azure", gateway.where);
  instance.interfaces = ports_of_instance(subnet, address);
  instance.bgp = speaker(*Asn::of(kGatewayAsn), address);
  instance.bgp->advertise = reached_through_gateways_of(expansion.in, vnet);
  mark_prefixes(expansion.in, *instance.bgp);
  peer_with_msees(expansion, gateway, *instance.bgp);
  peer_with_instances(expansion, gateway, address, *instance.bgp);
  join_fabric(subnet, instance);
  if (gateway.convergence_delay > Duration{0}) lag_behind(gateway, instance);
  const std::string name = instance.name;
  expansion.link({name, "core"}, {gateway_switch_name(gateway), interface_name(name)}, gateway.where);
  expansion.plug(vnet.name, {name, "vnet"}, kGatewaySubnet, address, beside(subnet, address));
  expansion.fabric(vnet.name).nics.back().withdraw_delay = gateway.convergence_delay;
  limit_bandwidth(gateway, expansion.out.links.back());
}

}  // namespace

void route_into_vnet(const std::vector<Prefix>& reached, const Address& router, network::Node& instance) {
  instance.routes.push_back(route_to(Prefix::of(router, router.bits()), {{}, "vnet", false}));
  const auto is_own = [&](const Prefix& prefix) {  // a small VNet may be GatewaySubnet alone
    return std::ranges::any_of(instance.interfaces, [&](const network::Interface& interface) {
      return std::ranges::count(interface.addresses, prefix, &InterfaceAddress::network) > 0;
    });
  };
  for (const auto& prefix : reached)
    if (prefix.is_v4() == router.is_v4() && !is_own(prefix))
      instance.routes.push_back(route_to(prefix, {router, "vnet", true}));
}

/// The fabric is no BGP speaker in Azure; its sessions with the instances stand in for the platform's own channel, so
/// they have short timers whatever the profile.
void teach_fabric(Expansion& expansion, const model::Gateway& gateway, std::optional<std::uint32_t> preference) {
  auto& fabric = expansion.node(gateway.vnet);
  const auto router = subnet_of(vnet_of(expansion.in, gateway.vnet), kGatewaySubnet).prefix.host(1);
  if (!fabric.bgp) fabric.bgp = speaker(*Asn::of(kGatewayAsn), router);
  fabric.bgp->keepalive = std::chrono::seconds(3);
  fabric.bgp->hold = std::chrono::seconds(10);
  const bool is_vpn = gateway.type == model::GatewayType::kVpn;
  const Asn asn = is_vpn ? gateway.asn : *Asn::of(kGatewayAsn);
  for (const auto& instance : is_vpn ? gateway.instances : instance_addresses(expansion.in, gateway)) {
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

/// Instances may stand anywhere in GatewaySubnet but on .4 and .5 (rule T22), so MSEEs take what is free from there on.
Address core_address(const model::Topology& topology, const model::Gateway& gateway, const model::Circuit& circuit,
                     int end) {
  const auto circuits = circuits_of(topology, gateway);
  const auto position = std::ranges::find(circuits, &circuit) - circuits.begin();
  const auto subnet = gateway_subnet(topology, gateway).prefix;
  auto before = 2 * position + end;
  std::uint32_t host = kFirstMsee;
  while (is_instance(topology, gateway.vnet, subnet.host(host)) || before-- > 0) ++host;
  return subnet.host(host);
}

std::vector<InterfaceAddress> core_addresses(const model::Topology& topology, const model::Gateway& gateway,
                                             const model::Circuit& circuit, int end) {
  const auto& subnet = gateway_subnet(topology, gateway);
  std::vector<InterfaceAddress> addresses;
  for (const auto& address : both_families(subnet, core_address(topology, gateway, circuit, end)))
    addresses.emplace_back(address, prefix_for(subnet, address)->length());
  return addresses;
}

std::vector<Address> instance_addresses(const model::Topology& topology, const model::Gateway& gateway) {
  const auto& subnet = gateway_subnet(topology, gateway);
  std::vector<Address> all;
  for (const auto& instance : gateway.instances)
    for (const auto& address : both_families(subnet, instance)) all.push_back(address);
  return all;
}

void add_gateways(Expansion& expansion) {
  for (const auto& gateway : expansion.in.gateways) {
    if (gateway.type == model::GatewayType::kVpn) continue;
    expansion.add_node(gateway_switch_name(gateway), "switch", "microsoft", gateway.where);
    for (int index = 0; index < static_cast<int>(gateway.instances.size()); ++index)
      add_er_instance(expansion, gateway, index);
    teach_fabric(expansion, gateway);
  }
}

}  // namespace xconn::azure
