// SPDX-License-Identifier: Apache-2.0
// What is true of a running lab now, for `xconn inspect` and Python. Values come from the daemons and the kernel.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/duration.hh"

namespace xconn::lab {

class Lab;

/// {"lab", "title", "timers", "message", "folder", "datapath": {FEATURE: "kernel" or "portable"}, "converged_in_ms",
/// "converged", "missing",
///  "nodes": [{"name", "role", "site", "addresses", "state", "services": [{"name", "kind", "running", "pids"}]}],
///  "links": [{"name", "a", "b"}], "facts": [{"node", "kind", "subject", "expected", "holds", "seen"}],
///  "faults": [{"id", "kind", "target", "parameters", "text", "age_ms", "heals_in_ms"}], "agent_cpu_ms",
///  "services_cpu_ms"}
nlohmann::json inspect(Lab& lab);

/// With a daemon that does not answer.
inline constexpr Duration kInspectPatience = std::chrono::milliseconds{500};

/// One node in full: {"name", "role", "site", "interfaces": [...], "routes": [...], "services": {NAME: state},
/// "events": [...]}. `told` is called once, later: when all services have answered, or had half a second.
void inspect_node(Lab& lab, const std::string& node, std::function<void(const nlohmann::json&)> told);

/// The "faults" of inspect().
nlohmann::json inspect_faults(Lab& lab);

}  // namespace xconn::lab
