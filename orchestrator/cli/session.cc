// SPDX-License-Identifier: Apache-2.0
#include "cli/session.hh"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "base/errors.hh"
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

void on_chosen(Verb verb, Session& session, std::function<int()> action) {
  verb.app().callback([&session, action = std::move(action)] { session.action = action; });
}

}  // namespace xconn::cli
