// ARM's functions that take a function: map(list, lambda('x', ...)), and what lambdaVariables('x') is within
// (Microsoft Learn, "Lambda functions for ARM templates").
#include "importing/arm_call.hh"

namespace xconn::importing {
namespace {

struct Calling {
  ArmScope& scope;
  const Expression& expression;
  const model::Position& at;

  RawPtr first() const { return scope.call(expression.parts.at(0), at); }

  /// The lambda that is argument `i`, with `item` as its one variable.
  RawPtr apply(std::size_t i, const RawPtr& item) const {
    const auto& lambda = expression.parts.at(i);
    if (lambda.kind != Expression::Kind::kCall || !same_word(lambda.word, "lambda") || lambda.parts.size() != 2)
      throw Unevaluated{"wants a lambda of one variable"};
    const LambdaVariable bound(scope, lambda.parts[0].word, item);
    return scope.call(lambda.parts[1], at);
  }
  Call call() const { return {scope, kNone}; }

  static inline const Arguments kNone;
};

RawPtr map(const Calling& calling) {
  std::vector<RawPtr> items;
  std::size_t size = 0;
  for (const auto list = calling.first(); const auto& item : list->items) {
    items.push_back(calling.apply(1, item));
    if ((size += items.back()->size) > kLargestValue) throw Unevaluated{"has a value that is too large"};
  }
  return calling.call().list(std::move(items));
}

RawPtr filter(const Calling& calling) {
  std::vector<RawPtr> items;
  for (const auto list = calling.first(); const auto& item : list->items)
    if (same_word(calling.apply(1, item)->text, "true")) items.push_back(item);
  return calling.call().list(std::move(items));
}

/// toObject(list, lambda of the key, lambda of the value): without the latter, the item.
RawPtr to_object(const Calling& calling) {
  std::vector<std::pair<std::string, RawPtr>> entries;
  for (const auto list = calling.first(); const auto& item : list->items)
    entries.emplace_back(calling.apply(1, item)->text,
                         calling.expression.parts.size() > 2 ? calling.apply(2, item) : item);
  return calling.call().map(std::move(entries));
}

constexpr std::pair<std::string_view, RawPtr (*)(const Calling&)> kTakers[] = {
    {"map", map}, {"filter", filter}, {"toObject", to_object}};

}  // namespace

std::optional<RawPtr> call_with_lambda(ArmScope& scope, const Expression& expression, const model::Position& at) {
  for (const auto& [name, take] : kTakers)
    if (same_word(expression.word, name) && expression.parts.size() > 1) return take({scope, expression, at});
  return std::nullopt;
}

}  // namespace xconn::importing
