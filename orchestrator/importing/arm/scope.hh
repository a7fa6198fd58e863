// SPDX-License-Identifier: Apache-2.0
// What the expressions of one ARM template can see: its parameters, variables, functions, resources and running copy
// loops.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "importing/resources/resource.hh"
#include "importing/text/expression.hh"
#include "importing/text/notes.hh"
#include "model/raw.hh"

namespace xconn::importing {

/// The resources of a deployment as expressions ask for them: by name, id or symbol.
class ArmResources {
 public:
  virtual ~ArmResources() = default;
  /// With its id, name, type and properties; nullptr when it is not there.
  virtual model::RawPtr body_of(const std::string& name) = 0;
  virtual std::optional<ResourceId> id_of(const std::string& name) = 0;
  /// The symbols of a loop's resources: "nics[0]", "nics[1]".
  virtual std::vector<std::string> loop_of(const std::string& symbol) = 0;
};

/// How much is evaluated at most in an import, by all templates together.
class ArmWork {
 public:
  static constexpr std::size_t kMost = 1'000'000;
  void spend(std::size_t steps);  ///< throws Unevaluated
  bool is_spent() const { return spent_ > kMost; }

 private:
  std::size_t spent_ = 0;
};

/// What deployment() and resourceGroup() say.
struct ArmDeployment {
  std::string name = "import";
  std::string group;
  std::string uri;                  ///< where the template was
  std::string location = kNowhere;  ///< of what is deployed: no template says it
  std::string version{};            ///< the template's own
};

using ArmParameters = std::map<std::string, model::RawPtr>;  ///< by name in lower case
using ArmCopies = std::vector<std::pair<std::string, int>>;  ///< running loops, the innermost last

class ArmScope {
 public:
  ArmScope(const model::Raw& arm_template, ArmParameters parameters, ArmDeployment deployment, Notes& notes,
           ArmWork& work);
  ArmScope(const ArmScope&) = delete;
  ArmScope& operator=(const ArmScope&) = delete;

  /// Every expression in `value` replaced by what it is. One that has no value here becomes null, with a note about
  /// `object`; without an object there is none, and whoever uses that null is told why.
  model::RawPtr evaluate(const model::RawPtr& value, const std::string& object, const std::string& field = {});
  /// Of a text. Throws Unevaluated.
  model::RawPtr value_of(const model::RawPtr& value);

  /// Throws Unevaluated.
  model::RawPtr call(const Expression& expression, const model::Position& at);
  model::RawPtr parameter(const std::string& name);
  model::RawPtr variable(const std::string& name);
  /// A resource's properties, or the whole of it.
  model::RawPtr reference(const std::string& name, bool is_full);
  std::optional<ResourceId> resource_id(const std::string& name) const;
  std::vector<std::string> loop(const std::string& symbol) const;
  /// Notes once that a function's value is Azure's to know.
  void made_up(const std::string& function);
  std::string copy_index(const std::string& loop, long long offset) const;

  model::RawPtr lambda_variable(const std::string& name) const;
  std::vector<std::pair<std::string, model::RawPtr>>& lambdas() { return lambdas_; }  ///< by LambdaVariable

  const model::Raw& variables() const { return *variables_; }
  /// Who gives the parameters, and as what.
  void called_by(const ArmScope& caller, model::RawPtr given) {
    caller_ = &caller;
    given_as_ = std::move(given);
  }
  const ArmScope* caller() const { return caller_; }
  /// As the caller wrote it; nullptr when it gave none.
  const model::Raw* given_as(const std::string& parameter) const;
  /// From here on reference() finds these too.
  void add_resources(ArmResources& resources) { resources_.push_back(&resources); }
  ArmCopies& copies() { return copies_; }  ///< by Copy
  const ArmDeployment& deployment() const { return deployment_; }
  const std::string& group() const { return deployment_.group; }
  const model::Position& position() const { return at_; }
  ArmWork& work() { return work_; }

 private:
  model::RawPtr evaluate_text(const model::RawPtr& value, const std::string& object, const std::string& field);
  model::RawPtr evaluate_map(const model::Raw& map, const std::string& object, const std::string& field);
  void evaluate_copies(const model::Raw& copies, model::Raw& into, const std::string& object, const std::string& field);
  void evaluate_copy(const model::Raw& copy, model::Raw& into, const std::string& object, const std::string& field);
  model::RawPtr copied_variable(const std::string& name);
  model::RawPtr exporters_name(const std::string& name, const model::Raw& declared);
  model::RawPtr once(const std::string& what, const std::function<model::RawPtr()>& make);
  std::optional<model::RawPtr> call_in_part(const Expression& expression, const model::Position& at);
  std::optional<model::RawPtr> call_own(const Expression& expression, const model::Position& at);
  void learn_functions(const model::Raw& arm_template);

  const model::Raw* parameters_;
  const model::Raw* variables_;
  std::map<std::string, const model::Raw*> functions_;  ///< the template's own, "namespace.name" in lower case
  ArmParameters given_;
  const ArmScope* caller_ = nullptr;
  model::RawPtr given_as_;
  ArmDeployment deployment_;
  Notes& notes_;
  ArmWork& work_;
  std::vector<ArmResources*> resources_;
  std::map<std::string, model::RawPtr> known_;
  std::set<std::string> running_;  ///< what is being evaluated: a circle is found here
  ArmCopies copies_;
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

/// The loops in which something was declared, while this object lives.
class Copies {
 public:
  Copies(ArmScope& scope, ArmCopies copies)
      : scope_(scope), others_(std::exchange(scope.copies(), std::move(copies))) {}
  ~Copies() { scope_.copies() = std::move(others_); }
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;

 private:
  ArmScope& scope_;
  ArmCopies others_;
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

/// A null that knows why it is one. `is_told`: there is a note on it.
model::RawPtr unknown_value(const std::string& reason, bool is_told, const model::Position& at);

/// Throws Unevaluated when it is none.
long long number_of(const model::Raw& raw);

/// The largest value that an expression may have, in values or bytes.
constexpr std::size_t kLargestValue = 1'000'000;
/// Azure allows as many copies.
constexpr long long kMostCopies = 800;

}  // namespace xconn::importing
