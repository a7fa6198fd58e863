// SPDX-License-Identifier: Apache-2.0
#include "plan/rehearsed.hh"

#include <nlohmann/json.hpp>

namespace xconn::plan {

nlohmann::json to_json(const Rehearsed& change) {
  if (!change.refusal.empty()) return {{"refusal", change.refusal}};
  return {{"plan", to_json(change.plan, true)}, {"topology", change.topology}};
}

Rehearsed rehearsed_from_json(const nlohmann::json& json) {
  if (json.contains("refusal")) return {json.at("refusal"), {}, {}};
  return {{}, from_json(json.at("plan")), json.at("topology")};
}

}  // namespace xconn::plan
