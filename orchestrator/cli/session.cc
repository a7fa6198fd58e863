// SPDX-License-Identifier: Apache-2.0
#include "cli/session.hh"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "base/errors.hh"
#include "cli/noted.hh"
#include "cli/noted_verbs.hh"
#include "world/run_folder.hh"

namespace xconn::cli {

std::string Session::chosen_lab() const {
  demand_root();
  return world::choose_lab(lab);
}

void demand_root() {
  if (::geteuid() != 0) throw HostError("labs belong to root", "sudo xconn ...");
}

std::string from_environment(const char* name, const std::string& otherwise) {
  const auto* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

void add_lab_option(Verb verb, Session& session) {
  verb.option("-l,--lab", session.lab, "Name of the lab; not needed while only one is up (or $XCONN_LAB)");
}

namespace {

/// A lab that cannot be chosen is the action's to tell.
void note(const Session& session) {
  try {
    note_command_line(session.chosen_lab());
  } catch (const Error&) {
  }
}

std::function<int()> noting(const Session& session, const std::function<int()>& action) {
  return [&session, action] {
    note(session);
    return action();
  };
}

/// The word after `xconn`, also of a verb in a group.
std::string as_typed(const CLI::App& verb) {
  const auto* group = verb.get_parent();
  const bool is_at_top = group == nullptr || group->get_parent() == nullptr;
  return is_at_top ? verb.get_name() : as_typed(*group);
}

}  // namespace

void on_chosen(Verb verb, Session& session, std::function<int()> action) {
  const bool has_lab = verb.app().get_option_no_throw("--lab") != nullptr;
  const bool of_option = noted(as_typed(verb.app()), has_lab) == Noted::kOfOption;
  verb.app().callback([&session, of_option, action = std::move(action)] {
    session.action = of_option ? noting(session, action) : action;
  });
}

}  // namespace xconn::cli
