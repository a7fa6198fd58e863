// ARM templates, as `az group export` writes them and as people and Bicep do: parameters, variables, copies, parts
// nested in their resource or beside it as "a/b", deployments in deployments.
#include <algorithm>
#include <cctype>

#include "importing/arm_scope.hh"
#include "importing/readers.hh"
#include "importing/types.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawEntry;
using model::RawPtr;

constexpr std::string_view kDeployment = "microsoft.resources/deployments";
constexpr int kDeepestDeployment = 8;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<std::string> split(std::string text) {
  std::vector<std::string> parts;
  for (auto at = text.find('/'); at != std::string::npos; at = text.find('/')) {
    parts.push_back(text.substr(0, at));
    text.erase(0, at + 1);
  }
  parts.push_back(text);
  return parts;
}

std::map<std::string, RawPtr> values_of(const Raw& parameters) {
  std::map<std::string, RawPtr> out;
  for (const auto& entry : parameters.entries)
    if (const auto* value = entry.value->is_map() ? find_key(*entry.value, "value") : nullptr)
      out[lower(entry.key)] = value->value;
  return out;
}

/// Its resources: a list, or since "languageVersion": "2.0" a map.
std::vector<RawPtr> resources_of(const Raw& holder) {
  const auto* entry = find_key(holder, "resources");
  if (entry == nullptr) return {};
  auto out = entry->value->items;
  for (const auto& named : entry->value->entries) out.push_back(named.value);
  std::erase_if(out, [](const RawPtr& resource) { return !resource->is_map(); });
  return out;
}

class Template {
 public:
  Template(const Raw& root, std::map<std::string, RawPtr> parameters, const std::string& group, Reading& reading,
           int depth)
      : root_(root), scope_(root, std::move(parameters), group, reading.notes), reading_(reading), depth_(depth) {
    scope_.find_resources_by([this](const std::string& name) { return body_of(name); });
  }

  void read() {
    for (const auto& resource : resources_of(root_)) read_copies(resource, nullptr);
  }

  ArmScope& scope() { return scope_; }

 private:
  void read_copies(const RawPtr& resource, const ResourceId* parent) {
    try {
      read_each(resource, parent);
    } catch (const Unevaluated& why) {
      reading_.notes.add({resource->at.where(), "template", "resource", "", "this resource " + why.reason,
                          "the resource was left out"});
    }
  }

  void read_each(const RawPtr& resource, const ResourceId* parent) {
    const auto* copy = property(*resource, "copy");
    const auto* name = copy == nullptr ? nullptr : property(*copy, "name");
    const auto* count = copy == nullptr ? nullptr : find_key(*copy, "count");
    if (name == nullptr || count == nullptr) return read_one(resource, parent);
    const auto times = number_of(*scope_.evaluate(count->value, "copy " + name->text, "count"));
    if (times < 0 || times > kMostCopies) throw Unevaluated{"wants " + std::to_string(times) + " copies"};
    for (int i = 0; i < times; ++i) {
      const Copy turn(scope_, name->text, i);
      read_one(resource, parent);
    }
  }

  std::string word(const Raw& resource, const char* key) {
    const auto* entry = find_key(resource, key);
    return entry == nullptr ? "" : scope_.evaluate(entry->value, "resource", key)->text;
  }

  std::optional<ResourceId> id_of(const Raw& resource, const ResourceId* parent) {
    ResourceId id{scope_.group(), lower(word(resource, "type")), split(word(resource, "name"))};
    if (parent != nullptr && id.type.find("microsoft.") != 0) {
      id.type = parent->type + "/" + id.type;
      id.names.insert(id.names.begin(), parent->names.begin(), parent->names.end());
    }
    const auto kinds = static_cast<std::size_t>(std::ranges::count(id.type, '/'));
    const bool has_names = std::ranges::none_of(id.names, [](const auto& name) { return name.empty(); });
    if (kinds == id.names.size() && has_names) return id;
    reading_.notes.add({resource.at.where(), "resource " + id.type, "name", id.path(),
                        "does not fit its type or is not known", "the resource was left out"});
    return std::nullopt;
  }

  bool is_meant(const Raw& resource) {
    if (const auto* existing = property(resource, "existing"); existing != nullptr && existing->text == "true")
      return false;
    const auto* condition = find_key(resource, "condition");
    return condition == nullptr ||
           !same_word(scope_.evaluate(condition->value, "resource", "condition")->text, "false");
  }

  void read_one(const RawPtr& resource, const ResourceId* parent) {
    if (!is_meant(*resource)) return;
    const auto id = id_of(*resource, parent);
    if (!id) return;
    if (id->type == kDeployment) return read_deployment(*resource, *id);
    const auto body = is_carried(id->type) ? evaluated(*resource, id->path()) : resource;
    reading_.inventory.add({*id, body, resource->at});
    for (const auto& part : resources_of(*resource)) read_copies(part, &*id);
  }

  RawPtr evaluated(const Raw& resource, const std::string& object) {
    auto body = std::make_shared<Raw>(resource);
    std::erase_if(body->entries, [](const RawEntry& entry) {
      return same_word(entry.key, "resources") || same_word(entry.key, "copy") || same_word(entry.key, "dependsOn");
    });
    return scope_.evaluate(body, object);
  }

  void read_deployment(const Raw& resource, const ResourceId& id) {
    const auto* inner = property(resource, "template");
    if (inner == nullptr || depth_ >= kDeepestDeployment) {
      reading_.notes.add({resource.at.where(), "deployment " + id.name(), "", "",
                          inner == nullptr ? "its template is in another file" : "is nested too deeply",
                          "import that template too"});
      return;
    }
    const auto* scope = property_at(resource, "properties.expressionEvaluationOptions.scope");
    const bool is_outer = scope == nullptr || !same_word(scope->text, "inner");
    const auto* given = property(resource, "parameters");
    auto group = word(resource, "resourceGroup");
    if (group.empty()) group = scope_.group();
    std::map<std::string, RawPtr> parameters;
    if (given != nullptr) parameters = values_of(*scope_.evaluate(std::make_shared<Raw>(*given), id.name()));
    if (!is_outer || find_key(*inner, "parameters") != nullptr)
      return Template(*inner, std::move(parameters), group, reading_, depth_ + 1).read();
    for (const auto& part : resources_of(*inner)) read_copies(part, nullptr);
  }

  /// For reference(): by name or by id.
  RawPtr body_of(const std::string& name) {
    const auto wanted = ResourceId::parse(name);
    for (const auto& resource : resources_of(root_)) {
      const auto* own = find_key(*resource, "name");
      if (own == nullptr) continue;
      const auto text = scope_.evaluate(own->value, "resource", "name")->text;
      const bool is_it = wanted ? same_word(text, wanted->path()) && same_word(word(*resource, "type"), wanted->type)
                                : same_word(text, name);
      if (is_it) return evaluated(*resource, text);
    }
    return nullptr;
  }

  const Raw& root_;
  ArmScope scope_;
  Reading& reading_;
  int depth_;
};

bool has_schema(const Raw& root, std::string_view word) {
  const auto* schema = root.is_map() ? property(root, "$schema") : nullptr;
  return schema != nullptr && schema->text.find(word) != std::string::npos;
}

bool has(const Raw& root, const char* key) { return root.is_map() && find_key(root, key) != nullptr; }

}  // namespace

bool is_arm_parameters(const Raw& root) {
  return has_schema(root, "eploymentParameters") ||
         (has(root, "parameters") && has(root, "contentVersion") && !has(root, "resources"));
}

void read_arm_parameters(const RawPtr& root, Reading& reading) {
  const auto* parameters = property(*root, "parameters");
  if (parameters == nullptr) return;
  for (auto& [name, value] : values_of(*parameters)) reading.parameters[name] = value;
  for (const auto& entry : parameters->entries)
    if (const auto* secret = entry.value->is_map() ? find_key(*entry.value, "reference") : nullptr)
      reading.notes.add({secret->at.where(), "parameter " + entry.key, "reference", "", "is kept in a key vault",
                         "the parameter has no value"});
}

bool is_arm(const Raw& root) {
  return has_schema(root, "eploymentTemplate") || (has(root, "resources") && has(root, "contentVersion"));
}

void read_arm(const RawPtr& root, Reading& reading) { Template(*root, reading.parameters, "", reading, 0).read(); }

}  // namespace xconn::importing
