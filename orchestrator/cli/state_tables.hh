// SPDX-License-Identifier: Apache-2.0
// What a node's daemons say of themselves, as the tables of `inspect NODE`.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace xconn::cli {

/// `services`: the state of each daemon by name, as lab/ gives it (services/service.hh). One table of all, then those
/// of neighbours, tunnels, members, backends ...; a state that no table knows is left to `--format json`.
std::string state_tables(const nlohmann::json& services, bool colour);

/// "2.9 s ago", "12 min ago", of a time of CLOCK_MONOTONIC.
std::string ago(std::chrono::nanoseconds when);

}  // namespace xconn::cli
