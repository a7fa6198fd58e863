#include "nodes/templates.hh"

#include <algorithm>
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

}  // namespace

std::string rendered(std::string_view name, const kainjow::mustache::data& data) {
  using Template = std::pair<std::string_view, std::string_view>;
  const auto found = std::ranges::find(templates(), name, &Template::first);
  if (found == templates().end()) throw std::logic_error("no template is called " + std::string(name));
  kainjow::mustache::mustache compiled{std::string(found->second)};
  compiled.set_custom_escape([](const std::string& text) { return text; });
  auto text = compiled.render(data);
  if (!compiled.is_valid()) throw std::logic_error(std::string(name) + ": " + compiled.error_message());
  return without_empty_lines(text);
}

}  // namespace xconn::nodes
