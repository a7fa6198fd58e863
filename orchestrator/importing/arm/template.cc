// SPDX-License-Identifier: Apache-2.0
#include "importing/arm/template.hh"

#include <algorithm>

#include "importing/arm/views.hh"
#include "importing/objects/types.hh"
#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawEntry;
using model::RawPtr;

constexpr std::string_view kDeployment = "microsoft.resources/deployments";
constexpr std::size_t kFoundAStep = 16;  ///< resources that are looked at in the time of one step

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == '/')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

bool is_existing(const Raw& resource) {
  const auto* existing = find_key(resource, "existing");
  return existing != nullptr && existing->value->text == "true";
}

std::string kind_of(const std::string& type) { return type.substr(type.rfind('/') + 1); }

}  // namespace

ArmParameters arm_values_of(const Raw& parameters) {
  ArmParameters out;
  for (const auto& entry : parameters.entries)
    if (const auto* value = entry.value->is_map() ? find_key(*entry.value, "value") : nullptr)
      out[lower_case(entry.key)] = value->value;
  return out;
}

ArmTemplate::ArmTemplate(RawPtr root, ArmParameters parameters, const ArmDeployment& deployment, ArmWorld& world,
                         ArmTemplate* caller)
    : root_(std::move(root)),
      world_(world),
      scope_(std::make_shared<ArmScope>(*root_, std::move(parameters), deployment, world.notes, world.work)),
      group_(deployment.group),
      caller_(caller),
      depth_(caller == nullptr ? 0 : caller->depth_ + 1) {
  scope_->add_resources(*this);
}

ArmTemplate::ArmTemplate(RawPtr root, const std::string& group, ArmTemplate& caller)
    : root_(std::move(root)),
      world_(caller.world_),
      scope_(caller.scope_),
      group_(group),
      caller_(&caller),
      depth_(caller.depth_ + 1),
      copies_(scope_->copies()) {
  scope_->add_resources(*this);
}

// --- what is declared ------------------------------------------------------------------------------------------------

/// A list, or since "languageVersion": "2.0" a map.
std::vector<ArmTemplate::Written> ArmTemplate::resources_of(const Raw& holder) {
  const auto* entry = find_key(holder, "resources");
  std::vector<Written> out;
  if (entry == nullptr) return out;
  for (const auto& resource : entry->value->items) out.push_back({"", resource});
  for (const auto& named : entry->value->entries) out.push_back({named.key, named.value});
  std::erase_if(out, [](const Written& written) { return !written.body->is_map(); });
  return out;
}

void ArmTemplate::list() {
  if (std::exchange(is_listed_, true)) return;
  const Copies standing(*scope_, copies_);
  for (const auto& written : resources_of(*root_)) list_copies(written, nullptr);
}

void ArmTemplate::list_copies(const Written& written, Declared* parent) {
  try {
    list_each(written, parent);
  } catch (const Unevaluated& why) {
    const auto* type = find_key(*written.body, "type");
    if (!world_.work.is_spent())
      world_.notes.add({written.body->at.where(), "resource " + (type == nullptr ? "" : lower_case(type->value->text)),
                        "", "", "this resource " + why.reason, "it was left out"});
  }
}

void ArmTemplate::list_each(const Written& written, Declared* parent) {
  const auto* copy = find_key(*written.body, "copy");
  const auto* name = copy == nullptr ? nullptr : find_key(*copy->value, "name");
  const auto* count = copy == nullptr ? nullptr : find_key(*copy->value, "count");
  if (name == nullptr || count == nullptr) return list_one(written, parent);
  const auto times = number_of(*scope_->value_of(count->value));
  if (times < 0 || times > kMostCopies) throw Unevaluated{"wants " + std::to_string(times) + " copies"};
  if (times == 0) world_.hidden.add(kind_of(word(*written.body, "type")), *count->value, *scope_);
  for (int i = 0; i < times; ++i) {
    const Copy turn(*scope_, name->value->text, i);
    list_one({written.symbol.empty() ? "" : written.symbol + "[" + std::to_string(i) + "]", written.body}, parent);
  }
}

void ArmTemplate::list_one(const Written& written, Declared* parent) {
  world_.work.spend(1);
  auto id = declared_id(*written.body, parent);
  if (!id) return;
  declared_.push_back({written.symbol, written.body, std::move(*id), scope_->copies(), parent});
  auto* declared = &declared_.back();
  for (const auto& part : resources_of(*written.body)) list_copies(part, declared);
}

std::string ArmTemplate::word(const Raw& resource, const char* key) {
  const auto* entry = find_key(resource, key);
  return entry == nullptr ? "" : scope_->value_of(entry->value)->text;
}

/// A deployment's does not matter.
std::string ArmTemplate::name_of(const Raw& resource, const std::string& type) {
  try {
    return word(resource, "name");
  } catch (const Unevaluated&) {
    if (type != kDeployment) throw;
    return "deployment-" + std::to_string(resource.at.line);
  }
}

std::optional<ResourceId> ArmTemplate::declared_id(const Raw& resource, const Declared* parent) {
  const auto type = lower_case(word(resource, "type"));
  auto names = split(name_of(resource, type.substr(0, type.find('@'))));
  ResourceId id{group_, type.substr(0, type.find('@')), std::move(names)};
  if (parent != nullptr && id.type.find("microsoft.") != 0) {
    id.type = parent->id.type + "/" + id.type;
    id.names.insert(id.names.begin(), parent->id.names.begin(), parent->id.names.end());
  }
  const auto kinds = static_cast<std::size_t>(std::ranges::count(id.type, '/'));
  const bool has_names = std::ranges::none_of(id.names, [](const auto& name) { return name.empty(); });
  if (kinds == id.names.size() && has_names) return id;
  world_.notes.add({resource.at.where(), "resource " + id.type, "name", id.path(),
                    "does not fit its type or is not known", "the resource was left out"});
  return std::nullopt;
}

// --- what it is ------------------------------------------------------------------------------------------------------

bool ArmTemplate::is_meant(Declared& declared) {
  if (declared.parent != nullptr && !is_meant(*declared.parent)) return false;
  if (!declared.is_meant) declared.is_meant = judge(declared);
  return *declared.is_meant;
}

bool ArmTemplate::judge(const Declared& declared) {
  const auto* condition = find_key(*declared.body, "condition");
  if (condition == nullptr) return true;
  const Copies turn(*scope_, declared.copies);
  try {
    if (!same_word(scope_->value_of(condition->value)->text, "false")) return true;
    world_.hidden.add(kind_of(declared.id.type) + " " + declared.id.path(), *condition->value, *scope_);
    return false;
  } catch (const Unevaluated& why) {
    world_.notes.at(*condition->value, kind_of(declared.id.type) + " " + declared.id.path(), "condition",
                    "this expression " + why.reason, "it is taken for true");
    return true;
  }
}

RawPtr ArmTemplate::evaluated(Declared& declared) {
  if (declared.value != nullptr) return declared.value;
  if (std::exchange(declared.is_running, true))
    throw Unevaluated{"refers to itself in a circle (" + declared.id.path() + ")"};
  const Copies turn(*scope_, declared.copies);
  auto body = std::make_shared<Raw>(*declared.body);
  std::erase_if(body->entries, [](const RawEntry& entry) {
    return same_word(entry.key, "resources") || same_word(entry.key, "copy") || same_word(entry.key, "dependsOn") ||
           same_word(entry.key, "condition");
  });
  declared.value = scope_->evaluate(body, declared.id.path());
  return declared.value;
}

void ArmTemplate::read() {
  list();
  for (auto& declared : declared_) {
    if (world_.work.is_spent()) return;
    read(declared);
  }
}

void ArmTemplate::read(Declared& declared) {
  if (is_existing(*declared.body)) return;
  const bool is_deployment = declared.id.type == kDeployment;
  try {
    if (!is_meant(declared)) {
      if (is_deployment) linked(declared, true);
    } else if (!is_deployment) {
      const auto body = is_carried(declared.id.type) ? evaluated(declared) : declared.body;
      world_.inventory.add({declared.id, body, declared.body->at});
    } else if (auto* template_within = inner(declared)) {
      template_within->read();
    }
  } catch (const Unevaluated& why) {
    tell(declared, "", "", "this resource " + why.reason, "it was left out");
  }
}

// --- what expressions ask --------------------------------------------------------------------------------------------

ArmTemplate::Declared* ArmTemplate::find(const std::string& name) {
  list();
  world_.work.spend(declared_.size() / kFoundAStep);
  const auto wanted = ResourceId::parse(name);
  const auto is_it = [&](const Declared& declared) {
    if (wanted) return declared.id.type == wanted->type && same_word(declared.id.path(), wanted->path());
    return same_word(declared.symbol, name) || same_word(declared.id.path(), name);
  };
  const auto found = std::ranges::find_if(declared_, is_it);
  return found == declared_.end() ? nullptr : &*found;
}

RawPtr ArmTemplate::body_of(const std::string& name) {
  auto* declared = find(name);
  if (declared != nullptr && !is_existing(*declared->body)) return body_of(*declared);
  const auto id = declared != nullptr ? declared->id : ResourceId::parse(name);
  if (!id) return nullptr;
  if (const auto* other = world_.inventory.find(*id)) return with_ids(*other->body, other->id);
  return elsewhere(*id);
}

RawPtr ArmTemplate::body_of(Declared& declared) {
  return declared.id.type == kDeployment ? deployment_body(declared) : with_ids(*evaluated(declared), declared.id);
}

RawPtr ArmTemplate::elsewhere(const ResourceId& id) {
  if (!world_.nowhere.insert(id.text()).second) return nullptr;  // or it is being searched for
  auto* root = this;
  while (root->caller_ != nullptr) root = root->caller_;
  auto found = root->body_below(id);
  if (found != nullptr) world_.nowhere.erase(id.text());
  return found;
}

RawPtr ArmTemplate::body_below(const ResourceId& id) {
  auto* own = find(id.text());
  if (own != nullptr && !is_existing(*own->body) && is_meant(*own)) return body_of(*own);
  for (auto& declared : declared_) {
    if (declared.id.type != kDeployment || !is_meant(declared)) continue;
    auto* within = inner(declared);
    if (auto found = within == nullptr ? nullptr : within->body_below(id)) return found;
  }
  return nullptr;
}

std::optional<ResourceId> ArmTemplate::id_of(const std::string& name) {
  const auto* declared = find(name);
  return declared == nullptr ? std::nullopt : std::optional(declared->id);
}

std::vector<std::string> ArmTemplate::loop_of(const std::string& symbol) {
  list();
  std::vector<std::string> out;
  for (const auto& declared : declared_)
    if (declared.symbol.starts_with(symbol + "[")) out.push_back(declared.symbol);
  return out;
}

RawPtr ArmTemplate::deployment_body(Declared& declared) {
  const auto& at = declared.body->at;
  auto properties = map_at(at), out = map_at(at);
  auto* template_within = inner(declared);
  put(*properties, "outputs",
      template_within != nullptr ? template_within->outputs()
                                 : unknown_value("asks for what deployment " + declared.id.name() + " says", true, at));
  put(*out, "id", make_text(declared.id.text(), at));
  put(*out, "name", make_text(declared.id.name(), at));
  put(*out, "properties", properties);
  return out;
}

RawPtr ArmTemplate::outputs() {
  list();
  const Copies standing(*scope_, copies_);
  auto out = map_at(root_->at);
  const auto* declared = find_key(*root_, "outputs");
  if (declared == nullptr) return out;
  for (const auto& entry : declared->value->entries) {
    auto holder = map_at(entry.at);
    put(*holder, "value", output(*entry.value));
    put(*out, entry.key, holder);
  }
  return out;
}

RawPtr ArmTemplate::output(const Raw& declared) {
  const auto* value = find_key(declared, "value");
  if (value != nullptr) return scope_->evaluate(value->value, {});
  auto holder = map_at(declared.at);
  if (const auto* copy = find_key(declared, "copy"); copy != nullptr && copy->value->is_map()) {
    auto named = std::make_shared<Raw>(*copy->value);
    put(*named, "name", make_text("value", declared.at));
    auto list = std::make_shared<Raw>();
    list->kind = Raw::Kind::kList;
    list->items.push_back(named);
    put(*holder, "copy", list);
  }
  const auto whole = scope_->evaluate(holder, {});
  const auto* made = find_key(*whole, "value");
  return made == nullptr ? unknown_value("asks for an output without a value", false, declared.at) : made->value;
}

}  // namespace xconn::importing
