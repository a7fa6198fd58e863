// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/notify.hh"

#include <array>
#include <utility>

namespace xconn::sdwan {
namespace {

constexpr std::array<std::pair<std::string_view, Role>, 5> kStates{{
    {"MASTER", Role::kMaster},
    {"BACKUP", Role::kBackup},
    {"FAULT", Role::kBackup},
    {"STOP", Role::kBackup},
    {"DELETED", Role::kBackup},
}};

}  // namespace

std::optional<Role> parse_notify(std::string_view line) {
  if (!line.starts_with("INSTANCE ") && !line.starts_with("GROUP ")) return std::nullopt;
  const auto quote = line.rfind('"');
  if (quote == std::string_view::npos || quote + 2 > line.size()) return std::nullopt;
  auto state = line.substr(quote + 1);
  state.remove_prefix(std::min(state.find_first_not_of(' '), state.size()));
  state = state.substr(0, state.find_first_of(" \r\n"));
  for (const auto& [word, role] : kStates) {
    if (state == word) return role;
  }
  return std::nullopt;
}

}  // namespace xconn::sdwan
