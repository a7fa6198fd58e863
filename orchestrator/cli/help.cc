// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hh"

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "model/findings.hh"

namespace xconn::cli {
namespace {

struct Group {
  const char* title;
  std::vector<const char*> verbs;
};

const std::vector<Group>& groups() {
  static const std::vector<Group> all{
      {"A lab", {"up", "down", "inspect", "exec", "shell", "capture", "events", "restart"}},
      {"Break and judge", {"fault", "drill", "demo"}},
      {"Teach", {"train", "exam", "mcp"}},
      {"Files", {"validate", "plan", "graph", "import", "schema"}},
      {"Azure read-outs", {"az"}},
      {"This machine", {"doctor", "version", "completion"}}};
  return all;
}

constexpr const char* kObjects = "Objects of a running lab (create, update, delete, show, list)";

constexpr const char* kExamples =
    "\nExamples:\n"
    "  xconn demo                                  a network, a silent failure, and what the traffic felt\n"
    "  xconn up branch                             a lab; then: xconn inspect, xconn exec pc -- ping 10.20.1.4\n"
    "  xconn drill branch/primary-silent           break it on a timeline, and judge what was felt\n";

const char* group_of(const std::string& verb) {
  for (const auto& group : groups())
    for (const std::string_view name : group.verbs)
      if (name == verb) return group.title;
  return kObjects;
}

/// The innermost verb that was named.
const CLI::App& innermost(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : innermost(*named.front());
}

std::vector<std::string_view> names_of_verbs(const CLI::App& app) {
  std::vector<std::string_view> names;
  for (const auto* verb : app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); })) {
    names.emplace_back(verb->get_name());
    for (const auto& alias : verb->get_aliases()) names.emplace_back(alias);
  }
  return names;
}

}  // namespace

void group_verbs(CLI::App& app) {
  for (auto* verb : app.get_subcommands([](CLI::App* one) { return !one->get_group().empty(); }))
    verb->group(group_of(verb->get_name()));
}

int explain(const CLI::App& app, const CLI::ParseError& error) {
  const auto& verb = innermost(app);
  const bool lacks_verb =
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && verb.get_require_subcommand_min() > 0;
  if (!lacks_verb) return app.exit(error) == 0 ? kPass : kUsage;
  const auto words = verb.remaining();
  if (words.empty()) {
    tell("{}{}", app.help(), &verb == &app ? kExamples : "");
    return kUsage;
  }
  if (words.front().starts_with('-')) return app.exit(error) == 0 ? kPass : kUsage;
  const auto nearest = model::did_you_mean(words.front(), names_of_verbs(verb));
  tell("xconn: there is no verb '{}'{}\nRun with --help for all of them.\n", printable(words.front()),
       nearest.empty() ? nearest : "; " + nearest);
  return kUsage;
}

}  // namespace xconn::cli
