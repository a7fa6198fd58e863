// SPDX-License-Identifier: Apache-2.0
// `xconn complete -- WORD...`: what may stand in the place of the last word. The shells' scripts (completion.cc) ask
// it, so that they know of new verbs, of the labs that are up and of their nodes.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/text.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/topology.hh"
#include "cli/train.hh"
#include "faults/kinds.hh"
#include "model/objects.hh"
#include "plan/plan.hh"
#include "sys/file.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

using Words = std::vector<std::string>;

struct Line {
  const CLI::App* verb;  ///< the innermost that the words name
  Words positionals;     ///< behind it, without the word under way
  std::string option;    ///< whose value is under way, or empty
  std::string lab;       ///< of --lab, or empty
};

bool is_shown(const CLI::App* verb) { return !verb->get_group().empty(); }

const CLI::App* sub_verb(const CLI::App& verb, const std::string& word) {
  for (const auto* each : verb.get_subcommands([](const CLI::App* one) { return is_shown(one); }))
    if (each->check_name(word)) return each;
  return nullptr;
}

bool takes_value(const CLI::App& verb, const std::string& option) {
  const auto* found = verb.get_option_no_throw(option);
  return found != nullptr && found->get_items_expected_max() > 0;
}

Line read_line(const CLI::App& app, const Words& words) {
  Line line{&app, {}, {}, {}};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const auto& word = words[i];
    if (!line.option.empty()) {
      if (line.option == "--lab" || line.option == "-l") line.lab = word;
      line.option.clear();
    } else if (word.starts_with('-')) {
      if (takes_value(*line.verb, word)) line.option = word;
    } else if (const auto* deeper = line.positionals.empty() ? sub_verb(*line.verb, word) : nullptr) {
      line.verb = deeper;
    } else {
      line.positionals.push_back(word);
    }
  }
  return line;
}

std::string kept_file(const Line& line, const Session& session, const char* name) {
  const auto lab = line.lab.empty() ? session.chosen_lab() : line.lab;
  return (world::RunFolder::path_of(lab) / name).string();
}

plan::Plan plan_of(const Line& line, const Session& session) {
  return plan::from_json(nlohmann::json::parse(sys::read_file(kept_file(line, session, "plan.json"))));
}

Words labs(const Line&, const Session&) { return world::RunFolder::labs_up(); }

Words nodes(const Line& line, const Session& session) {
  Words names;
  for (const auto& node : plan_of(line, session).nodes) names.push_back(node.name);
  return names;
}

Words ends(const Line& line, const Session& session) {
  Words names;
  for (const auto& link : plan_of(line, session).links)
    for (const auto& end : {link.a, link.b}) names.push_back(end.node + ":" + end.interface);
  return names;
}

Words fault_kinds(const Line&, const Session&) {
  Words names{"list", "heal", "kinds"};
  for (const auto& kind : faults::kinds()) names.emplace_back(kind.name);
  return names;
}

Words fault_targets(const Line& line, const Session& session) {
  using Kind = plan::InterfaceKind;
  auto names = ends(line, session);
  for (const auto& node : plan_of(line, session).nodes) {
    names.push_back(node.name);
    for (const auto& service : node.services) names.push_back(node.name + ":" + service.name);
    for (const auto& interface : node.interfaces)
      if (interface.kind == Kind::kVlan || interface.kind == Kind::kTunnel)
        names.push_back(node.name + ":" + interface.name);
  }
  return names;
}

Words daemons(const Line& line, const Session& session) {
  Words names;
  for (const auto& node : plan_of(line, session).nodes) {
    if (!node.services.empty()) names.push_back(node.name);
    for (const auto& service : node.services) names.push_back(node.name + ":" + service.name);
  }
  return names;
}

Words topologies(const Line&, const Session&) { return reference_topologies(); }

Words drills(const Line&, const Session&) { return reference_drills(); }

Words exercises(const Line&, const Session&) { return exercise_names(); }

/// What stands at a verb's n-th place.
struct Place {
  const char* verb;
  std::size_t index;
  Words (*names)(const Line&, const Session&);
};

constexpr Place kPlaces[] = {
    {"down", 0, labs},           {"inspect", 0, nodes},         {"exec", 0, nodes},
    {"shell", 0, nodes},         {"capture", 0, ends},          {"fault", 0, fault_kinds},
    {"fault", 1, fault_targets}, {"up", 0, topologies},         {"validate", 0, topologies},
    {"plan", 0, topologies},     {"graph", 0, topologies},      {"restart", 0, daemons},
    {"drill", 0, drills},        {"train start", 0, exercises}, {"train validate", 0, exercises},
};

/// "fault", "train start": a verb of a group has the group's name before its own.
std::string full_name(const CLI::App& verb) {
  const auto* group = verb.get_parent();
  return group == nullptr || group->get_parent() == nullptr ? verb.get_name()
                                                            : group->get_name() + " " + verb.get_name();
}

/// "{json,text}" in an option's type is all that it takes.
Words choices(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

Words values_of(const Line& line, const Session& session) {
  if (line.option == "--lab" || line.option == "-l") return labs(line, session);
  if (line.option == "--capture") return ends(line, session);
  return choices(*line.verb->get_option(line.option));
}

Words option_names(const CLI::App& verb) {
  Words names;
  for (const auto* option : verb.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// xconn peering update er1 ...: the next word of those that name an object of the lab. What is created is new.
Words object_words(const Line& line, const Session& session) {
  const auto* group = line.verb->get_parent();
  const auto* kind = group == nullptr ? nullptr : model::find_object_kind(group->get_name());
  const auto typed = line.positionals.size(), named = typed + (line.verb->get_name() == "create" ? 1 : 0);
  Words words;
  if (kind == nullptr || line.verb->get_name() == "list") return words;
  for (const auto& name : object_names(*kind, model::Document::load(kept_file(line, session, "topology.json")))) {
    const auto parts = CLI::detail::split(name, ' ');
    if (parts.size() > named && std::equal(line.positionals.begin(), line.positionals.end(), parts.begin()))
      words.push_back(parts[typed]);
  }
  return words;
}

Words names_at(const Line& line, const Session& session) {
  Words names;
  if (line.positionals.empty())
    for (const auto* each : line.verb->get_subcommands([](const CLI::App* one) { return is_shown(one); }))
      names.push_back(each->get_name());
  for (const auto& place : kPlaces)
    if (full_name(*line.verb) == place.verb && line.positionals.size() == place.index) {
      const auto more = place.names(line, session);
      names.insert(names.end(), more.begin(), more.end());
    }
  if (!names.empty()) return names;
  const auto objects = object_words(line, session);  // of a lab, which need not be there for the others
  names.insert(names.end(), objects.begin(), objects.end());
  return names;
}

Words candidates(const CLI::App& app, const Words& words, const Session& session) {
  const auto current = words.empty() ? "" : words.back();
  const auto line = read_line(app, words);
  auto all = !line.option.empty()       ? values_of(line, session)
             : current.starts_with('-') ? option_names(*line.verb)
                                        : names_at(line, session);
  std::erase_if(all, [&](const auto& name) { return !name.starts_with(current); });
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

void add_complete(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand("complete", "");
  verb.group("");  // for the shells' scripts, not for people
  auto words = std::make_shared<Words>();
  verb.add_option("words", *words, "The line, from the first word behind xconn");
  on_chosen(verb, session, [&app, words, &session] {
    try {
      for (const auto& name : candidates(app, *words, session)) print("{}\n", printable(name));
    } catch (const std::exception&) {  // no lab, or one that may not be seen: nothing to offer
    }
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
