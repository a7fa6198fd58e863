// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/session.hh"
#include "world/enter.hh"

namespace xconn::cli {
namespace {

struct Where {
  std::string node;
  std::vector<std::string> argv;

  /// The command without the "--" that may stand before it.
  std::vector<std::string> command() const {
    return {argv.begin() + (!argv.empty() && argv.front() == "--" ? 1 : 0), argv.end()};
  }
};

}  // namespace

void add_exec(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand("exec", "Run a command in a node: xconn exec NODE -- COMMAND ...");
  auto where = std::make_shared<Where>();
  add_lab_option(verb, session);
  verb.add_option("node", where->node, "The node")->required();
  verb.add_option("command", where->argv, "The command and its arguments")->required();
  verb.positionals_at_end();
  on_chosen(verb, session, [where, &session] {
    return world::run_inside({session.chosen_lab(), where->node, where->command()});
  });
}

void add_shell(CLI::App& app, Session& session) {
  auto& verb = *app.add_subcommand("shell", "Open a shell in a node, or in the lab's world (ip netns, vtysh -N NODE)");
  auto where = std::make_shared<Where>();
  add_lab_option(verb, session);
  verb.add_option("node", where->node, "The node; without it the world that all nodes are in");
  on_chosen(verb, session, [where, &session] {
    const auto* shell = ::getenv("SHELL");
    return world::run_inside({session.chosen_lab(),
                              where->node.empty() ? std::nullopt : std::optional(where->node),
                              {shell != nullptr && ::access(shell, X_OK) == 0 ? shell : "/bin/sh"},
                              true});
  });
}

}  // namespace xconn::cli
