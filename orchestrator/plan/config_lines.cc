#include "plan/config_lines.hh"

#include <algorithm>
#include <set>
#include <sstream>

namespace xconn::plan {
namespace {

struct Line {
  std::string section;  ///< "router bgp 65001 / address-family ipv4 unicast", or empty
  std::string text;
  friend auto operator<=>(const Line&, const Line&) = default;
};

/// A section is known by what is indented below it.
std::vector<Line> lines_of(const std::string& config) {
  std::vector<Line> lines;
  std::vector<std::pair<std::size_t, std::string>> open;  // indentation and head
  std::istringstream stream(config);
  for (std::string line; std::getline(stream, line);) {
    const auto indent = line.find_first_not_of(' ');
    if (indent == std::string::npos || line[indent] == '!' || line.substr(indent).starts_with("exit")) continue;
    while (!open.empty() && open.back().first >= indent) open.pop_back();
    std::string section;
    for (const auto& [depth, head] : open) section += (section.empty() ? "" : " / ") + head;
    lines.push_back({section, line.substr(indent)});
    open.emplace_back(indent, line.substr(indent));
  }
  return lines;
}

/// The neighbour that a line is about, or empty.
std::string neighbour_of(const Line& line) {
  std::istringstream words(line.text);
  std::string word, address;
  words >> word >> address;
  return word == "neighbor" ? address : "";
}

std::string as_of(const Line& line) {
  const auto at = line.text.find(" remote-as ");
  return at == std::string::npos ? "" : line.text.substr(at + 11);
}

std::string told(const Line& line) {
  auto text = line.text;
  if (const auto at = text.find("password "); at != std::string::npos) text = text.substr(0, at) + "password (secret)";
  return line.section.empty() ? text : line.section + " / " + text;
}

void tell_missing(const char* sign, const std::vector<Line>& from, const std::vector<Line>& in,
                  std::vector<std::string>& out) {
  const std::set<Line> known(in.begin(), in.end());
  std::set<std::string> whole;  // neighbours that are told as one
  for (const auto& line : from)
    if (!known.contains(line) && !as_of(line).empty() && std::ranges::none_of(in, [&](const Line& other) {
          return neighbour_of(other) == neighbour_of(line) && !as_of(other).empty();
        })) {
      whole.insert(neighbour_of(line));
      out.push_back(std::string(sign) + "bgp neighbour " + neighbour_of(line) + " AS " + as_of(line));
    }
  for (const auto& line : from)
    if (!known.contains(line) && !whole.contains(neighbour_of(line))) out.push_back(sign + told(line));
}

}  // namespace

std::vector<std::string> changed_lines(const std::string& before, const std::string& after) {
  const auto old = lines_of(before), now = lines_of(after);
  std::vector<std::string> out;
  tell_missing("- ", old, now, out);
  tell_missing("+ ", now, old, out);
  if (out.empty()) out.emplace_back("~ file frr.conf: order or comments");
  return out;
}

}  // namespace xconn::plan
