// SPDX-License-Identifier: Apache-2.0
#include "importing/arm/links.hh"

#include <algorithm>
#include <array>
#include <string_view>

#include "importing/text/json.hh"

namespace xconn::importing {
namespace {

constexpr std::array<std::string_view, 5> kCommon{"azuredeploy", "main", "mainTemplate", "template", "deploy"};

/// The parts of a path or an address, without what is asked of it.
std::vector<std::string> parts_of(std::string path) {
  path.erase(std::min(path.find_first_of("?#"), path.size()));
  std::ranges::replace(path, '\\', '/');
  std::vector<std::string> parts(1);
  for (const char c : path)
    if (c != '/')
      parts.back() += c;
    else if (!parts.back().empty())
      parts.emplace_back();
  std::erase(parts, ".");
  return parts;
}

/// How many parts are the same, from the end.
std::size_t common_end(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::size_t count = 0;
  while (count < a.size() && count < b.size() && same_word(a[a.size() - 1 - count], b[b.size() - 1 - count])) ++count;
  return count;
}

/// Every repository has many files of these names, so the name alone does not say which one is meant.
bool is_common(const std::string& file) {
  const auto stem = file.substr(0, file.find('.'));
  return std::ranges::any_of(kCommon, [&](auto common) { return same_word(common, stem); });
}

/// As many parts of its end tell a file from others.
std::size_t telling_parts(const std::vector<std::string>& wanted) {
  return wanted.size() > 1 && is_common(wanted.back()) ? 2 : 1;
}

}  // namespace

model::RawPtr ArmLinks::find(const std::string& target) const {
  const auto wanted = parts_of(target);
  model::RawPtr best;
  std::size_t most = telling_parts(wanted) - 1;
  for (const auto& file : files_) {
    const auto common = file->at.file == nullptr ? 0 : common_end(parts_of(*file->at.file), wanted);
    if (common <= most || wanted.back().empty()) continue;
    most = common;
    best = file;
  }
  return best;
}

std::string file_name_of(const std::string& target) {
  const auto parts = parts_of(target);
  return telling_parts(parts) == 1 ? parts.back() : parts[parts.size() - 2] + "/" + parts.back();
}

}  // namespace xconn::importing
