// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/noted.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "lab/remote.hh"
#include "sys/clock.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

struct DownArguments {
  std::string lab;
  bool all = false;
};

/// A lab whose agent was killed is not up, but its folder is there until it is swept.
std::vector<std::string> chosen(const DownArguments& arguments, const Session& session) {
  demand_root();
  if (arguments.all) return world::RunFolder::labs();
  const auto wanted = arguments.lab.empty() ? session.lab : std::optional(arguments.lab);
  if (wanted && world::RunFolder::is_there(*wanted)) return {*wanted};
  return {world::choose_lab(wanted)};
}

int down(const DownArguments& arguments, const Session& session) {
  auto gone = nlohmann::json::array();
  for (const auto& lab : chosen(arguments, session)) {
    note_command_line(lab);
    const auto begin = sys::now();
    const bool was_up = lab::RemoteLab::down(lab);
    gone.push_back(lab);
    if (session.json()) continue;
    if (was_up)
      print("  {}: down in {}\n", lab, seconds(sys::now() - begin));
    else
      print("  {}: its agent was gone; its folder is removed\n", lab);
  }
  if (session.json()) print("{}\n", nlohmann::json{{"down", gone}}.dump());
  return kPass;
}

}  // namespace

void add_down(Verb app, Session& session) {
  const auto verb = app.add("down", "Take a lab down; nothing of it stays").alias("destroy");
  auto arguments = std::make_shared<DownArguments>();
  const auto lab = verb.option("name", arguments->lab, "Name of the lab; not needed while only one is up");
  verb.flag("-a,--all", arguments->all, "All labs that are up").excludes(lab);
  add_lab_option(verb, session);
  on_chosen(verb, session, [arguments, &session] { return down(*arguments, session); });
}

}  // namespace xconn::cli
