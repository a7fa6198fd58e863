// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace xconn::echo {

/// Which ports answer, and how. A host's default is {"tcp":[7],"udp":[7],"http":[80]}.
struct Config {
  std::vector<std::uint16_t> tcp, udp, http;
};

/// Throws Error naming what is wrong.
Config parse_config(const nlohmann::json& json);

}  // namespace xconn::echo
