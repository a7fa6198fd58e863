// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/status.hh"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "network/names.hh"
#include "nodes/edge/daemon/ruleset.hh"

namespace xconn::sdwan {
namespace {

using Json = nlohmann::json;
using Counters = std::map<std::string, Counter>;

Json milliseconds(const std::optional<Duration>& duration) {
  if (!duration) return nullptr;
  return std::chrono::duration<double, std::milli>(*duration).count();
}

void put_quality(Json& json, const Quality& quality) {
  json["latency_ms"] = milliseconds(quality.latency);
  json["jitter_ms"] = milliseconds(quality.jitter);
  json["loss"] = quality.loss;
  json["probes"] = quality.probes;
}

/// The zones that a member belongs to.
Json zones_of(const network::Sdwan& sdwan, const std::string& member) {
  Json zones = Json::array();
  for (const auto& [zone, members] : sdwan.zones)
    if (std::find(members.begin(), members.end(), member) != members.end()) zones.push_back(zone);
  return zones;
}

Json member_json(const Engine& engine, std::size_t index) {
  const auto& member = engine.config().sdwan.members[index];
  const auto& state = engine.members()[index];
  Json json{{"name", member.name},      {"interface", member.interface},
            {"alive", state.alive},     {"up", state.up},
            {"covered", state.covered}, {"in_sla", state.alive && state.sla_miss.empty()},
            {"cost", member.cost},      {"since", state.since.count()},
            {"reason", state.reason},   {"sla_miss", state.sla_miss}};
  json["zones"] = zones_of(engine.config().sdwan, member.name);
  json["gateway"] = member.gateway ? Json(member.gateway->text()) : Json(nullptr);
  put_quality(json, state.checks.empty() ? Quality{} : state.checks.front().quality());
  return json;
}

Json check_json(const Engine& engine, std::size_t member, const CheckState& state) {
  const auto& check = state.check();
  Json json{{"name", check.name},
            {"member", engine.config().sdwan.members[member].name},
            {"server", check.server.text()},
            {"state", to_string(state.health())},
            {"since", state.since().count()},
            {"reason", state.reason()},
            {"has_sla", check.sla.has_value()},
            {"sla_miss", state.sla_miss()}};
  put_quality(json, state.quality());
  return json;
}

Json counter_json(const Counters& counters, const std::string& name) {
  const auto found = counters.find(name);
  const auto counter = found == counters.end() ? Counter{} : found->second;
  return {{"packets", counter.packets}, {"bytes", counter.bytes}};
}

Json rule_json(const Engine& engine, const std::string& name, const RuleState& state,
               const std::vector<std::string>& members, const Counters& counters) {
  Json json{{"name", name}, {"reason", state.choice.reason}, {"since", state.since.count()}, {"candidates", members}};
  json["members"] = Json::array();
  for (const int member : state.choice.members) json["members"].push_back(engine.config().sdwan.members[member].name);
  json["counters"] = Json::array();
  for (const auto& member : members) {
    auto counter = counter_json(counters, counter_name(name, member));
    counter["member"] = member;
    json["counters"].push_back(std::move(counter));
  }
  return json;
}

Json rules_json(const Engine& engine, const Counters& counters) {
  const auto& sdwan = engine.config().sdwan;
  Json rules = Json::array();
  for (std::size_t i = 0; i < sdwan.rules.size(); ++i) {
    auto json = rule_json(engine, sdwan.rules[i].name, engine.rules()[i], sdwan.rules[i].members, counters);
    json["strategy"] = name_of(sdwan.rules[i].strategy);
    rules.push_back(std::move(json));
  }
  std::vector<std::string> all;
  for (const auto& member : sdwan.members) all.push_back(member.name);
  auto last = rule_json(engine, "implicit", engine.implicit(), all, counters);
  last["strategy"] = sdwan.implicit;
  rules.push_back(std::move(last));
  return rules;
}

}  // namespace

Json to_json(const Engine& engine, const Counters& counters) {
  Json json{{"node", engine.config().node}, {"role", to_string(engine.role())}};
  json["members"] = json["health_checks"] = json["bypass"] = Json::array();
  for (std::size_t i = 0; i < engine.members().size(); ++i) {
    json["members"].push_back(member_json(engine, i));
    for (const auto& check : engine.members()[i].checks) json["health_checks"].push_back(check_json(engine, i, check));
  }
  json["rules"] = rules_json(engine, counters);
  json["dropped"] = counter_json(counters, kDroppedCounter);
  for (const auto& prefix : engine.bypass()) json["bypass"].push_back(prefix.text());
  return json;
}

}  // namespace xconn::sdwan
