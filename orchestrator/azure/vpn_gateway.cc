// SPDX-License-Identifier: Apache-2.0
// A VPN gateway: two instances that end IPsec tunnels at public addresses (or at their own, over private peering),
// speak BGP through them and hand what they learn to the VNet's fabric (Microsoft Learn, "About highly available
// gateway configurations", "About BGP and VPN Gateway").
//
//   INTERNET:x -- GATEWAY-front -- GATEWAY-0:internet, GATEWAY-1:internet
//
// Active-standby: the one public address and the one BGP address belong to whichever instance is active.
#include <algorithm>

#include "azure/expansion.hh"
#include "base/azure.hh"
#include "model/proposals.hh"

namespace xconn::azure {
namespace {

constexpr std::uint32_t kVpnPreference = 90;  // an equal prefix over ExpressRoute is preferred: that one has 100
constexpr int kActivePriority = 255, kStandbyPriority = 1;  // 255 is MASTER at once; 1 waits a whole heartbeat more
constexpr int kDpdRetries = 3;

/// The standby attracts nothing while the active one lives: whoever hears of both prefers the first.
std::uint32_t preference_of(const model::Gateway& gateway, std::size_t index) {
  const bool stands_by = !gateway.active_active && index > 0;
  return stands_by ? kVpnPreference - 1 : kVpnPreference;
}

const model::LocalGateway& local_gateway_of(const Expansion& expansion, const model::Connection& connection) {
  return *std::ranges::find(expansion.in.local_gateways, connection.local_gateway, &model::LocalGateway::name);
}

std::vector<const model::Connection*> connections_of(const Expansion& expansion, const model::Gateway& gateway) {
  std::vector<const model::Connection*> own;
  for (const auto& connection : expansion.in.connections)
    if (connection.gateway == gateway.name && !connection.local_gateway.empty()) own.push_back(&connection);
  return own;
}

/// An active-standby gateway is one to its peers: they know its first address only.
std::size_t seen_as(const model::Gateway& gateway, int index) {
  return gateway.active_active ? static_cast<std::size_t>(index) : 0;
}

Address bgp_address(const model::Gateway& gateway, int index) {
  return (gateway.apipa.empty() ? gateway.instances : gateway.apipa).at(seen_as(gateway, index));
}

Address tunnel_end(const model::Gateway& gateway, const model::Connection& connection, int index) {
  if (connection.use_local_azure_address) return gateway.instances.at(static_cast<std::size_t>(index));
  return gateway.public_addresses.at(seen_as(gateway, index));
}

/// By default only one side initiates IKE: on-premises, if it does.
bool is_called(const Expansion& expansion, const Address& end) {
  return std::ranges::any_of(expansion.in.nodes, [&](const network::Node& node) {
    return std::ranges::any_of(node.tunnels,
                               [&](const network::Tunnel& tunnel) { return tunnel.remote == end && tunnel.initiate; });
  });
}

bool initiates(const Expansion& expansion, const model::Connection& connection, const Address& end) {
  using enum model::ConnectionMode;
  return connection.mode == kInitiatorOnly || (connection.mode == kDefault && !is_called(expansion, end));
}

network::Tunnel tunnel_of(const Expansion& expansion, const model::Gateway& gateway,
                          const model::Connection& connection, int index) {
  const auto& device = local_gateway_of(expansion, connection);
  network::Tunnel tunnel;
  tunnel.name = interface_name(connection.name);
  tunnel.local = tunnel_end(gateway, connection, index);
  tunnel.remote = device.address;
  tunnel.psk = connection.psk;
  const Address own = bgp_address(gateway, index);
  tunnel.address = {own, own.bits()};
  tunnel.peer_address = device.bgp_address;
  tunnel.initiate = initiates(expansion, connection, tunnel.local);
  tunnel.answers = connection.mode != model::ConnectionMode::kInitiatorOnly;
  tunnel.ike_proposals = model::ike_proposals_of(connection);
  tunnel.esp_proposals = model::esp_proposals_of(connection);
  if (connection.ipsec_policy) tunnel.esp_lifetime = connection.ipsec_policy->esp_lifetime;
  tunnel.dpd = {connection.dpd_timeout / kDpdRetries, kDpdRetries};
  return tunnel;
}

/// Only the VNet is announced: what ExpressRoute or another tunnel taught is not passed on. The VNet's own prefixes are
/// not taken from a device; wider ones are (Microsoft Learn, "About BGP and VPN Gateway").
network::BgpNeighbor far_neighbor(const Expansion& expansion, const model::Gateway& gateway, const model::Vnet& vnet,
                                  const model::Connection& connection, int index) {
  const auto& device = local_gateway_of(expansion, connection);
  auto far = neighbor(*device.bgp_address, *device.asn);
  far.source = bgp_address(gateway, index);
  far.ebgp_multihop = true;
  far.passive = !gateway.apipa.empty();  // with an APIPA address on-premises connects
  far.local_preference = kVpnPreference;
  far.maximum_prefix = kVpnRoutes;
  far.announce = far.refuse = reached_through_gateways_of(expansion.in, vnet);
  return far;
}

/// The VNet's own route wins, whatever a local gateway claims (Microsoft Learn, "Virtual network traffic routing").
bool is_within(const Prefix& prefix, const std::vector<Prefix>& spaces) {
  return std::ranges::any_of(spaces, [&](const Prefix& space) { return space.contains(prefix); });
}

void connect(const Expansion& expansion, const model::Gateway& gateway, const model::Vnet& vnet, int index,
             network::Node& instance) {
  for (const auto* connection : connections_of(expansion, gateway)) {
    const auto& device = local_gateway_of(expansion, *connection);
    instance.tunnels.push_back(tunnel_of(expansion, gateway, *connection, index));
    const std::string tunnel = instance.tunnels.back().name;
    if (connection->use_local_azure_address)  // the way to the peer is the VNet's, whatever the tunnels teach
      instance.routes.push_back(route_to(Prefix::of(device.address, device.address.bits()),
                                         {subnet_of(vnet, kGatewaySubnet).prefix.host(1), "vnet", true}));
    if (connection->bgp && device.bgp_address && device.asn) {
      instance.bgp->neighbors.push_back(far_neighbor(expansion, gateway, vnet, *connection, index));
      continue;
    }
    for (const auto& prefix : device.address_space) {
      if (is_within(prefix, reached_through_gateways_of(expansion.in, vnet))) continue;
      instance.routes.push_back(route_to(prefix, {{}, tunnel, false}));
      instance.bgp->advertise.push_back(prefix);
    }
  }
}

/// The platform's own watch over the two. The heartbeats are long, so that the standby takes over as late as Azure's:
/// one heartbeat after the active one has said goodbye, five to six after it has fallen silent.
network::Ha watch(const Expansion& expansion, const model::Gateway& gateway, int index,
                  const InterfaceAddress& router) {
  network::Ha ha;
  ha.group = gateway.name;
  ha.interface = "platform";
  ha.peer = *Address::parse(index == 0 ? "169.254.255.2" : "169.254.255.1");
  ha.priority = index == 0 ? kActivePriority : kStandbyPriority;
  ha.heartbeat = expansion.in.timers == network::Timers::kAzure ? std::chrono::seconds(12) : std::chrono::seconds(1);
  ha.lost_threshold = 5;
  ha.addresses = {{"internet", {gateway.public_addresses.front(), router.length()}}};
  return ha;
}

/// Forced tunneling: a device claims all that has no other route.
bool is_forced(const Expansion& expansion, const model::Connection& connection) {
  return std::ranges::count(local_gateway_of(expansion, connection).address_space, Prefix{}) > 0;
}

/// The tunnels themselves go by the Internet, whatever goes into them.
void route_to_internet(const Expansion& expansion, const model::Gateway& gateway, const NextHop& router,
                       network::Node& instance) {
  const auto connections = connections_of(expansion, gateway);
  if (std::ranges::none_of(connections, [&](const auto* one) { return is_forced(expansion, *one); }))
    return instance.routes.push_back(route_to(Prefix{}, router));
  for (const auto* connection : connections) {
    const auto& device = local_gateway_of(expansion, *connection);
    if (!connection->use_local_azure_address)
      instance.routes.push_back(route_to(Prefix::of(device.address, device.address.bits()), router));
  }
}

void add_interfaces(const Expansion& expansion, const model::Gateway& gateway, int index, network::Node& instance) {
  const auto router = internet_router(expansion, gateway.internet, gateway.public_addresses.front());
  instance.interfaces = {port("internet"), port("vnet", {{gateway.instances.at(static_cast<std::size_t>(index)), 32}})};
  route_to_internet(expansion, gateway, {router.address(), "internet", true}, instance);
  if (gateway.active_active) {
    const auto address = gateway.public_addresses.at(static_cast<std::size_t>(index));
    instance.interfaces.front().addresses.emplace_back(address, router.length());
    return;
  }
  const auto own = *InterfaceAddress::parse(index == 0 ? "169.254.255.1/30" : "169.254.255.2/30");
  instance.interfaces.push_back(port("platform", {own}));
  instance.ha = watch(expansion, gateway, index, router);
}

void add_vpn_instance(Expansion& expansion, const model::Gateway& gateway, int index) {
  const auto& vnet = vnet_of(expansion.in, gateway.vnet);
  const auto router = subnet_of(vnet, kGatewaySubnet).prefix.host(1);
  const Address address = gateway.instances.at(static_cast<std::size_t>(index));
  auto& instance = expansion.add_node(instance_name(gateway, index), "vpn-gateway", "azure", gateway.where);
  add_interfaces(expansion, gateway, index, instance);
  instance.bgp = speaker(gateway.asn, address);
  instance.bgp->advertise = reached_through_gateways_of(expansion.in, vnet);
  auto fabric = neighbor(router, *Asn::of(kGatewayAsn));
  fabric.next_hop_self = true;
  fabric.ebgp_multihop = !(gateway.asn == fabric.asn);
  instance.bgp->neighbors.push_back(fabric);
  route_into_vnet(instance.bgp->advertise, router, instance);
  connect(expansion, gateway, vnet, index, instance);
  const std::string name = instance.name;
  expansion.link({name, "internet"}, {gateway_front_name(gateway), interface_name(name)}, gateway.where);
  expansion.plug(vnet.name, {name, "vnet"}, kGatewaySubnet, address);
}

/// A network, and no cable between the two: the standby keeps its carrier when the active one dies, or keepalived would
/// take itself for broken.
void join_platform(Expansion& expansion, const model::Gateway& gateway) {
  const std::string platform = gateway.name + "-platform";
  expansion.add_node(platform, "switch", "microsoft", gateway.where);
  for (int index : {0, 1}) {
    const auto instance = instance_name(gateway, index);
    expansion.link({instance, "platform"}, {platform, interface_name(instance)}, gateway.where);
  }
}

/// GatewaySubnet's network is on both sides of an ExpressRoute gateway: it answers Microsoft's edge for the VPN
/// gateway.
void lead_to_vpn(const model::Vnet& vnet, const model::Gateway& vpn, network::Node& er_instance) {
  const auto router = subnet_of(vnet, kGatewaySubnet).prefix.host(1);
  for (const auto& address : vpn.instances)
    er_instance.routes.push_back(route_to(Prefix::of(address, address.bits()), {router, "vnet", true}));
  er_instance.sysctls["net/ipv4/conf/core/proxy_arp"] = "1";
  er_instance.sysctls["net/ipv4/neigh/core/proxy_delay"] = "0";
}

/// The fabric hears of both instances, and sends to the standby what the active one does not take.
void prefer_active(Expansion& expansion, const model::Gateway& gateway) {
  for (auto& neighbor : expansion.node(gateway.vnet).bgp->neighbors)
    for (std::size_t index = 0; index < gateway.instances.size(); ++index)
      if (neighbor.address == gateway.instances[index]) neighbor.local_preference = preference_of(gateway, index);
}

/// Both kinds of gateway of one VNet tell each other what they learn: the VPN gateway knows on-prem twice.
void introduce(Expansion& expansion, const model::Gateway& vpn, const model::Gateway& er) {
  const auto& vnet = vnet_of(expansion.in, vpn.vnet);
  for (int there = 0; there < static_cast<int>(er.instances.size()); ++there)
    lead_to_vpn(vnet, vpn, expansion.node(instance_name(er, there)));
  for (int here = 0; here < static_cast<int>(vpn.instances.size()); ++here)
    for (int there = 0; there < static_cast<int>(er.instances.size()); ++there) {
      auto to_er = neighbor(er.instances.at(static_cast<std::size_t>(there)), *Asn::of(kGatewayAsn));
      auto to_vpn = neighbor(vpn.instances.at(static_cast<std::size_t>(here)), vpn.asn);
      to_er.next_hop_self = to_vpn.next_hop_self = true;
      to_er.ebgp_multihop = to_vpn.ebgp_multihop = !(vpn.asn == to_er.asn);
      to_vpn.local_preference = preference_of(vpn, static_cast<std::size_t>(here));
      expansion.node(instance_name(vpn, here)).bgp->neighbors.push_back(to_er);
      expansion.node(instance_name(er, there)).bgp->neighbors.push_back(to_vpn);
    }
}

}  // namespace

std::string gateway_front_name(const model::Gateway& gateway) { return gateway.name + "-front"; }

void add_vpn_gateways(Expansion& expansion) {
  for (const auto& gateway : expansion.in.gateways) {
    if (gateway.type != model::GatewayType::kVpn) continue;
    expansion.add_node(gateway_front_name(gateway), "switch", "microsoft", gateway.where);
    expansion.link(gateway.internet, {gateway_front_name(gateway), "internet"}, gateway.where);
    for (int index : {0, 1}) add_vpn_instance(expansion, gateway, index);
    if (!gateway.active_active) join_platform(expansion, gateway);
    teach_fabric(expansion, gateway, kVpnPreference);
    prefer_active(expansion, gateway);
    for (const auto& other : expansion.in.gateways)
      if (other.type != model::GatewayType::kVpn && other.vnet == gateway.vnet) introduce(expansion, gateway, other);
  }
}

}  // namespace xconn::azure
