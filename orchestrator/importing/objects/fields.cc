// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "importing/objects/draft.hh"

namespace xconn::importing {
namespace {

using model::Raw;

constexpr std::string_view kLargestAsn = "4294967294";

/// "is no AS number: the largest is 4294967294"
std::string why_no_asn(const std::string& text) {
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? "is no AS number: those are 1 to " + std::string(kLargestAsn) : "is no AS number";
}

/// 5.0 and 65001.0 are whole: what wrote them counts in floats.
std::string whole(const std::string& text) {
  const auto dot = text.find('.');
  const bool is_whole = dot != std::string::npos && dot > 0 && dot + 1 < text.size() &&
                        text.find_first_not_of('0', dot + 1) == std::string::npos;
  return is_whole ? text.substr(0, dot) : text;
}

std::string why_not(const std::string& text, const std::string& what) {
  if (is_placeholder(text)) return "is a placeholder";
  if (owner_of_address(text)) return "is known only once it is deployed";
  return what == "AS number" ? why_no_asn(text) : "is no " + what;
}

const Raw* id_of(const Raw* raw) { return raw != nullptr && raw->is_map() ? property(*raw, "id") : raw; }

}  // namespace

Fields::Fields(const Raw& body, std::string object, Draft& draft)
    : body_(body), object_(std::move(object)), draft_(draft) {}

const Raw* Fields::raw(std::string_view path) {
  read_.emplace_back(path.substr(0, path.find('.')));
  return property_at(body_, path);
}

std::string Fields::text(std::string_view path) {
  const auto* value = raw(path);
  if (value == nullptr || !value->is_scalar()) return {};
  if (!is_placeholder(value->text)) return value->text;
  note(path, "is a placeholder", "it was left out");
  return {};
}

std::string Fields::one_of_all(std::string_view path, std::span<const std::string_view> words,
                               const std::string& otherwise) {
  const auto* value = raw(path);
  if (value == nullptr || value->text.empty()) return otherwise;
  const auto found = std::ranges::find_if(words, [&](auto word) { return same_word(word, value->text); });
  if (found != words.end()) return std::string(*found);
  note(path, "is not known here", "it is " + otherwise);
  return otherwise;
}

template <class T, class Parse>
std::optional<T> Fields::parsed(std::string_view path, const std::string& what, const std::string& instead,
                                Parse parse) {
  const auto* value = raw(path);
  if (value == nullptr || (value->is_scalar() && value->text.empty())) return std::nullopt;
  auto out = value->is_scalar() ? parse(value->text) : std::nullopt;
  if (!out) note(path, why_not(value->text, what), instead);
  return out;
}

std::optional<Prefix> Fields::prefix(std::string_view path, const std::string& instead) {
  return parsed<Prefix>(path, "prefix (ADDRESS/LENGTH without host bits)", instead, Prefix::parse);
}

std::optional<Address> Fields::address(std::string_view path, const std::string& instead) {
  return parsed<Address>(path, "address", instead, Address::parse);
}

std::optional<ResourceId> Fields::owner(std::string_view path) {
  const auto* value = raw(path);
  return value == nullptr ? std::nullopt : owner_of_address(value->text);
}

std::optional<Asn> Fields::asn(std::string_view path, const std::string& instead) {
  return parsed<Asn>(path, "AS number", instead, [](const std::string& text) { return Asn::parse(whole(text)); });
}

std::optional<long long> Fields::number(std::string_view path, long long low, long long high,
                                        const std::string& instead) {
  return parsed<long long>(path, "number from " + std::to_string(low) + " to " + std::to_string(high), instead,
                           [&](const std::string& written) -> std::optional<long long> {
                             const auto text = whole(written);
                             long long value = 0;
                             const auto* end = text.data() + text.size();
                             const auto [stop, error] = std::from_chars(text.data(), end, value);
                             if (error != std::errc() || stop != end || value < low || value > high)
                               return std::nullopt;
                             return value;
                           });
}

bool Fields::truth(std::string_view path, bool otherwise) {
  const auto* value = raw(path);
  return value == nullptr || !value->is_scalar() ? otherwise : same_word(value->text, "true");
}

std::optional<ResourceId> Fields::reference(std::string_view path) {
  const auto* id = id_of(raw(path));
  if (id == nullptr || !id->is_scalar() || id->text.empty()) return std::nullopt;
  auto parsed_id = ResourceId::parse(id->text);
  if (!parsed_id) note(path, "is no resource id", "it was left out");
  return parsed_id;
}

std::vector<const Raw*> Fields::items(std::string_view path) {
  const auto* value = raw(path);
  std::vector<const Raw*> out;
  if (value == nullptr) return out;
  if (value->is_scalar() && !value->text.empty()) out.push_back(value);
  for (const auto& item : value->items)
    if (item->is_scalar() && !item->text.empty()) out.push_back(item.get());
  return out;
}

std::vector<std::string> Fields::texts(std::string_view path) {
  std::vector<std::string> out;
  for (const auto* item : items(path)) out.push_back(item->text);
  return out;
}

std::vector<Prefix> Fields::prefixes(std::string_view path) {
  std::vector<Prefix> out;
  for (const auto* item : items(path)) {
    const auto prefix = Prefix::parse(item->text);
    if (prefix && prefix->is_v4())
      out.push_back(*prefix);
    else
      note(*item, path, prefix ? "is IPv6" : why_not(item->text, "prefix"), "it was left out");
  }
  return out;
}

void Fields::note(const Raw& value, std::string_view path, const std::string& reason, const std::string& instead) {
  draft_.notes.at(value, object_, std::string(path), reason, instead);
}

void Fields::note(std::string_view path, const std::string& reason, const std::string& instead) {
  const auto* value = property_at(body_, path);
  draft_.notes.at(value == nullptr ? body_ : *value, object_, std::string(path), reason, instead);
}

void Fields::ignore(std::initializer_list<std::string_view> keys) {
  read_.insert(read_.end(), keys.begin(), keys.end());
}

void Fields::report_unread() {
  if (!is_all_read_) report_unread(body_);
}

void Fields::report_unread(const Raw& map) {
  for (const auto& entry : map.entries) {
    const auto is_it = [&](const std::string& key) { return same_word(key, entry.key); };
    if (is_bookkeeping(entry.key) || !is_felt(entry.key) || !says_something(*entry.value) ||
        std::ranges::any_of(read_, is_it))
      continue;
    draft_.notes.at(*entry.value, object_, entry.key, "has no counterpart here", "it was left out");
  }
}

}  // namespace xconn::importing
