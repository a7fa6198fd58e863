// SPDX-License-Identifier: Apache-2.0
// Providers that route: managed layer 3 and any-to-any IP VPN. The provider's edge routers, one for each path, peer
// with the MSEEs in the provider's AS and with the customer's routers in theirs; the customer never sees the tags. An
// IP VPN has one more for each further site of the customer, and all of them tell each other what they know (Microsoft
// Learn, "ExpressRoute connectivity models").
#include <algorithm>

#include "azure/expansion.hh"
#include "model/connectivity.hh"

namespace xconn::azure {
namespace {

// --- towards the customer --------------------------------------------------------------------------------------------

/// The provider's order form has what is behind a router that does not speak BGP with it.
void route_statically(const network::Node& site, const std::string& port, const Address& via, network::Node& router) {
  for (const auto& interface : site.interfaces)
    for (const auto& address : interface.addresses) {
      if (interface.name == port) continue;
      router.routes.push_back(route_to(address.network(), {via, "cust", false}));
      router.bgp->advertise.push_back(address.network());
    }
}

const network::BgpNeighbor* session_with(const network::Node& site, const Address& router) {
  if (!site.bgp) return nullptr;
  const auto found = std::ranges::find(site.bgp->neighbors, router, &network::BgpNeighbor::address);
  return found == site.bgp->neighbors.end() ? nullptr : &*found;
}

/// The provider agrees to what the customer has configured.
void speak(const Address& customer, Asn asn, const network::BgpNeighbor& theirs, network::Node& router) {
  auto ours = neighbor(customer, asn);
  ours.password = theirs.password;
  ours.bfd = theirs.bfd;
  router.bgp->neighbors.push_back(ours);
}

/// Rule T40: the customer's port has an address, and its node knows the provider's router. Broken on purpose, the
/// provider's port is there but has no neighbor.
void face_customer(Expansion& expansion, const End& customer, const Where& where, const std::string& name) {
  auto& router = expansion.node(name);
  const auto& site = *std::ranges::find(expansion.in.nodes, customer.node, &network::Node::name);
  const auto* own = model::port_address(site, customer.interface);
  expansion.link(customer, {name, "cust"}, where);
  router.interfaces.push_back(port("cust"));
  if (own == nullptr) return;
  const auto address = model::provider_address(*own);
  router.interfaces.back().addresses = {{address, own->length()}};
  if (const auto* session = session_with(site, address))
    speak(own->address(), site.bgp->asn, *session, router);
  else
    route_statically(site, customer.interface, own->address(), router);
}

// --- towards Microsoft -----------------------------------------------------------------------------------------------

/// `only`: nothing else is announced; empty: all that the router knows.
void peer_with_msee(const model::Circuit& circuit, const model::Peering& peering, int end,
                    const std::vector<Prefix>& only, network::Node& router) {
  auto inner = sub_interface("msee", {s_tag(circuit), {static_cast<std::uint16_t>(peering.vlan)}});
  for (const auto* prefix : path_prefixes(peering, end)) {
    inner.addresses.emplace_back(prefix->host(1), prefix->length());
    auto msee = neighbor(prefix->host(2), *Asn::of(kMicrosoftAsn));
    msee.password = peering.md5;
    msee.bfd = peering.bfd;
    msee.announce = only;
    router.bgp->neighbors.push_back(msee);
  }
  router.interfaces.push_back(inner);
}

/// On Microsoft peering the provider announces the customer's public prefixes, to which the customer translates itself.
void face_microsoft(const model::Circuit& circuit, int end, network::Node& router) {
  router.interfaces.push_back(trunk("msee"));
  if (!is_provisioned(circuit)) return;
  if (const auto& peering = circuit.private_peering) peer_with_msee(circuit, *peering, end, {}, router);
  if (const auto& peering = circuit.microsoft_peering)
    peer_with_msee(circuit, *peering, end, peering->advertised_prefixes, router);
}

// --- the provider's own network --------------------------------------------------------------------------------------

/// Where an IP VPN's routers see each other; only they do. RFC 6598, as Microsoft's public core.
const Prefix& vpn_core() {
  static const Prefix kCore = *Prefix::parse("100.64.4.0/22");
  return kCore;
}

constexpr std::uint32_t kFirstSite = 257;

std::string site_router_name(const model::Provider& provider, std::size_t site) {
  return provider.name + "-site" + std::to_string(site + 1);
}

struct CoreRouter {
  std::string name;
  Address address;
};

std::vector<CoreRouter> core_routers(const model::Topology& topology, const model::Provider& provider) {
  std::vector<CoreRouter> routers;
  std::uint32_t host = 1, site = kFirstSite;
  for (const auto& circuit : topology.circuits)
    if (circuit.provider == provider.name)
      for (int end : {0, 1}) routers.push_back({edge_router_name(circuit, end), vpn_core().host(host++)});
  for (std::size_t i = 0; i < provider.sites.size(); ++i)
    routers.push_back({site_router_name(provider, i), vpn_core().host(site++)});
  return routers;
}

/// Any to any: each router has the routes of all others by internal BGP, as the VRF of an MPLS VPN.
void join_core(Expansion& expansion, const model::Provider& provider, const std::string& name) {
  auto& router = expansion.node(name);
  for (const auto& other : core_routers(expansion.in, provider)) {
    if (other.name == name) {
      router.interfaces.push_back(port("core", {{other.address, vpn_core().length()}}));
      continue;
    }
    auto peer = neighbor(other.address, router.bgp->asn);
    peer.next_hop_self = peer.bfd = true;
    router.bgp->neighbors.push_back(peer);
  }
  expansion.link({name, "core"}, {provider.name, interface_name(name)}, provider.where);
}

/// A provider without an AS number peers with nobody (rule T34).
Asn asn_of(const model::Provider& provider) { return provider.asn.value_or(*Asn::of(65001)); }

}  // namespace

std::string edge_router_name(const model::Circuit& circuit, int end) {
  return circuit.name + "-pe" + std::to_string(end + 1);
}

void add_edge_router(Expansion& expansion, const model::Circuit& circuit, int end) {
  const auto& provider = *model::provider_of(expansion.in, circuit);
  const auto name = edge_router_name(circuit, end);
  expansion.add_node(name, "router", "provider", circuit.where).bgp = speaker(asn_of(provider));
  face_customer(expansion, customer_end(circuit, end), circuit.where, name);
  face_microsoft(circuit, end, expansion.node(name));
  if (model::connectivity_of(provider).joins_sites) join_core(expansion, provider, name);
}

void add_provider_core(Expansion& expansion, const model::Provider& provider) {
  expansion.add_node(provider.name, "switch", "provider", provider.where);
  for (std::size_t i = 0; i < provider.sites.size(); ++i) {
    const auto name = site_router_name(provider, i);
    expansion.add_node(name, "router", "provider", provider.where).bgp = speaker(asn_of(provider));
    face_customer(expansion, provider.sites[i], provider.where, name);
    join_core(expansion, provider, name);
  }
}

}  // namespace xconn::azure
