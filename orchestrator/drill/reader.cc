// SPDX-License-Identifier: Apache-2.0
#include "drill/reader.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/address.hh"
#include "base/text.hh"

namespace xconn::drill {
namespace {

constexpr std::size_t kLongestText = 10'000;

/// Letters, digits, '-', '_', and inside '.' and blanks.
bool is_name(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '.' || c == ' '; }, '-');
  return is_object_name(text);
}

}  // namespace

Section::Section(YAML::Node node, std::string file, std::string object, Notes& notes)
    : node_(std::move(node)), file_(std::move(file)), object_(std::move(object)), notes_(&notes) {
  if (!node_.IsMap()) {
    fault({}, "it is a map of keys to values");
    node_ = YAML::Node(YAML::NodeType::Map);
  }
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && !seen.insert(entry.first.Scalar()).second) {
      notes_->findings.push_back(
          {place(entry.first), object_, entry.first.Scalar(), {}, "a key may appear only once", {}, {}});
    }
  }
}

Where Section::place(const YAML::Node& node) const {
  const YAML::Mark mark = node.Mark();
  return mark.is_null() ? Where{file_, 0, 0} : Where{file_, mark.line + 1, mark.column + 1};
}

YAML::Node Section::find(const std::string& key) const {
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

YAML::Node Section::get(const std::string& key) {
  asked_.insert(key);
  return find(key);
}

bool Section::has(const std::string& key) { return get(key).IsDefined(); }

void Section::fault(const std::string& key, const std::string& rule, const std::string& remedy) {
  const YAML::Node value = key.empty() ? node_ : find(key);
  const YAML::Node at = value.IsDefined() ? value : node_;
  notes_->findings.push_back(
      {place(at), object_, key, value.IsDefined() && value.IsScalar() ? value.Scalar() : "", rule, remedy, {}});
}

std::optional<std::string> Section::scalar(const YAML::Node& node, const std::string& key, bool lines) {
  const auto refuse = [&](const std::string& value, const std::string& rule, const std::string& remedy) {
    notes_->findings.push_back({place(node), object_, key, value, rule, remedy, {}});
    return std::nullopt;
  };
  if (!node.IsScalar()) return refuse({}, "it is a single value", {});
  const auto& text = node.Scalar();
  if (text.size() > kLongestText) return refuse({}, "it is at most 10000 characters", "say less");
  if (is_plain(text, lines)) return text;
  return refuse(
      text,
      lines ? "it has no control characters but line breaks and tabs" : "it is one line without control characters",
      "leave out escape sequences");
}

void Section::mention(const std::string& key, Named what, const std::string& of) {
  if (const auto value = find(key); value.IsDefined())
    mention_words(value, {what, {{}, object_, key, {}, {}, {}, {}}, of});
}

void Section::mention_words(const YAML::Node& node, const Mention& mention) {
  if (node.IsScalar()) {
    notes_->mentions.push_back(mention);
    notes_->mentions.back().at.where = place(node);
    notes_->mentions.back().at.value = node.Scalar();
  } else if (node.IsSequence()) {
    for (const auto& item : node) mention_words(item, mention);
  }
}

void Section::mention_ends(const std::string& key) {
  const auto ends = find(key);
  if (!ends.IsDefined() || !ends.IsMap()) return;
  for (const auto& entry : ends) {
    if (!entry.first.IsScalar() || !entry.second.IsScalar()) continue;
    const auto end = entry.first.Scalar() + ":" + entry.second.Scalar();
    notes_->mentions.push_back({Named::kEnd, {place(entry.first), object_, key, end, {}, {}, {}}, {}});
  }
}

void Section::check_name(const YAML::Node& node, const std::string& key, const std::string& name) {
  if (is_name(name)) return;
  notes_->findings.push_back(
      {place(node),
       object_,
       key,
       name,
       "a name is at most 63 letters, digits, '-', '_', '.' and blanks, and begins with a letter or digit",
       "rename it",
       {}});
}

std::optional<std::string> Section::text(const std::string& key) {
  const YAML::Node value = get(key);
  if (!value.IsDefined()) return std::nullopt;
  return scalar(value, key);
}

std::optional<std::string> Section::lines(const std::string& key) {
  const YAML::Node value = get(key);
  if (!value.IsDefined()) return std::nullopt;
  return scalar(value, key, true);
}

std::string Section::required_name(const std::string& key) {
  const auto name = required_text(key);
  if (!name.empty()) check_name(find(key), key, name);
  return name;
}

std::string Section::required_text(const std::string& key) {
  const YAML::Node value = get(key);
  if (!value.IsDefined()) {
    fault(key, "it is required");
    return {};
  }
  const auto found = scalar(value, key);
  if (found && found->empty()) fault(key, "it is not empty");
  return found.value_or("");
}

std::optional<Duration> Section::duration(const std::string& key) {
  const auto word = text(key);
  if (!word) return std::nullopt;
  const auto value = parse_duration(*word);
  if (!value) fault(key, "a duration is a number with a unit", "write it as 500ms, 3s or 2m");
  return value;
}

std::optional<std::uint64_t> Section::number(const std::string& key, std::uint64_t most) {
  const auto word = text(key);
  if (!word) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
  if (error != std::errc{} || end != word->data() + word->size() || value > most) {
    fault(key, fmt::format("it is a whole number from 0 to {}", most));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> Section::yes_or_no(const std::string& key) {
  const auto word = text(key);
  if (!word) return std::nullopt;
  if (*word != "true" && *word != "false") fault(key, "it is true or false");
  return *word == "true";
}

std::vector<std::string> Section::words(const YAML::Node& node, const std::string& key, bool lines) {
  if (!node.IsDefined()) return {};
  if (node.IsScalar()) {
    const auto word = scalar(node, key, lines);
    return word ? std::vector<std::string>{*word} : std::vector<std::string>{};
  }
  if (!node.IsSequence()) {
    fault(key, "it is a list");
    return {};
  }
  std::vector<std::string> result;
  for (const auto& item : node) {
    if (const auto word = scalar(item, key, lines)) result.push_back(*word);
  }
  return result;
}

std::vector<std::string> Section::texts(const std::string& key, bool lines) { return words(get(key), key, lines); }

std::vector<std::vector<std::string>> Section::alternatives(const std::string& key) {
  const YAML::Node value = get(key);
  std::vector<std::vector<std::string>> result;
  if (!value.IsDefined() || !value.IsSequence()) {
    for (auto& word : words(value, key)) result.push_back({std::move(word)});
    return result;
  }
  for (const auto& item : value) {
    result.push_back(words(item, key));
    if (item.IsSequence() && result.back().empty())
      fault(key, "an entry is a node, or a list of nodes of which one suffices");
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> Section::pairs(const std::string& key) {
  auto inner = section(key);
  return inner ? inner->rest() : std::vector<std::pair<std::string, std::string>>{};
}

std::optional<std::pair<Duration, Duration>> Section::span(const std::string& key) {
  const auto words = texts(key);
  if (words.empty()) return std::nullopt;
  const auto begin = parse_duration(words.front());
  const auto end = words.size() == 2 ? parse_duration(words.back()) : std::nullopt;
  if (!begin || !end || *end < *begin) {
    fault(key, "it is two times, the earlier one first", "write it as [2s, 10s]");
    return std::nullopt;
  }
  return std::pair{*begin, *end};
}

void Section::each_item(const std::string& key, const std::function<void(Section&)>& read) {
  const YAML::Node list = get(key);
  if (!list.IsDefined()) return;
  if (!list.IsSequence()) return fault(key, "it is a list");
  int number = 0;
  for (const auto& item : list) {
    Section inner(item, file_, fmt::format("{} {}", key, ++number), *notes_);
    read(inner);
    inner.finish();
  }
}

void Section::each_named(const std::string& key, const std::function<void(const std::string& name, Section&)>& read) {
  const YAML::Node map = get(key);
  if (!map.IsDefined()) return;
  if (!map.IsMap()) return fault(key, "it is a map of names");
  for (const auto& entry : map) {
    Section inner(entry.second, file_, fmt::format("{} {}", key, entry.first.Scalar()), *notes_);
    check_name(entry.first, key, entry.first.Scalar());
    read(entry.first.Scalar(), inner);
    inner.finish();
  }
}

std::optional<Section> Section::section(const std::string& key) {
  const YAML::Node value = get(key);
  if (!value.IsDefined()) return std::nullopt;
  return Section(value, file_, object_ + " " + key, *notes_);
}

std::vector<std::pair<std::string, std::string>> Section::rest() {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& entry : node_) {
    const std::string key = entry.first.Scalar();
    if (!asked_.insert(key).second) continue;
    if (const auto value = scalar(entry.second, key)) result.emplace_back(key, *value);
  }
  return result;
}

void Section::finish() {
  for (const auto& entry : node_) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (asked_.contains(key)) continue;
    notes_->findings.push_back({place(entry.first), object_, key, {}, "there is no such key here", {}, {}});
  }
}

}  // namespace xconn::drill
