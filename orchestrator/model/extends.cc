#include "model/extends.hh"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

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
    auto raw = parse_yaml(text, file, findings_);
    if (raw == nullptr || !is_topology(*raw)) return nullptr;
    if (const auto* origin = raw->find(kOriginKey); origin != nullptr && origin->value->is_scalar())
      return placed(raw, {intern_file(origin->value->text), 0, 0});
    const auto* entry = raw->find("extends");
    return entry == nullptr ? raw : extend(raw, *entry, file);
  }

 private:
  bool is_topology(const Raw& raw) {
    if (raw.is_map() && !raw.entries.empty()) return true;
    report(raw.at.where(), {}, "",
           raw.is_null() || raw.is_map() ? "the file is empty"
                                         : "a topology file is a map of keys, not " + std::string(name_of(raw.kind)),
           "write at least 'nodes:'", findings_);
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

struct Unusable {
  const char* why;
  std::string remedy;
};

std::optional<Unusable> why_unusable(const std::string& path, std::size_t limit) {
  std::error_code failed;
  const auto status = fs::status(path, failed);
  if (!fs::exists(status)) return Unusable{"there is no such file", "check the path"};
  if (fs::is_directory(status)) return Unusable{"this is a folder, and a file is needed", "name a file in it"};
  if (!fs::is_regular_file(status)) return Unusable{"this is no regular file", "copy it to one"};
  if (fs::file_size(path, failed) > limit)
    return Unusable{"the file is too large", "at most " + std::to_string(limit >> 10) + " KiB can be read"};
  return std::nullopt;
}

}  // namespace

std::optional<std::string> slurp(const std::string& file, std::size_t limit, const Mention& by, Findings& findings) {
  const auto value = by.where.line == 0 ? "" : file;
  if (const auto unusable = why_unusable(file, limit)) {
    report(by.where, by.path, value, unusable->why, unusable->remedy, findings);
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  if (stream.bad() || !stream.is_open()) {
    report(by.where, by.path, value, "the file cannot be read", "check its permissions", findings);
    return std::nullopt;
  }
  return text.str();
}

std::string beside(const std::string& file, const std::string& path) {
  return (fs::path(file).parent_path() / path).lexically_normal().string();
}

RawPtr load(const std::string& path, Findings& findings) { return Loader(findings).file(path, {}); }

RawPtr load_text(std::string_view text, const std::string& file, Findings& findings) {
  return Loader(findings).text(text, file);
}

}  // namespace xconn::model
