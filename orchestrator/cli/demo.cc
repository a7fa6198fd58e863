// SPDX-License-Identifier: Apache-2.0
// `xconn demo`: a reference network comes up, its ExpressRoute dies silently, and the stopwatch says what the traffic
// felt.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/drill_lab.hh"
#include "cli/lab_view.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "drill/report.hh"

namespace xconn::cli {
namespace {

constexpr const char* kTopology = "sdwan-expressroute";
constexpr const char* kDrill = "sdwan-expressroute/er-silent-health-check";
constexpr const char* kNext =
    "\nTry it yourself:\n"
    "  xconn up branch                          a small network that stays up\n"
    "  xconn fault blackhole carrier:msee1      break it, then: xconn inspect, xconn events, xconn fault heal all\n"
    "  xconn drill branch/primary-silent        the same as a drill, with a verdict\n";

void announce(const Session& session, const std::string& command) {
  if (!session.json()) print("\n==> xconn {}\n", command);
  flush();
}

int demo(const Session& session) {
  const bool colour = wants_colour(STDOUT_FILENO);
  const DrillFile drill(kDrill);
  const auto name = fmt::format("demo-{}", ::getpid());  // a lab that is up under the topology's name stays as it is
  Progress progress(session.json());
  announce(session, fmt::format("up {} --name {}", kTopology, name));
  drill::Report report;
  {
    const DrillLab lab(drill, name, progress, false);
    progress.clear();
    if (!session.json()) print("{}", lab_text(lab.remote().inspect(), colour));
    announce(session, fmt::format("drill {} --lab {}", kDrill, name));
    report = lab.run(drill, "", progress);
    progress.clear();
    print("{}", session.json() ? drill::to_json(report).dump(2) + "\n" : drill::to_text(report, colour));
    announce(session, "down " + name);
  }
  if (!session.json()) print("{}", kNext);
  return drill::exit_code(report.verdict);
}

}  // namespace

void add_demo(Verb app, Session& session) {
  const auto verb = app.add(
      "demo", "Bring a reference network up, cut its ExpressRoute silently, say what the traffic felt, take it down");
  on_chosen(verb, session, [&session] { return demo(session); });
}

}  // namespace xconn::cli
