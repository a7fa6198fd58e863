// SPDX-License-Identifier: Apache-2.0
#include "importing/arm/scope.hh"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

using model::Position;
using model::Raw;
using model::RawPtr;

constexpr int kDeepestScope = 150;
constexpr std::size_t kBytesAStep = 64;
constexpr std::size_t kStepsOfAFailure = 10;  ///< unwinding takes about as long
/// Ends the reason of something unknown that nobody has been told about.
constexpr char kUntold = '\x01';

std::shared_ptr<Raw> make(Raw::Kind kind, const Position& at) {
  auto raw = std::make_shared<Raw>();
  raw->kind = kind;
  raw->at = at;
  return raw;
}

void grow(Raw& holder, const Raw& part) {
  holder.size += part.size;
  if (holder.size > kLargestValue) throw Unevaluated{"has a value that is too large"};
}

RawPtr known(RawPtr value) {
  if (!value->is_null() || value->text.empty()) return value;
  auto reason = value->text;
  const bool is_told = reason.back() != kUntold;
  if (!is_told) reason.pop_back();
  throw Unevaluated{reason, is_told};
}

RawPtr member_of(const RawPtr& holder, const std::string& name) {
  if (holder->is_map())
    if (const auto* entry = find_key(*holder, name)) return known(entry->value);
  if (same_word(name, "properties") && holder->is_map() && find_key(*holder, "id") != nullptr)
    return holder;  // as az prints a resource's parts
  if (name == kNowhere)
    throw Unevaluated{"wants what belongs to the region, which no file says; `--region REGION` gives one"};
  throw Unevaluated{"wants '" + name + "', which is not there"};
}

RawPtr item_of(const RawPtr& holder, const Raw& index) {
  if (holder->is_map()) return member_of(holder, index.text);
  const auto number = number_of(index);
  if (!holder->is_list() || number < 0 || static_cast<std::size_t>(number) >= holder->items.size())
    throw Unevaluated{"wants item " + index.text + ", which is not there"};
  return known(holder->items[static_cast<std::size_t>(number)]);
}

/// Values within values, of all scopes together: a variable may hold another one a hundred lists deep.
class Nested {
 public:
  Nested() {
    if (depth_ >= kMost) throw Unevaluated{"is nested too deeply"};
    ++depth_;
  }
  ~Nested() { --depth_; }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

 private:
  static constexpr int kMost = 1000;
  static thread_local int depth_;
};
thread_local int Nested::depth_ = 0;

/// "virtualNetworks_hub_name" is what `az group export` calls the name of the VNet hub.
std::string between(const std::string& name, std::string_view ending) {
  const auto start = name.find('_');
  if (start == std::string::npos || !name.ends_with(ending) || start + 1 + ending.size() >= name.size()) return {};
  return name.substr(start + 1, name.size() - ending.size() - start - 1);
}

}  // namespace

void ArmWork::spend(std::size_t steps) {
  spent_ += steps;
  if (is_spent()) throw Unevaluated{"is one too many: the templates want more work than is done here"};
}

ArmScope::ArmScope(const Raw& arm_template, ArmParameters parameters, ArmDeployment deployment, Notes& notes,
                   ArmWork& work)
    : given_(std::move(parameters)), deployment_(std::move(deployment)), notes_(notes), work_(work) {
  static const Raw kNothing{Raw::Kind::kMap, {}, {}, {}, {}, 1};
  const auto part = [&](const char* key) {
    const auto* entry = find_key(arm_template, key);
    return entry != nullptr && entry->value->is_map() ? entry->value.get() : &kNothing;
  };
  if (const auto* version = property(arm_template, "contentVersion")) deployment_.version = version->text;
  parameters_ = part("parameters");
  variables_ = part("variables");
  learn_functions(arm_template);
}

void ArmScope::learn_functions(const Raw& arm_template) {
  const auto* spaces = find_key(arm_template, "functions");
  if (spaces == nullptr) return;
  for (const auto& space : spaces->value->items) {
    const auto* name = property(*space, "namespace");
    const auto* members = property(*space, "members");
    if (name == nullptr || members == nullptr) continue;
    for (const auto& member : members->entries)
      functions_[lower_case(name->text + "." + member.key)] = member.value.get();
  }
}

RawPtr ArmScope::evaluate(const RawPtr& value, const std::string& object, const std::string& field) {
  const Nested nested;
  work_.spend(1);
  if (value->is_scalar()) return evaluate_text(value, object, field);
  if (value->is_map()) return evaluate_map(*value, object, field);
  if (!value->is_list()) return value;
  auto out = make(Raw::Kind::kList, value->at);
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    out->items.push_back(evaluate(value->items[i], object, field + "[" + std::to_string(i) + "]"));
    grow(*out, *out->items.back());
  }
  return out;
}

RawPtr ArmScope::value_of(const RawPtr& value) {
  if (value->text.starts_with("[[")) return make_text(value->text.substr(1), value->at);
  return is_expression(value->text) ? known(call(parse_expression(value->text), value->at)) : value;
}

RawPtr ArmScope::evaluate_text(const RawPtr& value, const std::string& object, const std::string& field) {
  try {
    return value_of(value);
  } catch (const Unevaluated& why) {
    work_.spend(kStepsOfAFailure);
    if (!object.empty() && !why.is_told) notes_.unevaluated(*value, object, field, why.reason);
    return unknown_value(why.reason, why.is_told || !object.empty(), value->at);
  }
}

RawPtr ArmScope::evaluate_map(const Raw& map, const std::string& object, const std::string& field) {
  auto out = make(Raw::Kind::kMap, map.at);
  for (const auto& entry : map.entries) {
    if (entry.key == "copy" && entry.value->is_list()) {
      evaluate_copies(*entry.value, *out, object, field);
      continue;
    }
    auto value = evaluate(entry.value, object, field.empty() ? entry.key : field + "." + entry.key);
    grow(*out, *value);
    out->entries.push_back({entry.key, entry.at, std::move(value)});
  }
  return out;
}

/// `"copy": [{"name": "subnets", "count": 3, "input": {...}}]` makes a list called subnets.
void ArmScope::evaluate_copies(const Raw& copies, Raw& into, const std::string& object, const std::string& field) {
  for (const auto& copy : copies.items) evaluate_copy(*copy, into, object, field);
}

void ArmScope::evaluate_copy(const Raw& copy, Raw& into, const std::string& object, const std::string& field) {
  const auto* name = property(copy, "name");
  const auto *count = find_key(copy, "count"), *input = find_key(copy, "input");
  if (name == nullptr || count == nullptr || input == nullptr) return;
  const auto times = number_of(*known(evaluate(count->value, object, field + ".count")));
  if (times < 0 || times > kMostCopies) throw Unevaluated{"wants " + std::to_string(times) + " copies"};
  auto list = make(Raw::Kind::kList, copy.at);
  for (int i = 0; i < times; ++i) {
    const Copy turn(*this, name->text, i);
    list->items.push_back(evaluate(input->value, object, field + "." + name->text));
    grow(*list, *list->items.back());
  }
  grow(into, *list);
  into.entries.push_back({name->text, copy.at, std::move(list)});
}

RawPtr ArmScope::call(const Expression& expression, const Position& at) {
  if (depth_ > kDeepestScope) throw Unevaluated{"is nested too deeply"};
  work_.spend(1);
  at_ = at;
  if (expression.kind == Expression::Kind::kText || expression.kind == Expression::Kind::kNumber)
    return make_text(expression.word, at);
  const struct Deeper {
    int& depth;
    explicit Deeper(int& value) : depth(value) { ++depth; }
    ~Deeper() { --depth; }
  } deeper(depth_);
  if (expression.kind == Expression::Kind::kMember) {
    const auto holder = call(expression.parts[0], at);
    return expression.word.empty() ? item_of(holder, *call(expression.parts[1], at))
                                   : member_of(holder, expression.word);
  }
  if (auto value = call_in_part(expression, at)) return *value;
  if (auto value = call_with_lambda(*this, expression, at)) return *value;
  if (auto value = call_own(expression, at)) return *value;
  std::vector<RawPtr> arguments;
  for (const auto& part : expression.parts) arguments.push_back(call(part, at));
  at_ = at;
  auto value = call_arm_function(*this, expression.word, arguments);
  work_.spend(value->size + value->text.size() / kBytesAStep);
  return value;
}

/// What it does not ask for may well have no value: the other branch of if(), what stands behind coalesce()'s first.
std::optional<RawPtr> ArmScope::call_in_part(const Expression& expression, const Position& at) {
  const auto& parts = expression.parts;
  const auto is_true = [&](const Expression& part) { return same_word(call(part, at)->text, "true"); };
  if (same_word(expression.word, "if") && parts.size() == 3) return call(parts[is_true(parts[0]) ? 1 : 2], at);
  const bool is_and = same_word(expression.word, "and");
  if (is_and || same_word(expression.word, "or")) {
    const bool is_decided = std::ranges::any_of(parts, [&](const auto& part) { return is_true(part) != is_and; });
    return make_text(is_decided != is_and ? "true" : "false", at);
  }
  if (!same_word(expression.word, "coalesce")) return std::nullopt;
  for (const auto& part : parts)
    if (auto value = call(part, at); !value->is_null() || !value->text.empty()) return value;
  return make(Raw::Kind::kNull, at);
}

/// A function that the template defines: its parameters are all that it sees.
std::optional<RawPtr> ArmScope::call_own(const Expression& expression, const Position& at) {
  const auto found = functions_.find(lower_case(expression.word));
  if (found == functions_.end()) return std::nullopt;
  const auto* declared = property(*found->second, "parameters");
  const auto* output = property(*found->second, "output");
  const auto* value = output == nullptr ? nullptr : find_key(*output, "value");
  if (value == nullptr) throw Unevaluated{"calls " + expression.word + ", which has no output"};
  ArmParameters given;
  for (std::size_t i = 0; i < expression.parts.size() && declared != nullptr && i < declared->items.size(); ++i)
    if (const auto* name = property(*declared->items[i], "name"))
      given[lower_case(name->text)] = call(expression.parts[i], at);
  ArmScope inner(Raw{}, std::move(given), deployment_, notes_, work_);
  inner.functions_ = functions_;
  inner.depth_ = depth_ + 1;
  if (value->value->is_scalar()) return inner.value_of(value->value);
  return inner.evaluate(value->value, "function " + expression.word);
}

RawPtr ArmScope::once(const std::string& what, const std::function<RawPtr()>& make_it) {
  if (const auto found = known_.find(what); found != known_.end()) return known(found->second);
  if (!running_.insert(what).second) throw Unevaluated{"refers to itself in a circle (" + what + ")"};
  const struct Leaving {
    std::set<std::string>& running;
    const std::string& what;
    ~Leaving() { running.erase(what); }
  } leaving{running_, what};
  auto value = make_it();
  known_.emplace(what, value);
  return known(value);
}

RawPtr ArmScope::parameter(const std::string& name) {
  return once("parameters('" + name + "')", [&]() -> RawPtr {
    const auto* declared = find_key(*parameters_, name);
    if (const auto given = given_.find(lower_case(name)); given != given_.end()) return given->second;
    if (declared == nullptr) throw Unevaluated{"wants parameter " + name + ", which is not declared"};
    if (const auto* value = find_key(*declared->value, "defaultValue"); value != nullptr && !value->value->is_null())
      return evaluate(value->value, "parameter " + name, "defaultValue");
    if (const auto* nullable = property(*declared->value, "nullable"); nullable != nullptr && nullable->text == "true")
      return make(Raw::Kind::kNull, declared->at);
    if (auto assumed = exporters_name(name, *declared->value)) return assumed;
    const auto* type = property(*declared->value, "type");  // nobody keeps secrets in files, and no packet feels one
    const bool is_secret = type != nullptr && lower_case(type->text).starts_with("secure");
    throw Unevaluated{missing_parameter(name), is_secret};
  });
}

/// `az group export` names parameters after the resources, and leaves their values out unless it is asked for them.
RawPtr ArmScope::exporters_name(const std::string& name, const Raw& declared) {
  const auto assume = [&](const std::string& value) {
    notes_.add({declared.at.where(), "parameter " + name, "defaultValue", "",
                "has no value; `az group export --include-parameter-default-value` writes it",
                "it was taken from the parameter's name: " + value});
    return make_text(value, declared.at);
  };
  if (const auto own = between(name, "_name"); !own.empty()) return assume(own);
  const auto other = between(name, "_externalid");
  if (other.empty()) return nullptr;
  return assume(ResourceId{"", "microsoft.network/" + name.substr(0, name.find('_')), {other}}.text());
}

RawPtr ArmScope::variable(const std::string& name) {
  return once("variables('" + name + "')", [&]() -> RawPtr {
    if (const auto* entry = find_key(*variables_, name)) return evaluate(entry->value, "variable " + name);
    if (auto copied = copied_variable(name)) return copied;
    throw Unevaluated{"wants variable " + name + ", which is not there"};
  });
}

RawPtr ArmScope::copied_variable(const std::string& name) {
  const auto* copies = find_key(*variables_, "copy");
  if (copies == nullptr || !copies->value->is_list()) return nullptr;
  Raw into;  // of this one alone: the others may refer to it
  for (const auto& copy : copies->value->items)
    if (const auto* own = property(*copy, "name"); own != nullptr && same_word(own->text, name))
      evaluate_copy(*copy, into, "variable " + name, "copy");
  const auto* entry = find_key(into, name);
  return entry == nullptr ? nullptr : entry->value;
}

RawPtr ArmScope::reference(const std::string& name, bool is_full) {
  const auto body = once("reference('" + name + "')", [&]() -> RawPtr {
    for (auto* resources : resources_)
      if (auto found = resources->body_of(name)) return found;
    throw Unevaluated{"asks a running deployment for " + name + "; import what `az resource show` says of it too"};
  });
  const auto* properties = is_full ? nullptr : find_key(*body, "properties");
  return properties == nullptr ? body : properties->value;
}

std::optional<ResourceId> ArmScope::resource_id(const std::string& name) const {
  for (auto* resources : resources_)
    if (auto id = resources->id_of(name)) return id;
  return std::nullopt;
}

std::vector<std::string> ArmScope::loop(const std::string& symbol) const {
  for (auto* resources : resources_)
    if (auto all = resources->loop_of(symbol); !all.empty()) return all;
  return {};
}

const Raw* ArmScope::given_as(const std::string& parameter) const {
  const auto* entry = given_as_ == nullptr ? nullptr : find_key(*given_as_, parameter);
  return entry == nullptr ? nullptr : entry->value.get();
}

void ArmScope::made_up(const std::string& function) {
  if (!known_.emplace(function + "()", nullptr).second) return;
  notes_.add({at_.where(),
              "template",
              function + "()",
              "",
              "only Azure knows its value",
              "another one was made up",
              {},
              Outcome::kMade});
}

std::string ArmScope::copy_index(const std::string& loop, long long offset) const {
  for (auto at = copies_.rbegin(); at != copies_.rend(); ++at)
    if (loop.empty() || same_word(at->first, loop)) return std::to_string(at->second + offset);
  throw Unevaluated{"asks for a copy's number outside of copies"};
}

RawPtr ArmScope::lambda_variable(const std::string& name) const {
  for (auto at = lambdas_.rbegin(); at != lambdas_.rend(); ++at)
    if (same_word(at->first, name)) return at->second;
  throw Unevaluated{"wants lambda variable " + name + ", which is not there"};
}

RawPtr unknown_value(const std::string& reason, bool is_told, const Position& at) {
  auto out = make(Raw::Kind::kNull, at);
  out->text = is_told ? reason : reason + kUntold;
  return out;
}

long long number_of(const Raw& raw) {
  long long number = 0;
  const auto* end = raw.text.data() + raw.text.size();
  const auto [stop, error] = std::from_chars(raw.text.data(), end, number);
  if (!raw.is_scalar() || error != std::errc() || stop != end) throw Unevaluated{"wants a number"};
  return number;
}

}  // namespace xconn::importing
