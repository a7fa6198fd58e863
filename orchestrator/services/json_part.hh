// SPDX-License-Identifier: Apache-2.0
// Reading the JSON that daemons answer with: what is not there is null, and nothing is copied.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace xconn::services {

inline const nlohmann::json kNoJson;

inline const nlohmann::json& part(const nlohmann::json& object, std::string_view key) {
  const auto found = object.find(key);
  return found == object.end() ? kNoJson : *found;
}

}  // namespace xconn::services
