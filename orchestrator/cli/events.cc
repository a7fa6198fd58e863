// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/text.hh"
#include "cli/output.hh"
#include "cli/session.hh"
#include "cli/verb.hh"
#include "lab/remote.hh"
#include "sys/clock.hh"

namespace xconn::cli {
namespace {

using nlohmann::json;

/// Of the wall's clock, local: what other logs of the day have. JSON keeps the monotonic "at" beside it, for the
/// distance between two events.
std::string wall_time(std::int64_t at) {
  using std::chrono::system_clock;
  const auto ago = sys::now() - std::chrono::nanoseconds{at};
  const auto when = system_clock::now() - std::chrono::duration_cast<system_clock::duration>(ago);
  const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
  return fmt::format("{:%H:%M:%S}.{:03}", fmt::localtime(static_cast<std::time_t>(since_epoch / 1000)),
                     since_epoch % 1000);
}

/// Standard output takes no more: its reader has gone, or its disk is full.
struct NobodyReads {};

void print_event(json event, bool as_json, bool colour) {
  if (event.is_null()) return;
  const auto time = wall_time(event["at"]);
  event["time"] = time;
  if (as_json)
    print("{}\n", event.dump());
  else
    print("  {}  {}  {:<14} {}\n", time,
          paint(fmt::format("{:<8}", printable(event["source"].get<std::string>())), Colour::kBold, colour),
          printable(event["node"].get<std::string>()), printable(event["text"].get<std::string>()));
  if (!flush()) throw NobodyReads();
}

}  // namespace

void add_events(Verb app, Session& session) {
  const auto verb =
      app.add("events", "Print events of faults, routing, tunnels, SD-WAN and load balancers on one timeline");
  auto follow = std::make_shared<bool>(false);
  add_lab_option(verb, session);
  verb.flag("-f,--follow", *follow, "Follow new events until Ctrl-C");
  on_chosen(verb, session, [follow, &session] {
    const auto colour = wants_colour(STDOUT_FILENO);
    try {
      lab::RemoteLab::attach(session.chosen_lab()).events(*follow, [&](const json& event) {
        print_event(event, session.json(), colour);
      });
    } catch (const NobodyReads&) {  // finish() says what is to be said
    }
    return static_cast<int>(kPass);
  });
}

}  // namespace xconn::cli
