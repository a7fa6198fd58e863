#include "frr/router.hh"

#include <algorithm>
#include <iterator>

#include "frr/commands.hh"
#include "frr/config.hh"

namespace xconn::frr {
namespace {

void append(Statements& to, const Statements& from) { std::ranges::copy(from, std::back_inserter(to)); }

Config config_for(const Router& router) { return router.bgp ? config_of(router.node, *router.bgp) : Config{}; }

/// What `daemon` has of it, but for policy.
Statements rest_for(std::string_view daemon, const Config& config) {
  auto statements = config.all;
  if (daemon == "zebra") append(statements, config.zebra);
  if (daemon == "bfdd") append(statements, config.bfdd);
  if (daemon == "bgpd") append(statements, config.bgpd);
  return statements;
}

Statements policy_for(std::string_view daemon, const Config& config) {
  return daemon == "bgpd" ? config.policy : Statements{};
}

void tell_topology(std::string_view daemon, const Router& before, const Router& after, Commands& commands) {
  const auto old = config_for(before), now = config_for(after);
  const auto old_policy = policy_for(daemon, old), policy = policy_for(daemon, now);
  const auto old_rest = rest_for(daemon, old), rest = rest_for(daemon, now);
  Difference difference(commands);
  difference.additions(old_policy, policy);
  difference.removals(old_rest, rest);
  difference.additions(old_rest, rest);
  difference.removals(old_policy, policy);
}

/// A user's line may have stood above one of the topology's, which then has to be said again.
void tell_users_text(std::string_view daemon, const Router& before, const Router& after, Commands& commands) {
  const auto old = users_statements(daemon, before.users_text), now = users_statements(daemon, after.users_text);
  Difference difference(commands);
  const auto mark = commands.size();
  difference.removals(old, now);
  if (commands.size() > mark) tell_topology(daemon, {after.node, {}, {}}, {after.node, after.bgp, {}}, commands);
  difference.additions(old, now);
}

/// bgpd looks at lists and maps that changed by itself, but seconds later (`bgp route-map delay-timer`).
template <class Direction>
bool changes_policy(const Router& before, const Router& after, Direction direction) {
  if (!before.bgp || !after.bgp) return false;
  auto old = *before.bgp;
  return std::ranges::any_of(after.bgp->neighbors, [&](const network::Neighbor& now) {
    const auto* known = old.find_neighbor(now.address);
    return known != nullptr && !(known->*direction == now.*direction);
  });
}

void apply_policy_now(const Router& before, const Router& after, Commands& commands) {
  if (changes_policy(before, after, &network::Neighbor::in)) commands.emplace_back("do clear bgp * soft in");
  if (changes_policy(before, after, &network::Neighbor::out)) commands.emplace_back("do clear bgp * soft out");
}

/// Without the neighbours that are to be of another AS: bgpd keeps some of what a neighbour was, and cannot be told
/// otherwise then.
Router without_moved_neighbors(Router before, const Router& after) {
  if (!before.bgp || !after.bgp) return before;
  auto wanted = *after.bgp;
  std::erase_if(before.bgp->neighbors, [&](const network::Neighbor& old) {
    const auto* now = wanted.find_neighbor(old.address);
    return now != nullptr && !(now->asn == old.asn);
  });
  return before;
}

Statement note(std::string text) { return {.key = std::move(text)}; }

}  // namespace

std::string text(const std::string& node, const network::Speaker& speaker) {
  const auto config = config_of(node, speaker);
  Statements whole{
      note("! " + node + ": FRR. Rendered by xconn from the topology; `vtysh -N " + node + "` shows what runs.")};
  append(whole, config.all);
  whole.push_back(note("!"));
  whole.push_back(note(
      "! routes go to the kernel with their next hops written out, so that they can be read and mirrored one by one"));
  append(whole, config.zebra);
  whole.push_back(note("!"));
  append(whole, config.bfdd);
  if (!config.bfdd.empty()) whole.push_back(note("!"));
  append(whole, config.policy);
  whole.push_back(note("!"));
  append(whole, config.bgpd);
  return to_text(whole);
}

std::string text_for(std::string_view daemon, const Router& router) {
  const auto config = config_for(router);
  Statements statements{{"log timestamp precision", "6"}};
  if (daemon == "bfdd") statements.push_back({"debug bfd peer"});
  append(statements, policy_for(daemon, config));
  append(statements, rest_for(daemon, config));
  return to_text(statements) + users_lines(daemon, router.users_text);
}

Commands commands_for(std::string_view daemon, const Router& before, const Router& after) {
  Commands commands;
  const auto between = without_moved_neighbors(before, after);
  tell_topology(daemon, before, between, commands);
  tell_topology(daemon, between, after, commands);
  tell_users_text(daemon, before, after, commands);
  if (daemon == "bgpd" && !commands.empty()) apply_policy_now(before, after, commands);
  return commands;
}

}  // namespace xconn::frr
