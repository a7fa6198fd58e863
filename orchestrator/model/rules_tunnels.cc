// SPDX-License-Identifier: Apache-2.0
// Where tunnels lead: to somebody, who answers in words that are understood.
#include "model/rules_tunnels.hh"

#include <algorithm>
#include <tuple>

#include "base/join.hh"
#include "model/proposals.hh"
#include "model/rules.hh"

namespace xconn::model::edge {
namespace {

bool has(const std::vector<Address>& all, const Address& address) { return std::ranges::count(all, address) > 0; }

/// What the user's own rules translate counts: a topology does not say what they do.
bool is_of_node(const Node& node, const Address& address) {
  return std::ranges::any_of(node.interfaces,
                             [&](const Interface& interface) {
                               return std::ranges::count(interface.addresses, address, &InterfaceAddress::address) > 0;
                             }) ||
         node.nftables.find(address.text()) != std::string::npos;
}

bool is_of_azure(const Topology& topology, const Address& address) {
  return std::ranges::any_of(topology.gateways,
                             [&](const Gateway& gateway) {
                               return has(gateway.public_addresses, address) || has(gateway.instances, address);
                             }) ||
         std::ranges::count(topology.load_balancers, address, &LoadBalancer::frontend) > 0 ||
         std::ranges::any_of(topology.encryption_gateways, [&](const EncryptionGateway& pair) {
           return pair.primary == address || pair.backup == address;
         });
}

bool is_somebodys(const Topology& topology, const Address& address) {
  return is_of_azure(topology, address) ||
         std::ranges::any_of(topology.nodes, [&](const Node& node) { return is_of_node(node, address); });
}

bool is_end_of(const Gateway& gateway, const Address& address) {
  return has(gateway.public_addresses, address) || has(gateway.instances, address);
}

template <class Visit>
void each_tunnel(const Topology& topology, Visit visit) {
  for (const auto& node : topology.nodes)
    for (const auto& tunnel : node.tunnels) visit(node, tunnel);
}

/// Calls `visit` for each connection to a device, with what it joins.
template <class Visit>
void each_vpn(const Topology& topology, Visit visit) {
  for (const auto& connection : topology.connections) {
    const auto* gateway = find_named(topology.gateways, connection.gateway);
    const auto* device = find_named(topology.local_gateways, connection.local_gateway);
    if (gateway != nullptr && gateway->type == GatewayType::kVpn && device != nullptr && is_read(device->address))
      visit(connection, *gateway, *device);
  }
}

void check_public(Check& check, const Path& path, const Address& address, const End& internet) {
  const auto* node = check.node(internet.node);
  if (node == nullptr || !is_read(address)) return;
  const auto* interface = find_named(node->interfaces, internet.interface);
  const auto near = interface != nullptr ? "" : did_you_mean(internet.interface, names_in(node->interfaces));
  if (!near.empty()) return check.report(path, text_of(internet), near);
  if (interface == nullptr || interface->addresses.empty())
    return check.report(path, address.text(), "give " + text_of(internet) + " an address of the same network");
  const auto& router = interface->addresses.front();
  if (is_read(router) && !router.network().contains(address))
    check.report(path, address.text(),
                 text_of(internet) + " is in " + router.network().text() + ": take an address of it, or widen it");
}

Proposals or_usual(const Proposals& own, const char* usual) { return own.empty() ? Proposals{usual} : own; }

void check_offer(Check& check, const Path& path, const Proposals& own, const Proposals& theirs,
                 const std::string& whose) {
  if (!share_proposal(own, theirs)) check.report(path, join(own), whose + " takes " + join(theirs));
}

void check_offers(Check& check, const Node& node, const network::Tunnel& tunnel, const Proposals& ike,
                  const Proposals& esp, const std::string& whose) {
  const auto path = [&](const char* key) { return Path{"nodes", node.name, "tunnels", tunnel.name, key}; };
  check_offer(check, path("ike-proposals"), or_usual(tunnel.ike_proposals, kUsualIkeProposal), ike, whose);
  check_offer(check, path("esp-proposals"), or_usual(tunnel.esp_proposals, kUsualEspProposal), esp, whose);
}

}  // namespace

void tunnel_peers(Check& check) {
  each_tunnel(check.topology, [&](const Node& node, const network::Tunnel& tunnel) {
    if (is_read(tunnel.remote) && !is_somebodys(check.topology, tunnel.remote))
      check.report({"nodes", node.name, "tunnels", tunnel.name, "remote"}, tunnel.remote.text(),
                   "name the address of a node, a gateway or a load balancer");
  });
}

void connection_devices(Check& check) {
  each_vpn(check.topology, [&](const Connection& connection, const Gateway& gateway, const LocalGateway& device) {
    bool is_there = false;
    each_tunnel(check.topology, [&](const Node&, const network::Tunnel& tunnel) {
      is_there = is_there || (is_end_of(gateway, tunnel.remote) && tunnel.local == device.address);
    });
    if (!is_there)
      check.report(
          {"connections", connection.name, "local-gateway"}, device.name,
          "give the node that has " + device.address.text() + " a tunnel from there to gateway " + gateway.name);
  });
}

void internet_addresses(Check& check) {
  for (const auto& gateway : check.topology.gateways)
    for (std::size_t i = 0; i < gateway.public_addresses.size(); ++i)
      check_public(check, {"gateways", gateway.name, "public-addresses", i}, gateway.public_addresses[i],
                   gateway.internet);
  for (const auto& balancer : check.topology.load_balancers)
    if (balancer.is_public)
      check_public(check, {"load-balancers", balancer.name, "frontend"}, balancer.frontend, balancer.internet);
}

void tunnel_proposals(Check& check) {
  each_vpn(check.topology, [&](const Connection& connection, const Gateway& gateway, const LocalGateway& device) {
    each_tunnel(check.topology, [&](const Node& node, const network::Tunnel& tunnel) {
      if (is_end_of(gateway, tunnel.remote) && tunnel.local == device.address)
        check_offers(check, node, tunnel, ike_proposals_of(connection), esp_proposals_of(connection),
                     "connection " + connection.name);
    });
  });
  each_tunnel(check.topology, [&](const Node& node, const network::Tunnel& tunnel) {
    each_tunnel(check.topology, [&](const Node& other, const network::Tunnel& back) {
      const bool is_later = std::tie(other.name, back.name) > std::tie(node.name, tunnel.name);  // each pair once
      if (is_later && back.local == tunnel.remote && back.remote == tunnel.local)
        check_offers(check, node, tunnel, or_usual(back.ike_proposals, kUsualIkeProposal),
                     or_usual(back.esp_proposals, kUsualEspProposal), "tunnel " + back.name + " of " + other.name);
    });
  });
}

}  // namespace xconn::model::edge
