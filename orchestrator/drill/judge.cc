// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "drill/doubt.hh"
#include "drill/evidence.hh"
#include "drill/sentence.hh"

namespace xconn::drill {
namespace {

using probes::FlowDirection;
using probes::Verdict;

constexpr Duration kUnderWay = std::chrono::seconds{1};          // no probe is longer on its way
constexpr Duration kOverflows = std::chrono::milliseconds{100};  // no queue overflows in a shorter stall

const char* word(FlowDirection way) { return way == FlowDirection::kForward ? "forward" : "reverse"; }

Verdict worse(Verdict a, Verdict b) {
  if (a == Verdict::kFail || b == Verdict::kFail) return Verdict::kFail;
  return a == Verdict::kInconclusive ? a : b;
}

void add(Judgement& judgement, Verdict verdict, const std::string& found) {
  judgement.verdict = worse(judgement.verdict, verdict);
  judgement.found += (judgement.found.empty() ? "" : ", ") + found;
}

// Whether sightings can say it. Without tracing nothing can; with a full ring, only what was seen was seen.
bool traced(const Evidence& evidence, Judgement& judgement) {
  if (evidence.sightings) return true;
  add(judgement, Verdict::kInconclusive, "paths were not traced");
  return false;
}

bool in_order(const std::vector<AnyOf>& wanted_nodes, const std::vector<std::string>& nodes) {
  auto next = nodes.begin();
  for (const AnyOf& any : wanted_nodes) {
    next = std::find_first_of(next, nodes.end(), any.begin(), any.end());
    if (next == nodes.end()) return false;
    ++next;
  }
  return true;
}

/// What a stall-less host would have measured is in [least, most].
template <typename Value>
Verdict within(Value least, Value most, const std::optional<Value>& at_most, const std::optional<Value>& at_least) {
  const bool holds = (!at_most || most <= *at_most) && (!at_least || least >= *at_least);
  const bool fails = (at_most && least > *at_most) || (at_least && most < *at_least);
  return holds ? Verdict::kPass : fails ? Verdict::kFail : Verdict::kInconclusive;
}

Verdict verdict_of(const Answer& answer, bool wanted) {
  if (wanted ? answer.surely : answer.surely_not) return Verdict::kPass;
  return answer.surely || answer.surely_not ? Verdict::kFail : Verdict::kInconclusive;
}

/// What is left of a silence that was held up. TCP sends again at doubling intervals, so the half may be left.
Duration without(Duration outage, Duration stalled, probes::FlowKind kind) {
  const Duration left = std::max(outage - stalled, Duration{0});
  return stalled.count() > 0 && kind == probes::FlowKind::kTcp ? left / 2 : left;
}

/// Of a silence with a stall in it less than an interval of its probes is nothing: one was late, and none is missing.
Duration surely_silent(Duration left, Duration stalled, Duration interval) {
  return stalled.count() > 0 && left < interval ? Duration{0} : left;
}

struct Judge {
  const Expectation& expectation;
  const Evidence& evidence;
  const Doubt& doubt;
  Judgement result;

  /// `found`, and which stall leaves it open.
  void conclude(Verdict verdict, std::string found, const probes::Window& because) {
    const std::string words = verdict == Verdict::kInconclusive ? doubt.words(because) : "";
    if (!words.empty()) found += " (" + words + ")";
    add(result, verdict, found);
  }

  /// Of nothing that was sent nothing can be lost.
  bool sent_any(const probes::Trail& trail, const probes::Window& window, FlowDirection way) {
    for (const probes::Departure& probe : trail.sent.near(window))
      if (probe.at >= window.begin && probe.at < window.end) return true;
    add(result, Verdict::kInconclusive, fmt::format("nothing was sent {}", word(way)));
    return false;
  }

  /// Before it begins a flow can have no outage.
  bool has_begun(const probes::Trail& trail, const probes::Window& window, FlowDirection way) {
    if (trail.began < window.end) return true;
    add(result, Verdict::kInconclusive, fmt::format("the flow had not begun {}", word(way)));
    return false;
  }

  // --- amounts ------------------------------------------------------------------------------------------------------

  /// The asked window as it surely was, and as it may have been.
  probes::Window surely(const probes::Window& window) const {
    const Duration end = std::min(doubt.moments_of(window.end).begin, doubt.horizon());
    return {doubt.moments_of(window.begin).end, end};
  }
  probes::Window perhaps(const probes::Window& window) const {
    return {doubt.moments_of(window.begin).begin, doubt.moments_of(window.end).end};
  }
  bool misled(const probes::Window& window) const { return doubt.horizon() < window.end; }

  std::vector<probes::Gap> gaps(const probes::Trail& trail, const probes::Window& window) const {
    return probes::silences(trail, window, probes::kGapIntervals * trail.interval);
  }

  void operator()(const ExpectOutage& what) {
    for (const FlowDirection way : ways(what.direction)) judge_outage(what, way);
  }

  void judge_outage(const ExpectOutage& what, FlowDirection way) {
    const FlowEvidence& flow = evidence.flow(what.flow);
    const probes::Trail& trail = flow.witness(way).trail;
    const probes::Window window = evidence.window(what.during);
    if (!has_begun(trail, window, way)) return;
    const probes::Gap longest = probes::longest_gap(trail, window);
    Duration least{0}, most = longest.outage;
    probes::each_silence(trail, surely(window), [&](const probes::Gap& gap) {
      if (gap.outage <= least) return;
      const Duration stalled = doubt.inside({gap.start, gap.end});
      least = std::max(least, surely_silent(without(gap.outage, stalled, flow.spec.kind), stalled, trail.interval));
    });
    for (const auto& gap : gaps(trail, perhaps(window)))
      most = std::max(most, gap.outage + doubt.before({gap.start, gap.end}));
    if (misled(window)) most = Duration::max();
    const Verdict verdict = within(least, most, what.limit.at_most, what.limit.at_least);
    std::string found = fmt::format("{} {}", readable(longest.outage), word(way));
    if (longest.open && flow.witness(way).measured.dead) found += " and not over";
    const Duration stalled = doubt.inside({longest.start, longest.end});
    if (verdict != Verdict::kInconclusive && stalled.count() > 0) {
      found += fmt::format(" (host stalled {} of it)", readable(stalled));
    }
    conclude(verdict, found, {doubt.since(longest.start), misled(window) ? window.end : longest.end});
  }

  void operator()(const ExpectLost& what) {
    for (const FlowDirection way : ways(what.direction)) judge_lost(what, way);
  }

  // A stall that lengthens an outage loses more probes, and one that keeps them from being sent loses fewer.
  void judge_lost(const ExpectLost& what, FlowDirection way) {
    const FlowEvidence& flow = evidence.flow(what.flow);
    const probes::Trail& trail = flow.witness(way).trail;
    const probes::Window window = evidence.window(what.during);
    if (!sent_any(trail, window, way)) return;
    const auto probes_in = [&](Duration time) { return static_cast<std::uint64_t>(time / flow.spec.every); };
    const auto lost = probes::lost_during(trail, window);
    auto sure = probes::lost_during(trail, surely(window));
    std::erase_if(sure, [&](Duration sent) { return doubt.inside({sent, sent + kUnderWay}) >= kOverflows; });
    Duration longer{0}, shorter{0};
    for (const auto& gap : gaps(trail, surely(window))) longer += doubt.inside({gap.start, gap.end});
    for (const auto& gap : gaps(trail, perhaps(window))) {
      const probes::Window whole{gap.start, gap.end};
      if (!doubt.quiet(whole)) shorter += doubt.inside(whole) + doubt.before(whole);
    }
    const std::uint64_t least = sure.size() - std::min(sure.size(), probes_in(longer));
    std::uint64_t most = probes::lost_during(trail, perhaps(window)).size() + probes_in(shorter);
    if (misled(window)) most = std::numeric_limits<std::uint64_t>::max();
    conclude(within(least, most, what.at_most, what.at_least), fmt::format("{} {}", lost.size(), word(way)), window);
  }

  // --- states -------------------------------------------------------------------------------------------------------

  /// Whether it had stopped by then, and not only because the host had.
  bool stopped(const FlowEvidence& flow, FlowDirection way, Duration time) const {
    const Duration silence = probes::silence_at(flow.witness(way).trail, time);
    return silence - doubt.inside({time - silence, time}) > probes::kDeadAfter;
  }

  void operator()(const ExpectDead& what) {
    const FlowEvidence& flow = evidence.flow(what.flow);
    for (const FlowDirection way : ways(what.direction)) {
      const auto is_stopped = [&](Duration time) { return stopped(flow, way, time); };
      const auto is_moving = [&](Duration time) {
        return probes::silence_at(flow.witness(way).trail, time) <= probes::kDeadAfter;
      };
      const Answer stop = doubt.held(evidence.ended, is_stopped), move = doubt.held(evidence.ended, is_moving);
      conclude(verdict_of({stop.surely, move.surely, {}}, what.dead),
               fmt::format("{} {}", word(way), flow.witness(way).measured.dead ? "stopped" : "is moving"),
               stop.because);
    }
    if (!flow.broken.empty()) result.found += " (" + flow.broken + ")";
  }

  /// What "before", "after" and a time are.
  Duration time_of(const std::string& when_word, const std::optional<Duration>& at) const {
    if (at) return evidence.began + *at;
    return when_word == "before" ? evidence.first_fault.value_or(evidence.ended) : evidence.ended;
  }

  /// Of a flow that has stopped by the end, the last path that it had is not where it goes.
  std::optional<probes::Path> path_then(const FlowEvidence& flow, FlowDirection way, Duration time) const {
    if (time >= evidence.ended && stopped(flow, way, time)) return std::nullopt;
    return evidence.path_at(flow, way, time);
  }

  void operator()(const ExpectPath& what) {
    if (!traced(evidence, result)) return;
    for (const FlowDirection way : ways(what.direction)) judge_path(what, way);
  }

  void judge_path(const ExpectPath& what, FlowDirection way) {
    const FlowEvidence& flow = evidence.flow(what.flow);
    const Duration time = time_of(what.when, what.at);
    const Answer answer = doubt.held(time, [&](Duration moment) {
      const auto path = path_then(flow, way, moment);
      return path && satisfies(*path, what);
    });
    const auto path = path_then(flow, way, time);
    const bool unseen = path && answer.surely_not && evidence.sightings_lost;
    conclude(unseen ? Verdict::kInconclusive : verdict_of(answer, true),
             path ? probes::to_string(*path) + via_text(*path, what) : fmt::format("{} nothing arrived", word(way)),
             answer.because);
  }

  void operator()(const ExpectSymmetry& what) {
    if (!traced(evidence, result)) return;
    const Duration time = time_of(what.when, what.at);
    const Answer answer = doubt.held(time, [&](Duration moment) {
      const auto forward = crossed(what, FlowDirection::kForward, moment);
      return !forward.empty() && forward == crossed(what, FlowDirection::kReverse, moment);
    });
    const Verdict verdict =
        answer.surely_not && evidence.sightings_lost ? Verdict::kInconclusive : verdict_of(answer, true);
    conclude(verdict,
             fmt::format("forward {}, reverse {}", fmt::join(crossed(what, FlowDirection::kForward, time), " "),
                         fmt::join(crossed(what, FlowDirection::kReverse, time), " ")),
             answer.because);
  }

  std::vector<std::string> crossed(const ExpectSymmetry& what, FlowDirection way, Duration time) const {
    const auto path = path_then(evidence.flow(what.flow), way, time);
    std::vector<std::string> nodes;
    for (const std::string& node : what.nodes) {
      if (path && std::count(path->nodes.begin(), path->nodes.end(), node) > 0) nodes.push_back(node);
    }
    return nodes;
  }

  // --- occurrences --------------------------------------------------------------------------------------------------

  static bool matches(const ExpectEvent& what, const services::Event& event) {
    return (what.source.empty() || event.source == what.source) && (what.node.empty() || event.node == what.node) &&
           event.text.find(what.contains) != std::string::npos;
  }

  void operator()(const ExpectEvent& what) {
    const Duration since = evidence.first_fault.value_or(evidence.began);
    const Duration until = what.within ? since + *what.within : evidence.ended;
    const services::Event* first = nullptr;
    std::vector<Moment> moments;
    for (const services::Event& event : evidence.events) {
      if (event.at < since || event.at > evidence.last_seen() || !matches(what, event)) continue;
      moments.push_back({event.at - stamped_late(event, evidence.host), event.at});
      if (first == nullptr && (what.happens || moments.back().earliest <= until)) first = &event;
    }
    const Answer answer = doubt.occurred(moments, {since, until});
    conclude(verdict_of(answer, what.happens),
             first == nullptr ? "it did not happen"
                              : fmt::format("{}: {} after {}", first->node, first->text, readable(first->at - since)),
             answer.because);
  }

  static std::vector<Moment> moments_of(const std::vector<Duration>& times) {
    std::vector<Moment> moments;
    for (const Duration time : times) moments.push_back({time, time});
    return moments;
  }

  void operator()(const ExpectCapture& what) {
    const auto count = evidence.captured.find(&expectation);
    if (count == evidence.captured.end()) return add(result, Verdict::kInconclusive, "nothing was captured");
    const auto& [matched, dropped, times] = count->second;
    const Answer answer = doubt.occurred(moments_of(times), evidence.window(what.during));
    const bool blind = matched == 0 && dropped > 0;  // what was not seen proves nothing
    conclude(blind ? Verdict::kInconclusive : verdict_of(answer, what.some),
             fmt::format("{} packets", matched) + (dropped > 0 ? fmt::format(", {} not looked at", dropped) : ""),
             answer.because);
  }

  void operator()(const ExpectCounter& what) {
    if (!traced(evidence, result)) return;
    const std::uint32_t id = evidence.flow(what.flow).spec.id;
    auto times = evidence.sightings->times_at(id, FlowDirection::kForward, what.node);
    for (const Duration time : evidence.sightings->times_at(id, FlowDirection::kReverse, what.node))
      times.push_back(time);
    const probes::Window window = evidence.window(what.during);
    const auto seen =
        std::ranges::count_if(times, [&](Duration time) { return time >= window.begin && time < window.end; });
    const Answer answer = doubt.occurred(moments_of(times), window);
    const bool unseen = answer.surely_not && evidence.sightings_lost;
    conclude(unseen ? Verdict::kInconclusive : verdict_of(answer, what.some),
             seen > 0 ? fmt::format("{} sightings", seen) : "none", answer.because);
  }

  static std::string via_text(const probes::Path& path, const ExpectPath& what) {
    std::string text;
    for (const auto& [node, interface] : what.via) {
      const auto found = path.via.find(node);
      text += fmt::format(" ({} by {})", node, found == path.via.end() ? "nothing" : found->second);
    }
    return text;
  }
};

}  // namespace

std::vector<FlowDirection> ways(Direction direction) {
  if (direction == Direction::kForward) return {FlowDirection::kForward};
  if (direction == Direction::kReverse) return {FlowDirection::kReverse};
  return {FlowDirection::kForward, FlowDirection::kReverse};
}

bool satisfies(const probes::Path& path, const ExpectPath& what) {
  const auto crosses = [&](const std::string& node) {
    return std::find(path.nodes.begin(), path.nodes.end(), node) != path.nodes.end();
  };
  if (!what.exactly.empty() && path.nodes != what.exactly) return false;
  if (!in_order(what.contains, path.nodes)) return false;
  if (std::any_of(what.avoids.begin(), what.avoids.end(), crosses)) return false;
  return std::all_of(what.via.begin(), what.via.end(), [&](const auto& wanted_via) {
    const auto found = path.via.find(wanted_via.first);
    return found != path.via.end() && found->second == wanted_via.second;
  });
}

Judgement judge(const Expectation& expectation, const Evidence& evidence) {
  const Doubt doubt(evidence);
  Judge judge{expectation, evidence, doubt, {}};
  judge.result.sentence = sentence_of(expectation);
  judge.result.because = expectation.because;
  judge.result.line = expectation.where.line;
  std::visit(judge, expectation.what);
  return judge.result;
}

}  // namespace xconn::drill
