// SPDX-License-Identifier: Apache-2.0
#include "cli/noted_verbs.hh"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace xconn::cli {
namespace {

struct Row {
  std::string_view verb;
  Noted noted;
  std::string_view why = {};  ///< it is never noted; empty: no user types it
};

constexpr std::string_view kFiles = "read files, and no lab", kHost = "are about the host or the program";
constexpr std::string_view kItsOwn = "record what they run by themselves";

/// Those that have `--lab` and no row are about the lab that it chooses. Rows of one reason stand together.
constexpr Row kRows[] = {
    {"up", Noted::kByItself},          {"down", Noted::kByItself},
    {"drill", Noted::kByItself},       {"demo", Noted::kNever, "build a lab of their own"},
    {"graph", Noted::kNever, kFiles},  {"validate", Noted::kNever, kFiles},
    {"plan", Noted::kNever, kFiles},   {"import", Noted::kNever, kFiles},
    {"schema", Noted::kNever, kHost},  {"doctor", Noted::kNever, kHost},
    {"version", Noted::kNever, kHost}, {"completion", Noted::kNever, kHost},
    {"train", Noted::kNever, kItsOwn}, {"exam", Noted::kNever, kItsOwn},
    {"mcp", Noted::kNever, kItsOwn},   {"complete", Noted::kNever},
    {"manual", Noted::kNever},         {"agent", Noted::kNever},
};

}  // namespace

Noted noted(std::string_view verb, bool has_lab_option) {
  const auto* row = std::ranges::find(kRows, verb, &Row::verb);
  if (row != std::end(kRows)) return row->noted;
  if (!has_lab_option) throw std::logic_error(fmt::format("{}: no row says why it is not noted", verb));
  return Noted::kOfOption;
}

std::string unnoted_table() {
  std::vector<std::pair<std::string_view, std::string>> lines;  // a line for each reason, in the order of the rows
  for (const auto& row : kRows) {
    if (row.why.empty()) continue;
    if (lines.empty() || lines.back().first != row.why) lines.emplace_back(row.why, "");
    auto& verbs = lines.back().second;
    verbs += fmt::format("{}`{}`", verbs.empty() ? "" : ", ", row.verb);
  }
  std::string text = "| not recorded | because they |\n|---|---|\n";
  for (const auto& [why, verbs] : lines) text += fmt::format("| {} | {} |\n", verbs, why);
  return text;
}

}  // namespace xconn::cli
