// SPDX-License-Identifier: Apache-2.0
// What a drill measured, and what came of its expectations. Plain data: the agent sends it as JSON, the command line
// and Python print it. All times are since the drill's start; in the JSON they are seconds.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/duration.hh"
#include "probes/canary.hh"
#include "probes/path.hh"
#include "probes/stopwatch.hh"

namespace xconn::drill {

struct DirectionResult {
  probes::Measurement measured;
  probes::BeforeAndAfter<std::optional<probes::Path>> path;  ///< before the first fault; after the last outage
  friend bool operator==(const DirectionResult&, const DirectionResult&) = default;
};

struct FlowResult {
  std::string name, kind, from, to;
  Duration every{0};
  std::string broken;  ///< how a connection ended by itself, or empty
  DirectionResult forward, reverse;
  friend bool operator==(const FlowResult&, const FlowResult&) = default;
};

/// A line of the timeline; equal neighbours are one row.
struct Row {
  Duration at{0};
  std::string source, node, text;
  int times = 1;
  Duration late{0};  ///< it may have been as much earlier: the loop did not turn, and stamped it when it did
  int more = 0;      ///< of highlights: so many of the same source and node are left out after it
  friend bool operator==(const Row&, const Row&) = default;
};

struct Judgement {
  std::string sentence;  ///< "outage of client-to-app <= 3.5s"
  std::string found;     ///< "1.12s forward, 0.94s reverse"
  std::string because;
  probes::Verdict verdict = probes::Verdict::kPass;
  int line = 0;  ///< of the drill's file, where the expectation begins
  friend bool operator==(const Judgement&, const Judgement&) = default;
};

struct Report {
  std::string drill, about, file, topology;
  Duration duration{0};
  std::optional<Duration> first_fault;
  std::vector<FlowResult> flows;
  std::vector<Row> timeline;  ///< all of it; highlights() has what fits on a screen
  std::vector<Judgement> judgements;
  probes::HostStalls host;
  std::vector<std::string> captures;                 ///< pcap files
  probes::Verdict verdict = probes::Verdict::kPass;  ///< fail if any failed, else inconclusive if any was
};

/// 0 pass, 1 fail, 3 inconclusive.
int exit_code(probes::Verdict verdict);

nlohmann::json to_json(const Report& report);
Report from_json(const nlohmann::json& json);  ///< throws fields::FieldError

std::string to_text(const Report& report, bool colour = false);
std::string to_markdown(const Report& report);
std::string to_junit(const std::vector<Report>& reports);
std::string to_html(const Report& report);  ///< one file, with an SVG timeline

}  // namespace xconn::drill
