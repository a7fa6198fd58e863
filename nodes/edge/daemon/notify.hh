// SPDX-License-Identifier: Apache-2.0
// What keepalived writes into its vrrp_notify_fifo (keepalived.conf(5)): INSTANCE "name" MASTER 200. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "nodes/edge/daemon/engine.hh"

namespace xconn::sdwan {

/// The role that a line gives this node; nullopt when it says nothing about that (another state word, garbage).
std::optional<Role> parse_notify(std::string_view line);

}  // namespace xconn::sdwan
