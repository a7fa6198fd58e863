// SPDX-License-Identifier: Apache-2.0
#include "nodes/routing/one_sided.hh"

#include <algorithm>
#include <functional>

#include "nodes/edge/pair.hh"
#include "nodes/routing/propagation.hh"

namespace xconn::nodes {
namespace {

bool is_met(const network::Network& network, const network::Node& node, const network::BgpNeighbor& neighbor) {
  return sleeps(network, node, neighbor) || session_with(network, node, neighbor);
}

/// Of each row by which others, at the neighbor's address, know the node: is it kept shut?
std::vector<bool> sleeping_rows(const network::Network& network, const network::Node& node,
                                const network::BgpNeighbor& neighbor) {
  std::vector<bool> sleeping;
  for (const auto& other : network.nodes) {
    if (!other.bgp || !owns(other, neighbor.address)) continue;
    for (const auto& back : other.bgp->neighbors)
      if (owns(node, back.address)) sleeping.push_back(sleeps(network, other, back));
  }
  return sleeping;
}

/// The other side has the session too, but keeps it shut.
bool waits(const network::Network& network, const network::Node& node, const network::BgpNeighbor& neighbor) {
  const auto rows = sleeping_rows(network, node, neighbor);
  return !rows.empty() && std::ranges::all_of(rows, std::identity{});
}

void add_sessions(const network::Network& network, const network::Node& node, std::vector<plan::Fact>& facts) {
  if (!node.bgp) return;
  for (const auto& neighbor : node.bgp->neighbors)
    if (!is_met(network, node, neighbor) && !waits(network, node, neighbor))
      facts.push_back({node.name, "bgp", neighbor.address.text(), "Established"});
}

/// Each has the other as its remote end.
bool is_other_end(const network::Tunnel& one, const network::Tunnel& other) {
  return one.local == other.remote && one.remote == other.local;
}

/// Both ends are there, and each waits for the other.
bool waits(const network::Network& network, const network::Tunnel& tunnel) {
  return !tunnel.initiate && std::ranges::any_of(network.nodes, [&](const network::Node& node) {
    return std::ranges::any_of(
        node.tunnels, [&](const network::Tunnel& other) { return !other.initiate && is_other_end(tunnel, other); });
  });
}

void add_tunnels(const network::Network& network, const network::Node& node, std::vector<plan::Fact>& facts) {
  if (!is_active(network, node)) return;
  for (const auto& tunnel : node.tunnels)
    if (waits(network, tunnel)) facts.push_back({node.name, "child-sa", tunnel.name + "/" + tunnel.name, "INSTALLED"});
}

}  // namespace

std::vector<plan::Fact> one_sided(const network::Network& network) {
  std::vector<plan::Fact> facts;
  for (const auto& node : network.nodes) {
    add_sessions(network, node, facts);
    add_tunnels(network, node, facts);
  }
  return facts;
}

}  // namespace xconn::nodes
