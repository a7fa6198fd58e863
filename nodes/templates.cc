#include "nodes/templates.hh"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

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

/// Parsed once: a topology has many nodes of a role.
kainjow::mustache::mustache& compiled(std::string_view name) {
  using Template = std::pair<std::string_view, std::string_view>;
  thread_local std::map<std::string_view, kainjow::mustache::mustache> known;
  if (const auto at = known.find(name); at != known.end()) return at->second;
  const auto found = std::ranges::find(templates(), name, &Template::first);
  if (found == templates().end()) throw std::logic_error("no template is called " + std::string(name));
  auto& made = known.emplace(found->first, std::string(found->second)).first->second;
  made.set_custom_escape([](const std::string& text) { return text; });
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
