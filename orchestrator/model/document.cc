// SPDX-License-Identifier: Apache-2.0
#include "model/document.hh"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/extends.hh"
#include "model/yaml.hh"

namespace xconn::model {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr std::size_t kLargestContent = 1UL << 20;

RawPtr word(std::string text, const Position& at) {
  auto raw = std::make_shared<Raw>();
  raw->kind = Raw::Kind::kScalar;
  raw->at = at;
  raw->text = std::move(text);
  return raw;
}

RawPtr empty_map(const Position& at) {
  auto raw = std::make_shared<Raw>();
  raw->kind = Raw::Kind::kMap;
  raw->at = at;
  return raw;
}

/// `{from-file: PATH}` becomes the file's text. What cannot be read stays, for reading to report.
RawPtr with_files_taken_in(const RawPtr& raw) {
  if (raw->is_map() && raw->entries.size() == 1 && raw->entries[0].key == "from-file") {
    const auto& named = *raw->entries[0].value;
    Findings ignored;
    const auto text = slurp(beside(*named.at.file, named.text), kLargestContent, {named.at.where(), {}}, ignored);
    return text ? word(*text, raw->at) : raw;
  }
  auto copy = std::make_shared<Raw>(*raw);
  for (auto& entry : copy->entries) entry.value = with_files_taken_in(entry.value);
  for (auto& item : copy->items) item = with_files_taken_in(item);
  return copy;
}

/// The item of that name, in a list of items that carry their names.
std::size_t index_of(const Raw& list, const std::string& name) {
  const auto found = std::ranges::find_if(list.items, [&](const RawPtr& item) {
    const auto* own = item->is_map() ? item->find("name") : nullptr;
    return own != nullptr && own->value->text == name;
  });
  return static_cast<std::size_t>(found - list.items.begin());
}

RawPtr child(const Raw& raw, const std::string& key) {
  if (raw.is_list()) {
    const auto index = index_of(raw, key);
    return index < raw.items.size() ? raw.items[index] : nullptr;
  }
  const auto* entry = raw.find(key);
  return entry == nullptr ? nullptr : entry->value;
}

void set_child(Raw& raw, const std::string& key, const RawPtr& value) {
  if (raw.is_list()) {
    const auto index = index_of(raw, key);
    if (index < raw.items.size()) {
      raw.items[index] = value;
      return;
    }
    auto named = std::make_shared<Raw>(*value);
    named->entries.insert(named->entries.begin(), {"name", raw.at, word(key, raw.at)});
    raw.items.push_back(named);
    return;
  }
  raw.kind = Raw::Kind::kMap;
  raw.text.clear();
  for (auto& entry : raw.entries)
    if (entry.key == key) {
      entry.value = value;
      return;
    }
  raw.entries.push_back({key, raw.at, value});
}

void erase_child(Raw& raw, const std::string& key) {
  if (raw.is_list())
    raw.items.erase(raw.items.begin() + static_cast<std::ptrdiff_t>(index_of(raw, key)));
  else
    std::erase_if(raw.entries, [&](const RawEntry& entry) { return entry.key == key; });
}

RawPtr with(const RawPtr& raw, const KeyPath& path, std::size_t depth, const RawPtr& value) {
  if (depth == path.size()) return value;
  auto copy = std::make_shared<Raw>(*raw);
  const auto below = child(*raw, path[depth]);
  set_child(*copy, path[depth], with(below ? below : empty_map(raw->at), path, depth + 1, value));
  return copy;
}

RawPtr without(const RawPtr& raw, const KeyPath& path, std::size_t depth) {
  const auto below = child(*raw, path[depth]);
  auto copy = std::make_shared<Raw>(*raw);
  if (depth + 1 == path.size())
    erase_child(*copy, path[depth]);
  else
    set_child(*copy, path[depth], without(below, path, depth + 1));
  return copy;
}

Ordered to_json(const Raw& raw) {
  if (raw.is_null()) return nullptr;
  if (raw.is_scalar()) return raw.text;
  Ordered json = raw.is_list() ? Ordered::array() : Ordered::object();
  for (const auto& item : raw.items) json.push_back(to_json(*item));
  for (const auto& entry : raw.entries) json[entry.key] = to_json(*entry.value);
  return json;
}

}  // namespace

Document Document::load(const std::string& path) {
  Findings findings;
  const auto raw = model::load(path, findings);
  findings.raise(path);
  return of(raw);
}

Document Document::of(const RawPtr& loaded) {
  auto root = std::make_shared<Raw>(*with_files_taken_in(loaded));
  std::erase_if(root->entries, [](const RawEntry& entry) { return entry.key == "extends"; });
  return Document(root);
}

Document Document::parse(std::string_view text, const std::string& file) {
  Findings findings;
  const auto raw = parse_yaml(text, file, findings);
  findings.raise(file);
  return Document(with_files_taken_in(raw));
}

const Raw* Document::find(const KeyPath& path) const {
  auto at = root_;
  for (const auto& key : path) {
    at = child(*at, key);
    if (at == nullptr) return nullptr;
  }
  return at.get();
}

void Document::put(const KeyPath& path, const RawPtr& value) { root_ = with(root_, path, 0, value); }

void Document::put(const KeyPath& path, const std::string& text) { put(path, word(text, root_->at)); }

bool Document::remove(const KeyPath& path) {
  if (path.empty() || find(path) == nullptr) return false;
  root_ = without(root_, path, 0);
  return true;
}

std::string Document::json() const {
  auto json = to_json(*root_);
  json[kOriginKey] = std::filesystem::absolute(file()).lexically_normal().string();
  return json.dump(1) + "\n";
}

RawPtr parse_value(const std::string& text) {
  Findings findings;
  auto raw = parse_yaml(text.empty() ? "''" : text, "command line", findings);
  findings.raise("command line");
  return raw;
}

}  // namespace xconn::model
