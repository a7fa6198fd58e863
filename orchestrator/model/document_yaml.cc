// SPDX-License-Identifier: Apache-2.0
// A document as YAML for people: block style, short lists on one line.
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.hh"
#include "model/document.hh"
#include "model/keys.hh"

namespace xconn::model {
namespace {

constexpr std::size_t kShortList = 90;

void collect(const ObjectInfo& info, std::set<const ObjectInfo*>& seen, std::set<std::string, std::less<>>& secrets) {
  if (!seen.insert(&info).second) return;
  for (const auto& key : info.keys) {
    if ((key.flags & kSecret) != 0) secrets.emplace(key.name);
    if (key.type.object != nullptr) collect(key.type.object(), seen, secrets);
  }
}

/// The names of keys whose values are never printed. `md5` stands below keys that read by functions of their own.
const std::set<std::string, std::less<>>& secret_keys() {
  static const auto kSecrets = [] {
    std::set<const ObjectInfo*> seen;
    std::set<std::string, std::less<>> secrets;
    collect(object_info<Topology>(), seen, secrets);
    collect(object_info<Peering>(), seen, secrets);
    return secrets;
  }();
  return kSecrets;
}

bool is_bare(const std::string& text) {
  static const std::set<std::string, std::less<>> kOtherMeaning{"null", "~", "Null", "NULL"};
  if (text.empty() || kOtherMeaning.contains(text) ||
      std::string_view("-?:,[]{}#&*!|>'\"%@`. ").find(text.front()) != std::string_view::npos)
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < ' ' || c >= 0x7f || std::string_view(",[]{}#\"'").find(text[i]) != std::string_view::npos) return false;
    if (text[i] == ':' && (i + 1 == text.size() || text[i + 1] == ' ')) return false;
  }
  return text.back() != ' ';
}

std::string scalar(const std::string& text) { return is_bare(text) ? text : printable(nlohmann::json(text).dump()); }

class Writer {
 public:
  Writer(bool with_secrets, const Comments& comments) : with_secrets_(with_secrets), comments_(comments) {}

  std::string text(const Raw& root) {
    entries(root, 0, "");
    return std::move(out_);
  }

 private:
  void entries(const Raw& map, int depth, const std::string& above) {
    for (const auto& entry : map.entries) {
      if (depth == 0 && is_private_key(entry.key)) continue;
      const auto path = above + (above.empty() ? "" : "/") + entry.key;
      if (const auto words = comments_.find(path); words != comments_.end())
        out_ += indent(depth) + "# " + printable(words->second) + "\n";
      value(scalar(entry.key) + ":", entry.key, *entry.value, depth, path);
    }
  }

  void value(const std::string& head, std::string_view key, const Raw& raw, int depth, const std::string& path) {
    out_ += indent(depth) + head;
    if (const auto line = flow(key, raw); !line.empty() && !is_commented(path + "/")) {
      out_ += " " + line + "\n";
      return;
    }
    out_ += "\n";
    if (raw.is_map()) entries(raw, depth + 1, path);
    for (const auto& item : raw.items) value("-", key, *item, depth + 1, path + "/-");
  }

  static std::string indent(int depth) { return std::string(2 * static_cast<std::size_t>(depth), ' '); }

  /// Whether something below has a comment, for which it needs a line of its own.
  bool is_commented(const std::string& path) const {
    const auto first = comments_.lower_bound(path);
    return first != comments_.end() && first->first.starts_with(path);
  }

  /// The value on one line, empty when it is too long for one.
  std::string flow(std::string_view key, const Raw& raw) const {
    if (raw.is_null()) return "~";
    if (raw.is_scalar()) return is_secret_key(key) && !with_secrets_ ? "(secret)" : scalar(raw.text);
    std::string line;
    for (const auto& item : raw.items) line += (line.empty() ? "" : ", ") + inner(key, *item);
    for (const auto& entry : raw.entries)
      line += (line.empty() ? "" : ", ") + scalar(entry.key) + ": " + inner(entry.key, *entry.value);
    line = raw.is_list() ? "[" + line + "]" : "{" + line + "}";
    return line.size() > kShortList || line.find('\n') != std::string::npos ? "" : line;
  }

  std::string inner(std::string_view key, const Raw& raw) const {
    const auto line = flow(key, raw);
    return line.empty() ? "\n" : line;  // too long inside is too long as a whole
  }

  bool with_secrets_;
  const Comments& comments_;
  std::string out_;
};

}  // namespace

bool is_secret_key(std::string_view key) { return secret_keys().contains(key); }

std::string Document::yaml(bool with_secrets) const { return yaml_text(*root_, with_secrets); }

std::string yaml_text(const Raw& root, bool with_secrets, const Comments& comments) {
  return Writer(with_secrets, comments).text(root);
}

}  // namespace xconn::model
