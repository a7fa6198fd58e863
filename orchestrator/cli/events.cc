#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/output.hh"
#include "cli/session.hh"
#include "lab/remote.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

/// Seconds are of the monotonic clock, as in the lab's logs: for the distance between two events.
void print_event(const json& event, bool as_json, bool colour) {
  if (event.is_null()) return;
  if (as_json)
    fmt::print("{}\n", event.dump());
  else
    fmt::print("  {:>12.3f}  {}  {:<14} {}\n", static_cast<double>(event["at"].get<std::int64_t>()) / 1e9,
               paint(fmt::format("{:<8}", event["source"].get<std::string>()), Colour::kBold, colour),
               event["node"].get<std::string>(), event["text"].get<std::string>());
  std::fflush(stdout);
}

}  // namespace

void add_events(CLI::App& app, Session& session) {
  auto& verb =
      *app.add_subcommand("events", "What faults, routing, tunnels, SD-WAN and load balancers said, on one clock");
  auto follow = std::make_shared<bool>(false);
  add_lab_option(verb, session);
  verb.add_flag("-f,--follow", *follow, "Go on with new ones until Ctrl-C");
  on_chosen(verb, session, [follow, &session] {
    const auto colour = wants_colour(STDOUT_FILENO);
    lab::RemoteLab::attach(session.chosen_lab()).events(*follow, [&](const json& event) {
      print_event(event, session.json(), colour);
    });
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
