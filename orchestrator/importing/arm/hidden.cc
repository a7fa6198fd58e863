// SPDX-License-Identifier: Apache-2.0
#include "importing/arm/hidden.hh"

#include <utility>

#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

using model::Raw;

/// What was followed already: parameters and variables of scopes.
using Seen = std::set<std::pair<const Raw*, std::string>>;

/// Collects the parameters on which a value hangs, through variables and the parameters of modules.
class Deciding {
 public:
  Deciding(const ArmScope& scope, Seen& seen, std::set<std::string>& parameters)
      : scope_(scope), seen_(seen), parameters_(parameters) {}

  void follow(const Raw& raw) {
    for (const auto& item : raw.items) follow(*item);
    for (const auto& entry : raw.entries) follow(*entry.value);
    if (!is_expression(raw.text)) return;
    try {
      follow(parse_expression(raw.text));
    } catch (const Unevaluated&) {
      return;  // it decides nothing
    }
  }

 private:
  void follow(const Expression& expression) {
    for (const auto& part : expression.parts) follow(part);
    if (expression.kind != Expression::Kind::kCall || expression.parts.size() != 1) return;
    const auto& name = expression.parts[0].word;
    if (same_word(expression.word, "parameters")) follow_parameter(name);
    if (!same_word(expression.word, "variables")) return;
    const auto* entry = find_key(scope_.variables(), name);
    if (entry != nullptr && seen_.emplace(entry->value.get(), name).second) follow(*entry->value);
  }

  /// In a module, what its caller made it of: nothing when the caller says a plain value, or leaves it to the module.
  void follow_parameter(const std::string& name) {
    const auto* given = scope_.given_as(name);
    if (scope_.caller() == nullptr) {
      parameters_.insert(name);
    } else if (given != nullptr && seen_.emplace(given, name).second) {
      Deciding(*scope_.caller(), seen_, parameters_).follow(*given);
    }
  }

  const ArmScope& scope_;
  Seen& seen_;
  std::set<std::string>& parameters_;
};

}  // namespace

/// What a module leaves out because its caller says so in plain values is no decision of the user's.
void ArmHidden::add(const std::string& resource, const Raw& decision, const ArmScope& scope) {
  Seen seen;
  std::set<std::string> parameters;
  Deciding(scope, seen, parameters).follow(decision);
  if (parameters.empty() && scope.caller() != nullptr) return;
  auto& file = files_[decision.at.file == nullptr ? "" : *decision.at.file];
  if (file.resources.empty()) file.where = decision.at.where();
  file.resources.insert(resource);
  file.parameters.merge(parameters);
}

void ArmHidden::tell(Notes& notes) const {
  for (const auto& [name, file] : files_)
    notes.add({file.where, "template", "condition", "", "is false, or there are no copies: " + joined(file.resources),
               file.parameters.empty() ? "these were left out; no parameter decides that"
                                       : "these were left out; what decides are parameters: " +
                                             joined(file.parameters) + "; give them in a parameters file"});
}

}  // namespace xconn::importing
