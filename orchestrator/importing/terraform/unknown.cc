// SPDX-License-Identifier: Apache-2.0
#include "importing/terraform/unknown.hh"

namespace xconn::importing {
namespace {

using model::Raw;

const Raw* at(const Raw* map, const char* key) {
  const auto* entry = map == nullptr || !map->is_map() ? nullptr : map->find(key);
  return entry == nullptr ? nullptr : entry->value.get();
}

struct Teller {
  const std::string& address;
  const model::Position& at;
  bool (*is_told)(std::string_view key);
  Notes& notes;

  void tell(const Raw& unknown, const Raw* expressions, const std::string& field) const {
    if (expressions == nullptr) return;
    if (unknown.is_list()) return tell_items(unknown, *expressions, field);
    for (const auto& entry : unknown.entries) {
      const auto* given = expressions->is_map() ? expressions->find(entry.key) : nullptr;
      if (given == nullptr || is_told(entry.key) || !is_felt(entry.key)) continue;
      const auto path = field.empty() ? entry.key : field + "." + entry.key;
      if (entry.value->text == "true")
        notes.add({at.where(), address, path, "", "is known only after apply", "it was left out"});
      else
        tell(*entry.value, given->value.get(), path);
    }
  }

  void tell_items(const Raw& unknown, const Raw& expressions, const std::string& field) const {
    for (std::size_t i = 0; i < unknown.items.size() && i < expressions.items.size(); ++i)
      tell(*unknown.items[i], expressions.items[i].get(), field + "[" + std::to_string(i) + "]");
  }
};

}  // namespace

TerraformUnknown::TerraformUnknown(const Raw& root) {
  const auto* changes = at(&root, "resource_changes");
  if (changes == nullptr) return;
  for (const auto& change : changes->items) {
    const auto* address = at(change.get(), "address");
    const auto* unknown = at(at(change.get(), "change"), "after_unknown");
    if (address != nullptr && unknown != nullptr) changes_[address->text] = unknown;
  }
}

const Raw* TerraformUnknown::of(const std::string& address) const {
  const auto found = changes_.find(address);
  return found == changes_.end() ? nullptr : found->second;
}

void TerraformUnknown::tell(const std::string& address, const Raw* expressions, const model::Position& at,
                            bool (*is_told)(std::string_view key), Notes& notes) const {
  if (const auto* unknown = of(address)) Teller{address, at, is_told, notes}.tell(*unknown, expressions, {});
}

}  // namespace xconn::importing
