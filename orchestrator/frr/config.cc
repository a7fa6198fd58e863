// SPDX-License-Identifier: Apache-2.0
#include "frr/config.hh"

#include <algorithm>
#include <chrono>

#include "base/errors.hh"
#include "base/text.hh"

namespace xconn::frr {
namespace {

using network::Neighbor;
using network::Speaker;

Statement section(std::string key, Statements body) {
  return {.key = std::move(key), .is_section = true, .body = std::move(body)};
}

std::string in_milliseconds(const Duration& time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

std::string in_seconds(const Duration& time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

Statement bfd_profile(const network::BfdTimers& bfd) {
  return section("profile " + bfd.profile, {{"transmit-interval", in_milliseconds(bfd.interval)},
                                            {"receive-interval", in_milliseconds(bfd.interval)},
                                            {"detect-multiplier", std::to_string(bfd.multiplier)}});
}

Statement bfd_peer(const Neighbor& neighbor, const network::BfdTimers& bfd) {
  return section("peer " + neighbor.address.text() + (neighbor.is_far ? " multihop" : "") + " local-address " +
                     neighbor.source->text(),
                 {{"profile", bfd.profile}});
}

Statement bfd_section(const Speaker& speaker) {
  auto bfd = section("bfd", {bfd_profile(speaker.bfd)});
  bfd.only_emptied = true;
  bfd.body.push_back(
      note("known beforehand, for a session that bgpd has to ask for comes up later than BGP, and may reset it then"));
  for (const auto& neighbor : speaker.neighbors)
    if (neighbor.bfd && neighbor.source) bfd.body.push_back(bfd_peer(neighbor, speaker.bfd));
  return bfd;
}

/// The statements of one neighbour in one section.
class AboutNeighbor {
 public:
  explicit AboutNeighbor(const Neighbor& neighbor) : subject_("neighbor " + neighbor.address.text()) {}
  void set(const std::string& what, const std::string& value) {
    made_.push_back({.key = subject_ + " " + what, .value = value, .subject = subject_});
  }
  void has(const std::string& what, bool wanted) {
    if (wanted) set(what, {});
  }
  Statements made() && { return std::move(made_); }

 private:
  std::string subject_;
  Statements made_;
};

/// `disable-connected-check` says what `ebgp-multihop` says, once more: for a connection that it accepts, bgpd 8.4
/// makes a peer with the neighbour's flags but not its TTL, and registers the next hop for that one. When both sides
/// connect at once, the next hop of a session that is up would have to be connected from then on ("Must be Connected"),
/// and be invalid for good.
Statements session_of(const Neighbor& neighbor, const network::BfdTimers& bfd) {
  AboutNeighbor about(neighbor);
  about.set("remote-as", neighbor.asn.text());
  about.set("timers connect", "1");
  if (neighbor.password) about.set("password", *neighbor.password);
  about.has("bfd", neighbor.bfd);
  if (neighbor.bfd) about.set("bfd profile", bfd.profile);
  if (neighbor.source) about.set("update-source", neighbor.source->text());
  about.has("ebgp-multihop", neighbor.multihop);
  about.has("disable-connected-check", neighbor.multihop);
  about.has("shutdown", neighbor.shutdown);
  about.has("passive", neighbor.passive);
  about.set("advertisement-interval", "0");
  return std::move(about).made();
}

/// bgpd looks at the number of prefixes before it has counted the new one, so it would take one more
/// (docs/fidelity.md).
std::string maximum_prefix(std::uint32_t wanted) { return std::to_string(std::max(wanted, 2U) - 1) + " restart 1"; }

Statements routes_of(const Neighbor& neighbor, const Policy& policy) {
  const auto address = neighbor.address.text();
  AboutNeighbor about(neighbor);
  about.has("activate", true);
  about.has("soft-reconfiguration inbound", true);
  about.has("next-hop-self", neighbor.next_hop_self);
  about.has("route-reflector-client", neighbor.route_reflector_client);
  about.has("remove-private-AS all", neighbor.remove_private_as);
  about.has("as-override", neighbor.as_override);
  if (neighbor.maximum_prefix) about.set("maximum-prefix", maximum_prefix(*neighbor.maximum_prefix));
  about.has("prefix-list IN-" + address + " in", policy.list_in);
  about.has("prefix-list OUT-" + address + " out", policy.list_out);
  about.has("route-map IN-" + address + " in", policy.map_in);
  about.has("route-map OUT-" + address + " out", policy.map_out);
  return std::move(about).made();
}

Statement family_of(const Speaker& speaker, bool v4, const std::vector<Policy>& policies) {
  auto family = section(v4 ? "address-family ipv4 unicast" : "address-family ipv6 unicast", {});
  family.only_emptied = true;
  family.ending = "exit-address-family";
  for (const auto& origin : speaker.networks)
    if (origin.prefix.is_v4() == v4) family.body.push_back(network_of(origin));
  for (std::size_t i = 0; i < policies.size(); ++i)
    if (speaker.neighbors[i].address.is_v4() == v4) append(family.body, routes_of(speaker.neighbors[i], policies[i]));
  family.body.push_back({"maximum-paths", std::to_string(speaker.maximum_paths)});
  family.body.push_back({"maximum-paths ibgp", std::to_string(speaker.maximum_paths)});
  return family;
}

Statements choices_of(const Speaker& speaker) {
  Statements made;
  if (speaker.router_id) made.push_back({"bgp router-id", speaker.router_id->text()});
  append(made, {{"bgp log-neighbor-changes"},
                {"no bgp ebgp-requires-policy"},
                {"no bgp default ipv4-unicast"},
                {"no bgp network import-check"},
                {"bgp bestpath as-path multipath-relax"},
                note("of equal paths the lowest router id's is the best one, whichever came first"),
                {"bgp bestpath compare-routerid"},
                note("how long a new session waits for others that are to hear the same; FRR's own second is most of a "
                     "convergence"),
                {"coalesce-time", "100"},
                {"timers bgp", in_seconds(speaker.keepalive) + " " + in_seconds(speaker.hold)},
                note("timers connect is first because it starts the session: after a password or a source it would "
                     "start a second later")});
  return made;
}

Statement bgp_section(const Speaker& speaker, const std::vector<Policy>& policies) {
  auto bgp = section("router bgp " + speaker.asn.text(), choices_of(speaker));
  for (const auto& neighbor : speaker.neighbors) append(bgp.body, session_of(neighbor, speaker.bfd));
  bgp.body.push_back(note(""));
  bgp.body.push_back(family_of(speaker, true, policies));
  const auto is_v6 = [](const Neighbor& neighbor) { return !neighbor.address.is_v4(); };
  if (std::ranges::any_of(speaker.neighbors, is_v6)) bgp.body.push_back(family_of(speaker, false, policies));
  return bgp;
}

}  // namespace

Statements common(const std::string& node) { return {{"hostname", node}, {"log timestamp precision", "6"}}; }

Statement network_of(const network::Origin& origin) {
  return {"network " + origin.prefix.text(), origin.communities.empty() ? "" : "route-map " + origin_map_name(origin)};
}

Config config_of(const Speaker& speaker) {
  Config config;
  config.zebra = {{"no zebra nexthop kernel enable"}};
  if (speaker.has_bfd()) config.bfdd = {bfd_section(speaker)};
  for (const auto& origin : speaker.networks) append(config.policy, origin_map(origin));
  std::vector<Policy> policies;
  for (const auto& neighbor : speaker.neighbors) {
    policies.push_back(policy_of(speaker, neighbor));
    append(config.policy, policies.back().statements);
  }
  config.bgpd = {bgp_section(speaker, policies)};
  return config;
}

/// A value stays within its line, or nothing is written. It may be a key: it is not repeated.
std::string to_text(const Statements& statements, std::size_t depth) {
  std::string text;
  const std::string indent(depth, ' ');
  for (const auto& statement : statements) {
    if (!is_plain(statement.text()))
      throw Error("frr.conf: a value of '" + statement.key +
                  "' has characters that this file cannot hold; use "
                  "letters and digits");
    text += indent + statement.text() + "\n";
    if (statement.is_section) text += to_text(statement.body, depth + 1) + indent + statement.ending + "\n";
  }
  return text;
}

}  // namespace xconn::frr
