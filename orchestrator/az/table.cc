// SPDX-License-Identifier: Apache-2.0
#include "az/table.hh"

#include <algorithm>
#include <cctype>
#include <regex>

#include "az/refusal.hh"

namespace xconn::az {
namespace {

using nlohmann::json;
using Cell = std::pair<std::string, std::string>;  // title, text
using Row = std::vector<Cell>;

std::string capitalized(std::string key) {
  if (!key.empty()) key[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(key[0])));
  return key;
}

bool is_plain(const json& value) { return !value.is_null() && !value.is_structured(); }

/// Every plain value but those that identify the resource.
Row plain_row(const json& item, const std::string& query) {
  Row row;
  if (item.is_object()) {
    for (const auto& key : keys_in_order(item, query))
      if (key != "id" && key != "type" && key != "etag" && is_plain(item[key]))
        row.emplace_back(capitalized(key), plain_text(item[key]));
  } else if (item.is_array()) {
    for (std::size_t i = 0; i < item.size(); ++i)
      row.emplace_back("Column" + std::to_string(i + 1), plain_text(item[i]));
  } else {
    row.emplace_back("Result", plain_text(item));
  }
  return row;
}

const json* at_dotted(const json& item, std::string_view key) {
  const json* value = &item;
  while (value != nullptr && !key.empty()) {
    const auto dot = std::min(key.find('.'), key.size());
    const std::string name(key.substr(0, dot));
    value = value->is_object() && value->contains(name) ? &value->at(name) : nullptr;
    key.remove_prefix(std::min(dot + 1, key.size()));
  }
  return value;
}

std::string joined(const json& list, std::string_view between) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : std::string(between)) + plain_text(item);
  return text;
}

std::string cell_text(const json& item, const Column& column) {
  const auto* value = at_dotted(item, column.key);
  if (column.form == Column::Form::kCount) return std::to_string(value == nullptr ? 0 : value->size());
  if (value == nullptr || value->is_null()) return "";
  return value->is_array() ? joined(*value, column.between) : plain_text(*value);
}

Row chosen_row(const json& item, const std::vector<Column>& columns) {
  Row row;
  for (const auto& column : columns) row.emplace_back(column.title, cell_text(item, column));
  return row;
}

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::vector<std::string> titles_of(const std::vector<Row>& rows) {
  std::vector<std::string> titles;
  for (const auto& row : rows)
    for (const auto& [title, text] : row)
      if (std::ranges::find(titles, title) == titles.end()) titles.push_back(title);
  return titles;
}

std::string text_in(const Row& row, const std::string& title) {
  const auto found = std::ranges::find(row, title, &Cell::first);
  return found == row.end() ? "" : found->second;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i)
    line += (i == 0 ? "" : "  ") + cells[i] + std::string(widths[i] - width(cells[i]), ' ');
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string laid_out(const std::vector<Row>& rows) {
  constexpr std::size_t kPadding = 2;  // tabulate's: a title has room to spare
  const auto titles = titles_of(rows);
  std::vector<std::size_t> widths;
  std::vector<std::string> dashes;
  for (const auto& title : titles) {
    auto most = width(title) + kPadding;
    for (const auto& row : rows) most = std::max(most, width(text_in(row, title)));
    widths.push_back(most);
    dashes.emplace_back(most, '-');
  }
  auto text = line_of(titles, widths) + line_of(dashes, widths);
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const auto& title : titles) cells.push_back(text_in(row, title));
    text += line_of(cells, widths);
  }
  return text;
}

/// A list, or what a table read-out has in `value`, or one thing.
json rows_of(const json& value, const Command& command, bool queried) {
  if (!queried && command.rows != nullptr) return command.rows(value);
  if (!queried && !command.columns.empty() && value.is_object() && value.contains("value")) return value["value"];
  return value.is_array() ? value : json::array({value});
}

}  // namespace

std::string plain_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  return value.is_null() ? "None" : value.dump();
}

std::vector<std::string> keys_in_order(const json& object, const std::string& query) {
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const auto& [key, value] : object.items()) {
    std::smatch match;
    const std::regex mention("(^|[^A-Za-z0-9_])\"?" + std::regex_replace(key, std::regex(R"([^A-Za-z0-9_])"), ".") +
                             "\"?\\s*:");
    const bool is_there = !query.empty() && std::regex_search(query, match, mention);
    found.emplace_back(is_there ? static_cast<std::size_t>(match.position()) : std::string::npos, key);
  }
  std::ranges::sort(found);
  std::vector<std::string> keys;
  for (auto& [position, key] : found) keys.push_back(std::move(key));
  return keys;
}

std::string table_text(const json& value, const Command& command, const std::string& query) {
  std::vector<Row> rows;
  for (const auto& item : rows_of(value, command, !query.empty()))
    rows.push_back(query.empty() && !command.columns.empty() ? chosen_row(item, command.columns)
                                                             : plain_row(item, query));
  if (rows.empty()) return "";
  if (titles_of(rows).empty())
    throw Refusal(
        "Table output unavailable. Use the --query option to specify an appropriate query. Use --debug for "
        "more info.",
        kRefused);
  return laid_out(rows);
}

}  // namespace xconn::az
