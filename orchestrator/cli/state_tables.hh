// What a node's daemons say of themselves, as the tables of `inspect NODE`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace xconn::cli {

/// `services`: the state of each daemon by name, as lab/ gives it (services/service.hh). One table of all, then those
/// of neighbours, tunnels, members, backends ...; a state that no table knows is left to `--format json`.
std::string state_tables(const nlohmann::json& services, bool colour);

}  // namespace xconn::cli
