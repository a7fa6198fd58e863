// Providers that route: managed layer 3 and any-to-any IP VPN. The provider's edge routers, one for each path, peer
// with the MSEEs in the provider's AS and with the customer's routers in theirs; the customer never sees the tags
// (Microsoft Learn, "ExpressRoute connectivity models").
#include <algorithm>

#include "azure/expansion.hh"

namespace xconn::azure {
namespace {

const End& customer_end(const model::Circuit& circuit, int end) {
  return end == 0 ? circuit.customer_primary : circuit.customer_secondary;
}

const model::Provider* provider_of(const model::Topology& topology, const model::Circuit& circuit) {
  const auto found = std::ranges::find(topology.providers, circuit.provider, &model::Provider::name);
  return found == topology.providers.end() ? nullptr : &*found;
}

/// The customer's own address on its port, whose network has one more.
std::optional<InterfaceAddress> customer_address(const model::Node& node, const std::string& interface) {
  const auto found = std::ranges::find(node.interfaces, interface, &model::Interface::name);
  if (found == node.interfaces.end() || found->addresses.empty()) return std::nullopt;
  return found->addresses.front();
}

Address other_address(const InterfaceAddress& own) {
  const auto first = own.network().host(1);
  return own.address() == first ? own.network().host(2) : first;
}

void face_customer(const Expansion& expansion, const model::Circuit& circuit, int end, model::Node& router) {
  router.interfaces.push_back(port("cust"));
  const auto& [name, interface] = customer_end(circuit, end);
  const auto node = std::ranges::find(expansion.in.nodes, name, &model::Node::name);
  const auto address = customer_address(*node, interface);
  if (!address) return;
  router.interfaces.back().addresses.emplace_back(other_address(*address), address->network().length());
  if (node->bgp) router.bgp->neighbors.push_back(neighbor(address->address(), node->bgp->asn));
}

void face_microsoft(const model::Circuit& circuit, int end, model::Node& router) {
  router.interfaces.push_back(trunk("msee"));
  if (!circuit.private_peering || !is_provisioned(circuit)) return;
  const auto& peering = *circuit.private_peering;
  auto inner = sub_interface("msee", {s_tag(circuit), {static_cast<std::uint16_t>(peering.vlan)}});
  const auto& prefix = *path_prefixes(peering, end).front();
  inner.addresses.emplace_back(prefix.host(1), prefix.length());
  router.interfaces.push_back(inner);
  auto msee = neighbor(prefix.host(2), *Asn::of(kMicrosoftAsn));
  msee.password = peering.md5;
  msee.bfd = peering.bfd;
  router.bgp->neighbors.push_back(msee);
}

}  // namespace

bool is_routed(const model::Provider& provider) {
  return provider.connectivity == "managed-l3" || provider.connectivity == "ipvpn";
}

bool is_routed(const model::Topology& topology, const model::Circuit& circuit) {
  const auto* provider = provider_of(topology, circuit);
  return provider != nullptr && is_routed(*provider);
}

std::string edge_router_name(const model::Circuit& circuit, int end) {
  return circuit.name + "-pe" + std::to_string(end + 1);
}

void add_edge_router(Expansion& expansion, const model::Circuit& circuit, int end) {
  const auto& provider = *provider_of(expansion.in, circuit);
  auto& router = expansion.add_node(edge_router_name(circuit, end), "router", "provider", circuit.where);
  const Asn fallback = circuit.private_peering ? circuit.private_peering->peer_asn : *Asn::of(65001);
  router.bgp = speaker(provider.asn.value_or(fallback));
  face_customer(expansion, circuit, end, router);
  face_microsoft(circuit, end, router);
  expansion.link(customer_end(circuit, end), {router.name, "cust"}, circuit.where);
}

}  // namespace xconn::azure
