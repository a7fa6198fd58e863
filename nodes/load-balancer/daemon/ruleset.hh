// SPDX-License-Identifier: Apache-2.0
// The public load balancer's nftables rules, as text. Pure.
#pragma once

#include <string>
#include <vector>

#include "nodes/load-balancer/daemon/config.hh"

namespace xconn::lb {

/// The whole table "ip xconn_lb", taking the place of an older one: answers translated back, outbound TCP and UDP of
/// the backends from the frontend's address, nothing else through, no answer from the frontend itself.
std::string base_ruleset(const Config& config);

/// Who gets new flows of each rule: replaces only the chain "balance", in one transaction. `healthy` holds indexes of
/// config.backends; with none, new flows fall through to the frontend, where they are dropped.
std::string balance_ruleset(const Config& config, const std::vector<std::size_t>& healthy);

}  // namespace xconn::lb
