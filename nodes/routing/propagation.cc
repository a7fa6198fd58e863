#include "nodes/routing/propagation.hh"

#include <algorithm>
#include <deque>

#include "nodes/edge/pair.hh"
#include "nodes/routing/policy.hh"

namespace xconn::nodes {
namespace {

enum class Source { kOwn, kExternal, kInternal };

/// One prefix as one node knows it.
struct Known {
  const model::Node* node;
  Source source;
  std::vector<std::uint32_t> path;  ///< of autonomous systems, nearest first
  std::vector<std::string> communities;
};

bool has_any(const std::vector<std::string>& wanted, const std::vector<std::string>& there) {
  return std::ranges::any_of(wanted, [&](const auto& one) { return std::ranges::count(there, one) > 0; });
}

bool owns(const model::Node& node, const Address& address) {
  if (std::ranges::any_of(node.tunnels, [&](const auto& tunnel) { return tunnel.address.address() == address; }))
    return true;
  return std::ranges::any_of(node.interfaces, [&](const auto& interface) {
    return std::ranges::count(interface.addresses, address, &InterfaceAddress::address) > 0;
  });
}

bool is_private(std::uint32_t asn) { return (asn >= 64512 && asn <= 65534) || asn >= 4200000000U; }  // RFC 6996

bool passes(const std::vector<Prefix>& filter, const Prefix& prefix) {
  return filter.empty() || std::ranges::count(filter, prefix) > 0;
}

bool holds(const std::vector<Prefix>& spaces, const Prefix& prefix) {
  return std::ranges::any_of(spaces, [&](const Prefix& space) { return space.contains(prefix); });
}

bool refuses(const model::Node& node, const Prefix& prefix) {
  if (!node.fabric) return false;
  return holds(node.fabric->address_space, prefix) ||
         std::ranges::any_of(node.fabric->peers, [&](const auto& peer) { return holds(peer.address_space, prefix); });
}

/// What `neighbor` may hear of by the sender's filters; each family has sessions of its own.
bool is_announced(const Known& known, const Prefix& prefix, const model::BgpNeighbor& neighbor) {
  const auto& only = neighbor.announce_communities;
  return prefix.is_v4() == neighbor.address.is_v4() && passes(neighbor.announce, prefix) &&
         (!only || has_any(*only, known.communities)) && !has_any(neighbor.withhold_communities, known.communities) &&
         std::ranges::none_of(neighbor.withhold_asns,
                              [&](const Asn& asn) { return std::ranges::count(known.path, asn.value()) > 0; });
}

/// What the receiver's filters let in of what it hears.
bool is_accepted(const Known& heard, const Prefix& prefix, const model::BgpNeighbor& sender) {
  return passes(sender.accept, prefix) && !is_refused(sender.refuse, prefix) && !refuses(*heard.node, prefix) &&
         (sender.accept_communities.empty() || has_any(sender.accept_communities, heard.communities));
}

/// What `neighbor` of `from` hears of it, or nothing.
std::optional<Known> told(const Known& from, const Prefix& prefix, const model::BgpNeighbor& neighbor,
                          const Session& session) {
  const auto own = from.node->bgp->asn.value(), theirs = session.peer->bgp->asn.value();
  const bool internal = own == theirs;
  if (internal && from.source == Source::kInternal && !neighbor.route_reflector_client) return std::nullopt;
  if (!is_announced(from, prefix, neighbor)) return std::nullopt;
  Known heard{session.peer, internal ? Source::kInternal : Source::kExternal, from.path, from.communities};
  heard.communities.insert(heard.communities.end(), neighbor.set_communities.begin(), neighbor.set_communities.end());
  if (!internal) {
    if (neighbor.remove_private_as) std::erase_if(heard.path, is_private);
    heard.path.insert(heard.path.begin(), own);
  }
  if (std::ranges::count(heard.path, theirs) || !is_accepted(heard, prefix, *session.back)) return std::nullopt;
  return heard;
}

/// Breadth first, so that each node is reached by its shortest way; once by external and once by internal neighbours.
std::vector<const model::Node*> reached(const model::Topology& topology, const model::Node& origin,
                                        const Prefix& prefix) {
  std::vector<const model::Node*> nodes;
  std::vector<std::pair<const model::Node*, Source>> seen;
  const auto own = origin.bgp->communities.find(prefix);
  std::deque<Known> waiting{
      {&origin, Source::kOwn, {}, own == origin.bgp->communities.end() ? std::vector<std::string>{} : own->second}};
  while (!waiting.empty()) {
    const Known known = waiting.front();
    waiting.pop_front();
    const std::pair key{known.node, known.source};
    if (std::ranges::count(seen, key)) continue;
    seen.push_back(key);
    if (known.source != Source::kOwn) nodes.push_back(known.node);
    for (const auto& neighbor : known.node->bgp->neighbors)
      if (const auto session = session_with(topology, *known.node, neighbor))
        if (const auto heard = told(known, prefix, neighbor, *session)) waiting.push_back(*heard);
  }
  return nodes;
}

}  // namespace

std::vector<Prefix> system_prefixes(const model::Fabric& fabric) {
  std::vector<Prefix> prefixes = fabric.address_space;
  for (const auto& peer : fabric.peers)
    prefixes.insert(prefixes.end(), peer.address_space.begin(), peer.address_space.end());
  return prefixes;
}

std::optional<Session> session_with(const model::Topology& topology, const model::Node& node,
                                    const model::BgpNeighbor& neighbor) {
  // The sessions of a standby over its tunnels come up when it takes over.
  const auto sleeps = [&](const model::Node& speaker, const model::BgpNeighbor& towards) {
    return towards.shutdown || (towards.source && !is_active(topology, speaker));
  };
  if (sleeps(node, neighbor)) return std::nullopt;
  for (const auto& other : topology.nodes) {
    if (!other.bgp || !(other.bgp->asn == neighbor.asn) || !owns(other, neighbor.address)) continue;
    for (const auto& back : other.bgp->neighbors)
      if (back.asn == node.bgp->asn && owns(node, back.address) && !sleeps(other, back)) return Session{&other, &back};
  }
  return std::nullopt;
}

std::vector<Prefix> learned_prefixes(const model::Topology& topology, const model::Node& node) {
  std::vector<Prefix> prefixes;
  if (!node.bgp) return prefixes;
  for (const auto& origin : topology.nodes) {
    if (!origin.bgp || origin.name == node.name) continue;
    for (const auto& prefix : origin.bgp->advertise) {
      const bool decided = refuses(node, prefix) || std::ranges::count(prefixes, prefix) > 0 ||
                           std::ranges::count(node.bgp->advertise, prefix) > 0;
      const auto nodes = decided ? std::vector<const model::Node*>{} : reached(topology, origin, prefix);
      if (std::ranges::any_of(nodes, [&](const auto* there) { return there->name == node.name; }))
        prefixes.push_back(prefix);
    }
  }
  return prefixes;
}

}  // namespace xconn::nodes
