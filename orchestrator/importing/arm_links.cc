// SPDX-License-Identifier: Apache-2.0
#include "importing/arm_links.hh"

#include <algorithm>

#include "importing/json.hh"

namespace xconn::importing {
namespace {

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

}  // namespace

model::RawPtr ArmLinks::find(const std::string& target) const {
  const auto wanted = parts_of(target);
  model::RawPtr best;
  std::size_t most = 0;
  for (const auto& file : files_) {
    const auto common = file->at.file == nullptr ? 0 : common_end(parts_of(*file->at.file), wanted);
    if (common <= most || wanted.back().empty()) continue;
    most = common;
    best = file;
  }
  return best;
}

std::string file_name_of(const std::string& target) { return parts_of(target).back(); }

}  // namespace xconn::importing
