// SPDX-License-Identifier: Apache-2.0
// The Azure CLI's commands that change something: `xconn az` only reads, and another verb of xconn's does it.
#pragma once

#include <optional>
#include <string>

namespace xconn::az {

/// What to write instead of "network vnet peering sync": "xconn vnet-peering sync VNET NAME"; nullopt when `path` is no
/// such command.
std::optional<std::string> verb_for(const std::string& path);

}  // namespace xconn::az
