// SPDX-License-Identifier: Apache-2.0
#include "nodes/templates.hh"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include "base/errors.hh"
#include "base/text.hh"

namespace xconn::nodes {
namespace {

/// A section that was left out leaves an empty line behind.
std::string without_empty_lines(const std::string& text) {
  std::string kept;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) kept += line + "\n";
  return kept;
}

/// What would end a value, or begin something else, in the format that a template is of.
struct Format {
  std::string_view name;
  std::string_view forbidden;
};
constexpr Format kFormats[] = {
    {"edge/swanctl.conf", "{}#\"\\\n"}, {"edge/strongswan.conf", "{}#\"\\\n"}, {"edge/keepalived.conf", "{}#!\"\\ \n"}};

std::string_view forbidden_in(std::string_view name) {
  const auto found = std::ranges::find(kFormats, name, &Format::name);
  return found == std::end(kFormats) ? std::string_view{} : found->forbidden;
}

/// A value stays within its line and its place, or nothing is written. It may be a key: it is not repeated.
std::string encoded(const std::string& value, std::string_view name) {
  if (is_plain(value) && value.find_first_of(forbidden_in(name)) == std::string::npos) return value;
  throw Error(std::string(name) + ": a value has characters that this file cannot hold; use letters and digits");
}

/// Parsed once: a topology has many nodes of a role.
kainjow::mustache::mustache& compiled(std::string_view name) {
  using Template = std::pair<std::string_view, std::string_view>;
  thread_local std::map<std::string_view, kainjow::mustache::mustache> known;
  if (const auto at = known.find(name); at != known.end()) return at->second;
  const auto found = std::ranges::find(templates(), name, &Template::first);
  if (found == templates().end()) throw std::logic_error("no template is called " + std::string(name));
  auto& made = known.emplace(found->first, std::string(found->second)).first->second;
  made.set_custom_escape([name = found->first](const std::string& value) { return encoded(value, name); });
  return made;
}

}  // namespace

std::string rendered(std::string_view name, const kainjow::mustache::data& data) {
  auto& text_template = compiled(name);
  auto text = text_template.render(data);
  if (!text_template.is_valid()) throw std::logic_error(std::string(name) + ": " + text_template.error_message());
  return without_empty_lines(text);
}

}  // namespace xconn::nodes
