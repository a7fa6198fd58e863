// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>

#include "base/duration.hh"
#include "cli/changing.hh"
#include "cli/lab_view.hh"
#include "cli/noted.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/topology.hh"
#include "cli/verb.hh"
#include "lab/agent.hh"
#include "lab/remote.hh"
#include "sys/installation.hh"
#include "world/run_folder.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

struct UpArguments {
  std::string topology, name, datapath = "auto", bound = "90s", log = "off";
  std::vector<std::string> captures;
  bool dry_run = false, keep_unconverged = false;
};

End end_of(const std::string& word) {
  const auto colon = word.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == word.size())
    refuse("--capture", "'" + word + "' is not NODE:INTERFACE");
  return {word.substr(0, colon), word.substr(colon + 1)};
}

Duration duration_of(const std::string& word) {
  const auto duration = parse_duration(word);
  if (!duration) refuse("--timeout", "'" + word + "' is not a duration such as 90s");
  return *duration;
}

lab::UpOptions options_of(const UpArguments& arguments, const nodes::Planned& chosen) {
  lab::UpOptions options{.program = sys::own_program(),
                         .datapath = arguments.datapath,
                         .captures = {},
                         .bound = duration_of(arguments.bound),
                         .debug_log = arguments.log == "debug",
                         .breached = !chosen.topology.breaches.empty(),
                         .keep_unconverged = arguments.keep_unconverged,
                         .topology = chosen.document.json()};
  for (const auto& word : arguments.captures) {
    options.captures.push_back(end_of(word));
    if (chosen.plan.find_link(options.captures.back()) == nullptr)
      throw NotFoundError("--capture " + word + ": there is no such link end; xconn plan lists the links");
  }
  return options;
}

/// Up, and not only coming up: its agent listens.
bool answers(const std::string& lab) {
  return world::RunFolder::is_up(lab) && std::filesystem::exists(world::RunFolder::path_of(lab) / "agent.sock");
}

/// The lab is up: it becomes what the topology says now.
int change(const UpArguments& arguments, const nodes::Planned& chosen, const Session& session) {
  note_command_line(chosen.plan.lab);
  if (!arguments.captures.empty())
    refuse("--capture", "lab " + chosen.plan.lab + " is up already; xconn capture joins it");
  if (arguments.log != "off") refuse("--log", "lab " + chosen.plan.lab + " is up already; take it down first");
  const auto running = lab::RemoteLab::attach(chosen.plan.lab).topology_file();
  return change_lab(nodes::plan_change(running, chosen.document),
                    {.dry_run = arguments.dry_run, .bound = duration_of(arguments.bound)}, session);
}

int up(const UpArguments& arguments, const Session& session) {
  const auto chosen = choose_topology(arguments.topology, arguments.name);
  const auto& plan = chosen.plan;
  if (answers(plan.lab)) return change(arguments, chosen, session);
  if (arguments.dry_run) {
    print("{}", session.json() ? plan::to_json(plan).dump(2) + "\n" : plan_text(plan, wants_colour(STDOUT_FILENO)));
    return kPass;
  }
  const auto options = options_of(arguments, chosen);
  tell_of_commands(plan);
  tell_of_breaches(chosen.topology.breaches);
  try {
    Progress progress(session.json());
    lab::RemoteLab::up(plan, options, [&](const json& step) { progress.step(step.get<std::string>()); });
  } catch (const Error&) {
    if (options.keep_unconverged && answers(plan.lab))
      tell("  lab {0} has not converged, and is kept: xconn inspect --lab {0}; take it down: xconn down {0}\n",
           plan.lab);
    if (options.debug_log)
      tell("  what the agent did: {}\n", (world::RunFolder::path_of(plan.lab) / "agent-debug.log").string());
    throw;
  }
  const auto state = lab::RemoteLab::attach(plan.lab).inspect();
  print("{}", session.json() ? state.dump(2) + "\n" : lab_text(state, wants_colour(STDOUT_FILENO)));
  return kPass;
}

struct AgentArguments {
  std::string lab;
  int lock = -1, status = -1;
};

}  // namespace

void add_up(Verb app, Session& session) {
  const auto verb =
      app.add("up", "Build a topology's lab, or change the one that is up, and wait until it has converged")
          .alias("deploy");
  auto arguments = std::make_shared<UpArguments>();
  verb.option("topology", arguments->topology,
              "Topology file, its folder, or a reference topology's name [topology.yaml]")
      .environment("XCONN_TOPOLOGY");
  verb.option("--name", arguments->name, "The lab's name, instead of the topology's; several labs may be up at once");
  verb.option("--capture", arguments->captures, "NODE:INTERFACE to capture from before the first daemon starts")
      .repeatable();
  verb.option("--datapath", arguments->datapath, "Drivers: auto, kernel or portable")
      .one_of({"auto", "kernel", "portable"})
      .environment("XCONN_DATAPATH");
  verb.option("--timeout", arguments->bound, "How long it may take to converge [90s]");
  verb.option(
          "--log", arguments->log,
          "debug: the agent says what it does, in agent-debug.log of the run folder, which stays when it fails [off]")
      .one_of({"off", "debug"});
  verb.flag("--keep-unconverged", arguments->keep_unconverged,
            "Keep a lab that does not converge, to look at it; the exit code stays 1");
  verb.flag("--dry-run", arguments->dry_run, "Print what would be built or changed, without doing it");
  on_chosen(verb, session, [arguments, &session] { return up(*arguments, session); });
}

void add_agent(Verb app, Session& session) {
  const auto verb = app.add("agent", "").hidden();  // `up` runs it
  auto arguments = std::make_shared<AgentArguments>();
  verb.option("lab", arguments->lab).required();
  verb.option("--lock", arguments->lock).required();
  verb.option("--status", arguments->status).required();
  on_chosen(verb, session, [arguments] { return lab::run_agent(arguments->lab, arguments->lock, arguments->status); });
}

}  // namespace xconn::cli
