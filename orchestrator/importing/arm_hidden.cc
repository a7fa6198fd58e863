#include "importing/arm_hidden.hh"

#include "importing/json.hh"

namespace xconn::importing {
namespace {

using model::Raw;

/// Collects the parameters on which a value hangs, through variables.
class Deciding {
 public:
  Deciding(const Raw& variables, std::set<std::string>& parameters) : variables_(variables), parameters_(parameters) {}

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
    if (same_word(expression.word, "parameters")) parameters_.insert(name);
    if (!same_word(expression.word, "variables") || !seen_.insert(name).second) return;
    if (const auto* entry = find_key(variables_, name)) follow(*entry->value);
  }

  const Raw& variables_;
  std::set<std::string>& parameters_;
  std::set<std::string> seen_;
};

template <class List>
std::string joined(const List& words) {
  constexpr std::size_t kShown = 8;
  std::string out;
  std::size_t count = 0;
  for (const auto& word : words) {
    if (count++ == kShown) return out + " and " + std::to_string(words.size() - kShown) + " more";
    out += (out.empty() ? "" : ", ") + printable(word);
  }
  return out;
}

}  // namespace

void ArmHidden::add(const std::string& resource, const Raw& decision, const ArmScope& scope) {
  auto& file = files_[decision.at.file == nullptr ? "" : *decision.at.file];
  if (file.resources.empty()) file.where = decision.at.where();
  file.resources.insert(resource);
  Deciding(scope.variables(), file.parameters).follow(decision);
}

void ArmHidden::tell(Notes& notes) const {
  for (const auto& [name, file] : files_)
    notes.add({file.where,
               "template",
               "condition",
               "",
               "is false, or there are no copies: " + joined(file.resources),
               file.parameters.empty() ? "these were left out; no parameter decides that"
                                       : "these were left out; what decides are parameters: " +
                                             joined(file.parameters) + "; give them in a parameters file"});
}

}  // namespace xconn::importing
