// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/steering.hh"

#include <algorithm>

#include "network/fields.hh"
#include "network/steering.hh"
#include "nodes/edge/pair.hh"

namespace xconn::nodes {
namespace {

/// The steering, and what else its daemon has to know of its node.
std::string edge_json(const network::Node& node) {
  auto json = fields::encode(*node.sdwan);
  json["node"] = node.name;
  if (node.ha) json["ha"] = {{"fifo", kVrrpFifo}, {"probe_port", node.ha->probe_port}};
  return json.dump(2) + "\n";
}

void expect_members_alive(const network::Sdwan& sdwan, Fragment& fragment) {
  for (const auto& member : sdwan.members)
    if (std::ranges::any_of(sdwan.health_checks,
                            [&](const auto& check) { return std::ranges::count(check.members, member.name) > 0; }))
      fragment.add_fact("sdwan-member", member.name, "alive");
}

/// The member that a rule takes while all of its members are well; nullptr where measurements decide.
const network::SdwanMember* preferred(const network::Sdwan& sdwan, const network::SdwanRule& rule) {
  const auto members = network::members_of(sdwan, rule);
  const auto named = [&](const std::string& name) {
    return &*std::ranges::find(sdwan.members, name, &network::SdwanMember::name);
  };
  if (members.empty()) return nullptr;
  if (rule.strategy == network::Strategy::kManual) return named(members.front());
  if (rule.strategy != network::Strategy::kLowestCost) return nullptr;
  const auto cheaper = [&](const std::string& a, const std::string& b) {
    return std::pair{named(a)->cost, named(a)->priority} < std::pair{named(b)->cost, named(b)->priority};
  };
  return named(*std::ranges::min_element(members, cheaper));
}

void expect_preferred_members(const network::Sdwan& sdwan, Fragment& fragment) {
  for (const auto& rule : sdwan.rules)
    if (const auto* member = preferred(sdwan, rule)) fragment.add_fact("sdwan-rule", rule.name, member->name);
}

/// What SD-WAN steers never follows the default route, not before its daemon runs and not after it ended: a route of
/// the main table stands in the way, of the lowest preference that there is. FRR reads the first byte of the kernel's
/// metric as the administrative distance, so any route that BGP brings is better for both.
void add_last_resort(const network::Sdwan& sdwan, Fragment& fragment) {
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
void add_detections(const network::HealthCheck& check, Fragment& fragment) {
  Duration late = check.interval * (check.failtime - 1) + check.timeout;
  if (check.sla) {
    late = std::min(late, check.timeout);
    if (check.sla->latency) late = std::min(late, *check.sla->latency * check.probe_count / 2);
    if (check.sla->jitter) late = std::min(late, *check.sla->jitter * check.probe_count / 4);
  }
  for (const auto& member : check.members)
    fragment.add_detection("sdwan", member, check.interval, check.interval + late);
}

}  // namespace

void add_steering(const Setting& setting, Fragment& fragment) {
  if (!setting.node.sdwan) return;
  add_last_resort(*setting.node.sdwan, fragment);
  fragment.node.sdwan = *setting.node.sdwan;
  fragment.add_file("sdwan.json", edge_json(setting.node));
  fragment.add_service("sdwan-edge", "sdwan", "sdwan.json");
  for (const auto& check : setting.node.sdwan->health_checks) add_detections(check, fragment);
  if (!is_active(setting.network, setting.node)) return;
  expect_members_alive(*setting.node.sdwan, fragment);
  expect_preferred_members(*setting.node.sdwan, fragment);
}

}  // namespace xconn::nodes
