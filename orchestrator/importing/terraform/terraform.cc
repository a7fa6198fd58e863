// SPDX-License-Identifier: Apache-2.0
// `terraform show -json` of a plan or a state, and the state file itself.
#include "importing/terraform/terraform.hh"

#include <algorithm>

#include "importing/resources/readers.hh"
#include "importing/terraform/azapi.hh"
#include "importing/terraform/references.hh"
#include "importing/terraform/unknown.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawEntry;
using model::RawPtr;
using As = TerraformWord::As;

struct Instance {
  TerraformAddress address;
  std::string full, type;
  const Raw* values;
  const TerraformType* row = nullptr;
};

const Raw* at(const Raw& map, const char* key) {
  const auto* entry = map.is_map() ? map.find(key) : nullptr;
  return entry == nullptr || entry->value->is_null() ? nullptr : entry->value.get();
}

/// A plan knows it only after it is applied.
constexpr std::string_view kNextHop = "next_hop_in_ip_address";

std::string text(const Raw& map, const char* key) {
  const auto* value = at(map, key);
  return value == nullptr ? "" : value->text;
}

/// ids in "azurerm" are text; a block's or an attribute's name ends in "_id", but for that of what a Virtual WAN hub's
/// route goes to.
bool is_id(std::string_view key) {
  return (key.ends_with("_id") && key != "vlan_id" && key != "tenant_id") || key == "next_hop";
}

RawPtr reference_to(const RawPtr& id) {
  auto out = std::make_shared<Raw>();
  out->kind = Raw::Kind::kMap;
  out->at = id->at;
  out->entries.push_back({"id", id->at, id});
  return out;
}

RawPtr opposite(const RawPtr& value) { return make_text(value->text == "true" ? "false" : "true", value->at); }

/// `terraform plan -destroy`
bool destroys(const Raw& root) {
  const auto* changes = at(root, "resource_changes");
  return changes != nullptr && std::ranges::any_of(changes->items, [](const RawPtr& one) {
           const auto* change = at(*one, "change");
           const auto* actions = change == nullptr ? nullptr : at(*change, "actions");
           return actions != nullptr && actions->items.size() == 1 && actions->items.front()->text == "delete";
         });
}

class PlanReader {
 public:
  PlanReader(const Raw& root, Reading& reading) : references_(root), unknown_(root), reading_(reading) {}

  void read(const Raw& root) {
    for (const auto* key : {"planned_values", "values"})
      if (const auto* values = at(root, key))
        if (const auto* module = at(*values, "root_module")) collect(*module);
    if (const auto* state = at(root, "prior_state"))
      if (const auto* values = at(*state, "values"))
        if (const auto* module = at(*values, "root_module")) collect_data(*module);
    if (const auto* resources = at(root, "resources")) collect_state(*resources);
    for (auto& instance : instances_) know(instance);
    for (const auto& instance : instances_) add(instance);
    if (instances_.empty() && destroys(root))
      reading_.notes.add({root.at.where(), "plan", "", "", "destroys all that it has: nothing is planned",
                          "import the state, which has what is there now: `terraform show -json` without a plan"});
  }

 private:
  void collect(const Raw& module) {
    if (const auto* resources = at(module, "resources"))
      for (const auto& resource : resources->items)
        if (const auto* values = at(*resource, "values"); values != nullptr && text(*resource, "mode") != "data")
          collect_one(text(*resource, "address"), text(*resource, "type"), *values);
    collect_data_of(module);
    if (const auto* children = at(module, "child_modules"))
      for (const auto& child : children->items) collect(*child);
  }

  void collect_data(const Raw& module) {
    collect_data_of(module);
    if (const auto* children = at(module, "child_modules"))
      for (const auto& child : children->items) collect_data(*child);
  }

  void collect_data_of(const Raw& module) {
    const auto* resources = at(module, "resources");
    if (resources == nullptr) return;
    for (const auto& resource : resources->items)
      if (const auto* values = at(*resource, "values"); values != nullptr && text(*resource, "mode") == "data")
        know_data(text(*resource, "address"), text(*resource, "type"), *values);
  }

  /// What is read from Azure is not made here, but may be referred to.
  void know_data(const std::string& address, const std::string& type, const Raw& values) {
    if (find_terraform_type(type) == nullptr && type != "azapi_resource") return;
    const auto id = ResourceId::parse(text(values, "id"));
    if (id) references_.know(address, *id);
    reading_.notes.add({values.at.where(), address, "", "", "is read from Azure, not made here",
                        "it is known by its id only; import `az resource show --ids " +
                            (id ? id->text() : std::string("ID")) + "` too"});
  }

  /// terraform.tfstate: each resource with its instances.
  void collect_state(const Raw& resources) {
    for (const auto& resource : resources.items) {
      const auto* instances = at(*resource, "instances");
      if (instances == nullptr) continue;
      const bool is_data = text(*resource, "mode") == "data";
      auto address = text(*resource, "module");
      address += std::string(address.empty() ? "" : ".") + (is_data ? "data." : "") + text(*resource, "type") + "." +
                 text(*resource, "name");
      for (const auto& instance : instances->items) {
        const auto* values = at(*instance, "attributes");
        const auto index = text(*instance, "index_key");
        const auto full = address + (index.empty() ? "" : "[" + index + "]");
        if (values != nullptr && is_data)
          know_data(full, text(*resource, "type"), *values);
        else if (values != nullptr)
          collect_one(full, text(*resource, "type"), *values);
      }
    }
  }

  void collect_one(const std::string& address, const std::string& type, const Raw& values) {
    const auto* row = find_terraform_type(type);
    if (row != nullptr || is_azapi(type)) {
      instances_.push_back({TerraformAddress::parse(address), address, type, &values, row});
    } else if (type.starts_with("azapi_") || (type.starts_with("azurerm_") && type != "azurerm_resource_group")) {
      reading_.notes.foreign(values.at.where(), type, address);
    }
  }

  /// The id that the state has, or the one that its names will make.
  std::optional<ResourceId> id_of(const Instance& instance) {
    if (instance.row == nullptr) {
      if (auto updated = id_in(instance, "resource_id")) return updated;
      return azapi_id(*instance.values, id_in(instance, "parent_id"));
    }
    const bool is_association = instance.row->names.front().starts_with('@') && instance.row->names.size() == 1;
    if (!is_association)
      if (auto known = ResourceId::parse(text(*instance.values, "id"))) return known;
    ResourceId id{text(*instance.values, "resource_group_name"), std::string(instance.row->arm), {}};
    for (const auto name : instance.row->names) {
      if (!name.starts_with('@')) {
        id.names.push_back(text(*instance.values, std::string(name).c_str()));
        continue;
      }
      const auto holder = id_in(instance, std::string(name.substr(1)));
      if (!holder) return std::nullopt;
      id.group = holder->group;
      id.names.insert(id.names.end(), holder->names.begin(), holder->names.end());
    }
    const bool is_whole = std::ranges::none_of(id.names, [](const auto& name) { return name.empty(); });
    return is_whole ? std::optional(id) : std::nullopt;
  }

  /// What its id lacks: its own name, or whose part it is.
  std::string open_key(const Instance& instance) {
    if (instance.row != nullptr)
      for (const auto name : instance.row->names)
        if (const auto key = std::string(name.substr(1)); name.starts_with('@') && !id_in(instance, key)) return key;
    return "name";
  }

  std::optional<ResourceId> id_in(const Instance& instance, const std::string& key) {
    if (auto known = ResourceId::parse(text(*instance.values, key.c_str()))) return known;
    const auto* expressions = references_.expressions(instance.address);
    const auto* expression = expressions == nullptr ? nullptr : at(*expressions, key.c_str());
    const auto all =
        expression == nullptr ? std::vector<ResourceId>{} : references_.follow(*expression, instance.address);
    return all.empty() ? std::nullopt : std::optional(all.front());
  }

  /// A plan's resource may refer to one whose own id hangs on a third: those with plain names come first.
  void know(const Instance& instance) {
    if (instance.row == nullptr || !instance.row->names.front().starts_with('@'))
      if (const auto id = id_of(instance)) references_.know(instance.full, *id);
  }

  void add(const Instance& instance) {
    const auto id = id_of(instance);
    if (!id) {
      reading_.notes.add({instance.values->at.where(), instance.full, open_key(instance), "",
                          "is not known before it is applied", "it was left out"});
      return;
    }
    references_.know(instance.full, *id);
    if (instance.row == nullptr) return add_azapi(instance, *id);
    auto body = std::make_shared<Raw>();
    body->kind = Raw::Kind::kMap;
    body->at = instance.values->at;
    const auto* expressions = references_.expressions(instance.address);
    translate(*instance.values, expressions, instance, *body);
    if (instance.type == "azurerm_network_interface_backend_address_pool_association") name_nic(instance, *body);
    if (instance.type == "azurerm_lb_backend_address_pool_address") name_address(*body);
    forget_names(instance, *body);
    unknown_.tell(
        instance.full, expressions, body->at,
        [](std::string_view key) { return key == "name" || is_id(key) || key.ends_with("_ids") || key == kNextHop; },
        reading_.notes);
    reading_.inventory.add({*id, body, body->at});
  }

  void add_azapi(const Instance& instance, const ResourceId& id) {
    const auto* expressions = references_.expressions(instance.address);
    const auto* body = expressions == nullptr ? nullptr : at(*expressions, "body");
    auto named = body == nullptr ? std::vector<ResourceId>{} : references_.follow(*body, instance.address);
    const auto only = named.size() == 1 ? std::optional(named.front()) : std::nullopt;
    reading_.inventory.add(
        {id, azapi_body(*instance.values, unknown_.of(instance.full), instance.full, only, reading_.notes),
         instance.values->at});
  }

  /// What is in the resource's id is no property of it.
  static void forget_names(const Instance& instance, Raw& body) {
    std::vector<std::string> keys{"id", "name", "resourceGroupName"};
    for (auto name : instance.row->names) {
      if (name.starts_with('@')) name = name.substr(1, name.size() - 4);  // "@subnet_id"
      keys.push_back(camel_case(name));
    }
    std::erase_if(body.entries,
                  [&](const RawEntry& entry) { return std::ranges::find(keys, entry.key) != keys.end(); });
  }

  /// The pool's member is the NIC's configuration, as ARM says it.
  void name_nic(const Instance& instance, Raw& body) {
    const auto nic = id_in(instance, "network_interface_id");
    if (!nic) return;
    const auto configuration = nic->child("ipConfigurations", text(*instance.values, "ip_configuration_name"));
    auto list = std::make_shared<Raw>();
    list->kind = Raw::Kind::kList;
    list->items.push_back(reference_to(make_text(configuration.text(), body.at)));
    body.entries.push_back({"backendIPConfigurations", body.at, list});
  }

  /// The pool's member is an address.
  static void name_address(Raw& body) {
    auto member = std::make_shared<Raw>(body), list = std::make_shared<Raw>();
    list->kind = Raw::Kind::kList;
    list->items.push_back(std::move(member));
    body.entries = {{"loadBalancerBackendAddresses", body.at, std::move(list)}};
  }

  const TerraformWord* word_of(const Instance& instance, std::string_view key) {
    const auto own = std::ranges::find(instance.row->words, key, &TerraformWord::from);
    if (own != instance.row->words.end()) return &*own;
    const auto general = std::ranges::find(terraform_words(), key, &TerraformWord::from);
    return general == terraform_words().end() ? nullptr : &*general;
  }

  /// All attributes and blocks of a block, and the ids that only the configuration has.
  void translate(const Raw& block, const Raw* expressions, const Instance& instance, Raw& out) {
    for (const auto& entry : block.entries)
      if (says_something(*entry.value) || entry.value->text == "false")
        put(entry.key, translated(entry, expressions, instance), instance, out);
    if (expressions == nullptr || !expressions->is_map()) return;
    for (const auto& entry : expressions->entries) {
      const auto* known = block.find(entry.key);
      const bool is_reference = is_id(entry.key) || entry.key.ends_with("_ids") || entry.key == kNextHop;
      if (!is_reference || (known != nullptr && says_something(*known->value))) continue;
      put_unknown(entry, instance, out);
    }
  }

  RawPtr translated(const RawEntry& entry, const Raw* expressions, const Instance& instance) {
    if (!entry.value->is_list() || entry.value->items.empty() || !entry.value->items.front()->is_map())
      return entry.value;
    const auto* inner = expressions == nullptr ? nullptr : at(*expressions, entry.key.c_str());
    auto list = std::make_shared<Raw>(*entry.value);
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      auto block = std::make_shared<Raw>();
      block->kind = Raw::Kind::kMap;
      block->at = list->items[i]->at;
      const auto* own = inner != nullptr && i < inner->items.size() ? inner->items[i].get() : nullptr;
      translate(*list->items[i], own, instance, *block);
      list->items[i] = std::move(block);
    }
    return list;
  }

  void put_unknown(const RawEntry& expression, const Instance& instance, Raw& out) {
    const auto ids = references_.follow(*expression.value, instance.address);
    if (ids.empty()) return;
    if (is_id(expression.key)) return put(expression.key, make_text(ids.front().text(), out.at), instance, out);
    if (expression.key == kNextHop)
      return put(expression.key, make_text(open_address(ids.front()), out.at), instance, out);
    auto list = std::make_shared<Raw>();
    list->kind = Raw::Kind::kList;
    for (const auto& id : ids) list->items.push_back(make_text(id.text(), out.at));
    put(expression.key, list, instance, out);
  }

  /// Under ARM's word, which may lie deeper.
  void put(const std::string& key, RawPtr value, const Instance& instance, Raw& out) {
    const auto* word = word_of(instance, key);
    const auto as = word != nullptr ? word->as : is_id(key) ? As::kReference : As::kSame;
    auto name = word != nullptr ? std::string(word->to)
                                : camel_case(is_id(key) ? std::string_view(key).substr(0, key.size() - 3) : key);
    if (as == As::kFirst && value->is_list() && !value->items.empty()) value = value->items.front();
    if (as == As::kReference && value->is_scalar()) value = reference_to(value);
    if (as == As::kNot) value = opposite(value);
    if (as == As::kReferences) value = references(*value);
    if (const auto dot = name.find('.'); dot != std::string::npos) {
      value = nested(name.substr(dot + 1), value, out, name.substr(0, dot));
      name.erase(dot);
    }
    std::erase_if(out.entries, [&](const RawEntry& known) { return same_word(known.key, name); });
    out.entries.push_back({name, value->at, std::move(value)});
  }

  static RawPtr references(const Raw& ids) {
    auto list = std::make_shared<Raw>(ids);
    for (auto& id : list->items) id = reference_to(id);
    return list;
  }

  /// `holder` of `out` with `value` in it, at "name" or "sku.name".
  static RawPtr nested(const std::string& key, RawPtr value, const Raw& out, const std::string& holder) {
    const auto* known = find_key(out, holder);
    auto map =
        known != nullptr && known->value->is_map() ? std::make_shared<Raw>(*known->value) : std::make_shared<Raw>();
    map->kind = Raw::Kind::kMap;
    map->at = value->at;
    const auto dot = key.find('.');
    const auto name = key.substr(0, dot);
    if (dot != std::string::npos) value = nested(key.substr(dot + 1), value, *map, name);
    std::erase_if(map->entries, [&](const RawEntry& entry) { return same_word(entry.key, name); });
    map->entries.push_back({name, value->at, std::move(value)});
    return map;
  }

  TerraformReferences references_;
  TerraformUnknown unknown_;
  Reading& reading_;
  std::vector<Instance> instances_;
};

}  // namespace

bool is_terraform(const Raw& root) {
  return at(root, "format_version") != nullptr || at(root, "terraform_version") != nullptr;
}

void read_terraform(const RawPtr& root, Reading& reading) { PlanReader(*root, reading).read(*root); }

}  // namespace xconn::importing
