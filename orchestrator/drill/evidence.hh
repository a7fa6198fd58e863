// SPDX-License-Identifier: Apache-2.0
// All that a drill has seen, for the pure part that judges it and tells its story. Times are CLOCK_MONOTONIC.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/detection.hh"
#include "drill/drill.hh"
#include "drill/report.hh"
#include "probes/path.hh"
#include "services/event.hh"

namespace xconn::drill {

struct Witness {
  probes::Trail trail;
  probes::Measurement measured;
  std::optional<probes::Path> before, after;
};

struct FlowEvidence {
  probes::FlowSpec spec;
  std::string from_node, to_node;
  std::string broken;
  Witness forward, reverse;

  const Witness& witness(probes::Way way) const { return way == probes::Way::kForward ? forward : reverse; }
};

/// A command that Azure has refused.
struct Refusal {
  std::string command, sentence;
  int line = 0;
};

struct Evidence {
  Duration began{0}, ended{0};
  Duration watched{0};                  ///< what was late at `ended` because the host had stalled was seen until then
  std::optional<Duration> first_step;   ///< of the timeline, whatever it did
  std::optional<Duration> first_fault;  ///< or command that changes objects
  std::vector<Duration> dues;  ///< when something was to be done: steps, and the end of faults that heal themselves
  std::vector<Detection> detections;
  std::vector<FlowEvidence> flows;
  std::optional<probes::Sightings> sightings;  ///< absent without tracing
  bool sightings_lost = false;                 ///< some found no room
  std::vector<services::Event> events;
  std::vector<Refusal> refusals;
  probes::HostStalls host;
  struct Captured {
    std::uint64_t matched = 0;
    std::uint64_t dropped = 0;    ///< by the kernel, unseen: they may have matched
    std::vector<Duration> times;  ///< of matches, as probes::Capture::times()
  };
  std::map<const Expectation*, Captured> captured;

  Duration last_seen() const { return std::max(ended, watched); }
  const FlowEvidence& flow(std::string_view name) const;
  probes::Window window(const std::optional<Span>& during) const;  ///< all of the drill when absent
  std::optional<probes::Path> path_at(const FlowEvidence& flow, probes::Way way, Duration time) const;
};

/// Measures both directions of every flow and finds their paths.
void measure_all(Evidence& evidence);

/// Whether a path is as wanted; `when` and `direction` are the caller's business.
bool satisfies(const probes::Path& path, const ExpectPath& wanted);
std::vector<probes::Way> ways(Direction direction);

Judgement judge(const Expectation& expectation, const Evidence& evidence);

/// By how much an event that was stamped when the loop heard of it may have been stamped late.
Duration stamped_late(const services::Event& event, const probes::HostStalls& host);

/// Faults, events and flows since the first fault; what a speaker says again and again is one row.
std::vector<Row> timeline(const Evidence& evidence);

/// "er -> vpn" where both paths left some node by different interfaces, else empty.
std::string change_of(const std::optional<probes::Path>& before, const std::optional<probes::Path>& after);

Report report_of(const Drill& drill, const Evidence& evidence);

/// "1.12 s", "94 ms", "0.31 ms"
std::string readable(Duration duration);

}  // namespace xconn::drill
