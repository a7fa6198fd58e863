// SPDX-License-Identifier: Apache-2.0
#include "az/yaml.hh"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

namespace xconn::az {
namespace {

using nlohmann::json;

/// A text that YAML reads as itself, and as no number, date, truth value or nothing.
bool is_plain(const std::string& text) {
  static const std::regex kPlain(R"([A-Za-z/_][A-Za-z0-9_./()\-+*@ ]*)");
  static const std::regex kWord("(true|false|yes|no|on|off|null|y|n)", std::regex::icase);
  return std::regex_match(text, kPlain) && !std::regex_match(text, kWord) && text.back() != ' ';
}

std::string scalar(const json& value) {
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  if (is_plain(text)) return text;
  if (std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c >= 0x7f; })) return value.dump();
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

bool is_inline(const json& value) { return !value.is_structured() || value.empty(); }

std::string inline_text(const json& value) {
  if (value.is_structured()) return value.is_array() ? "[]" : "{}";
  return scalar(value);
}

void write(const json& value, const std::string& indent, bool on_a_line, std::string& out);

void write_entry(const std::string& key, const json& value, const std::string& indent, std::string& out) {
  out += scalar(key) + ":";
  if (is_inline(value)) {
    out += " " + inline_text(value) + "\n";
  } else {
    out += "\n";
    write(value, value.is_array() ? indent : indent + "  ", false, out);
  }
}

/// `on_a_line`: the first line's indentation is there already, behind a dash.
void write(const json& value, const std::string& indent, bool on_a_line, std::string& out) {
  if (is_inline(value)) {
    out += (on_a_line ? "" : indent) + inline_text(value) + "\n";
  } else if (value.is_array()) {
    for (const auto& item : value) {
      out += (on_a_line ? "" : indent) + "- ";
      on_a_line = false;
      write(item, indent + "  ", true, out);
    }
  } else {
    for (const auto& [key, item] : value.items()) {
      out += on_a_line ? "" : indent;
      on_a_line = false;
      write_entry(key, item, indent, out);
    }
  }
}

}  // namespace

std::string yaml_text(const json& value) {
  std::string out;
  write(value, "", false, out);
  return out;
}

}  // namespace xconn::az
