// SPDX-License-Identifier: Apache-2.0
#include "model/raw.hh"

#include <array>
#include <mutex>
#include <set>

namespace xconn::model {

const std::string* intern_file(const std::string& name) {
  static std::mutex mutex;
  static std::set<std::string> names;
  const std::lock_guard lock(mutex);
  return &*names.insert(name).first;
}

const RawEntry* Raw::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

std::string_view name_of(Raw::Kind kind) {
  static constexpr std::array<std::string_view, 4> kNames{"nothing", "a text", "a list", "a map"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace xconn::model
