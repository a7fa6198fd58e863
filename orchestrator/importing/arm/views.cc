// SPDX-License-Identifier: Apache-2.0
#include "importing/arm/views.hh"

#include <algorithm>
#include <string_view>

#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawEntry;
using model::RawPtr;

/// The items of a list with the ids that they have as parts of `id`: a VNet's subnets.
RawPtr parts_with_ids(const RawEntry& entry, const ResourceId& id) {
  if (!entry.value->is_list()) return entry.value;
  auto list = std::make_shared<Raw>(*entry.value);
  for (auto& item : list->items) {
    const auto* name = item->is_map() ? find_key(*item, "name") : nullptr;
    if (name == nullptr) continue;
    auto named = std::make_shared<Raw>(*item);
    put(*named, "id", make_text(id.child(entry.key, name->value->text).text(), item->at));
    item = std::move(named);
  }
  return list;
}

/// Those of a resource that stand in subnets, each with an address of its own.
struct Placed {
  std::string_view of, key;
  bool is_owner;  ///< the address is the part's, not the resource's
};
constexpr Placed kPlaced[] = {{"microsoft.network/networkinterfaces", "ipConfigurations", false},
                              {"microsoft.network/azurefirewalls", "ipConfigurations", false},
                              {"microsoft.network/loadbalancers", "frontendIPConfigurations", true}};

/// With what stands for its private address when the template does not say one.
RawPtr with_open_address(const RawPtr& configuration, const ResourceId& owner) {
  const auto* properties = configuration->is_map() ? find_key(*configuration, "properties") : nullptr;
  if (properties == nullptr || property(*properties->value, "subnet") == nullptr) return configuration;
  const auto* known = property(*properties->value, "privateIPAddress");
  if (known != nullptr && !known->text.empty()) return configuration;
  auto filled = std::make_shared<Raw>(*properties->value);
  std::erase_if(filled->entries, [](const RawEntry& entry) { return same_word(entry.key, "privateIPAddress"); });
  put(*filled, "privateIPAddress", make_text(open_address(owner), properties->at));
  auto out = std::make_shared<Raw>(*configuration);
  for (auto& entry : out->entries)
    if (same_word(entry.key, "properties")) entry.value = filled;
  return out;
}

RawPtr with_open_addresses(const RawEntry& entry, const ResourceId& id) {
  const auto row = std::ranges::find_if(
      kPlaced, [&](const Placed& each) { return each.of == id.type && same_word(each.key, entry.key); });
  if (row == std::end(kPlaced) || !entry.value->is_list()) return entry.value;
  auto list = std::make_shared<Raw>(*entry.value);
  for (auto& item : list->items) {
    const auto* name = item->is_map() ? find_key(*item, "name") : nullptr;
    if (name != nullptr) item = with_open_address(item, row->is_owner ? id.child(entry.key, name->value->text) : id);
  }
  return list;
}

/// A firewall in a Virtual WAN hub has its address there.
void put_hub_address(Raw& properties, const ResourceId& id) {
  if (id.type != "microsoft.network/azurefirewalls" || property(properties, "virtualHub") == nullptr) return;
  auto addresses = map_at(properties.at);
  put(*addresses, "privateIPAddress", make_text(open_address(id), properties.at));
  put(properties, "hubIPAddresses", addresses);
}

}  // namespace

std::shared_ptr<Raw> map_at(const model::Position& at) {
  auto out = std::make_shared<Raw>();
  out->kind = Raw::Kind::kMap;
  out->at = at;
  return out;
}

void put(Raw& map, const std::string& key, RawPtr value) {
  if (find_key(map, key) == nullptr) map.entries.push_back({key, map.at, std::move(value)});
}

RawPtr with_ids(const Raw& body, const ResourceId& id) {
  auto out = std::make_shared<Raw>(body);
  put(*out, "id", make_text(id.text(), body.at));
  for (auto& entry : out->entries) {
    if (!same_word(entry.key, "properties") || !entry.value->is_map()) continue;
    auto properties = std::make_shared<Raw>(*entry.value);
    for (auto& part : properties->entries) {
      part.value = parts_with_ids(part, id);
      part.value = with_open_addresses(part, id);
    }
    put_hub_address(*properties, id);
    entry.value = std::move(properties);
  }
  return out;
}

}  // namespace xconn::importing
