// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/engine.hh"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace xconn::sdwan {

std::string to_string(Role role) {
  switch (role) {
    case Role::kSingle:
      return "SINGLE";
    case Role::kBackup:
      return "BACKUP";
    case Role::kMaster:
      return "MASTER";
  }
  return "SINGLE";
}

Engine::Engine(Config config, Instant now)
    : config_(std::move(config)), role_(config_.ha ? Role::kBackup : Role::kSingle) {
  const auto& sdwan = config_.sdwan;
  members_.resize(sdwan.members.size());
  for (auto& member : members_) member.since = now;
  for (const auto& check : sdwan.health_checks) {
    for (const auto& name : check.members) members_[config_.member_index(name)].checks.emplace_back(check);
  }
  rules_.resize(sdwan.rules.size());
  standings_.assign(sdwan.rules.size(), std::vector<Standing>(members_.size()));
  decide(now);
}

void Engine::set_role(Role role, Instant now) {
  if (role == role_) return;
  tell(now, "role", config_.node, fmt::format("{} -> {}", to_string(role_), to_string(role)));
  role_ = role;
  for (auto& member : members_) {
    for (auto& check : member.checks) check.reset(now);
  }
  for (auto& standing : standings_) standing.assign(members_.size(), Standing{});
  decide(now);
}

void Engine::set_link(const std::string& interface, bool up, Instant now) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (config_.sdwan.members[i].interface == interface) members_[i].up = up;
  }
  decide(now);
}

void Engine::set_routes(std::vector<MainRoute> routes, Instant now) {
  if (routes == routes_) return;
  routes_ = std::move(routes);
  decide(now);
}

void Engine::record(int check, int member, std::optional<Duration> round_trip, Instant now) {
  const auto& configured = config_.sdwan.health_checks[check];
  for (auto& state : members_[member].checks) {
    if (&state.check() != &configured) continue;
    if (state.record(round_trip, now)) {
      const auto& name = config_.sdwan.members[member].name;
      tell(now, "probe", configured.name,
           fmt::format("check {} on {}: {}, {}", configured.name, name, to_string(state.health()), state.reason()));
    }
  }
  decide(now);
}

void Engine::decide(Instant now) {
  deadline_.reset();
  for (std::size_t i = 0; i < members_.size(); ++i) refresh_member(static_cast<int>(i), now);
  for (std::size_t i = 0; i < rules_.size(); ++i) decide_rule(i, now);
  network::SdwanRule last;
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < members_.size(); ++i) candidates.push_back(candidate(last, static_cast<int>(i)));
  settle(implicit_, "implicit", choose_implicit(config_.sdwan.implicit, candidates), now);
}

void Engine::refresh_member(int index, Instant now) {
  auto& member = members_[index];
  const auto& configured = config_.sdwan.members[index];
  if (!member.up) {
    for (auto& check : member.checks) check.fail("interface " + configured.interface + " is down", now);
  }
  const auto alive_check = std::find_if(member.checks.begin(), member.checks.end(),
                                        [](const auto& check) { return check.health() == Health::kAlive; });
  const bool healthy = member.checks.empty() || alive_check != member.checks.end();
  const bool alive = active() && member.up && healthy;
  if (!active()) {
    member.reason = "this node is not MASTER";
  } else if (!member.up) {
    member.reason = "interface " + configured.interface + " is down";
  } else if (member.checks.empty()) {
    member.reason = "interface is up, no health check";
  } else {
    member.reason = alive ? alive_check->reason() : member.checks.front().reason();
  }
  if (alive != member.alive) {
    member.since = now;
    tell(now, "member", configured.name,
         fmt::format("member {} {}: {}", configured.name, alive ? "alive" : "dead", member.reason));
  }
  member.alive = alive;
  member.covered = covers(config_.sdwan.routes, configured);
  refresh_sla(index, now);
}

void Engine::refresh_sla(int index, Instant now) {
  auto& member = members_[index];
  std::string miss;
  for (const auto& check : member.checks) {
    if (miss.empty()) miss = check.sla_miss();
  }
  const auto& name = config_.sdwan.members[index].name;
  if (member.alive && miss.empty() != member.sla_miss.empty()) {
    tell(now, "sla", name, fmt::format("member {} {}", name, miss.empty() ? "in SLA again" : "out of SLA: " + miss));
  }
  member.sla_miss = miss;
}

const CheckState* Engine::find_check(int member, const std::string& name) const {
  for (const auto& check : members_[member].checks) {
    if (name.empty() || check.check().name == name) return &check;
  }
  return nullptr;
}

Candidate Engine::candidate(const network::SdwanRule& rule, int index) const {
  const auto& member = members_[index];
  const auto& configured = config_.sdwan.members[index];
  Candidate result;
  result.member = index;
  result.name = configured.name;
  result.cost = configured.cost;
  result.priority = configured.priority;
  if (!member.alive) {
    result.unusable = "dead: " + member.reason;
  } else if (!covers(rule.to.empty() ? config_.sdwan.routes : rule.to, configured)) {
    result.unusable = "has no route to the destination";
  }
  const auto* check = find_check(index, rule.health_check);
  if (check) result.quality = check->quality();
  result.sla_miss = rule.health_check.empty() || !check ? member.sla_miss : check->sla_miss();
  return result;
}

Duration Engine::held(std::size_t rule, int member, bool good, Instant now) {
  auto& standing = standings_[rule][member];
  if (good && !standing.good) {
    standing.recovered = standing.ever;
    standing.since = now;
    standing.ever = true;
  }
  standing.good = good;
  const auto until = standing.since + config_.sdwan.rules[rule].hold_down;
  if (!good || !standing.recovered || now >= until) return Duration::zero();
  deadline_ = deadline_ ? std::min(*deadline_, until) : until;
  return until - now;
}

void Engine::decide_rule(std::size_t index, Instant now) {
  const auto& rule = config_.sdwan.rules[index];
  const bool by_sla =
      rule.strategy == network::Strategy::kLowestCost || rule.strategy == network::Strategy::kMaximizeBandwidth;
  std::vector<Candidate> candidates;
  rules_[index].in_sla.clear();
  for (const auto& name : rule.members) {
    const int member = config_.member_index(name);
    auto seen = candidate(rule, member);
    const bool good = seen.unusable.empty() && (!by_sla || seen.sla_miss.empty());
    seen.held = held(index, member, good, now);
    if (seen.unusable.empty() && seen.sla_miss.empty()) rules_[index].in_sla.push_back(member);
    candidates.push_back(std::move(seen));
  }
  settle(rules_[index], rule.name, choose(rule, candidates, rules_[index].choice.members), now);
}

void Engine::settle(RuleState& state, const std::string& name, Choice choice, Instant now) {
  if (choice.members != state.choice.members) {
    tell(
        now, "decision", name,
        fmt::format("rule {}: {} -> {} ({})", name, names(state.choice.members), names(choice.members), choice.reason));
    state.since = now;
  }
  state.choice = std::move(choice);
}

/// A member without a gateway is a tunnel: the edge itself is what routes over it, no protocol brings its routes.
bool Engine::covers(const std::vector<Prefix>& destinations, const network::SdwanMember& member) const {
  if (!config_.sdwan.require_route || !member.gateway) return true;
  return std::all_of(destinations.begin(), destinations.end(), [&](const Prefix& destination) {
    return std::any_of(routes_.begin(), routes_.end(), [&](const MainRoute& route) {
      return route.interface == member.interface && route.to.contains(destination);
    });
  });
}

std::optional<std::string> Engine::pending(Instant now) const {
  if (!active()) return std::nullopt;
  for (std::size_t i = 0; i < members_.size(); ++i)
    for (const auto& check : members_[i].checks)
      if (members_[i].up && !check.has_outcome())
        return fmt::format("check {} on {} has no outcome yet", check.check().name, config_.sdwan.members[i].name);
  if (!deadline_) return std::nullopt;
  return "a rule's hold-down ends in " + milliseconds_text(*deadline_ - now);
}

Steering Engine::steering() const {
  Steering steering;
  steering.active = active();
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    steering.rules.push_back(rules_[i].choice.members);
    steering.staying.push_back(config_.sdwan.rules[i].sla_stickiness ? rules_[i].in_sla : std::vector<int>{});
  }
  steering.implicit = implicit_.choice.members;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].alive && members_[i].covered) steering.returning.push_back(static_cast<int>(i));
  }
  return steering;
}

std::vector<Prefix> Engine::bypass() const {
  const auto& sdwan = config_.sdwan;
  std::vector<Prefix> result;
  for (const auto& route : routes_) {
    const bool member = std::any_of(sdwan.members.begin(), sdwan.members.end(),
                                    [&](const auto& each) { return each.interface == route.interface; });
    const bool better = std::any_of(sdwan.routes.begin(), sdwan.routes.end(), [&](const Prefix& steered) {
      return steered != route.to && steered.contains(route.to);
    });
    if (better && !(member && route.dynamic)) result.push_back(route.to);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::vector<Event> Engine::take_events() { return std::exchange(events_, {}); }

std::string Engine::names(const std::vector<int>& members) const {
  std::string text;
  for (const int member : members) text += (text.empty() ? "" : "+") + config_.sdwan.members[member].name;
  return text.empty() ? "none" : text;
}

void Engine::tell(Instant at, std::string kind, std::string subject, std::string text) {
  events_.push_back({at, std::move(kind), std::move(subject), std::move(text)});
}

}  // namespace xconn::sdwan
