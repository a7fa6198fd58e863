#include "nodes/routing/policy.hh"

#include <algorithm>

namespace xconn::nodes {
namespace {

using Lines = std::vector<std::string>;

std::string or_longer(const Prefix& prefix) {
  const int bits = prefix.network().bits();
  if (prefix.is_default() || prefix.length() == bits) return prefix.text();
  return prefix.text() + " le " + std::to_string(bits);
}

/// Appends one prefix list; nothing when everything may pass. Prefixes of the other family do not matter to a session.
bool add_filter(Lines& lines, const std::string& name, bool v4, const std::vector<Prefix>& permitted,
                const std::vector<Prefix>& rejected) {
  int sequence = 0;
  const auto add = [&](const std::string& rule) {
    lines.push_back((v4 ? "ip" : "ipv6") + (" prefix-list " + name) + " seq " + std::to_string(sequence += 5) + " " +
                    rule);
  };
  for (const auto& prefix : rejected)
    if (prefix.is_v4() == v4) add("deny " + or_longer(prefix));
  for (const auto& prefix : permitted)
    if (prefix.is_v4() == v4) add("permit " + prefix.text());
  if (permitted.empty() && !rejected.empty()) add("permit any");
  if (!permitted.empty() && sequence == 0) add("deny any");
  return sequence > 0;
}

/// A community list that any one of `communities` satisfies.
void add_communities(Lines& lines, const std::string& name, const std::vector<std::string>& communities) {
  int sequence = 0;
  for (const auto& community : communities)
    lines.push_back("bgp community-list standard " + name + " seq " + std::to_string(sequence += 5) + " permit " +
                    community);
}

void add_map(Lines& lines, const std::string& rule, const Lines& body) {
  lines.push_back("route-map " + rule);
  for (const auto& line : body) lines.push_back(" " + line);
  lines.emplace_back("exit");
}

std::string times(const Asn& asn, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += " " + asn.text();
  return text;
}

bool add_map_in(Lines& lines, const std::string& name, const model::BgpNeighbor& neighbor) {
  Lines body;
  if (!neighbor.accept_communities.empty()) {
    add_communities(lines, name, neighbor.accept_communities);
    body.push_back("match community " + name);
  }
  if (neighbor.local_preference) body.push_back("set local-preference " + std::to_string(*neighbor.local_preference));
  if (body.empty()) return false;
  add_map(lines, name + " permit 10", body);
  return true;
}

/// Routes that must not be told to the neighbour whatever else holds.
void withhold(Lines& lines, const std::string& name, const model::BgpNeighbor& neighbor) {
  int sequence = 0;
  for (const auto& asn : neighbor.withhold_asns) {
    const std::string list = name + "-AS" + asn.text();
    lines.push_back("bgp as-path access-list " + list + " seq 5 permit _" + asn.text() + "_");
    add_map(lines, name + " deny " + std::to_string(++sequence), {"match as-path " + list});
  }
  if (neighbor.withhold_communities.empty()) return;
  add_communities(lines, name + "-NOT", neighbor.withhold_communities);
  add_map(lines, name + " deny " + std::to_string(++sequence), {"match community " + name + "-NOT"});
}

Lines changes(const Asn& own, const model::BgpNeighbor& neighbor) {
  Lines body;
  if (neighbor.prepend > 0) body.push_back("set as-path prepend" + times(own, neighbor.prepend));
  if (neighbor.set_communities.empty()) return body;
  std::string line = "set community";
  for (const auto& community : neighbor.set_communities) line += " " + community;
  body.push_back(line + " additive");
  return body;
}

bool add_map_out(Lines& lines, const std::string& name, const Setting& setting, const model::BgpNeighbor& neighbor) {
  withhold(lines, name, neighbor);
  Lines body;
  const bool nothing = neighbor.announce_communities && neighbor.announce_communities->empty();
  if (neighbor.announce_communities && !nothing) {
    add_communities(lines, name, *neighbor.announce_communities);
    body.push_back("match community " + name);
  }
  const auto changed = changes(setting.node.bgp->asn, neighbor);
  body.insert(body.end(), changed.begin(), changed.end());
  const bool withheld = !neighbor.withhold_asns.empty() || !neighbor.withhold_communities.empty();
  // An MSEE always has a map for each neighbour: that of its maintenance prepends in it.
  if (body.empty() && !nothing && !withheld && setting.node.role != "msee") return false;
  if (nothing) add_map(lines, name + " deny 5", {});
  add_map(lines, name + " permit 10", body);
  return true;
}

}  // namespace

Policy policy_of(const Setting& setting, const model::BgpNeighbor& neighbor, const std::vector<Prefix>& reject) {
  Policy policy;
  const std::string in = "IN-" + neighbor.address.text(), out = "OUT-" + neighbor.address.text();
  const bool v4 = neighbor.address.is_v4();
  std::vector<Prefix> refused = reject;
  refused.insert(refused.end(), neighbor.refuse.begin(), neighbor.refuse.end());
  policy.filters_in = add_filter(policy.lines, in, v4, neighbor.accept, refused);
  policy.filters_out = add_filter(policy.lines, out, v4, neighbor.announce, {});
  policy.map_in = add_map_in(policy.lines, in, neighbor);
  policy.map_out = add_map_out(policy.lines, out, setting, neighbor);
  return policy;
}

std::string origin_map(const Prefix& prefix) { return "ORIGIN-" + prefix.text(); }

std::vector<std::string> origin_maps(const model::Bgp& bgp) {
  Lines lines;
  for (const auto& [prefix, communities] : bgp.communities) {
    std::string line = "set community";
    for (const auto& community : communities) line += " " + community;
    add_map(lines, origin_map(prefix) + " permit 10", {line});
  }
  return lines;
}

bool is_refused(const std::vector<Prefix>& refused, const Prefix& prefix) {
  return std::ranges::any_of(refused, [&](const Prefix& one) {
    return one == prefix || (!one.is_default() && one.is_v4() == prefix.is_v4() && one.contains(prefix));
  });
}

}  // namespace xconn::nodes
