// SPDX-License-Identifier: Apache-2.0
// Security rules as nftables has them now, in Azure's words.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace xconn::az {

/// "10.0.0.0/8" of an element of a set of addresses.
std::string address_text(const nlohmann::json& element);

/// What a match is compared with: a set, or one alone.
nlohmann::json elements_of(const nlohmann::json& right);

/// The rules of one chain in their order: access, protocol, both sides' addresses and ports, and the name, which is
/// nftables' comment. One security rule may be several there; their addresses and ports are put together.
std::vector<nlohmann::json> rules_of_chain(const nlohmann::json& ruleset, const std::string& chain);

}  // namespace xconn::az
