// SPDX-License-Identifier: Apache-2.0
// Deployments in a template: nested ones, and those whose template is another file.
#include <algorithm>

#include "importing/arm/template.hh"
#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawPtr;

constexpr int kDeepestDeployment = 12;

/// The last text in an expression that names a file: '/nested/vnet.json'.
void find_file(const Expression& expression, std::string& out) {
  if (expression.kind == Expression::Kind::kText && expression.word.find(".json") != std::string::npos)
    out = expression.word;
  for (const auto& part : expression.parts) find_file(part, out);
}

std::string file_in(const std::string& text) {
  std::string file;
  try {
    if (is_expression(text)) find_file(parse_expression(text), file);
  } catch (const Unevaluated&) {
    return {};
  }
  return file;
}

RawPtr value_at(const Raw& resource, const char* key) {
  const auto* properties = find_key(resource, "properties");
  const auto* entry = properties == nullptr ? nullptr : find_key(*properties->value, key);
  return entry == nullptr ? nullptr : entry->value;
}

}  // namespace

void ArmTemplate::tell(const Declared& declared, const std::string& field, const std::string& value,
                       const std::string& reason, const std::string& instead) {
  world_.notes.add({declared.body->at.where(),
                    declared.id.type.substr(declared.id.type.rfind('/') + 1) + " " + declared.id.path(), field, value,
                    reason, instead});
}

ArmTemplate* ArmTemplate::inner(Declared& declared) {
  if (std::exchange(declared.is_opened, true)) return declared.inner.get();
  const Copies turn(*scope_, declared.copies);
  if (depth_ < kDeepestDeployment)
    declared.inner = open(declared);
  else
    tell(declared, "", "", "is nested too deeply", "it was left out");
  return declared.inner.get();
}

std::unique_ptr<ArmTemplate> ArmTemplate::open(const Declared& declared) {
  ArmDeployment deployment{declared.id.name(), group_, scope_->deployment().uri, scope_->deployment().location};
  try {
    if (const auto group = word(*declared.body, "resourceGroup"); !group.empty()) deployment.group = group;
  } catch (const Unevaluated&) {
    deployment.group.clear();
  }
  const auto within = value_at(*declared.body, "template");
  if (within == nullptr || !within->is_map()) return open_linked(declared, std::move(deployment));
  const auto* scope = property_at(*declared.body, "properties.expressionEvaluationOptions.scope");
  if (scope == nullptr || !same_word(scope->text, "inner"))
    return std::make_unique<ArmTemplate>(within, deployment.group, *this);
  return with_own_scope(within, declared, deployment);
}

std::unique_ptr<ArmTemplate> ArmTemplate::with_own_scope(const RawPtr& root, const Declared& declared,
                                                         const ArmDeployment& deployment) {
  auto out = std::make_unique<ArmTemplate>(root, given_to(declared), deployment, world_, this);
  out->scope_->called_by(*scope_, value_at(*declared.body, "parameters"));
  return out;
}

std::unique_ptr<ArmTemplate> ArmTemplate::open_linked(const Declared& declared, ArmDeployment deployment) {
  const auto root = linked(declared, false);
  if (root == nullptr) return nullptr;
  for (const auto* caller = this; caller != nullptr; caller = caller->caller_)
    if (caller->root_ == root) {
      tell(declared, "templateLink", "", "links its own template in a circle", "it was left out");
      return nullptr;
    }
  deployment.uri = *root->at.file;
  return with_own_scope(root, declared, deployment);
}

/// The template in another file; nullptr, and a note unless there need be none, when that is not there.
RawPtr ArmTemplate::linked(const Declared& declared, bool is_told) {
  const auto link = value_at(*declared.body, "templateLink");
  const Copies turn(*scope_, declared.copies);
  const auto target = link == nullptr ? std::string{} : link_target(*link);
  if (auto found = target.empty() ? nullptr : world_.templates.find(target)) {
    world_.linked.insert(found.get());
    return found;
  }
  if (is_told) return nullptr;
  const auto* spec = link == nullptr ? nullptr : find_key(*link, "id");
  if (spec != nullptr)
    tell(declared, "templateLink", spec->value->text, "its template is a template spec",
         "it was left out; `az ts export` writes the template: import that file too");
  else if (!target.empty())
    tell(declared, "templateLink", target, "its template is in none of the files",
         "it was left out; import " + file_name_of(target) + " too");
  else
    tell(declared, "templateLink", "", "it has no template, or one whose name is not known", "it was left out");
  return nullptr;
}

/// An address hangs on parameters that nobody has a value for; the file's name at its end is there all the same.
std::string ArmTemplate::link_target(const Raw& link) {
  for (const auto* key : {"relativePath", "uri"}) {
    const auto* entry = find_key(link, key);
    if (entry == nullptr) continue;
    try {
      return scope_->value_of(entry->value)->text;
    } catch (const Unevaluated&) {
      return file_in(entry->value->text);
    }
  }
  return {};
}

ArmParameters ArmTemplate::given_to(const Declared& declared) {
  const auto given = value_at(*declared.body, "parameters");
  if (given != nullptr) return arm_values_of(*scope_->evaluate(given, "deployment " + declared.id.name()));
  const auto link = value_at(*declared.body, "parametersLink");
  if (link == nullptr) return {};
  const auto target = link_target(*link);
  const auto file = target.empty() ? nullptr : world_.parameters.find(target);
  const auto* values = file == nullptr ? nullptr : property(*file, "parameters");
  if (values != nullptr) return arm_values_of(*values);
  tell(declared, "parametersLink", target, "its parameters are in none of the files",
       "it has none; import " + file_name_of(target) + " too");
  return {};
}

}  // namespace xconn::importing
