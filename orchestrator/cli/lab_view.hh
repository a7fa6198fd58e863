// SPDX-License-Identifier: Apache-2.0
// Labs and plans as people read them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "plan/plan.hh"

namespace xconn::cli {

/// What `up` and `inspect` print: a summary line, the node table, faults in force, what has not converged, the message.
std::string lab_text(const nlohmann::json& inspected, bool colour);

/// One node: interfaces, routes, services.
std::string node_text(const nlohmann::json& inspected, bool colour);

/// A table of the faults in force.
std::string faults_text(const nlohmann::json& faults, bool colour);

/// What `plan` and `up --dry-run` print.
std::string plan_text(const plan::Plan& plan, bool colour);

}  // namespace xconn::cli
