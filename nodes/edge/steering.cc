#include "nodes/edge/steering.hh"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "nodes/edge/pair.hh"

namespace xconn::nodes {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kProtocols[] = {"ping", "tcp-echo", "http"};
constexpr const char* kStrategies[] = {"manual", "best-quality", "lowest-cost", "maximize-bandwidth"};
constexpr const char* kFactors[] = {"latency", "jitter", "loss"};

template <class Word, std::size_t N>
const char* word(const char* const (&table)[N], Word value) {
  return table[static_cast<std::size_t>(value)];
}

/// Whole numbers where they are whole, for the reader's sake.
Json milliseconds(Duration duration) {
  if (duration % std::chrono::milliseconds(1) == Duration{0})
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return std::chrono::duration<double, std::milli>(duration).count();
}

Json texts(const std::vector<Prefix>& prefixes) {
  Json list = Json::array();
  for (const auto& prefix : prefixes) list.push_back(prefix.text());
  return list;
}

Json member_json(const model::SdwanMember& member) {
  Json json{{"name", member.name}, {"interface", member.interface}};
  if (member.gateway) json["gateway"] = member.gateway->text();
  json["cost"] = member.cost;
  json["priority"] = member.priority;
  json["weight"] = member.weight;
  return json;
}

bool counts(Duration target) { return target != Duration::max(); }

Json sla_json(const model::Sla& sla) {
  Json json = Json::object();
  if (counts(sla.latency)) json["latency_ms"] = milliseconds(sla.latency);
  if (counts(sla.jitter)) json["jitter_ms"] = milliseconds(sla.jitter);
  json["loss"] = sla.loss;
  return json;
}

Json check_json(const model::HealthCheck& check) {
  Json json{{"name", check.name},
            {"members", check.members},
            {"server", check.server.text()},
            {"protocol", word(kProtocols, check.protocol)},
            {"interval_ms", milliseconds(check.interval)},
            {"timeout_ms", milliseconds(check.timeout)},
            {"failtime", check.failtime},
            {"recoverytime", check.recoverytime},
            {"probe_count", check.probe_count}};
  if (check.port != 0) json["port"] = check.port;
  if (check.protocol == model::ProbeProtocol::kHttp) json["path"] = check.path;
  if (check.sla) json["sla"] = sla_json(*check.sla);
  return json;
}

Json rule_json(const model::SdwanRule& rule) {
  Json json{{"name", rule.name}, {"from", texts(rule.from)}, {"to", texts(rule.to)}};
  if (rule.protocol) json["protocol"] = *rule.protocol;
  if (!rule.ports.empty()) json["ports"] = rule.ports;
  if (rule.dscp) json["dscp"] = *rule.dscp;
  if (!rule.applications.empty()) json["applications"] = rule.applications;
  json["strategy"] = word(kStrategies, rule.strategy);
  json["factor"] = word(kFactors, rule.factor);
  json["factor_threshold"] = rule.factor_threshold;
  json["members"] = rule.members;
  if (!rule.zones.empty()) json["zones"] = rule.zones;
  if (!rule.health_check.empty()) json["health_check"] = rule.health_check;
  json["hold_down_ms"] = milliseconds(rule.hold_down);
  return json;
}

template <class List, class Convert>
Json each(const List& list, Convert convert) {
  Json json = Json::array();
  for (const auto& item : list) json.push_back(convert(item));
  return json;
}

Json edge_json(const model::Node& node) {
  const auto& sdwan = *node.sdwan;
  Json json{{"node", node.name}, {"routes", texts(sdwan.routes)}, {"zones", sdwan.zones}};
  json["members"] = each(sdwan.members, member_json);
  json["health-checks"] = each(sdwan.health_checks, check_json);
  json["rules"] = each(sdwan.rules, rule_json);
  json["implicit"] = sdwan.implicit;
  json["require_route"] = sdwan.require_route;
  if (node.ha) json["ha"] = {{"fifo", kVrrpFifo}, {"probe_port", node.ha->probe_port}};
  return json;
}

void expect_members_alive(const model::Sdwan& sdwan, Fragment& fragment) {
  for (const auto& member : sdwan.members)
    if (std::ranges::any_of(sdwan.health_checks,
                            [&](const auto& check) { return std::ranges::count(check.members, member.name) > 0; }))
      fragment.add_fact("sdwan-member", member.name, "alive");
}

/// Those of its zones, in their order, where a rule names zones.
std::vector<std::string> members_of(const model::Sdwan& sdwan, const model::SdwanRule& rule) {
  auto members = rule.members;
  for (const auto& zone : rule.zones) std::ranges::copy(sdwan.zones.at(zone), std::back_inserter(members));
  return members;
}

/// The member that a rule takes while all of its members are well; nullptr where measurements decide.
const model::SdwanMember* preferred(const model::Sdwan& sdwan, const model::SdwanRule& rule) {
  const auto members = members_of(sdwan, rule);
  const auto named = [&](const std::string& name) {
    return &*std::ranges::find(sdwan.members, name, &model::SdwanMember::name);
  };
  if (members.empty()) return nullptr;
  if (rule.strategy == model::Strategy::kManual) return named(members.front());
  if (rule.strategy != model::Strategy::kLowestCost) return nullptr;
  const auto cheaper = [&](const std::string& a, const std::string& b) {
    return std::pair{named(a)->cost, named(a)->priority} < std::pair{named(b)->cost, named(b)->priority};
  };
  return named(*std::ranges::min_element(members, cheaper));
}

void expect_preferred_members(const model::Sdwan& sdwan, Fragment& fragment) {
  for (const auto& rule : sdwan.rules)
    if (const auto* member = preferred(sdwan, rule)) fragment.add_fact("sdwan-rule", rule.name, member->name);
}

/// What SD-WAN steers never follows the default route, not before its daemon runs and not after it ended: a route of
/// the main table stands in the way, of the lowest preference that there is. FRR reads the first byte of the kernel's
/// metric as the administrative distance, so any route that BGP brings is better for both.
void add_last_resort(const model::Sdwan& sdwan, Fragment& fragment) {
  constexpr std::uint32_t kDistance = 254;
  for (const auto& prefix : sdwan.routes) {
    Route route;
    route.to = prefix;
    route.kind = RouteKind::kBlackhole;
    route.metric = kDistance << 24;
    fragment.node.routes.push_back(route);
  }
}

/// `failtime` probes lost in a row; or, with an SLA, what is left of it when the path itself has used up half.
void add_detections(const model::HealthCheck& check, Fragment& fragment) {
  Duration late = check.interval * (check.failtime - 1) + check.timeout;
  if (check.sla) {
    late = std::min(late, check.timeout);
    if (counts(check.sla->latency)) late = std::min(late, check.sla->latency * check.probe_count / 2);
    if (counts(check.sla->jitter)) late = std::min(late, check.sla->jitter * check.probe_count / 4);
  }
  for (const auto& member : check.members)
    fragment.add_detection("sdwan", member, check.interval, check.interval + late);
}

}  // namespace

void add_steering(const Setting& setting, Fragment& fragment) {
  if (!setting.node.sdwan) return;
  add_last_resort(*setting.node.sdwan, fragment);
  fragment.add_file("sdwan.json", edge_json(setting.node).dump(2) + "\n");
  fragment.add_service("sdwan-edge", "sdwan", "sdwan.json");
  for (const auto& check : setting.node.sdwan->health_checks) add_detections(check, fragment);
  if (!is_active(setting.topology, setting.node)) return;
  expect_members_alive(*setting.node.sdwan, fragment);
  expect_preferred_members(*setting.node.sdwan, fragment);
}

}  // namespace xconn::nodes
