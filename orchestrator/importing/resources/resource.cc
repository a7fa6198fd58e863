// SPDX-License-Identifier: Apache-2.0
#include "importing/resources/resource.hh"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/join.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawEntry;
using model::RawPtr;

/// Parts that stand in the body of what they are part of.
struct Part {
  std::string_view of, key;
};
constexpr std::array<Part, 19> kParts{{
    {"microsoft.network/virtualnetworks", "subnets"},
    {"microsoft.network/virtualnetworks", "virtualNetworkPeerings"},
    {"microsoft.network/expressroutecircuits", "peerings"},
    {"microsoft.network/expressroutecircuits", "authorizations"},
    {"microsoft.network/expressroutecircuits/peerings", "connections"},
    {"microsoft.network/routetables", "routes"},
    {"microsoft.network/networksecuritygroups", "securityRules"},
    {"microsoft.network/routefilters", "rules"},
    {"microsoft.network/loadbalancers", "backendAddressPools"},
    {"microsoft.network/loadbalancers", "probes"},
    {"microsoft.network/loadbalancers", "loadBalancingRules"},
    {"microsoft.network/virtualhubs", "ipConfigurations"},
    {"microsoft.network/virtualhubs", "bgpConnections"},
    {"microsoft.network/virtualhubs", "hubRouteTables"},
    {"microsoft.network/virtualhubs", "hubVirtualNetworkConnections"},
    {"microsoft.network/virtualhubs", "virtualNetworkConnections"},
    {"microsoft.network/vpngateways", "connections"},
    {"microsoft.network/vpngateways", "vpnConnections"},
    {"microsoft.network/expressroutegateways", "expressRouteConnections"},
}};

/// What an IP configuration may have whole, and what it then says.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kExpanded{
    {{"subnet", "addressPrefix"}, {"subnet", "addressPrefixes"}, {"publicIPAddress", "ipAddress"}}};

constexpr std::array<std::string_view, 30> kBookkeeping{"id",
                                                        "name",
                                                        "type",
                                                        "etag",
                                                        "location",
                                                        "tags",
                                                        "resourceGroup",
                                                        "resourceGuid",
                                                        "provisioningState",
                                                        "zones",
                                                        "kind",
                                                        "apiVersion",
                                                        "dependsOn",
                                                        "comments",
                                                        "identity",
                                                        "managedBy",
                                                        "plan",
                                                        "extendedLocation",
                                                        "properties",
                                                        "scale",
                                                        "condition",
                                                        "copy",
                                                        "resources",
                                                        "systemData",
                                                        "scope",
                                                        "gatewayManagerEtag",
                                                        "timeouts",
                                                        "typePropertiesType",
                                                        "changedTime",
                                                        "createdTime"};

constexpr std::string_view kOpenAddress = "the private address of ";

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string key_of(const ResourceId& id) {
  auto key = id.type;
  for (const auto& name : id.names) key += "|" + lower_case(name);
  return key;
}

bool same_group(const std::string& a, const std::string& b) { return a.empty() || b.empty() || same_word(a, b); }

/// Members of a pool, which Terraform says one by one.
constexpr std::array<std::string_view, 2> kMembers{"backendIPConfigurations", "loadBalancerBackendAddresses"};

bool has_members(const RawEntry& entry) {
  return entry.value->is_list() && std::ranges::any_of(kMembers, [&](auto key) { return same_word(key, entry.key); });
}

RawPtr extended(const RawPtr& list, const RawPtr& more) {
  auto out = std::make_shared<Raw>(*list);
  out->items.insert(out->items.end(), more->items.begin(), more->items.end());
  return out;
}

/// With the entries of `more` that `map` does not have.
std::shared_ptr<Raw> completed(const Raw& map, const Raw& more) {
  auto out = std::make_shared<Raw>(map);
  for (const auto& entry : more.entries) {
    const auto known =
        std::ranges::find_if(out->entries, [&](const RawEntry& mine) { return same_word(mine.key, entry.key); });
    if (known == out->entries.end())
      out->entries.push_back(entry);
    else if (!says_something(*known->value))
      known->value = entry.value;
    else if (has_members(entry) && known->value->is_list())
      known->value = extended(known->value, entry.value);
  }
  return out;
}

/// All properties beside each other, whether they stood in `properties` or not.
RawPtr flattened(const RawPtr& body) {
  const auto* entry = find_key(*body, "properties");
  if (entry == nullptr || !entry->value->is_map()) return body;
  auto out = std::make_shared<Raw>(*body);
  std::erase_if(out->entries, [](const RawEntry& mine) { return same_word(mine.key, "properties"); });
  const auto* kind = find_key(*entry->value, "type");
  if (kind != nullptr) out->entries.push_back({"typePropertiesType", kind->at, kind->value});  // as az calls it
  return completed(*out, *entry->value);
}

}  // namespace

std::optional<ResourceId> ResourceId::parse(std::string_view text) {
  const auto parts = split(text, '/');
  ResourceId id;
  std::size_t provider = 0;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (same_word(parts[i], "resourceGroups") && parts[i + 1] != "-") id.group = parts[i + 1];
    if (same_word(parts[i], "providers")) provider = i + 1;
  }
  if (provider == 0 || provider + 2 >= parts.size()) return std::nullopt;
  id.type = lower_case(parts[provider]);
  for (auto i = provider + 1; i + 1 < parts.size(); i += 2) {
    id.type += "/" + lower_case(parts[i]);
    id.names.emplace_back(parts[i + 1]);
  }
  return id;
}

std::string ResourceId::text() const {
  const auto kinds = split(type, '/');
  auto out = "/subscriptions/-/resourceGroups/" + (group.empty() ? "-" : group) + "/providers/" + std::string(kinds[0]);
  for (std::size_t i = 0; i < names.size() && i + 1 < kinds.size(); ++i)
    out += "/" + std::string(kinds[i + 1]) + "/" + names[i];
  return out;
}

std::string ResourceId::path() const { return join(names, "/"); }

std::string open_address(const ResourceId& owner) { return std::string(kOpenAddress) + owner.text(); }

std::optional<ResourceId> owner_of_address(std::string_view text) {
  if (!text.starts_with(kOpenAddress)) return std::nullopt;
  return ResourceId::parse(text.substr(kOpenAddress.size()));
}

ResourceId ResourceId::parent() const {
  auto out = *this;
  if (!out.names.empty()) out.names.pop_back();
  out.type = type.substr(0, type.rfind('/'));
  return out;
}

ResourceId ResourceId::child(std::string_view kind, const std::string& name) const {
  auto out = *this;
  out.type += "/" + lower_case(kind);
  out.names.push_back(name);
  return out;
}

void Inventory::add(Resource resource) {
  resource.body = flattened(resource.body);
  add_parts(resource);
  add_expanded(resource);
  if (const auto known = place_of(resource.id)) return complete(resources_[*known], resource);
  places_.emplace(key_of(resource.id), resources_.size());
  resources_.push_back(std::move(resource));
}

void Inventory::add_parts(const Resource& resource) {
  for (const auto& part : kParts) {
    const auto* list = resource.id.type == part.of ? property(*resource.body, part.key) : nullptr;
    if (list == nullptr || !list->is_list()) continue;
    for (const auto& item : list->items) {
      const auto* name = item->is_map() ? property(*item, "name") : nullptr;
      const auto* id = item->is_map() ? property(*item, "id") : nullptr;
      const auto own = id == nullptr ? std::nullopt : ResourceId::parse(id->text);
      if (own || name != nullptr) add({own ? *own : resource.id.child(part.key, name->text), item, item->at});
    }
  }
}

/// REST's `$expand`: what is referred to stands there whole.
void Inventory::add_expanded(const Resource& resource) {
  const auto* configurations = property(*resource.body, "ipConfigurations");
  if (configurations == nullptr) return;
  for (const auto& item : configurations->items)
    for (const auto& [key, sign] : kExpanded) {
      const auto* body = item->is_map() ? property(*item, key) : nullptr;
      const auto* id = body == nullptr || !body->is_map() ? nullptr : property(*body, "id");
      const auto own = id == nullptr ? std::nullopt : ResourceId::parse(id->text);
      if (own && property(*body, sign) != nullptr) add({*own, std::make_shared<Raw>(*body), body->at});
    }
}

void Inventory::complete(Resource& known, const Resource& other) {
  for (const auto& entry : other.body->entries) {
    const auto* mine = property(*known.body, entry.key);
    if (mine == nullptr || is_bookkeeping(entry.key) || !mine->is_scalar() || !entry.value->is_scalar()) continue;
    if (!says_something(*mine) || !says_something(*entry.value) || same_word(mine->text, entry.value->text)) continue;
    if (is_placeholder(mine->text) || is_placeholder(entry.value->text)) continue;
    notes_.at(*entry.value, other.id.path(), entry.key,
              "is " + (is_secret(entry.key) ? "another" : printable(mine->text)) + " where it stands first, in line " +
                  std::to_string(mine->at.line) + (mine->at.file == nullptr ? "" : " of " + *mine->at.file),
              "the first counts");
  }
  if (known.id.group.empty()) known.id.group = other.id.group;
  known.body = completed(*known.body, *other.body);
}

std::optional<std::size_t> Inventory::place_of(const ResourceId& id) const {
  const auto [first, last] = places_.equal_range(key_of(id));
  for (auto at = first; at != last; ++at)
    if (same_group(resources_[at->second].id.group, id.group)) return at->second;
  return std::nullopt;
}

const Resource* Inventory::find(const ResourceId& id) const {
  const auto place = place_of(id);
  return place ? &resources_[*place] : nullptr;
}

const Raw* property(const Raw& body, std::string_view name) {
  const auto* entry = find_key(body, name);
  if (entry == nullptr) {
    const auto* inner = find_key(body, "properties");
    if (inner != nullptr && inner->value->is_map()) entry = find_key(*inner->value, name);
  }
  return entry == nullptr || entry->value->is_null() ? nullptr : entry->value.get();
}

const Raw* property_at(const Raw& body, std::string_view path) {
  const Raw* at = &body;
  for (const auto part : split(path, '.')) {
    at = property(*at, part);
    if (at == nullptr) return nullptr;
  }
  return at;
}

bool says_something(const Raw& raw) {
  if (raw.is_null()) return false;
  if (raw.is_list()) return std::ranges::any_of(raw.items, [](const RawPtr& item) { return says_something(*item); });
  if (raw.is_map())
    return std::ranges::any_of(raw.entries, [](const RawEntry& entry) { return says_something(*entry.value); });
  return !raw.text.empty() && raw.text != "false" && raw.text != "0";
}

bool is_bookkeeping(std::string_view key) {
  return std::ranges::any_of(kBookkeeping, [&](auto word) { return same_word(word, key); });
}

}  // namespace xconn::importing
