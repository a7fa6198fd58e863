// SPDX-License-Identifier: Apache-2.0
// The configuration of one load balancer, as nodes/load-balancer writes it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "network/balancer.hh"

namespace xconn::lb {

using Config = network::Balancer;
using network::Backend;
using network::Probe;
using Rule = network::BalancerRule;

/// Every rule has its backends' port. Throws Error that says which field is wrong, and why.
Config parse_config(const nlohmann::json& json);

}  // namespace xconn::lb
