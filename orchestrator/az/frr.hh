// SPDX-License-Identifier: Apache-2.0
// Reading FRR's JSON.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/address.hh"

namespace xconn::az {

inline constexpr const char* kShowRoutes = "show bgp ipv4 unicast json";
inline constexpr const char* kShowSummary = "show bgp ipv4 unicast summary json";

/// The entries of an object whose keys are prefixes or addresses, in the order of their numbers.
template <class Key>
std::vector<std::pair<Key, nlohmann::json>> in_order(const nlohmann::json& object) {
  std::vector<std::pair<Key, nlohmann::json>> out;
  for (const auto& [text, value] : object.items())
    if (const auto key = Key::parse(text)) out.emplace_back(*key, value);
  std::ranges::sort(out, [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

/// A member of FRR's answer that it leaves out when it is empty.
inline nlohmann::json member(const nlohmann::json& answer, const char* name) {
  return answer.value(name, nlohmann::json::object());
}

inline bool is_established(const nlohmann::json& peer) { return peer.value("state", "") == "Established"; }

}  // namespace xconn::az
