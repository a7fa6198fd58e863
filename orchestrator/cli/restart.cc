// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/duration.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "lab/remote.hh"

namespace xconn::cli {
namespace {

struct RestartArguments {
  std::string target, bound = "60s";
};

int restart(const RestartArguments& arguments, const Session& session) {
  const auto bound = parse_duration(arguments.bound);
  if (!bound) refuse("--timeout", "'" + arguments.bound + "' is not a duration such as 60s");
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

void add_restart(Verb app, Session& session) {
  const auto verb =
      app.add("restart", "Restart a daemon and those that depend on it, or all of a node's, and wait until they serve");
  auto arguments = std::make_shared<RestartArguments>();
  add_lab_option(verb, session);
  verb.option("target", arguments->target, "NODE or NODE:DAEMON").required();
  verb.option("--timeout", arguments->bound, "How long it may take [60s]");
  on_chosen(verb, session, [arguments, &session] { return restart(*arguments, session); });
}

}  // namespace xconn::cli
