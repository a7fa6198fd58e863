// SPDX-License-Identifier: Apache-2.0
// What all verbs share: the options before them, and the way they are added to the command line and run.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/verb.hh"

namespace xconn::cli {

/// Exit codes (docs/cli.md): what a script can tell apart.
enum ExitCode { kPass = 0, kFail = 1, kUsage = 2, kInconclusive = 3, kHostLacks = 4, kInterrupted = 130 };

class Session {
 public:
  std::string format = "text";     ///< "text" or "json"
  std::optional<std::string> lab;  ///< --lab
  std::function<int()> action;     ///< what the chosen verb does; set by its callback

  bool json() const { return format == "json"; }
  /// The lab that is meant; throws NotFoundError.
  std::string chosen_lab() const;
};

/// Throws HostError: without root a lab cannot even be seen.
void demand_root();

/// $NAME, or `otherwise` where it is not set or empty. Read before the command line, so that an option beats it.
std::string from_environment(const char* name, const std::string& otherwise);

/// Adds `--lab` to a verb that works on a running lab.
void add_lab_option(Verb verb, Session& session);

/// Makes `action` what happens when the verb was given. `action` returns the exit code.
void on_chosen(Verb verb, Session& session, std::function<int()> action);

// One function a verb, in the order of the help.
void add_up(Verb app, Session& session);
void add_down(Verb app, Session& session);
void add_inspect(Verb app, Session& session);
void add_exec(Verb app, Session& session);
void add_shell(Verb app, Session& session);
void add_fault(Verb app, Session& session);
void add_restart(Verb app, Session& session);
void add_drill(Verb app, Session& session);
void add_demo(Verb app, Session& session);
void add_capture(Verb app, Session& session);
void add_az(Verb app, Session& session);
void add_events(Verb app, Session& session);
void add_graph(Verb app, Session& session);
void add_validate(Verb app, Session& session);
void add_plan(Verb app, Session& session);
void add_import(Verb app, Session& session);
void add_schema(Verb app, Session& session);
void add_doctor(Verb app, Session& session);
void add_objects(Verb app, Session& session);  ///< circuit, peering, connection ... and provider
void add_version(Verb app, Session& session);
void add_completion(Verb app, Session& session);
void add_train(Verb app, Session& session);
void add_mcp(Verb app, Session& session);
void add_complete(Verb app, Session& session);
void add_manual(Verb app, Session& session);  ///< hidden: writes the man pages
void add_agent(Verb app, Session& session);

}  // namespace xconn::cli
