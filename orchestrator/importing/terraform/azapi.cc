// SPDX-License-Identifier: Apache-2.0
#include "importing/terraform/azapi.hh"

#include <algorithm>

#include "importing/arm/scope.hh"
#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawPtr;

std::string text(const Raw& values, std::string_view key) {
  const auto* value = property(values, key);
  return value == nullptr ? "" : value->text;
}

RawPtr parsed(const Raw& body) {
  if (!body.is_scalar()) return std::make_shared<Raw>(body);
  std::vector<Finding> findings;
  const auto documents = read_json({"body", body.text}, findings);
  return findings.empty() && documents.size() == 1 ? placed(*documents.front(), body.at) : nullptr;
}

/// Puts what is not known right, along the same paths.
class Unknown {
 public:
  Unknown(std::string address, const std::optional<ResourceId>& only, Notes& notes)
      : address_(std::move(address)), only_(only), notes_(notes) {}

  RawPtr mended(const Raw& known, const Raw& unknown, const std::string& path) const {
    auto out = std::make_shared<Raw>(known);
    for (std::size_t i = 0; i < unknown.items.size(); ++i) mend_item(*out, i, *unknown.items[i], path);
    for (const auto& entry : unknown.entries) mend_entry(*out, entry, path + "." + entry.key);
    return out;
  }

 private:
  void mend_item(Raw& list, std::size_t i, const Raw& unknown, const std::string& path) const {
    const auto here = path + "[" + std::to_string(i) + "]";
    if (unknown.text == "true") return tell(list, here);
    if (i < list.items.size()) list.items[i] = mended(*list.items[i], unknown, here);
  }

  void mend_entry(Raw& map, const model::RawEntry& unknown, const std::string& path) const {
    const auto known = std::ranges::find(map.entries, unknown.key, &model::RawEntry::key);
    const bool is_there = known != map.entries.end();
    if (unknown.value->text == "true") {
      if (unknown.key == "id" && only_)
        map.entries.push_back({"id", map.at, make_text(only_->text(), map.at)});
      else
        tell(map, path);
    } else if (is_there) {
      known->value = mended(*known->value, *unknown.value, path);
    } else if (says_something(*unknown.value)) {
      const Raw empty{unknown.value->kind, map.at, {}, {}, {}, 1};
      map.entries.push_back({unknown.key, map.at, mended(empty, *unknown.value, path)});
    }
  }

  void tell(const Raw& near, const std::string& path) const {
    notes_.add({near.at.where(), address_, path, "", "is known only after apply", "it was left out"});
  }

  std::string address_;
  const std::optional<ResourceId>& only_;
  Notes& notes_;
};

}  // namespace

bool is_azapi(std::string_view type) { return type == "azapi_resource" || type == "azapi_update_resource"; }

std::optional<ResourceId> azapi_id(const Raw& values, const std::optional<ResourceId>& parent) {
  for (const auto* key : {"id", "resource_id"})
    if (auto id = ResourceId::parse(text(values, key))) return id;
  auto type = lower_case(text(values, "type"));
  type = type.substr(0, type.find('@'));
  const auto kinds = std::ranges::count(type, '/');
  ResourceId id{parent ? parent->group : "", type, {}};
  if (kinds > 1 && !parent) return std::nullopt;
  if (kinds > 1) id.names = parent->names;
  id.names.push_back(text(values, "name"));
  const bool is_whole = static_cast<std::size_t>(kinds) == id.names.size() && !id.names.back().empty();
  return is_whole ? std::optional(id) : std::nullopt;
}

RawPtr azapi_body(const Raw& values, const Raw* unknown, const std::string& address,
                  const std::optional<ResourceId>& only_reference, Notes& notes) {
  auto empty = std::make_shared<Raw>();
  empty->kind = Raw::Kind::kMap;
  empty->at = values.at;
  const auto* body = property(values, "body");
  RawPtr out = body == nullptr ? empty : parsed(*body);
  const auto* entry = unknown == nullptr ? nullptr : find_key(*unknown, "body");
  const bool is_all_unknown = entry != nullptr && entry->value->text == "true";
  if (out == nullptr || is_all_unknown)
    notes.add({values.at.where(), address, "body", "",
               is_all_unknown ? "is known only after apply" : "is no JSON that can be read", "it was left out"});
  if (out == nullptr || !out->is_map()) return empty;
  return entry == nullptr ? out : Unknown(address, only_reference, notes).mended(*out, *entry->value, "body");
}

}  // namespace xconn::importing
