#include "services/frr_change.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

namespace xconn::services {
namespace {

/// A line and what is indented below it.
struct Section {
  std::string head;
  std::vector<Section> lines;
  bool is_context = false;  ///< opens a mode of its own, be there lines in it or not
};
using Sections = std::vector<Section>;
using Commands = std::vector<std::string>;
using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
  std::istringstream stream(line);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

bool starts_with(const std::string& line, std::string_view words) {
  return line.starts_with(words) && (line.size() == words.size() || line[words.size()] == ' ');
}

constexpr std::array kContexts{"router bgp", "address-family", "route-map", "interface", "bfd",
                               "vrf",        "peer",           "profile"};

bool opens_context(const std::string& head, const std::string& parent) {
  const bool below_bfd = starts_with(parent, "bfd");
  return std::ranges::any_of(kContexts, [&](const std::string_view words) {
    const bool is_bfds = words == "peer" || words == "profile";
    return starts_with(head, words) && (!is_bfds || below_bfd);
  });
}

Section parse(std::string_view config) {
  Section root;
  std::vector<std::pair<std::size_t, Section*>> open;
  std::istringstream stream{std::string(config)};
  for (std::string line; std::getline(stream, line);) {
    const auto indent = line.find_first_not_of(' ');
    if (indent == std::string::npos || line[indent] == '!' || line[indent] == '#') continue;
    auto text = line.substr(indent);
    text.erase(text.find_last_not_of(" \r") + 1);
    if (text.starts_with("exit") || text == "end") continue;
    while (!open.empty() && (open.back().first >= indent || !open.back().second->is_context)) open.pop_back();
    auto& parent = open.empty() ? root : *open.back().second;
    const auto known = std::ranges::find(parent.lines, text, &Section::head);
    auto& section = known == parent.lines.end() ? parent.lines.emplace_back(Section{text, {}, false}) : *known;
    section.is_context = opens_context(text, parent.head);
    open.emplace_back(indent, &section);
  }
  return root;
}

const Section* find(const Sections& sections, const std::string& head) {
  const auto found = std::ranges::find(sections, head, &Section::head);
  return found == sections.end() ? nullptr : &*found;
}

/// A value that is set anew needs no "no": which words of a line say what it sets. "*" is any one word, "?" one of the
/// words that are the value, "..." the rest of the value.
constexpr std::array kSettings{"neighbor * remote-as ...",
                               "neighbor * timers connect ?",
                               "neighbor * timers ? ?",
                               "neighbor * password ...",
                               "neighbor * description ...",
                               "neighbor * advertisement-interval ?",
                               "neighbor * maximum-prefix ...",
                               "neighbor * prefix-list ? in",
                               "neighbor * prefix-list ? out",
                               "neighbor * route-map ? in",
                               "neighbor * route-map ? out",
                               "neighbor * filter-list ? in",
                               "neighbor * filter-list ? out",
                               "neighbor * update-source ?",
                               "neighbor * ebgp-multihop ...",
                               "neighbor * bfd profile ?",
                               "neighbor * weight ?",
                               "bgp router-id ?",
                               "timers bgp ? ?",
                               "maximum-paths ?",
                               "maximum-paths ibgp ?",
                               "set local-preference ?",
                               "set metric ?",
                               "set as-path prepend ...",
                               "set community ...",
                               "match ip address prefix-list ?",
                               "match community ...",
                               "transmit-interval ?",
                               "receive-interval ?",
                               "detect-multiplier ?",
                               "ip prefix-list * seq * ...",
                               "ipv6 prefix-list * seq * ...",
                               "hostname ?"};

/// The words of `line` that name what it sets, when it is of `pattern`.
std::string setting_by(const Words& pattern, const Words& line) {
  std::string name;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "...") return name;
    if (i >= line.size() || (pattern[i] != "*" && pattern[i] != "?" && pattern[i] != line[i])) return {};
    name += (pattern[i] == "?" ? "?" : line[i]) + " ";
  }
  return pattern.size() == line.size() ? name : std::string{};
}

std::string setting_of(const std::string& line) {
  const auto words = words_of(line);
  for (const auto* pattern : kSettings)
    if (auto name = setting_by(words_of(pattern), words); !name.empty()) return name;
  return {};
}

bool is_set_anew(const std::string& line, const Sections& after) {
  const auto setting = setting_of(line);
  return !setting.empty() && std::ranges::any_of(after, [&](const auto& s) { return setting_of(s.head) == setting; });
}

/// "neighbor 192.0.2.1 " of a line about a neighbour, else "".
std::string neighbour_part(const std::string& line) {
  const auto words = words_of(line);
  return words.size() > 1 && words[0] == "neighbor" ? "neighbor " + words[1] + " " : "";
}

/// An entry of a prefix list as the list knows it: without its number. Else "".
std::string entry_of(const std::string& line) {
  auto words = words_of(line);
  if (words.size() < 6 || words[1] != "prefix-list" || words[3] != "seq") return {};
  words.erase(words.begin() + 3, words.begin() + 5);
  return fmt::format("{}", fmt::join(words, " "));
}

std::string negated(const std::string& line) { return line.starts_with("no ") ? line.substr(3) : "no " + line; }

/// What cannot be taken away as a whole is emptied.
bool only_emptied(const std::string& head) {
  return starts_with(head, "interface") || starts_with(head, "address-family") || head == "bfd";
}

class Difference {
 public:
  explicit Difference(Commands& out) : out_(out) {}

  void removals(const Sections& before, const Sections& after) {
    const auto gone = neighbours_gone(before, after);
    gone_.insert(gone_.end(), gone.begin(), gone.end());
    for (auto section = before.rbegin(); section != before.rend(); ++section)
      if (find(after, section->head) == nullptr) remove(*section, after);
    for (const auto& neighbour : gone) out_.push_back("no " + neighbour.substr(0, neighbour.size() - 1));
  }

  void additions(const Sections& before, const Sections& after) {
    for (const auto& section : after) {
      const auto* old = find(before, section.head);
      if (!section.is_context) {
        if (old == nullptr) add(section.head, before);
        continue;
      }
      inside(section.head, old == nullptr, [&] {
        static const Sections kNothing;
        const auto& had = old == nullptr ? kNothing : old->lines;
        removals(had, section.lines);
        additions(had, section.lines);
      });
    }
  }

 private:
  static std::vector<std::string> neighbours_gone(const Sections& before, const Sections& after) {
    std::vector<std::string> gone;
    for (const auto& section : before) {
      const auto part = neighbour_part(section.head);
      if (part.empty() || !starts_with(section.head, part + "remote-as")) continue;
      if (std::ranges::none_of(after, [&](const auto& s) { return starts_with(s.head, part + "remote-as"); }))
        gone.push_back(part);
    }
    return gone;
  }

  /// bgpd drops an entry that its prefix list has already, under whatever number.
  void add(const std::string& line, const Sections& before) {
    const auto entry = entry_of(line);
    for (const auto& old : before)
      if (!entry.empty() && entry_of(old.head) == entry && settled_.insert(setting_of(old.head)).second)
        out_.push_back(negated(old.head));
    if (!entry.empty()) settled_.insert(setting_of(line));
    out_.push_back(line);
  }

  void remove(const Section& section, const Sections& after) {
    if (settled_.contains(setting_of(section.head))) return;
    const auto part = neighbour_part(section.head);
    if (!part.empty() && std::ranges::find(gone_, part) != gone_.end()) return;  // goes with its neighbour
    if (is_set_anew(section.head, after)) return;
    if (section.is_context && only_emptied(section.head))
      inside(section.head, false, [&] { removals(section.lines, {}); });
    else
      out_.push_back(negated(section.head));
  }

  /// Enters a section only if there is something to do in it, or it is new.
  template <class Do>
  void inside(const std::string& head, bool always, Do act) {
    const auto mark = out_.size();
    out_.push_back(head);
    act();
    if (out_.size() == mark + 1 && !always)
      out_.pop_back();
    else
      out_.emplace_back("exit");
  }

  Commands& out_;
  std::vector<std::string> gone_;  // neighbours that take all their lines with them
  std::set<std::string> settled_;  // numbers of prefix lists that have their last word
};

bool is_policy(const Section& section) {
  static constexpr std::array kPolicy{"ip prefix-list",    "ipv6 prefix-list", "route-map",  "bgp community-list",
                                      "ip community-list", "bgp as-path",      "ip as-path", "access-list"};
  return std::ranges::any_of(kPolicy, [&](const auto* words) { return starts_with(section.head, words); });
}

Sections part_of(const Sections& all, bool policy) {
  Sections out;
  std::ranges::copy_if(all, std::back_inserter(out), [&](const auto& section) { return is_policy(section) == policy; });
  return out;
}

}  // namespace

std::vector<std::string> frr_commands(std::string_view before, std::string_view after) {
  const auto old = parse(before), now = parse(after);
  const auto old_policy = part_of(old.lines, true), policy = part_of(now.lines, true);
  const auto old_rest = part_of(old.lines, false), rest = part_of(now.lines, false);
  Commands commands;
  Difference difference(commands);
  difference.additions(old_policy, policy);
  difference.removals(old_rest, rest);
  difference.additions(old_rest, rest);
  difference.removals(old_policy, policy);
  return commands;
}

}  // namespace xconn::services
