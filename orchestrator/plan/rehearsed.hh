// SPDX-License-Identifier: Apache-2.0
// What a command would make of a running lab, worked out before it is given: a drill's agent knows plans and no words.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "plan/plan.hh"

namespace xconn::plan {

struct Rehearsed {
  std::string refusal;   ///< why Azure says no; then there is nothing else
  Plan plan;             ///< what the lab becomes
  std::string topology;  ///< the document that it is made of
};

/// With secrets.
nlohmann::json to_json(const Rehearsed& change);
Rehearsed rehearsed_from_json(const nlohmann::json& json);

}  // namespace xconn::plan
