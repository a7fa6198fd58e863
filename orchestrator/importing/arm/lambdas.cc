// SPDX-License-Identifier: Apache-2.0
// ARM's functions that take a function: map(list, lambda('x', ...)), and what lambdaVariables('x') is within
// (Microsoft Learn, "Lambda functions for ARM templates").
#include <algorithm>
#include <deque>
#include <initializer_list>

#include "importing/arm/call.hh"

namespace xconn::importing {
namespace {

struct Calling {
  ArmScope& scope;
  const Expression& expression;
  const model::Position& at;

  RawPtr first() const { return scope.call(expression.parts.at(0), at); }

  /// The lambda that is argument `i`, with as many of `values` as it has variables.
  RawPtr apply(std::size_t i, std::initializer_list<RawPtr> values) const {
    const auto& lambda = expression.parts.at(i);
    const auto variables = lambda.parts.empty() ? 0 : lambda.parts.size() - 1;
    if (lambda.kind != Expression::Kind::kCall || !same_word(lambda.word, "lambda") || variables < 1 ||
        variables > values.size())
      throw Unevaluated{"wants a lambda of one variable" + std::string(values.size() > 1 ? " or more" : "")};
    if (std::any_of(lambda.parts.begin(), lambda.parts.end() - 1,
                    [](const auto& variable) { return variable.kind != Expression::Kind::kText; }))
      throw Unevaluated{"has a lambda whose variable is no text"};
    std::deque<LambdaVariable> bound;
    for (std::size_t v = 0; v < variables; ++v) bound.emplace_back(scope, lambda.parts[v].word, values.begin()[v]);
    return scope.call(lambda.parts.back(), at);
  }
  bool is_true(std::size_t i, std::initializer_list<RawPtr> values) const {
    return same_word(apply(i, values)->text, "true");
  }
  RawPtr index(std::size_t i) const { return make_text(std::to_string(i), at); }
  Call call() const { return {scope, kNone}; }

  static inline const Arguments kNone;
};

RawPtr map(const Calling& calling) {
  std::vector<RawPtr> items;
  std::size_t size = 0;
  for (const auto list = calling.first(); const auto& item : list->items) {
    items.push_back(calling.apply(1, {item, calling.index(items.size())}));
    if ((size += items.back()->size) > kLargestValue) throw Unevaluated{"has a value that is too large"};
  }
  return calling.call().list(std::move(items));
}

RawPtr map_values(const Calling& calling) {
  std::vector<std::pair<std::string, RawPtr>> entries;
  for (const auto object = calling.first(); const auto& entry : object->entries)
    entries.emplace_back(entry.key, calling.apply(1, {entry.value}));
  return calling.call().map(entries);
}

RawPtr filter(const Calling& calling) {
  std::vector<RawPtr> items;
  std::size_t i = 0;
  for (const auto list = calling.first(); const auto& item : list->items)
    if (calling.is_true(1, {item, calling.index(i++)})) items.push_back(item);
  return calling.call().list(std::move(items));
}

/// reduce(list, first value, lambda of the value so far and the item)
RawPtr reduce(const Calling& calling) {
  auto value = calling.scope.call(calling.expression.parts.at(1), calling.at);
  std::size_t i = 0;
  for (const auto list = calling.first(); const auto& item : list->items)
    value = calling.apply(2, {value, item, calling.index(i++)});
  return value;
}

/// By insertion: whatever the lambda says, it comes to an end.
RawPtr sort(const Calling& calling) {
  std::vector<RawPtr> items;
  for (const auto list = calling.first(); const auto& item : list->items) {
    auto place = items.end();
    while (place != items.begin() && calling.is_true(1, {item, *(place - 1)})) --place;
    items.insert(place, item);
  }
  return calling.call().list(std::move(items));
}

/// groupBy(list, lambda of the key): an object of lists.
RawPtr group_by(const Calling& calling) {
  std::vector<std::pair<std::string, std::vector<RawPtr>>> groups;
  for (const auto list = calling.first(); const auto& item : list->items) {
    const auto key = calling.apply(1, {item})->text;
    auto group = std::ranges::find_if(groups, [&](const auto& known) { return same_word(known.first, key); });
    if (group == groups.end()) group = groups.insert(group, {key, {}});
    group->second.push_back(item);
  }
  std::vector<std::pair<std::string, RawPtr>> entries;
  for (auto& [key, items] : groups) entries.emplace_back(key, calling.call().list(std::move(items)));
  return calling.call().map(entries);
}

/// toObject(list, lambda of the key, lambda of the value): without the latter, the item.
RawPtr to_object(const Calling& calling) {
  std::vector<std::pair<std::string, RawPtr>> entries;
  for (const auto list = calling.first(); const auto& item : list->items)
    entries.emplace_back(calling.apply(1, {item})->text,
                         calling.expression.parts.size() > 2 ? calling.apply(2, {item}) : item);
  return calling.call().map(entries);
}

constexpr std::pair<std::string_view, RawPtr (*)(const Calling&)> kTakers[] = {
    {"map", map},   {"mapValues", map_values}, {"filter", filter},     {"reduce", reduce},
    {"sort", sort}, {"groupBy", group_by},     {"toObject", to_object}};

}  // namespace

std::optional<RawPtr> call_with_lambda(ArmScope& scope, const Expression& expression, const model::Position& at) {
  for (const auto& [name, take] : kTakers)
    if (same_word(expression.word, name) && expression.parts.size() > 1) return take({scope, expression, at});
  return std::nullopt;
}

}  // namespace xconn::importing
