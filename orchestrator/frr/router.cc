// SPDX-License-Identifier: Apache-2.0
#include "frr/router.hh"

#include <algorithm>

#include "frr/commands.hh"
#include "frr/config.hh"

namespace xconn::frr {
namespace {

Config config_for(const Router& router) { return router.bgp ? config_of(*router.bgp) : Config{}; }

/// What `daemon` has of it, but for policy and what all have.
const Statements& rest_for(std::string_view daemon, const Config& config) {
  if (daemon == "zebra") return config.zebra;
  if (daemon == "bfdd") return config.bfdd;
  return daemon == "bgpd" ? config.bgpd : kNothing;
}

const Statements& policy_for(std::string_view daemon, const Config& config) {
  return daemon == "bgpd" ? config.policy : kNothing;
}

void tell_topology(std::string_view daemon, const Router& before, const Router& after, Commands& commands) {
  const auto old = config_for(before), now = config_for(after);
  const auto &old_policy = policy_for(daemon, old), &policy = policy_for(daemon, now);
  const auto &old_rest = rest_for(daemon, old), &rest = rest_for(daemon, now);
  Difference difference(commands);
  difference.additions(old_policy, policy);
  difference.removals(old_rest, rest);
  difference.additions(old_rest, rest);
  difference.removals(old_policy, policy);
}

void append_in_context(const network::Speaker& speaker, const Statement& statement, bool v4, Commands& commands) {
  const std::string family = v4 ? "address-family ipv4 unicast" : "address-family ipv6 unicast";
  for (const auto& line : {"router bgp " + speaker.asn.text(), family, statement.text()}) commands.push_back(line);
  commands.insert(commands.end(), 2, "exit");
}

/// bgpd looks at lists and maps that changed by itself, but seconds later (`bgp route-map delay-timer`).
template <class Direction>
bool changes_policy(const network::Speaker& before, const network::Speaker& after, Direction direction) {
  return std::ranges::any_of(after.neighbors, [&](const network::Neighbor& now) {
    const auto* old = before.find_neighbor(now.address);
    return old != nullptr && !(old->*direction == now.*direction);
  });
}

/// Its map is the same by name, and what that sets is another. Most networks of a long list have none.
bool is_marked_anew(const network::Speaker& before, const network::Origin& now) {
  if (now.communities.empty()) return false;
  const auto old = std::ranges::find(before.networks, now.prefix, &network::Origin::prefix);
  return old != before.networks.end() && !old->communities.empty() && old->communities != now.communities;
}

void apply_policy_now(const network::Speaker& before, const network::Speaker& after, Commands& commands) {
  for (const auto& origin : after.networks)
    if (is_marked_anew(before, origin)) append_in_context(after, network_of(origin), origin.prefix.is_v4(), commands);
  if (changes_policy(before, after, &network::Neighbor::in)) commands.emplace_back("do clear bgp * soft in");
  if (changes_policy(before, after, &network::Neighbor::out)) commands.emplace_back("do clear bgp * soft out");
}

/// A session keeps the times that it was opened with (RFC 4271, section 4.2).
void open_anew(const network::Speaker& before, const network::Speaker& after, Commands& commands) {
  if (before.hold != after.hold || before.keepalive != after.keepalive) commands.emplace_back("do clear bgp *");
}

/// Without the neighbours that are to be of another AS: bgpd keeps some of what a neighbour was, and cannot be told
/// otherwise then.
Router without_moved_neighbors(Router before, const Router& after) {
  if (before.bgp && after.bgp)
    std::erase_if(before.bgp->neighbors, [&](const network::Neighbor& old) {
      const auto* now = after.bgp->find_neighbor(old.address);
      return now != nullptr && !(now->asn == old.asn);
    });
  return before;
}

}  // namespace

std::string text(const std::string& node, const network::Speaker& speaker) {
  const auto config = config_of(speaker);
  Statements whole{note(node + ": FRR. Rendered by xconn from the topology; `vtysh -N " + node + "` shows what runs.")};
  append(whole, common(node));
  whole.push_back(note(""));
  whole.push_back(note(
      "routes go to the kernel with their next hops written out, so that they can be read and mirrored one by one"));
  append(whole, config.zebra);
  whole.push_back(note(""));
  append(whole, config.bfdd);
  if (!config.bfdd.empty()) whole.push_back(note(""));
  append(whole, config.policy);
  whole.push_back(note(""));
  append(whole, config.bgpd);
  return to_text(whole);
}

std::string text_for(std::string_view daemon, const Router& router) {
  const auto config = config_for(router);
  auto statements = common(router.node);
  if (daemon == "bfdd") statements.push_back({"debug bfd peer"});
  append(statements, policy_for(daemon, config));
  append(statements, rest_for(daemon, config));
  return to_text(statements) + users_lines(daemon, router.users_text);
}

/// A user's lines stand above the topology's: what is told of those is told before these, and told again when one of
/// these has gone.
Commands commands_for(std::string_view daemon, const Router& before, const Router& after) {
  Commands commands;
  const auto old = users_statements(daemon, before.users_text), now = users_statements(daemon, after.users_text);
  Difference users(commands);
  users.removals(old, now);
  const bool uncovers = !commands.empty();
  const auto between = without_moved_neighbors(before, after);
  if (!(between == before)) tell_topology(daemon, before, between, commands);
  tell_topology(daemon, between, after, commands);
  if (uncovers) tell_topology(daemon, {after.node, {}, {}}, after, commands);
  users.additions(commands.empty() ? old : kNothing, now);
  if (daemon == "bgpd" && before.bgp && after.bgp) {
    apply_policy_now(*before.bgp, *after.bgp, commands);
    open_anew(*before.bgp, *after.bgp, commands);
  }
  return commands;
}

}  // namespace xconn::frr
