// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "base/errors.hh"
#include "cli/noted.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "world/enter.hh"

namespace xconn::cli {
namespace {

struct Where {
  std::string node;
  std::vector<std::string> argv;
  world::Guest guest;

  /// Sees its own node, unless others are named.
  std::optional<world::Guest> chosen_guest() const {
    if (guest.user.empty()) return std::nullopt;
    auto all = guest;
    if (all.nodes.empty()) all.nodes = {node};
    return all;
  }

  /// The command without the "--" that may stand before it. Refuses the argument where nothing is left.
  std::vector<std::string> command() const {
    std::vector<std::string> words{argv.begin() + (!argv.empty() && argv.front() == "--" ? 1 : 0), argv.end()};
    if (words.empty()) refuse("command", "there is none; write xconn exec NODE -- COMMAND ...");
    if (words.front().starts_with('-'))
      refuse("command", words.front() + " is none; options stand before the node: xconn exec --lab LAB " + node +
                            " -- COMMAND ...");
    return words;
  }
};

void add_guest_options(Verb verb, world::Guest& guest) {
  verb.option("--as", guest.user, "As this user of the host, confined to the node (docs/security.md)");
  verb.option("--sees", guest.nodes, "With --as: nodes whose files and daemons are in view, as A,B [NODE]")
      .comma_separated();
}

}  // namespace

void add_exec(Verb app, Session& session) {
  const auto verb = app.add("exec", "Run a command in a node: xconn exec NODE -- COMMAND ...");
  auto where = std::make_shared<Where>();
  add_lab_option(verb, session);
  add_guest_options(verb, where->guest);
  verb.option("node", where->node, "The node").required();
  verb.option("command", where->argv, "The command and its arguments").required();
  verb.positionals_at_end();
  on_chosen(verb, session, [where, &session] {
    return world::run_inside({session.chosen_lab(), where->node, where->command(), false, where->chosen_guest()});
  });
}

void add_shell(Verb app, Session& session) {
  const auto verb = app.add("shell", "Open a shell in a node, or in the lab's world (ip netns, vtysh -N NODE)");
  auto where = std::make_shared<Where>();
  add_lab_option(verb, session);
  add_guest_options(verb, where->guest);
  verb.option("node", where->node, "The node; without it the world that all nodes are in");
  on_chosen(verb, session, [where, &session] {
    const auto* shell = ::getenv("SHELL");
    const auto guest = where->chosen_guest();
    if (guest && where->node.empty()) throw Error("shell --as: a guest works in a node; name it");
    const auto lab = session.chosen_lab();
    note_shell(lab, guest.has_value());
    return world::run_inside({lab,
                              where->node.empty() ? std::nullopt : std::optional(where->node),
                              {shell != nullptr && ::access(shell, X_OK) == 0 ? shell : "/bin/sh"},
                              true,
                              guest});
  });
}

}  // namespace xconn::cli
