// SPDX-License-Identifier: Apache-2.0
#include "importing/terraform/references.hh"

#include <algorithm>

namespace xconn::importing {
namespace {

using model::Raw;

constexpr int kDeepest = 16;
constexpr std::string_view kData = "data.";

/// "a.b[\"x.y\"].c" at the dots that stand in no brackets.
std::vector<std::string> steps_of(const std::string& text) {
  std::vector<std::string> steps(1);
  int brackets = 0;
  for (const char c : text) {
    brackets += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == '.' && brackets == 0)
      steps.emplace_back();
    else
      steps.back() += c;
  }
  return steps;
}

std::string without_index(const std::string& step) { return step.substr(0, step.find('[')); }
std::string index_of(const std::string& step) {
  const auto at = step.find('[');
  return at == std::string::npos ? "" : step.substr(at);
}

const Raw* at(const Raw* map, const std::string& key) {
  const auto* entry = map == nullptr || !map->is_map() ? nullptr : map->find(key);
  return entry == nullptr ? nullptr : entry->value.get();
}

}  // namespace

TerraformAddress TerraformAddress::parse(const std::string& text) {
  TerraformAddress out;
  const auto steps = steps_of(text);
  std::size_t i = 0;
  for (; i + 1 < steps.size() && steps[i] == "module"; i += 2) {
    out.module += "module." + steps[i + 1] + ".";
    out.modules.push_back(without_index(steps[i + 1]));
  }
  if (i < steps.size() && steps[i] == "data") ++i;
  if (i + 1 < steps.size()) {
    out.resource = steps[i] + "." + without_index(steps[i + 1]);
    out.index = index_of(steps[i + 1]);
  }
  return out;
}

TerraformReferences::TerraformReferences(const Raw& root)
    : configuration_(at(at(&root, "configuration"), "root_module")) {}

const Raw* TerraformReferences::module_of(const std::vector<std::string>& modules) const {
  const auto* module = configuration_;
  for (const auto& name : modules) module = at(at(at(module, "module_calls"), name), "module");
  return module;
}

const Raw* TerraformReferences::expressions(const TerraformAddress& address) const {
  const auto* resources = at(module_of(address.modules), "resources");
  if (resources == nullptr) return nullptr;
  for (const auto& resource : resources->items) {
    const auto* own = at(resource.get(), "address");
    if (own != nullptr && own->text == address.resource) return at(resource.get(), "expressions");
  }
  return nullptr;
}

std::vector<ResourceId> TerraformReferences::follow(const Raw& expression, const TerraformAddress& from) const {
  std::vector<ResourceId> out;
  const auto* references = at(&expression, "references");
  if (references == nullptr) return out;
  for (const auto& reference : references->items) {
    const auto id = follow(reference->text, from, 0);
    const auto is_it = [&](const ResourceId& known) { return known.text() == id->text(); };
    if (id && std::ranges::none_of(out, is_it)) out.push_back(*id);
  }
  return out;
}

std::optional<ResourceId> TerraformReferences::follow(const std::string& reference, const TerraformAddress& from,
                                                      int depth) const {
  if (depth > kDeepest) return std::nullopt;
  if (reference.starts_with("azurerm_") || reference.starts_with("azapi_") || reference.starts_with(kData))
    return resource(reference, from);
  if (reference.starts_with("var.")) return variable(without_index(steps_of(reference)[1]), from, depth);
  if (reference.starts_with("module.")) return output(reference, from, depth);
  return std::nullopt;
}

/// With the index that is written, else with the own one (`[each.key]`, `[count.index]`), else the only one.
std::optional<ResourceId> TerraformReferences::resource(const std::string& reference,
                                                        const TerraformAddress& from) const {
  const std::string data = reference.starts_with(kData) ? std::string(kData) : "";
  const auto steps = steps_of(reference.substr(data.size()));
  if (steps.size() < 2) return std::nullopt;
  const auto base = from.module + data + steps[0] + "." + without_index(steps[1]);
  for (const auto& index : {index_of(steps[1]), from.index, std::string{}})
    if (const auto found = ids_.find(base + index); found != ids_.end()) return found->second;
  const auto first = ids_.lower_bound(base + "[");
  return first != ids_.end() && first->first.starts_with(base + "[") ? std::optional(first->second) : std::nullopt;
}

std::optional<ResourceId> TerraformReferences::first_of(const Raw* expression, const TerraformAddress& from,
                                                        int depth) const {
  const auto* references = at(expression, "references");
  if (references == nullptr) return std::nullopt;
  for (const auto& reference : references->items)
    if (auto id = follow(reference->text, from, depth + 1)) return id;
  return std::nullopt;
}

/// What the calling module gives.
std::optional<ResourceId> TerraformReferences::variable(const std::string& name, const TerraformAddress& from,
                                                        int depth) const {
  if (from.modules.empty()) return std::nullopt;
  auto caller = from;
  const auto own = caller.modules.back();
  caller.modules.pop_back();
  caller.module.erase(caller.module.rfind("module."));
  const auto* call = at(at(module_of(caller.modules), "module_calls"), own);
  return first_of(at(at(call, "expressions"), name), caller, depth);
}

std::optional<ResourceId> TerraformReferences::output(const std::string& reference, const TerraformAddress& from,
                                                      int depth) const {
  const auto steps = steps_of(reference);
  if (steps.size() < 3) return std::nullopt;
  auto inner = from;
  inner.module += "module." + steps[1] + ".";
  inner.modules.push_back(without_index(steps[1]));
  const auto* outputs = at(module_of(inner.modules), "outputs");
  return first_of(at(at(outputs, without_index(steps[2])), "expression"), inner, depth);
}

}  // namespace xconn::importing
