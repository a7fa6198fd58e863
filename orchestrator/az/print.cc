// SPDX-License-Identifier: Apache-2.0
#include "az/print.hh"

#include <nlohmann/json.hpp>
#include <regex>

#include "az/table.hh"
#include "az/yaml.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

std::string tsv_cell(const json& value) {
  if (value.is_array()) return std::to_string(value.size());
  return value.is_object() ? "" : plain_text(value);
}

std::string tsv_row(const json& item, const std::string& query) {
  std::string row;
  if (item.is_object())
    for (bool first = true; const auto& key : keys_in_order(item, query)) {
      row += (first ? "" : "\t") + tsv_cell(item[key]);
      first = false;
    }
  else if (item.is_array())
    for (std::size_t i = 0; i < item.size(); ++i) row += (i == 0 ? "" : "\t") + tsv_cell(item[i]);
  else
    row = item.is_boolean() ? item.dump() : tsv_cell(item);
  return row + "\n";
}

std::string tsv_text(const json& value, const std::string& query) {
  std::string text;
  for (const auto& item : value.is_array() ? value : json::array({value})) text += tsv_row(item, query);
  return text;
}

/// Keys in blue, texts in yellow; the rest as it is.
std::string painted(const std::string& text) {
  static const std::regex kKey(R"re(("(?:[^"\\]|\\.)*")(?=: ))re"), kText(R"re((: |^ +)("(?:[^"\\]|\\.)*"))re");
  return std::regex_replace(std::regex_replace(text, kText, "$1\033[33m$2\033[0m"), kKey, "\033[94m$1\033[0m");
}

}  // namespace

std::string text_of(const json& value, const Arguments& arguments, bool colour) {
  const auto& output = arguments.output;
  if (output == "none" || (value.is_null() && !arguments.query.empty())) return "";
  if (output == "table") return table_text(value, *arguments.command, arguments.query);
  if (output == "tsv") return tsv_text(value, arguments.query);
  if (output.starts_with("yaml")) return yaml_text(value);
  const auto text = value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  return colour && output == "jsonc" ? painted(text) : text;
}

}  // namespace xconn::az
