// SPDX-License-Identifier: Apache-2.0
#include "drill/parse.hh"

#include <algorithm>
#include <array>

#include "base/text.hh"

namespace xconn::drill {
namespace {

constexpr std::size_t kMostValues = 100'000;
constexpr int kDeepest = 16;
constexpr std::array kKeys{"name", "about", "topology", "duration", "settle", "flows", "timeline", "steady", "expect"};

Where place_of(const YAML::Mark& mark, const std::string& file) {
  return mark.is_null() ? Where{file, 1, 1} : Where{file, mark.line + 1, mark.column + 1};
}

void refuse(const YAML::Mark& mark, const std::string& file, std::string rule, std::string remedy, Findings& findings) {
  findings.push_back({place_of(mark, file), "drill", {}, {}, std::move(rule), std::move(remedy), {}});
}

/// Takes what stands at and below `node` off `left`; false when that or the levels do not suffice.
bool fits(const YAML::Node& node, int depth, std::size_t& left) {
  if (depth > kDeepest || left == 0) return false;
  --left;
  if (node.IsScalar() || node.IsNull()) return true;
  for (const auto& entry : node) {
    const bool is_pair = node.IsMap();
    if (!fits(is_pair ? entry.second : static_cast<const YAML::Node&>(entry), depth + 1, left)) return false;
  }
  return true;
}

bool has_keys_of_drills(const YAML::Node& root) {
  return std::ranges::any_of(kKeys, [&](const char* key) { return root[key].IsDefined(); });
}

}  // namespace

std::optional<YAML::Node> parse(const std::string& text, const std::string& file, Findings& findings) {
  try {
    if (!is_plain(text, true)) {
      refuse({}, file, "a drill file is text in UTF-8 without control characters", "is this the right file?", findings);
      return std::nullopt;
    }
    auto root = YAML::Load(text);
    auto left = kMostValues;
    if (!fits(root, 0, left))
      refuse(root.Mark(), file, "a drill has at most 16 levels and 100000 values once aliases are resolved",
             "write less, or without aliases", findings);
    else if (!root.IsMap() || !has_keys_of_drills(root))
      refuse(root.Mark(), file, "this is no drill: it has none of a drill's keys", "see docs/drills.md", findings);
    else
      return root;
  } catch (const YAML::Exception& error) {
    refuse(error.mark, file, "this is not YAML: " + error.msg.substr(0, error.msg.find(": ")), "", findings);
  }
  return std::nullopt;
}

}  // namespace xconn::drill
