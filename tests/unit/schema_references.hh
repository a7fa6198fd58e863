// SPDX-License-Identifier: Apache-2.0
// Whether a JSON schema holds together.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace xconn {

inline void check_references(const nlohmann::json& part, const nlohmann::json& all) {
  if (part.is_object() && part.contains("$ref") && part["$ref"].is_string()) {
    const auto pointer = part["$ref"].get<std::string>().substr(1);
    EXPECT_TRUE(all.contains(nlohmann::json::json_pointer(pointer))) << pointer;
  }
  if (part.is_structured())
    for (const auto& below : part) check_references(below, all);
}

}  // namespace xconn
