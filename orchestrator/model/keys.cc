// SPDX-License-Identifier: Apache-2.0
#include "model/keys.hh"

namespace xconn::model {
namespace {

const RawEntry* find_key(const Raw& map, const KeyInfo& key) {
  if (const auto* entry = map.find(key.name)) return entry;
  return key.alias.empty() ? nullptr : map.find(key.alias);
}

bool is_known(const ObjectInfo& info, std::string_view name) {
  for (const auto& key : info.keys)
    if (key.name == name || (!key.alias.empty() && key.alias == name)) return true;
  return false;
}

std::vector<std::string_view> names_of(const ObjectInfo& info) {
  std::vector<std::string_view> names;
  for (const auto& key : info.keys) names.push_back(key.name);
  return names;
}

void report_unknown(const ObjectInfo& info, const Cursor& at, const RawEntry& entry) {
  if (at.findings().is_full()) return at.findings().count_one();
  const auto names = names_of(info);
  auto remedy = did_you_mean(entry.key, names);
  if (remedy.empty()) remedy = "it knows " + one_of(names);
  at.entry(entry).fault_at_key({}, std::string(info.name) + " has no such key", remedy);
}

// A list item carries its own `name`; the table does not have it, since in a map it is the key.
bool names_the_item(const Cursor& at, const RawEntry& entry) { return at.key().empty() && entry.key == "name"; }

/// Whether the table has every key that is written.
bool check_keys(const ObjectInfo& info, const Cursor& at, bool named) {
  bool all_known = true;
  for (const auto& entry : at.raw().entries)
    if (!is_known(info, entry.key) && !is_private_key(entry.key) && !(named && names_the_item(at, entry))) {
      report_unknown(info, at, entry);
      all_known = false;
    }
  return all_known;
}

bool is_written(const KeyInfo& key, const Cursor& at) {
  const auto* entry = find_key(at.raw(), key);
  return entry != nullptr && !entry->value->is_null();
}

/// Of the keys marked with `flag` at most `most` are written, and one at least.
void check_choice(const ObjectInfo& info, const Cursor& at, unsigned flag, std::size_t most, std::string_view rule) {
  std::vector<std::string_view> names;
  std::size_t written = 0;
  for (const auto& key : info.keys) {
    if (!key.has(flag)) continue;
    names.push_back(key.name);
    written += is_written(key, at) ? 1 : 0;
  }
  if (!names.empty() && (written == 0 || written > most))
    at.fault_at_key({}, std::string(info.name) + " has " + std::string(rule) + " " + one_of(names));
}

void check_filled(const KeyInfo& key, const Cursor& at) {
  const auto& raw = at.raw();
  if (key.has(kFilled) && ((raw.is_list() && raw.items.empty()) || (raw.is_map() && raw.entries.empty())))
    at.fault_at_key({}, "it is not empty", "it is " + std::string(key.doc));
}

void read_key(const KeyInfo& key, const Cursor& at, void* object) {
  const auto* entry = find_key(at.raw(), key);
  if (entry != nullptr && !entry->value->is_null()) {
    const auto value = at.entry(*entry, key.has(kSecret));
    check_filled(key, value);
    key.read(value, object);
  } else if (key.required()) {
    at.fault_at_key(key.name, "this key is required", "it is " + std::string(key.doc));
  }
}

}  // namespace

bool is_private_key(std::string_view key) { return key.starts_with("x-"); }

void read_object(const ObjectInfo& info, const Cursor& at, void* object, bool named) {
  if (!at.raw().is_map() && !at.raw().is_null()) {
    if (info.shorthand == nullptr || !info.shorthand(at, object))
      at.fault_kind(info.shorthand == nullptr ? "a map" : info.shorthand_doc);
    return;
  }
  if (info.choose != nullptr) {
    if (const auto* chosen = info.choose(at)) read_object(*chosen, at, object, named);
    return;
  }
  const bool all_known = check_keys(info, at, named);
  for (const auto& key : info.keys) read_key(key, at, object);
  if (all_known) {
    check_choice(info, at, kOneOf, 1, "exactly one of");
    check_choice(info, at, kSomeOf, info.keys.size(), "one or more of");
  }
  if (info.finish != nullptr) info.finish(at, object);
}

namespace detail {

const std::string* scalar_text(const Cursor& at, const WordInfo& word) {
  if (at.raw().is_scalar()) return &at.raw().text;
  at.fault_kind(word.name, word.remedy);
  return nullptr;
}

void report_word(const Cursor& at, const WordInfo& word) {
  auto remedy = word.better == nullptr || at.is_secret() ? std::string{} : word.better(at.raw().text);
  at.fault(word.rule, remedy.empty() ? word.remedy : remedy);
}

const RawEntry* item_name(const Cursor& at) {
  const auto* name = at.raw().find("name");
  if (name != nullptr && name->value->is_scalar()) return name;
  at.fault_at_key("name", "an object of a list needs a name", "add 'name:', or write a map from names to objects");
  return nullptr;
}

void check_name(const Cursor& at, std::string_view name) {
  if (!name.empty()) return;
  at.fault_at_key({}, "a name is not empty", "give it one");
}

}  // namespace detail
}  // namespace xconn::model
