// SPDX-License-Identifier: Apache-2.0
// A call of one of ARM's template functions, and what the rows of them share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "importing/arm/scope.hh"
#include "importing/text/json.hh"

namespace xconn::importing {

using model::Raw;
using model::RawPtr;
using Arguments = std::vector<RawPtr>;

struct Call {
  ArmScope& scope;
  const Arguments& arguments;

  std::size_t count() const { return arguments.size(); }
  const Raw& raw(std::size_t i) const { return *arguments.at(i); }
  const std::string& text(std::size_t i) const { return raw(i).text; }
  long long number(std::size_t i) const { return number_of(raw(i)); }
  bool truth(std::size_t i) const { return same_word(text(i), "true"); }

  RawPtr of(const std::string& value) const {
    if (value.size() > kLargestValue) throw Unevaluated{"has a value that is too large"};
    return make_text(value, scope.position());
  }
  RawPtr of(bool value) const { return of(std::string(value ? "true" : "false")); }
  RawPtr of(long long value) const { return of(std::to_string(value)); }
  std::shared_ptr<Raw> container(Raw::Kind kind) const {
    auto out = std::make_shared<Raw>();
    out->kind = kind;
    out->at = scope.position();
    return out;
  }
  RawPtr list(std::vector<RawPtr> items) const {
    auto out = container(Raw::Kind::kList);
    for (const auto& item : items) out->size += item->size;
    if (out->size > kLargestValue) throw Unevaluated{"has a value that is too large"};
    out->items = std::move(items);
    return out;
  }
  RawPtr map(const std::vector<std::pair<std::string, RawPtr>>& entries) const {
    auto out = container(Raw::Kind::kMap);
    for (const auto& [key, value] : entries) {
      out->size += value->size;
      out->entries.push_back({key, scope.position(), value});
    }
    return out;
  }
};

struct ArmFunction {
  std::string_view name;
  std::size_t least;  ///< arguments
  RawPtr (*call)(const Call&);
};

/// A table for each kind: on values (JSON, base64, searching), on lists and objects, on texts and dates.
std::span<const ArmFunction> arm_value_functions();
std::span<const ArmFunction> arm_list_functions();
std::span<const ArmFunction> arm_text_functions();

std::string to_base64(const std::string& text);
/// Throws Unevaluated.
std::string from_base64(const std::string& text);

/// Throws Unevaluated when they are too large to compare.
bool equal(const Raw& a, const Raw& b);

}  // namespace xconn::importing
