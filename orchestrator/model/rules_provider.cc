// SPDX-License-Identifier: Apache-2.0
// The customer's side of providers that route: managed layer 3 and any-to-any IP VPN.
#include <algorithm>

#include "model/connectivity.hh"
#include "model/rules.hh"

namespace xconn::model::azure_rules {
namespace {

struct ProviderPort {
  const Provider& provider;
  const End& customer;
  Path path;
};

template <class Visit>
void each_provider_port(const Topology& topology, Visit visit) {
  for (const auto& circuit : topology.circuits) {
    const auto* provider = provider_of(topology, circuit);
    if (provider == nullptr || !connectivity_of(*provider).routes) continue;
    visit(ProviderPort{*provider, circuit.customer_primary, {"circuits", circuit.name, "customer", "primary"}});
    visit(ProviderPort{*provider, circuit.customer_secondary, {"circuits", circuit.name, "customer", "secondary"}});
  }
  for (const auto& provider : topology.providers)
    for (std::size_t i = 0; i < provider.sites.size(); ++i)
      visit(ProviderPort{provider, provider.sites[i], {"providers", provider.name, "sites", i}});
}

bool routes_by(const Node& node, const Address& router) {
  const auto goes_there = [&](const NextHop& hop) { return hop.via == router; };
  return node.gateway == router || std::any_of(node.routes.begin(), node.routes.end(), [&](const Route& route) {
           return std::any_of(route.next_hops.begin(), route.next_hops.end(), goes_there);
         });
}

void check_knows(Check& check, const ProviderPort& port, const Node& node, const Address& router) {
  const auto* asn = port.provider.asn ? &*port.provider.asn : nullptr;
  if (node.bgp)
    for (std::size_t i = 0; i < node.bgp->neighbors.size(); ++i) {
      if (node.bgp->neighbors[i].address != router) continue;
      if (asn != nullptr && node.bgp->neighbors[i].asn != *asn)
        check.report({"nodes", node.name, "bgp", "neighbors", i, "asn"}, node.bgp->neighbors[i].asn.text(),
                     "use " + asn->text());
      return;
    }
  if (!routes_by(node, router))
    check.report(port.path, text_of(port.customer),
                 "add the BGP neighbour {address: " + router.text() + ", asn: " + (asn ? asn->text() : "ASN") +
                     "} to its node, or gateway: " + router.text());
}

}  // namespace

void provider_ports(Check& check) {
  each_provider_port(check.topology, [&](const ProviderPort& port) {
    const auto* node = check.node(port.customer.node);
    if (node == nullptr) return;
    const auto* own = port_address(*node, port.customer.interface);
    if (own == nullptr || !is_read(*own))
      check.report(port.path, text_of(port.customer),
                   "give the interface an address in a network of /30 or larger, where the provider's router has the "
                   "first address that is free");
    else
      check_knows(check, port, *node, provider_address(*own));
  });
}

}  // namespace xconn::model::azure_rules
