// SPDX-License-Identifier: Apache-2.0
// The lines that a user adds to what is made of the topology: the one text of FRR's that is read.
#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "frr/config.hh"

namespace xconn::frr {
namespace {

struct Owner {
  std::string_view words;  ///< what a line at column 0 starts with, without a leading "no"
  std::string_view daemon;
};

/// First match wins. Lists and route maps are bgpd's, who applies them; zebra would refuse what is BGP's in route maps,
/// and since FRR 10 it refuses prefix lists.
constexpr std::array kOwners{
    Owner{"router bgp", "bgpd"},
    Owner{"router-id", "zebra"},
    Owner{"ip router-id", "zebra"},
    Owner{"bgp", "bgpd"},
    Owner{"ip as-path", "bgpd"},
    Owner{"ip community-list", "bgpd"},
    Owner{"ip large-community-list", "bgpd"},
    Owner{"ip extcommunity-list", "bgpd"},
    Owner{"rpki", "bgpd"},
    Owner{"debug bgp", "bgpd"},
    Owner{"bfd", "bfdd"},
    Owner{"debug bfd", "bfdd"},
    Owner{"interface", "zebra"},
    Owner{"vrf", "zebra"},
    Owner{"ip forwarding", "zebra"},
    Owner{"ipv6 forwarding", "zebra"},
    Owner{"ip protocol", "zebra"},
    Owner{"ip nht", "zebra"},
    Owner{"zebra", "zebra"},
    Owner{"debug zebra", "zebra"},
    Owner{"route-map", "bgpd"},
    Owner{"ip prefix-list", "bgpd"},
    Owner{"ipv6 prefix-list", "bgpd"},
    Owner{"access-list", "bgpd"},
    Owner{"ipv6 access-list", "bgpd"},
    Owner{"service integrated-vtysh-config", "vtysh"},
    Owner{"username", "vtysh"},
};

bool starts_with_words(std::string_view line, std::string_view words) {
  return line.starts_with(words) && (line.size() == words.size() || line[words.size()] == ' ');
}

bool owns(std::string_view daemon, std::string_view line) {
  if (line.starts_with("no ")) line.remove_prefix(3);
  for (const auto& owner : kOwners)
    if (starts_with_words(line, owner.words)) return owner.daemon == daemon;
  return true;
}

struct Context {
  std::string_view words;   ///< what its first line starts with
  std::string_view parent;  ///< and that of the section it stands in
  bool only_emptied = false;
};
constexpr std::array kContexts{
    Context{"router bgp", "", true},
    Context{"address-family", "router bgp", true},
    Context{"route-map", ""},
    Context{"interface", "", true},
    Context{"vrf", ""},
    Context{"bfd", "", true},
    Context{"peer", "bfd"},
    Context{"profile", "bfd"},
};

const Context* context_of(const std::string& line, const std::string& parent) {
  const auto found = std::ranges::find_if(kContexts, [&](const Context& one) {
    return starts_with_words(line, one.words) &&
           (one.parent.empty() ? parent.empty() : starts_with_words(parent, one.parent));
  });
  return found == kContexts.end() ? nullptr : &*found;
}

/// What a line says, without what stands around it; nothing of one that only closes or explains.
std::string said_by(const std::string& line) {
  const auto begin = line.find_first_not_of(' ');
  if (begin == std::string::npos || line[begin] == '!' || line[begin] == '#') return {};
  const auto said = line.substr(begin, line.find_last_not_of(" \r") + 1 - begin);
  return said == "end" || said.starts_with("exit") ? std::string{} : said;
}

Statement& statement_in(Statements& body, const std::string& said, const std::string& parent) {
  const auto known = std::ranges::find(body, said, &Statement::key);
  if (known != body.end()) return *known;
  auto& made = body.emplace_back(Statement{.key = said});
  if (const auto* context = context_of(said, parent)) {
    made.is_section = true;
    made.only_emptied = context->only_emptied;
    if (said.starts_with("router bgp")) made.body.push_back({"bgp log-neighbor-changes"});
  }
  return made;
}

/// Not one that closes a section or explains: those belong to the section before them, wherever they stand.
bool starts_section(const std::string& line) { return !line.empty() && line[0] != ' ' && !said_by(line).empty(); }

}  // namespace

std::string users_lines(std::string_view daemon, std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string own;
  bool is_own = true;
  for (std::string line; std::getline(lines, line);) {
    if (starts_section(line)) is_own = owns(daemon, line);
    if (!is_own || line == "exit" || line == "end") continue;
    own += line + "\n";
    if (starts_with_words(line, "router bgp")) own += " bgp log-neighbor-changes\n";
  }
  return own;
}

Statements users_statements(std::string_view daemon, std::string_view text) {
  Statement root;
  std::vector<std::pair<std::size_t, Statement*>> open;  // sections, and how far in their first line stands
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const auto said = said_by(line);
    if (said.empty()) continue;
    const auto indent = line.find_first_not_of(' ');
    while (!open.empty() && open.back().first >= indent) open.pop_back();
    auto& parent = open.empty() ? root : *open.back().second;
    auto& statement = statement_in(parent.body, said, parent.key);
    if (statement.is_section) open.emplace_back(indent, &statement);
  }
  std::erase_if(root.body, [&](const Statement& one) { return !owns(daemon, one.key); });
  return std::move(root.body);
}

}  // namespace xconn::frr
