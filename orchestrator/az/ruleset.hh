// SPDX-License-Identifier: Apache-2.0
// Security rules as nftables has them now, in Azure's words.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace xconn::az {

/// The rules of one chain in their order: access, protocol, both sides' addresses and ports, and the name, which is
/// nftables' comment. One security rule may be several there; their addresses and ports are put together.
std::vector<nlohmann::json> rules_of_chain(const nlohmann::json& ruleset, const std::string& chain);

}  // namespace xconn::az
