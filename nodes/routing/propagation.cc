// SPDX-License-Identifier: Apache-2.0
#include "nodes/routing/propagation.hh"

#include <algorithm>
#include <deque>
#include <tuple>

#include "nodes/edge/pair.hh"
#include "plan/plan.hh"

namespace xconn::nodes {
namespace {

/// One way to a prefix, as a speaker has heard it.
struct Path {
  std::optional<std::size_t> session;  ///< by which it came; none: its own
  bool internal = false;
  std::uint32_t preference = 100;
  std::vector<std::uint32_t> path;  ///< of autonomous systems, nearest first
  std::vector<std::string> communities;
  std::optional<Address> next_hop;
  std::optional<Address> router_id;
  friend bool operator==(const Path&, const Path&) = default;
};

/// A session as one side of it has it.
struct SessionSide {
  const network::BgpNeighbor* to;
  const network::BgpNeighbor* back;
  std::size_t peer, peer_session;
};

struct Speaker {
  const network::Node* node;
  std::vector<SessionSide> sessions;
};

bool has_any(const std::vector<std::string>& wanted, const std::vector<std::string>& there) {
  return std::ranges::any_of(wanted, [&](const auto& one) { return std::ranges::count(there, one) > 0; });
}

bool is_private(std::uint32_t asn) { return (asn >= 64512 && asn <= 65534) || asn >= 4200000000U; }  // RFC 6996

bool passes(const std::vector<Prefix>& filter, const Prefix& prefix) {
  return filter.empty() || std::ranges::count(filter, prefix) > 0;
}

/// Inside a refused one, but for the default route, which is itself only.
bool is_refused(const std::vector<Prefix>& refused, const Prefix& prefix) {
  return std::ranges::any_of(refused, [&](const Prefix& one) {
    return one == prefix || (!one.is_default() && one.is_v4() == prefix.is_v4() && one.contains(prefix));
  });
}

bool holds(const std::vector<Prefix>& spaces, const Prefix& prefix) {
  return std::ranges::any_of(spaces, [&](const Prefix& space) { return space.contains(prefix); });
}

bool refuses(const network::Node& node, const Prefix& prefix) {
  if (!node.fabric) return false;
  return holds(node.fabric->address_space, prefix) ||
         std::ranges::any_of(node.fabric->peers, [&](const auto& peer) { return holds(peer.address_space, prefix); });
}

/// What `to` may hear of by the sender's filters; each family has sessions of its own.
bool is_announced(const Path& path, const Prefix& prefix, const network::BgpNeighbor& to) {
  const auto& only = to.announce_communities;
  return prefix.is_v4() == to.address.is_v4() && passes(to.announce, prefix) &&
         (!only || has_any(*only, path.communities)) && !has_any(to.withhold_communities, path.communities) &&
         std::ranges::none_of(to.withhold_asns,
                              [&](const Asn& asn) { return std::ranges::count(path.path, asn.value()) > 0; });
}

/// What the receiver's filters let in of what it hears.
bool is_accepted(const Path& heard, const Prefix& prefix, const network::Node& receiver,
                 const network::BgpNeighbor& sender) {
  return passes(sender.accept, prefix) && !is_refused(sender.refuse, prefix) && !refuses(receiver, prefix) &&
         (sender.accept_communities.empty() || has_any(sender.accept_communities, heard.communities)) &&
         !owns(receiver, *heard.next_hop);
}

/// A next hop on the network that the two share stays (RFC 4271, 5.1.3), and an internal neighbour's always does.
bool keeps_next_hop(const Path& path, const network::Node& sender, const network::BgpNeighbor& to, bool internal) {
  if (!path.session || (to.next_hop_self && !path.internal)) return false;
  if (internal) return true;
  return std::ranges::any_of(sender.interfaces, [&](const auto& interface) {
    return std::ranges::any_of(interface.addresses, [&](const auto& own) {
      return own.network().contains(to.address) && own.network().contains(*path.next_hop);
    });
  });
}

/// As FRR does it (bgp_peer_remove_private_as): the receiver's own number stays, unless all of the path is private.
void remove_private(std::vector<std::uint32_t>& path, std::uint32_t theirs) {
  if (std::ranges::all_of(path, is_private)) return path.clear();
  std::erase_if(path, [&](std::uint32_t asn) { return is_private(asn) && asn != theirs; });
}

std::vector<std::uint32_t> path_as_told(const Path& from, const network::BgpNeighbor& to, std::uint32_t own,
                                        std::uint32_t theirs) {
  auto path = from.path;
  if (own != theirs && to.as_override) std::ranges::replace(path, theirs, own);
  if (own != theirs && to.remove_private_as) remove_private(path, theirs);
  path.insert(path.begin(), static_cast<std::size_t>(to.prepend) + (own != theirs ? 1 : 0), own);
  return path;
}

/// What the peer of `side` hears of it, or nothing.
std::optional<Path> advertised(const Path& from, const Prefix& prefix, const Speaker& speaker, const SessionSide& side,
                               const Speaker& peer) {
  const auto& [to, back] = std::pair(*side.to, *side.back);
  const auto own = speaker.node->bgp->asn.value(), theirs = peer.node->bgp->asn.value();
  const bool internal = own == theirs;
  if (internal && from.internal && !to.route_reflector_client) return std::nullopt;
  if (!is_announced(from, prefix, to)) return std::nullopt;
  Path heard{side.peer_session, internal, 100, path_as_told(from, to, own, theirs), from.communities, back.address, {}};
  if (internal) heard.preference = from.preference;
  if (back.local_preference) heard.preference = *back.local_preference;
  if (keeps_next_hop(from, *speaker.node, to, internal)) heard.next_hop = from.next_hop;
  heard.communities.insert(heard.communities.end(), to.set_communities.begin(), to.set_communities.end());
  if (std::ranges::count(heard.path, theirs) || !is_accepted(heard, prefix, *peer.node, back)) return std::nullopt;
  heard.router_id = router_id_of(*speaker.node);
  return heard;
}

/// What is looked at before the paths count as equal, the better the smaller.
auto rank(const Path& path) {
  return std::tuple(path.session.has_value(), -static_cast<std::int64_t>(path.preference), path.path.size(),
                    path.internal);
}

/// How one prefix spreads: each speaker decides, and tells its neighbours, until nobody has anything new to say.
class Spreading {
 public:
  Spreading(const std::vector<Speaker>& speakers, const Prefix& prefix) : speakers_(speakers), prefix_(prefix) {
    for (const auto& speaker : speakers) heard_.emplace_back(speaker.sessions.size());
    best_.resize(speakers.size());
    for (std::size_t i = 0; i < speakers.size(); ++i)
      if (std::ranges::count(speakers[i].node->bgp->advertise, prefix) > 0) waiting_.push_back(i);
    std::size_t steps = 64 * (speakers.size() + 1);  // more than any network needs that comes to rest
    for (; !waiting_.empty() && steps > 0; --steps) decide();
    is_at_rest_ = waiting_.empty();
  }

  bool reaches(std::size_t speaker) const { return best_[speaker] && best_[speaker]->session; }
  /// Empty when it cannot be told.
  std::set<Address> next_hops(std::size_t speaker) const {
    std::set<Address> hops;
    for (const auto& path : heard_[speaker])
      if (path && rank(*path) == rank(*best_[speaker])) hops.insert(*path->next_hop);
    const auto most = static_cast<std::size_t>(speakers_[speaker].node->bgp->maximum_paths);
    return is_at_rest_ && hops.size() <= most ? hops : std::set<Address>{};
  }

 private:
  void decide() {
    const auto now = waiting_.front();
    waiting_.pop_front();
    auto best = choose(now);
    if (best == best_[now]) return;
    best_[now] = std::move(best);
    for (const auto& side : speakers_[now].sessions) tell(now, side);
  }

  std::optional<Path> choose(std::size_t speaker) const {
    const auto& own = *speakers_[speaker].node->bgp;
    if (std::ranges::count(own.advertise, prefix_) > 0) {
      const auto marked = own.communities.find(prefix_);
      return Path{{}, false, 100, {}, marked == own.communities.end() ? std::vector<std::string>{} : marked->second,
                  {}, {}};
    }
    std::optional<Path> best;
    for (const auto& path : heard_[speaker]) {
      const auto order = [](const Path& one) { return std::pair(rank(one), one.router_id); };
      if (path && (!best || order(*path) < order(*best))) best = path;
    }
    return best;
  }

  /// Not back to whom it came from.
  void tell(std::size_t speaker, const SessionSide& side) {
    const auto& best = best_[speaker];
    const bool is_from_there = best && best->session && &speakers_[speaker].sessions[*best->session] == &side;
    auto offer = best && !is_from_there ? advertised(*best, prefix_, speakers_[speaker], side, speakers_[side.peer])
                                        : std::optional<Path>{};
    auto& known = heard_[side.peer][side.peer_session];
    if (known == offer) return;
    known = std::move(offer);
    waiting_.push_back(side.peer);
  }

  const std::vector<Speaker>& speakers_;
  const Prefix& prefix_;
  std::vector<std::vector<std::optional<Path>>> heard_;  // by speaker and session
  std::vector<std::optional<Path>> best_;
  std::deque<std::size_t> waiting_;
  bool is_at_rest_ = false;
};

/// Both sides of every session; a session is known by the two neighbours that configure it.
std::vector<Speaker> speakers_of(const network::Network& network) {
  std::vector<Speaker> speakers;
  std::map<const network::BgpNeighbor*, std::pair<std::size_t, std::size_t>> place;
  for (const auto& node : network.nodes) {
    if (!node.bgp) continue;
    auto& speaker = speakers.emplace_back(Speaker{&node, {}});
    for (const auto& neighbor : node.bgp->neighbors)
      if (const auto session = session_with(network, node, neighbor)) {
        place[&neighbor] = {speakers.size() - 1, speaker.sessions.size()};
        speaker.sessions.push_back({&neighbor, session->back, 0, 0});
      }
  }
  for (auto& speaker : speakers) {
    std::erase_if(speaker.sessions, [&](const SessionSide& side) { return !place.contains(side.back); });
    for (auto& side : speaker.sessions) std::tie(side.peer, side.peer_session) = place.at(side.back);
  }
  return speakers;
}

/// What the user writes into a router's configuration may decide anything.
bool is_rewritten(const network::Network& network) {
  return std::ranges::any_of(network.nodes, [](const auto& node) {
    return node.bgp && std::ranges::count(node.files, plan::kFrrFile, &network::FileOverride::name) > 0;
  });
}

}  // namespace

std::vector<Prefix> system_prefixes(const network::Fabric& fabric) {
  std::vector<Prefix> prefixes = fabric.address_space;
  for (const auto& peer : fabric.peers)
    prefixes.insert(prefixes.end(), peer.address_space.begin(), peer.address_space.end());
  return prefixes;
}

bool owns(const network::Node& node, const Address& address) {
  if (std::ranges::any_of(node.tunnels, [&](const auto& tunnel) { return tunnel.address.address() == address; }))
    return true;
  return std::ranges::any_of(node.interfaces, [&](const auto& interface) {
    return std::ranges::count(interface.addresses, address, &InterfaceAddress::address) > 0;
  });
}

bool sleeps(const network::Network& network, const network::Node& node, const network::BgpNeighbor& neighbor) {
  return neighbor.shutdown || (neighbor.source && !is_active(network, node));
}

std::optional<Session> session_with(const network::Network& network, const network::Node& node,
                                    const network::BgpNeighbor& neighbor) {
  if (sleeps(network, node, neighbor)) return std::nullopt;
  for (const auto& other : network.nodes) {
    if (!other.bgp || !(other.bgp->asn == neighbor.asn) || !owns(other, neighbor.address)) continue;
    for (const auto& back : other.bgp->neighbors)
      if (back.asn == node.bgp->asn && owns(node, back.address) && !sleeps(network, other, back))
        return Session{&other, &back};
  }
  return std::nullopt;
}

std::optional<Address> router_id_of(const network::Node& node) {
  if (node.bgp->router_id) return node.bgp->router_id;
  std::optional<Address> first;
  for (const auto& interface : node.interfaces)
    for (const auto& own : interface.addresses) {
      if (!own.address().is_v4()) continue;
      if (interface.name == "lo") return own.address();
      if (!first) first = own.address();
    }
  return first;
}

Propagation::Propagation(const network::Network& network) {
  const auto speakers = speakers_of(network);
  const bool rewritten = is_rewritten(network);
  std::set<Prefix> done;
  for (const auto& origin : speakers)
    for (const auto& prefix : origin.node->bgp->advertise) {
      if (!done.insert(prefix).second) continue;
      const Spreading spreading(speakers, prefix);
      for (std::size_t i = 0; i < speakers.size(); ++i)
        if (spreading.reaches(i))
          learned_[speakers[i].node->name].push_back(
              {prefix, rewritten ? std::set<Address>{} : spreading.next_hops(i)});
    }
}

const std::vector<Learned>& Propagation::learned(const network::Node& node) const {
  static const std::vector<Learned> kNothing;
  const auto found = learned_.find(node.name);
  return found == learned_.end() ? kNothing : found->second;
}

}  // namespace xconn::nodes
