// SPDX-License-Identifier: Apache-2.0
// Microsoft's side of a circuit: for each path one VRF for private peering, which peers with the customer and with the
// gateways, and one for Microsoft peering, which peers with the customer and Microsoft's public network (Microsoft
// Learn, "ExpressRoute routing requirements").
#include <algorithm>

#include "azure/expansion.hh"
#include "azure/hybrid.hh"
#include "base/azure.hh"

namespace xconn::azure {
namespace {

/// Not taken on Microsoft peering: a default route, and what is not public.
std::vector<Prefix> refused_networks() {
  std::vector<Prefix> networks{*Prefix::parse("0.0.0.0/0"), *Prefix::parse("::/0")};
  networks.insert(networks.end(), not_public().begin(), not_public().end());
  return networks;
}

std::uint32_t route_limit(const Vrf& vrf, bool v4) {
  if (vrf.microsoft) return kMicrosoftRoutes;
  if (!v4) return kV6Routes;
  return vrf.circuit->sku == model::CircuitSku::kPremium ? kPremiumRoutes : kStandardRoutes;
}

/// Nothing is announced without a route filter.
std::vector<std::string> filtered_communities(const model::Topology& topology, const model::Peering& peering) {
  std::vector<std::string> communities;
  for (const auto& filter : topology.route_filters)
    if (filter.name == peering.route_filter)
      for (const auto& rule : filter.rules)
        if (rule.access == network::Access::kAllow)
          communities.insert(communities.end(), rule.communities.begin(), rule.communities.end());
  return communities;
}

network::BgpNeighbor customer(const model::Topology& topology, const Vrf& vrf, const Prefix& prefix) {
  const auto& peering = *vrf.peering;
  network::BgpNeighbor made = neighbor(prefix.host(1), peering.peer_asn);
  made.password = peering.md5;
  made.bfd = peering.bfd;
  made.remove_private_as = !vrf.microsoft;
  made.maximum_prefix = route_limit(vrf, prefix.is_v4());
  made.shutdown = peering.state == model::PeeringState::kDisabled ||
                  (vrf.microsoft && peering.validation != model::PrefixValidation::kConfigured);
  if (!vrf.microsoft) return made;
  made.refuse = refused_networks();
  made.announce_communities = filtered_communities(topology, peering);
  return made;
}

bool reaches_others(const model::Topology& topology, const model::Circuit& circuit) {
  return std::ranges::any_of(topology.global_reach, [&](const model::GlobalReach& reach) {
    return reach.circuit == circuit.name || reach.peer_circuit == circuit.name;
  });
}

/// All gateways are in one AS, so what one of them announced another takes for its own: it takes it only with its AS
/// overridden, "12076 12076" (Microsoft Learn, "ExpressRoute FAQ", connectivity between VNets).
network::BgpNeighbor gateway_instance(const model::Gateway& gateway, const Address& address, bool with_global_reach) {
  network::BgpNeighbor made = neighbor(address, *Asn::of(kGatewayAsn));
  made.bfd = true;
  made.as_override = gateway.allow_remote_vnet_traffic;
  made.maximum_prefix = address.is_v4() ? kVnetRoutes : kVnetV6Routes;
  // What another circuit's customer announces goes to this circuit's customer, and into no VNet.
  if (with_global_reach) made.withhold_communities = {community(kGlobalReach)};
  return made;
}

/// The MSEE's side of the Microsoft core: one interface for each gateway that the circuit is connected to.
void join_gateways(Expansion& expansion, const model::Circuit& circuit, int end, network::Node& msee) {
  int count = 0;
  for (const auto& gateway : expansion.in.gateways) {
    if (!std::ranges::count(circuits_of(expansion.in, gateway), &circuit)) continue;
    const std::string name = ++count == 1 ? "core" : "core" + std::to_string(count);
    msee.interfaces.push_back(port(name, core_addresses(expansion.in, gateway, circuit, end)));
    msee.interfaces.back().mtu = kHybridMtu;
    for (const auto& instance : instance_addresses(expansion.in, gateway))
      msee.bgp->neighbors.push_back(gateway_instance(gateway, instance, reaches_others(expansion.in, circuit)));
    expansion.link({msee.name, name}, {gateway_switch_name(gateway), interface_name(msee.name)}, circuit.where);
  }
}

// --- Microsoft's public network --------------------------------------------------------------------------------------

/// The routers that have a VRF for Microsoft peering, and the services, on one network that only they see.
const Prefix& public_core() {
  static const Prefix kCore = *Prefix::parse("100.64.0.0/24");  // RFC 6598
  return kCore;
}

constexpr const char* kPublicCore = "microsoft-core";
constexpr std::uint32_t kFirstService = 100;

std::vector<std::string> public_routers(const model::Topology& topology) {
  std::vector<std::string> names;
  for (const auto& circuit : topology.circuits)
    if (circuit.microsoft_peering)
      for (int end : {0, 1}) names.push_back(microsoft_router_name(topology, circuit, end));
  return names;
}

Address router_address(std::size_t index) { return public_core().host(static_cast<std::uint32_t>(index) + 1); }

Address service_address(std::size_t index) {
  return public_core().host(kFirstService + static_cast<std::uint32_t>(index));
}

void join_public_core(Expansion& expansion, network::Node& msee) {
  const auto routers = public_routers(expansion.in);
  const auto index = static_cast<std::size_t>(std::ranges::find(routers, msee.name) - routers.begin());
  msee.interfaces.push_back(port("core", {{router_address(index), public_core().length()}}));
  for (std::size_t i = 0; i < expansion.in.public_services.size(); ++i) {
    auto service = neighbor(service_address(i), *Asn::of(kServiceAsn));
    service.remove_private_as = true;  // "private AS numbers are removed from the path" on Microsoft peering
    msee.bgp->neighbors.push_back(service);
  }
  expansion.link({msee.name, "core"}, {kPublicCore, interface_name(msee.name)}, msee.where);
}

/// By the core it is what Microsoft peering leads to.
void join_core(Expansion& expansion, const network::PublicService& service, std::size_t index) {
  const auto routers = public_routers(expansion.in);
  auto& node = expansion.node(service.name);
  node.interfaces.push_back(port("core", {{service_address(index), public_core().length()}}));
  node.bgp = speaker(*Asn::of(kServiceAsn), service_address(index));
  node.bgp->advertise = {service.prefix};
  for (std::size_t i = 0; i < routers.size(); ++i) {
    node.bgp->neighbors.push_back(neighbor(router_address(i), *Asn::of(kMicrosoftAsn)));
    node.bgp->neighbors.back().set_communities = service.communities;
  }
  expansion.link({service.name, "core"}, {kPublicCore, interface_name(service.name)}, service.where);
}

/// The Internet's own address at one of its interfaces.
std::optional<Address> router_at(const network::Node& net, const std::string& interface) {
  const auto found = std::ranges::find(net.interfaces, interface, &network::Interface::name);
  if (found == net.interfaces.end() || found->addresses.empty()) return std::nullopt;
  return found->addresses.front().address();
}

/// Whom it did not hear of on Microsoft peering it answers by the Internet, whichever way the question came.
void join_internet(Expansion& expansion, const network::PublicService& service) {
  const auto& [net, interface] = service.internet;
  auto& node = expansion.node(service.name);
  node.interfaces.push_back(port("internet"));
  if (const auto router = router_at(expansion.node(net), interface))
    node.routes.push_back(route_to(Prefix{}, {*router, "internet", true}));
  expansion.node(net).routes.push_back(route_to(service.prefix, {{}, interface, false}));
  expansion.link(service.internet, {service.name, "internet"}, service.where);
}

void add_service(Expansion& expansion, const network::PublicService& service, std::size_t index) {
  const bool has_core = !public_routers(expansion.in).empty(), has_internet = !service.internet.node.empty();
  if (!has_core && !has_internet) return;
  expansion.add_node(service.name, "public-service", "microsoft", service.where).interfaces = {
      port("lo", {{service.prefix.host(1), service.prefix.network().bits()}})};
  if (has_core) join_core(expansion, service, index);
  if (has_internet) join_internet(expansion, service);
}

// --- Global Reach ----------------------------------------------------------------------------------------------------

const model::Circuit& circuit_called(const model::Topology& topology, std::string_view name) {
  return *std::ranges::find(topology.circuits, name, &model::Circuit::name);
}

/// A session between MSEEs, internal to AS 12076: what one of them was told by another, it tells no third one. Routes
/// of VNets stay where they are.
void add_reach_session(Expansion& expansion, const std::string& msee, const std::string& interface,
                       const Prefix& network, std::uint32_t own, std::uint32_t other) {
  auto& node = expansion.node(msee);
  node.interfaces.push_back(port(interface, {{network.host(own), network.length()}}));
  auto peer = neighbor(network.host(other), *Asn::of(kMicrosoftAsn));
  peer.bfd = peer.next_hop_self = true;
  peer.local_preference = 50;  // what the circuit's own customer says comes first
  peer.withhold_asns = {*Asn::of(kGatewayAsn)};
  peer.set_communities = {community(kGlobalReach)};
  node.bgp->neighbors.push_back(peer);
}

void join_circuits(Expansion& expansion, const model::GlobalReach& reach, int end) {
  const auto &one = circuit_called(expansion.in, reach.circuit),
             &other = circuit_called(expansion.in, reach.peer_circuit);
  const Prefix network = Prefix::of(reach.prefix.host(4 * static_cast<std::uint32_t>(end)), 30);
  const auto one_msee = msee_name(expansion.in, one, end), other_msee = msee_name(expansion.in, other, end);
  const auto one_port = interface_name("gr-" + other.name), other_port = interface_name("gr-" + one.name);
  add_reach_session(expansion, one_msee, one_port, network, 1, 2);
  add_reach_session(expansion, other_msee, other_port, network, 2, 1);
  Impairment smaller;
  smaller.rate = std::min(one.bandwidth, other.bandwidth);
  expansion.link({one_msee, one_port}, {other_msee, other_port}, reach.where, smaller);
}

/// Circuits on one pair of routers, or of ports, are VRFs of the same two routers.
std::string router_of(const Expansion& expansion, const model::Circuit& circuit, int end) {
  const auto& shared = shared_routers(circuit);
  return shared.empty() ? msee_name(expansion.in, circuit, end) : shared + std::to_string(end + 1);
}

}  // namespace

const std::string& shared_routers(const model::Circuit& circuit) {
  return circuit.port.empty() ? circuit.msee : circuit.port;
}

std::string routers_of(const model::Topology& topology, const model::Circuit& circuit) {
  if (!circuit.routers.empty()) return circuit.routers;
  return topology.circuits.size() == 1 ? "msee" : circuit.name + "-msee";
}

std::string msee_name(const model::Topology& topology, const model::Circuit& circuit, int end) {
  return routers_of(topology, circuit) + std::to_string(end + 1);
}

std::string microsoft_router_name(const model::Topology& topology, const model::Circuit& circuit, int end) {
  return msee_name(topology, circuit, end) + "-ms";
}

std::vector<const Prefix*> path_prefixes(const model::Peering& peering, int end) {
  std::vector<const Prefix*> prefixes{end == 0 ? &peering.primary : &peering.secondary};
  const auto& v6 = end == 0 ? peering.primary_v6 : peering.secondary_v6;
  if (v6) prefixes.push_back(&*v6);
  return prefixes;
}

std::vector<Vrf> vrfs_of(const model::Topology& topology, const model::Circuit& circuit, int end) {
  const auto peering = [&](const std::optional<model::Peering>& wanted) {
    return wanted && is_provisioned(circuit) ? &*wanted : nullptr;
  };
  std::vector<Vrf> vrfs;
  if (circuit.private_peering || !circuit.microsoft_peering)
    vrfs.push_back({msee_name(topology, circuit, end), &circuit, peering(circuit.private_peering), false});
  if (circuit.microsoft_peering)
    vrfs.push_back({microsoft_router_name(topology, circuit, end), &circuit, peering(circuit.microsoft_peering), true});
  return vrfs;
}

void add_sessions(Expansion& expansion, const Vrf& vrf, int end, network::Node& node) {
  node.router = router_of(expansion, *vrf.circuit, end);
  if (vrf.peering != nullptr) {
    const auto prefixes = path_prefixes(*vrf.peering, end);
    node.bgp->router_id = prefixes.front()->host(2);
    for (const auto* prefix : prefixes) node.bgp->neighbors.push_back(customer(expansion.in, vrf, *prefix));
  }
  if (vrf.microsoft)
    join_public_core(expansion, node);
  else
    join_gateways(expansion, *vrf.circuit, end, node);
}

void add_global_reach(Expansion& expansion) {
  for (const auto& reach : expansion.in.global_reach)
    for (int end : {0, 1}) join_circuits(expansion, reach, end);
}

void add_public_services(Expansion& expansion) {
  if (!public_routers(expansion.in).empty()) expansion.add_node(kPublicCore, "switch", "microsoft", Where{});
  for (std::size_t i = 0; i < expansion.in.public_services.size(); ++i)
    add_service(expansion, expansion.in.public_services[i], i);
}

}  // namespace xconn::azure
