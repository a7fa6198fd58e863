// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/duration.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "lab/remote.hh"

namespace xconn::cli {
namespace {

struct RestartArguments {
  std::string target, bound = "60s";
};

int restart(const RestartArguments& arguments, const Session& session) {
  const auto bound = parse_duration(arguments.bound);
  if (!bound) throw CLI::ValidationError("--timeout", "'" + arguments.bound + "' is not a duration such as 60s");
  const auto colon = arguments.target.find(':');
  const auto node = arguments.target.substr(0, colon);
  const auto daemon = colon == std::string::npos ? std::string{} : arguments.target.substr(colon + 1);
  lab::RemoteLab::attach(session.chosen_lab()).restart(node, daemon, *bound);
  if (session.json())
    print("{}\n", nlohmann::json{{"restarted", arguments.target}}.dump());
  else
    print("  {} serves again\n", arguments.target);
  return kPass;
}

}  // namespace

void add_restart(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand(
      "restart", "Restart a daemon and those that depend on it, or all of a node's, and wait until they serve");
  auto arguments = std::make_shared<RestartArguments>();
  add_lab_option(verb, session);
  verb.add_option("target", arguments->target, "NODE or NODE:DAEMON")->required();
  verb.add_option("--timeout", arguments->bound, "How long it may take [60s]");
  on_chosen(verb, session, [arguments, &session] { return restart(*arguments, session); });
}

}  // namespace xconn::cli
