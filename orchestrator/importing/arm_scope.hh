// What the expressions of one ARM template can see: its parameters, variables, resources and running copy loops.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "importing/expression.hh"
#include "importing/notes.hh"
#include "model/raw.hh"

namespace xconn::importing {

class ArmScope {
 public:
  /// `resources` finds a template's resource by name or id, for reference(): its evaluated body, or nullptr.
  using FindResource = std::function<model::RawPtr(const std::string&)>;

  ArmScope(const model::Raw& arm_template, std::map<std::string, model::RawPtr> parameters, std::string group,
           Notes& notes);

  /// Every expression in `value` replaced by what it is. One that has no value here becomes null, with a note about
  /// `object`.
  model::RawPtr evaluate(const model::RawPtr& value, const std::string& object, const std::string& field = {});

  /// Throws Unevaluated.
  model::RawPtr call(const Expression& expression, const model::Position& at);
  model::RawPtr parameter(const std::string& name);
  model::RawPtr variable(const std::string& name);
  model::RawPtr reference(const std::string& name);
  /// Notes once that a function's value is Azure's to know.
  void made_up(const std::string& function);
  std::string copy_index(const std::string& loop, long long offset) const;

  model::RawPtr lambda_variable(const std::string& name) const;
  std::vector<std::pair<std::string, model::RawPtr>>& lambdas() { return lambdas_; }  ///< by LambdaVariable

  void find_resources_by(FindResource find) { find_resource_ = std::move(find); }
  std::vector<std::pair<std::string, int>>& copies() { return copies_; }  ///< by Copy
  const std::string& group() const { return group_; }
  const model::Position& position() const { return at_; }
  /// What resourceGroup() has for a location: no template says it. No region is called so.
  static constexpr const char* kLocation = "unknown-location";

 private:
  model::RawPtr evaluate_text(const model::RawPtr& value, const std::string& object, const std::string& field);
  model::RawPtr evaluate_map(const model::Raw& map, const std::string& object, const std::string& field);
  void evaluate_copies(const model::Raw& copies, model::Raw& into, const std::string& object, const std::string& field);
  model::RawPtr copied_variable(const std::string& name);
  model::RawPtr exporters_name(const std::string& name, const model::Raw& declared);
  model::RawPtr once(const std::string& what, const std::function<model::RawPtr()>& make);

  const model::Raw* parameters_;
  const model::Raw* variables_;
  std::map<std::string, model::RawPtr> given_;
  std::string group_;
  Notes& notes_;
  FindResource find_resource_;
  std::map<std::string, model::RawPtr> known_;
  std::set<std::string> running_;  ///< what is being evaluated: a circle is found here
  std::vector<std::pair<std::string, int>> copies_;
  std::vector<std::pair<std::string, model::RawPtr>> lambdas_;
  model::Position at_;
  int depth_ = 0;
};

/// One turn of a copy loop: copyIndex() is its number while this object lives.
class Copy {
 public:
  Copy(ArmScope& scope, const std::string& loop, int index) : scope_(scope) {
    scope_.copies().emplace_back(loop, index);
  }
  ~Copy() { scope_.copies().pop_back(); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

 private:
  ArmScope& scope_;
};

/// One call of a lambda: lambdaVariables(name) is `value` while this object lives.
class LambdaVariable {
 public:
  LambdaVariable(ArmScope& scope, const std::string& name, const model::RawPtr& value) : scope_(scope) {
    scope_.lambdas().emplace_back(name, value);
  }
  ~LambdaVariable() { scope_.lambdas().pop_back(); }
  LambdaVariable(const LambdaVariable&) = delete;
  LambdaVariable& operator=(const LambdaVariable&) = delete;

 private:
  ArmScope& scope_;
};

/// nullopt when it is no function that takes a lambda. Throws Unevaluated.
std::optional<model::RawPtr> call_with_lambda(ArmScope& scope, const Expression& expression, const model::Position& at);

/// A function's value. Throws Unevaluated, also for one that is not known.
model::RawPtr call_arm_function(ArmScope& scope, const std::string& name, const std::vector<model::RawPtr>& arguments);

/// Throws Unevaluated when it is none.
long long number_of(const model::Raw& raw);

/// The largest value that an expression may have, in values or bytes.
constexpr std::size_t kLargestValue = 1'000'000;
/// Azure allows as many copies.
constexpr long long kMostCopies = 800;

}  // namespace xconn::importing
