// SPDX-License-Identifier: Apache-2.0
#include "model/extends.hh"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/input.hh"
#include "model/keys.hh"
#include "model/yaml.hh"

namespace xconn::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 8UL << 20;
constexpr std::size_t kLongestChain = 8;
constexpr const char* kDefaultFile = "topology.yaml";

void report(const Where& where, const Path& path, std::string value, std::string rule, std::string remedy,
            Findings& findings) {
  findings.add(where, path, {std::move(value), std::move(rule), std::move(remedy), ""});
}

std::vector<std::string_view> keys_of(const Raw& map) {
  std::vector<std::string_view> keys;
  for (const auto& entry : map.entries) keys.emplace_back(entry.key);
  return keys;
}

/// Lays one map over another: maps into maps, anything else replaces, `null` removes.
class Overlay {
 public:
  explicit Overlay(Findings& findings) : findings_(findings) {}

  RawPtr lay(const RawPtr& over, const RawPtr& base) {
    if (!over->is_map() || !base->is_map()) return over;
    auto merged = std::make_shared<Raw>(*base);
    merged->at = over->at;
    for (const auto& entry : over->entries) lay_entry(entry, *merged);
    return merged;
  }

 private:
  void lay_entry(const RawEntry& entry, Raw& merged) {
    const auto at = std::find_if(merged.entries.begin(), merged.entries.end(),
                                 [&](const RawEntry& known) { return known.key == entry.key; });
    path_.emplace_back(entry.key);
    if (entry.value->is_null())
      remove(entry, merged, at);
    else if (at == merged.entries.end())
      merged.entries.push_back(entry);
    else
      *at = {entry.key, entry.at, lay(entry.value, at->value)};
    path_.pop_back();
  }

  void remove(const RawEntry& entry, Raw& merged, std::vector<RawEntry>::iterator at) {
    if (at != merged.entries.end()) {
      merged.entries.erase(at);
      return;
    }
    auto remedy = did_you_mean(entry.key, keys_of(merged));
    report(entry.at.where(), path_, "", "null removes a key of the extended file, and it has no such key",
           remedy.empty() ? "write {} for an empty one" : remedy, findings_);
  }

  Findings& findings_;
  Path path_;
};

/// A kept document speaks of the file that it was made from; its own lines mean nothing to the user.
RawPtr placed(const RawPtr& raw, const Position& at) {
  auto copy = std::make_shared<Raw>(*raw);
  copy->at = at;
  for (auto& item : copy->items) item = placed(item, at);
  for (auto& entry : copy->entries) entry = {entry.key, at, placed(entry.value, at)};
  return copy;
}

/// Whether most of the first keys are, but for a slip of the pen, a topology's.
bool has_keys_of_topologies(const Raw& raw) {
  constexpr std::size_t kTelling = 50;
  const auto& known = object_info<Topology>().keys;
  std::vector<std::string_view> names;
  for (const auto& key : known) names.push_back(key.name);
  const auto looked_at = std::min(kTelling, raw.entries.size());
  const auto fitting = std::count_if(
      raw.entries.begin(), raw.entries.begin() + static_cast<std::ptrdiff_t>(looked_at), [&](const RawEntry& entry) {
        return is_private_key(entry.key) || std::find(names.begin(), names.end(), entry.key) != names.end() ||
               !did_you_mean(entry.key, names).empty();
      });
  return raw.is_map() && 2 * static_cast<std::size_t>(fitting) > looked_at;
}

/// Of a file that is no topology. Says nothing of what stands in it: it may be anybody's.
std::string what_it_is(const Raw& raw) {
  if (raw.is_null() || (raw.is_map() && raw.entries.empty())) return "the file is empty";
  if (!raw.is_map()) return "a topology file is a map of keys, not " + std::string(name_of(raw.kind));
  return "this is no topology: most of its keys are none that a topology has";
}

class Loader {
 public:
  explicit Loader(Findings& findings) : findings_(findings) {}

  RawPtr file(const std::string& path, const Mention& by) {
    std::error_code ignored;
    const auto real = fs::is_directory(path, ignored) ? (fs::path(path) / kDefaultFile).string() : path;
    const auto text = slurp(real, kLargestFile, by.where.file.empty() ? Mention{{real, 0, 0}, {}} : by, findings_);
    return text ? this->text(*text, real) : nullptr;
  }

  RawPtr text(std::string_view text, const std::string& file) {
    if (text.size() > kLargestFile) {
      report({file, 1, 1}, {}, "", "a topology file is at most 8 MiB", "split it with 'extends'", findings_);
      return nullptr;
    }
    Findings of_file;  // for they quote the file, which has to be a topology first
    auto raw = parse_yaml(text, file, of_file);
    if (raw != nullptr && !is_topology(*raw)) return nullptr;
    findings_.take(of_file);
    if (raw == nullptr) return nullptr;
    if (const auto* origin = raw->find(kOriginKey); origin != nullptr && origin->value->is_scalar())
      return placed(raw, {intern_file(origin->value->text), 0, 0});
    const auto* entry = raw->find("extends");
    return entry == nullptr ? raw : extend(raw, *entry, file);
  }

 private:
  bool is_topology(const Raw& raw) {
    if (has_keys_of_topologies(raw)) return true;
    report(raw.at.where(), {}, "", what_it_is(raw), "write at least 'nodes:'", findings_);
    return false;
  }

  RawPtr extend(const RawPtr& raw, const RawEntry& entry, const std::string& file) {
    const auto where = entry.value->at.where();
    if (!entry.value->is_scalar()) {
      report(where, {"extends"}, "", "'extends' names one file, as a path from this file's folder", "", findings_);
      return nullptr;
    }
    chain_.push_back(fs::weakly_canonical(file).string());
    const auto base_path = beside(file, entry.value->text);
    if (!may_follow(base_path, entry, where)) return nullptr;
    const auto base = this->file(base_path, {where, {"extends"}});
    return base == nullptr ? nullptr : Overlay(findings_).lay(raw, base);
  }

  bool may_follow(const std::string& path, const RawEntry& entry, const Where& where) {
    std::error_code failed;
    auto real = fs::weakly_canonical(path, failed).string();
    if (fs::is_directory(real, failed)) real = (fs::path(real) / kDefaultFile).string();
    if (std::find(chain_.begin(), chain_.end(), real) != chain_.end()) {
      report(where, {"extends"}, entry.value->text, "a file cannot extend itself, not even by way of others", "",
             findings_);
      return false;
    }
    if (chain_.size() < kLongestChain) return true;
    report(where, {"extends"}, entry.value->text, "at most 8 files in a row extend each other", "", findings_);
    return false;
  }

  Findings& findings_;
  std::vector<std::string> chain_;
};

/// Its end says which file a path means; a message has room for 80 characters.
std::string end_of(const std::string& path) {
  constexpr std::size_t kRoom = 76;
  if (path.size() <= kRoom) return path;
  const auto slash = path.find('/', path.size() - kRoom);
  return slash == std::string::npos ? path : "..." + path.substr(slash);
}

}  // namespace

std::optional<std::string> slurp(const std::string& file, std::size_t limit, const Mention& by, Findings& findings) {
  auto read = read_input(file, limit);
  if (auto* text = std::get_if<std::string>(&read)) return std::move(*text);
  auto& fault = std::get<Unreadable>(read);
  report(by.where, by.path, by.where.line == 0 ? "" : end_of(file), std::move(fault.rule), std::move(fault.remedy),
         findings);
  return std::nullopt;
}

std::string beside(const std::string& file, const std::string& path) {
  return (fs::path(file).parent_path() / path).lexically_normal().string();
}

RawPtr load(const std::string& path, Findings& findings, const Mention& by) { return Loader(findings).file(path, by); }

RawPtr load_text(std::string_view text, const std::string& file, Findings& findings) {
  return Loader(findings).text(text, file);
}

}  // namespace xconn::model
