// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "cli/lab_view.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "faults/kinds.hh"
#include "lab/remote.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

struct FaultArguments {
  std::vector<std::string> words;
  std::string lasts;
};

lab::RemoteLab lab_of(const Session& session) { return lab::RemoteLab::attach(session.chosen_lab()); }

int list(const Session& session) {
  const auto faults = lab_of(session).faults();
  if (session.json())
    print("{}\n", faults.dump(2));
  else
    print("{}", faults.empty() ? "  no fault is in force\n" : faults_text(faults, wants_colour(STDOUT_FILENO)));
  return kPass;
}

/// Of faults, behind "heal"; all are read before the first is healed.
std::vector<int> numbers(const std::vector<std::string>& words) {
  std::vector<int> ids;
  for (std::size_t i = 1; i < words.size(); ++i) {
    int id = 0;
    const auto* end = words[i].data() + words[i].size();
    if (std::from_chars(words[i].data(), end, id).ptr != end || words[i].empty())
      throw NotFoundError("a fault has a number, which '" + words[i] + "' is not; see: xconn fault list");
    ids.push_back(id);
  }
  return ids;
}

int heal(const std::vector<std::string>& words, const Session& session) {
  const auto lab = lab_of(session);
  const bool all = words.size() == 1 || words[1] == "all";
  auto healed = all ? std::vector<int>{} : numbers(words);
  if (all) healed = lab.heal_all();
  if (!all)
    for (const auto id : healed) lab.heal(id);
  if (session.json())
    print("{}\n", json{{"healed", healed}}.dump());
  else
    for (const auto id : healed) print("  healed {}\n", id);
  return kPass;
}

int kinds(const Session& session) {
  auto all = json::array();
  Table table({"FAULT", "TARGET", "PARAMETERS", "WHAT IT IS"});
  for (const auto& kind : faults::kinds()) {
    std::string parameters;
    for (const auto& parameter : kind.parameters)
      parameters += fmt::format("{}{}{}", parameters.empty() ? "" : " ", parameter.name,
                                parameter.default_value.empty() ? "" : fmt::format("={}", parameter.default_value));
    table.add(
        {std::string(kind.name), std::string(faults::to_string(kind.target)), parameters, std::string(kind.meaning)});
    all.push_back({{"name", kind.name}, {"target", faults::to_string(kind.target)}, {"meaning", kind.meaning}});
  }
  print("{}", session.json() ? all.dump(2) + "\n" : table.text(wants_colour(STDOUT_FILENO)));
  return kPass;
}

int inject(FaultArguments arguments, const Session& session) {
  if (!arguments.lasts.empty()) arguments.words.insert(arguments.words.end(), {"--for", arguments.lasts});
  const auto id = lab_of(session).fault(arguments.words);
  if (session.json())
    print("{}\n", json{{"id", id}}.dump());
  else
    print("  fault {} is in force{}\n", id,
          arguments.lasts.empty() ? fmt::format("; undo it: xconn fault heal {}", id) : " for " + arguments.lasts);
  return kPass;
}

int fault(const FaultArguments& arguments, const Session& session) {
  const auto& first = arguments.words.front();
  if (first == "list") return list(session);
  if (first == "kinds") return kinds(session);
  if (first == "heal") return heal(arguments.words, session);
  return inject(arguments, session);
}

}  // namespace

std::string faults_text(const json& faults, bool colour) {
  Table table({"ID", "FAULT", "SINCE", "HEALS IN"});
  for (const auto& fault : faults)
    table.add(
        {fault["id"].dump(), fault["text"], seconds(std::chrono::milliseconds{fault["age_ms"].get<std::int64_t>()}),
         fault.contains("heals_in_ms") ? seconds(std::chrono::milliseconds{fault["heals_in_ms"].get<std::int64_t>()})
                                       : "when healed"});
  return table.text(colour);
}

void add_fault(Verb app, Session& session) {
  const auto verb = app.add(
      "fault", "Break something: xconn fault KIND TARGET [NAME=VALUE ...] [--for 20s]; also list, heal [ID], kinds");
  auto arguments = std::make_shared<FaultArguments>();
  add_lab_option(verb, session);
  verb.option("words", arguments->words, "KIND TARGET [VALUE] [NAME=VALUE ...], or list, heal [ID|all], kinds")
      .required();
  verb.option("--for", arguments->lasts, "Heal by itself after this time (20s); else it stays until healed");
  on_chosen(verb, session, [arguments, &session] { return fault(*arguments, session); });
}

}  // namespace xconn::cli
