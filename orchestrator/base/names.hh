// SPDX-License-Identifier: Apache-2.0
// What the values of an enum are called, wherever they are written or read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace xconn {

/// Of an enum: has `static constexpr std::pair<Value, std::string_view> names[]`.
template <class Value>
struct Names;

template <class Value>
constexpr std::string_view name_of(Value value) {
  for (const auto& [candidate, name] : Names<Value>::names)
    if (candidate == value) return name;
  return {};
}

template <class Value>
constexpr std::optional<Value> named(std::string_view text) {
  for (const auto& [candidate, name] : Names<Value>::names)
    if (name == text) return candidate;
  return std::nullopt;
}

/// "tcp, http"
template <class Value>
std::string all_names() {
  std::string all;
  for (const auto& [candidate, name] : Names<Value>::names) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

}  // namespace xconn
