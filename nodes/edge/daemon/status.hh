// SPDX-License-Identifier: Apache-2.0
// The edge's state as {"get":"state"} shows it. Times are milliseconds as numbers ("latency_ms"); "since" is
// nanoseconds of CLOCK_MONOTONIC. Pure.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "nodes/edge/daemon/engine.hh"
#include "nodes/edge/daemon/nft.hh"

namespace xconn::sdwan {

/// {"node", "role", "members": [...], "health_checks": [...], "rules": [..., the implicit one last], "dropped",
/// "bypass"}
nlohmann::json to_json(const Engine& engine, const std::map<std::string, Counter>& counters);

}  // namespace xconn::sdwan
