// SPDX-License-Identifier: Apache-2.0
// A drill, resolved: flows, what is broken when, and what must hold. read() makes it from a YAML file; the format is in
// docs/drills.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/duration.hh"
#include "base/errors.hh"
#include "base/names.hh"
#include "drill/mention.hh"
#include "model/commands.hh"
#include "probes/canary.hh"
#include "probes/flow.hh"

namespace xconn::drill {

struct Flow : probes::FlowSpec {
  Where where;
  Duration start{0};  ///< since the drill's start
};

/// Something is broken.
struct Inject {
  std::string name;  ///< what `heal` takes; "fault-1" ... when not given
  std::string kind;
  std::string on;
  std::optional<Duration> lasts;  ///< healed after it; absent: until healed or the drill's end
  std::map<std::string, std::string> parameters;
};

struct Heal {
  std::string name;  ///< of an Inject, or "all"
};

/// A command in a node; a status other than 0 is written to the timeline and ends nothing.
struct Exec {
  std::string node;
  std::vector<std::string> argv;
};

/// A command that changes objects as Azure's own do.
struct Do {
  model::Command command;
};

struct Step {
  Where where;
  Duration at{0};  ///< since the drill's start
  std::variant<Inject, Heal, Exec, Do> action;
};

enum class Direction { kForward, kReverse, kBoth };

/// Times of expectations are since the drill's start, as `at` is.
struct Span {
  Duration begin{0}, end{0};
};

struct ExpectOutage {
  std::string flow;
  Direction direction = Direction::kBoth;
  probes::Limit limit;
  std::optional<Span> during;
};

/// It stops and does not come back until the drill's end; or, with dead = false, it is moving at the end.
struct ExpectDead {
  std::string flow;
  Direction direction = Direction::kBoth;
  bool dead = true;
};

struct ExpectLost {
  std::string flow;
  Direction direction = Direction::kBoth;
  std::optional<std::uint64_t> at_most, at_least;
  std::optional<Span> during;
};

/// Nodes of which one suffices: an MSEE of the pair, an instance of the gateway.
using AnyOf = std::vector<std::string>;

struct ExpectPath {
  std::string flow;
  Direction direction = Direction::kForward;  ///< both: each has to
  std::string when = "after";                 ///< "before" the first fault, "after" all, or at a time
  std::optional<Duration> at;
  std::vector<AnyOf> contains;  ///< in this order, others may stand between
  std::vector<std::string> avoids;
  std::vector<std::string> exactly;
  std::map<std::string, std::string> via;  ///< node -> interface it must leave by
};

/// Forward and return cross the same ones of `nodes`.
struct ExpectSymmetry {
  std::string flow;
  std::vector<std::string> nodes;
  std::string when = "after";
  std::optional<Duration> at;
};

struct ExpectEvent {
  std::string source, node, contains;  ///< empty: any
  bool happens = true;
  std::optional<Duration> within;  ///< after the first fault; absent: any time until the end
};

/// Packets that match a filter at a link end.
struct ExpectCapture {
  std::string node, interface;
  std::string filter;
  bool some = false;  ///< else none
  std::optional<Span> during;
};

/// A node sees (and so forwards) probes of a flow, or none.
struct ExpectCounter {
  std::string node, flow;
  bool some = false;  ///< else none
  std::optional<Span> during;
};

struct Expectation {
  Where where;
  std::string because;  ///< the user's reason; may be empty
  std::variant<ExpectOutage, ExpectDead, ExpectLost, ExpectPath, ExpectSymmetry, ExpectEvent, ExpectCapture,
               ExpectCounter>
      what;
};

struct Drill {
  std::string file;
  std::string name;
  std::string about;
  std::string topology;  ///< path, absolute or relative to the current folder
  Where topology_at;     ///< of the word that names it
  std::vector<Flow> flows;
  std::vector<Step> timeline;  ///< in order of time
  Duration duration{0};
  Duration settle{std::chrono::seconds{60}};  ///< bound on each wait before the start: facts, then `steady`
  std::vector<ExpectPath> steady;             ///< how the flows have to go before the drill begins; `when` is not used
  std::vector<Expectation> expectations;
  std::vector<Mention> mentions;  ///< in their order in the file
};

/// Of its steps, in the order in which they are given.
std::vector<model::Command> commands_of(const Drill& drill);

/// What a drill file says. Throws TopologyError.
std::string text_of_file(const std::string& path);
/// Throws TopologyError with all findings.
Drill read(const std::string& path);
/// The same from text; `file` is for the findings, and the folder that `topology` is relative to.
Drill read_text(const std::string& text, const std::string& file);

}  // namespace xconn::drill

namespace xconn {

template <>
struct Names<drill::Direction> {
  using FlowDirection = drill::Direction;
  static constexpr std::pair<FlowDirection, std::string_view> names[] = {
      {FlowDirection::kForward, "forward"}, {FlowDirection::kReverse, "reverse"}, {FlowDirection::kBoth, "both"}};
};

}  // namespace xconn
