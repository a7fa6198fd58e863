// SPDX-License-Identifier: Apache-2.0
// The command line: parse, call, print once, exit code.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/errors.hh"
#include "base/text.hh"
#include "cli/help.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/train.hh"
#include "lab/remote.hh"
#include "sys/exhaustion.hh"
#include "sys/privilege.hh"
#include "sys/signals.hh"
#include "sys/stdio.hh"
#include "world/error_wire.hh"

namespace {

using namespace xconn;

/// Fails with `code` and the error's own words, as text or JSON.
int fail(const std::exception& error, int code, const cli::Session& session) {
  if (session.json())
    cli::print("{}\n", nlohmann::json{{"error", world::error_to_json(error)}}.dump(
                           2, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    cli::tell("{} {}\n", cli::paint("xconn:", cli::Colour::kRed, cli::wants_colour(STDERR_FILENO)),
              printable_lines(error.what()));
  return code;
}

int run(const cli::Session& session) {
  try {
    return session.action();
  } catch (const sys::Interrupted& error) {
    return fail(error, 128 + error.signal(), session);
  } catch (const TopologyError& error) {
    return fail(error, cli::kUsage, session);
  } catch (const NotFoundError& error) {
    return fail(error, cli::kUsage, session);
  } catch (const HostError& error) {
    return fail(error, cli::kHostLacks, session);
  } catch (const KernelError& error) {
    if (const auto lack = sys::exhausted(error)) return fail(*lack, cli::kHostLacks, session);
    const auto remedy = sys::refusal_remedy(error.error_number());
    if (remedy.empty()) return fail(error, cli::kFail, session);
    return fail(HostError(error.what(), remedy), cli::kHostLacks, session);
  } catch (const CLI::ValidationError& error) {
    return fail(error, cli::kUsage, session);
  } catch (const std::bad_alloc&) {
    return fail(*sys::exhausted({"allocate", "memory", "", ENOMEM}), cli::kHostLacks, session);
  } catch (const std::system_error& error) {  // of a thread that could not be made
    if (error.code() != std::errc::resource_unavailable_try_again) return fail(error, cli::kFail, session);
    return fail(*sys::exhausted({"start", "a thread, for want of memory", "", ENOMEM}), cli::kHostLacks, session);
  } catch (const std::exception& error) {
    return fail(error, cli::kFail, session);
  }
}

/// To a verb and to the verbs of its group.
void add_format(CLI::App& verb, cli::Session& session) {
  verb.add_option("--format", session.format, "text or json")->check(CLI::IsMember({"text", "json"}));
  for (auto* below : verb.get_subcommands({})) add_format(*below, session);
}

void add_verbs(CLI::App& app, cli::Session& session) {
  for (const auto add :
       {cli::add_up,       cli::add_down,     cli::add_inspect, cli::add_exec,    cli::add_shell,   cli::add_fault,
        cli::add_restart,  cli::add_drill,    cli::add_demo,    cli::add_capture, cli::add_az,      cli::add_events,
        cli::add_graph,    cli::add_validate, cli::add_plan,    cli::add_import,  cli::add_schema,  cli::add_doctor,
        cli::add_train,    cli::add_exam,     cli::add_mcp,     cli::add_version, cli::add_objects, cli::add_completion,
        cli::add_complete, cli::add_manual,   cli::add_agent})
    add(app, session);
  for (auto* verb : app.get_subcommands({})) add_format(*verb, session);
  cli::group_verbs(app);
}

}  // namespace

int main(int argc, char** argv) {
  sys::open_standard();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes ends no lab half-way
  CLI::App app("Crossconnect rehearses a hybrid network before it breaks.", "xconn");
  cli::Session session;
  session.format = cli::from_environment("XCONN_FORMAT", "text");
  if (const auto lab = cli::from_environment("XCONN_LAB", ""); !lab.empty()) session.lab = lab;
  app.require_subcommand(1);
  app.set_version_flag("--version", "xconn " XCONN_VERSION);
  app.footer("Exit codes: 0 pass, 1 fail, 2 usage or bad topology, 3 inconclusive, 4 the host lacks something.");
  add_verbs(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli::finish(cli::explain(app, error));
  }
  return cli::finish(run(session));
}
