#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "drill/evidence.hh"

namespace xconn::drill {
namespace {

using probes::Verdict;
using probes::Way;

const char* word(Way way) { return way == Way::kForward ? "forward" : "reverse"; }

std::string of(const std::string& flow, Direction direction) {
  if (direction == Direction::kBoth) return flow;
  return flow + (direction == Direction::kForward ? ", forward" : ", reverse");
}

std::string during_text(const std::optional<Span>& during) {
  return during ? fmt::format(" from {} to {}", xconn::to_string(during->begin), xconn::to_string(during->end)) : "";
}

Verdict worse(Verdict a, Verdict b) {
  if (a == Verdict::kFail || b == Verdict::kFail) return Verdict::kFail;
  return a == Verdict::kInconclusive ? a : b;
}

void add(Judgement& judgement, Verdict verdict, const std::string& found) {
  judgement.verdict = worse(judgement.verdict, verdict);
  judgement.found += (judgement.found.empty() ? "" : ", ") + found;
}

Verdict verdict_of(bool holds) { return holds ? Verdict::kPass : Verdict::kFail; }

// Whether sightings can say it. Without tracing nothing can; with a full ring, only what was seen was seen.
bool traced(const Evidence& evidence, Judgement& judgement) {
  if (evidence.sightings) return true;
  add(judgement, Verdict::kInconclusive, "paths were not traced");
  return false;
}

template <typename Value, typename Text>
std::string range_text(const std::optional<Value>& at_most, const std::optional<Value>& at_least, Text text) {
  std::vector<std::string> parts;
  if (at_most) parts.push_back("<= " + text(*at_most));
  if (at_least) parts.push_back(">= " + text(*at_least));
  return fmt::format("{}", fmt::join(parts, " and "));
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

struct Judge {
  const Expectation& expectation;
  const Evidence& evidence;
  Judgement result;

  void operator()(const ExpectOutage& what) {
    const FlowEvidence& flow = evidence.flow(what.flow);
    result.sentence =
        fmt::format("outage of {} {}{}", of(what.flow, what.direction),
                    range_text(what.limit.at_most, what.limit.at_least, readable), during_text(what.during));
    for (const Way way : ways(what.direction)) {
      const probes::Gap gap = probes::longest_gap(flow.witness(way).trail, evidence.window(what.during));
      const Duration stall = evidence.host.during({gap.start, gap.end});
      std::string found = fmt::format("{} {}", readable(gap.outage), word(way));
      if (gap.open && flow.witness(way).measured.dead) found += " and not over";
      if (stall.count() > 0) found += fmt::format(" (host stalled {} of it)", readable(stall));
      add(result, probes::judge(gap.outage, what.limit, stall), found);
    }
  }

  void operator()(const ExpectDead& what) {
    const FlowEvidence& flow = evidence.flow(what.flow);
    result.sentence = of(what.flow, what.direction) + (what.dead ? " stops for good" : " is moving at the end");
    for (const Way way : ways(what.direction)) {
      const bool dead = flow.witness(way).measured.dead;
      add(result, verdict_of(dead == what.dead), fmt::format("{} {}", word(way), dead ? "stopped" : "is moving"));
    }
    if (!flow.broken.empty()) result.found += " (" + flow.broken + ")";
  }

  // A stall that lengthens an outage loses more probes: judged as the time that the lost ones cover.
  void operator()(const ExpectLost& what) {
    const FlowEvidence& flow = evidence.flow(what.flow);
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    result.sentence = fmt::format("lost probes of {} {}{}", of(what.flow, what.direction),
                                  range_text(what.at_most, what.at_least, number), during_text(what.during));
    const auto time = [&](const std::optional<std::uint64_t>& count) -> std::optional<Duration> {
      if (!count) return std::nullopt;
      return flow.spec.every * static_cast<std::int64_t>(*count);
    };
    const probes::Window window = evidence.window(what.during);
    for (const Way way : ways(what.direction)) {
      const std::uint64_t lost = probes::lost_during(flow.witness(way).trail, window);
      const auto gap = probes::longest_gap(flow.witness(way).trail, window);
      const Duration stall = evidence.host.during({gap.start, gap.end});
      add(result, probes::judge(*time(lost), {time(what.at_most), time(what.at_least)}, stall),
          fmt::format("{} {}", lost, word(way)));
    }
  }

  void operator()(const ExpectPath& what) {
    result.sentence =
        fmt::format("path of {} {}{}", of(what.flow, what.direction), when(what.when, what.at), wanted(what));
    if (!traced(evidence, result)) return;
    for (const Way way : ways(what.direction)) {
      const auto path = path_when(what.flow, way, what.when, what.at);
      if (!path) {
        add(result, Verdict::kFail, fmt::format("{} nothing arrived", word(way)));
        continue;
      }
      const Verdict otherwise = evidence.sightings_lost ? Verdict::kInconclusive : Verdict::kFail;
      add(result, satisfies(*path, what) ? Verdict::kPass : otherwise,
          probes::to_string(*path) + via_text(*path, what));
    }
  }

  void operator()(const ExpectSymmetry& what) {
    result.sentence = fmt::format("{} crosses the same of {} both ways {}", what.flow, fmt::join(what.nodes, ", "),
                                  when(what.when, what.at));
    if (!traced(evidence, result)) return;
    std::vector<std::string> crossed[2];
    for (const Way way : {Way::kForward, Way::kReverse}) {
      const auto path = path_when(what.flow, way, what.when, what.at);
      for (const std::string& node : what.nodes) {
        if (path && std::count(path->nodes.begin(), path->nodes.end(), node) > 0) {
          crossed[static_cast<int>(way)].push_back(node);
        }
      }
      add(result, Verdict::kPass, fmt::format("{} {}", word(way), fmt::join(crossed[static_cast<int>(way)], " ")));
    }
    const bool same = crossed[0] == crossed[1] && !crossed[0].empty();
    result.verdict = same ? Verdict::kPass : evidence.sightings_lost ? Verdict::kInconclusive : Verdict::kFail;
  }

  void operator()(const ExpectEvent& what) {
    const Duration since = evidence.first_fault.value_or(evidence.began);
    result.sentence = fmt::format("{}{}", what.happens ? "" : "no ", describe(what));
    const auto found = std::find_if(evidence.events.begin(), evidence.events.end(), [&](const services::Event& event) {
      return event.at >= since && event.at <= evidence.ended && (what.source.empty() || event.source == what.source) &&
             (what.node.empty() || event.node == what.node) && event.text.find(what.contains) != std::string::npos &&
             (what.happens || !what.within || event.at <= since + *what.within);
    });
    if (found == evidence.events.end()) return add(result, verdict_of(!what.happens), "it did not happen");
    const Duration after = found->at - since;
    const std::string text = fmt::format("{}: {} after {}", found->node, found->text, readable(after));
    if (!what.happens) return add(result, Verdict::kFail, text);
    add(result, probes::judge(after, {what.within, std::nullopt}, evidence.host.during({since, found->at})), text);
  }

  void operator()(const ExpectCapture& what) {
    result.sentence = fmt::format("{} packet matches '{}' at {}:{}{}", what.some ? "some" : "no", what.filter,
                                  what.node, what.interface, during_text(what.during));
    const auto count = evidence.captured.find(&expectation);
    if (count == evidence.captured.end()) return add(result, Verdict::kInconclusive, "nothing was captured");
    const auto [matched, dropped] = count->second;
    const bool blind = matched == 0 && dropped > 0;  // what was not seen proves nothing
    add(result, blind ? Verdict::kInconclusive : verdict_of((matched > 0) == what.some),
        fmt::format("{} packets", matched) + (dropped > 0 ? fmt::format(", {} not looked at", dropped) : ""));
  }

  void operator()(const ExpectCounter& what) {
    result.sentence = fmt::format("{} sees {} of {}{}", what.node, what.some ? "probes" : "no probe", what.flow,
                                  during_text(what.during));
    if (!traced(evidence, result)) return;
    const std::uint32_t id = evidence.flow(what.flow).spec.id;
    const probes::Window window = evidence.window(what.during);
    const std::uint64_t seen = evidence.sightings->crossings(id, Way::kForward, what.node, window) +
                               evidence.sightings->crossings(id, Way::kReverse, what.node, window);
    add(result, verdict_of((seen > 0) == what.some), seen > 0 ? fmt::format("{} sightings", seen) : "none");
    if (!what.some && seen == 0 && evidence.sightings_lost) result.verdict = Verdict::kInconclusive;
  }

  static std::string when(const std::string& when, const std::optional<Duration>& at) {
    if (at) return "at " + xconn::to_string(*at);
    return when == "before" ? "before the fault" : "at the end";
  }

  static std::string wanted(const ExpectPath& what) {
    std::string text;
    if (!what.exactly.empty()) text += fmt::format(" is {}", fmt::join(what.exactly, " > "));
    const char* before = " crosses ";
    for (const AnyOf& any : what.contains) {
      text += fmt::format("{}{}", std::exchange(before, " > "), fmt::join(any, " or "));
    }
    if (!what.avoids.empty()) text += fmt::format(" avoids {}", fmt::join(what.avoids, ", "));
    for (const auto& [node, interface] : what.via) text += fmt::format(" leaves {} by {}", node, interface);
    return text;
  }

  static std::string describe(const ExpectEvent& what) {
    std::string text = what.source.empty() ? "event" : what.source + " event";
    if (!what.node.empty()) text += " of " + what.node;
    if (!what.contains.empty()) text += " with '" + what.contains + "'";
    if (what.within) text += " within " + readable(*what.within);
    return text;
  }

  std::optional<probes::Path> path_when(const std::string& name, Way way, const std::string& when_word,
                                        const std::optional<Duration>& at) const {
    const FlowEvidence& flow = evidence.flow(name);
    if (at) return evidence.path_at(flow, way, evidence.began + *at);
    return when_word == "before" ? flow.witness(way).before : flow.witness(way).after;
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

std::vector<Way> ways(Direction direction) {
  if (direction == Direction::kForward) return {Way::kForward};
  if (direction == Direction::kReverse) return {Way::kReverse};
  return {Way::kForward, Way::kReverse};
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
  Judge judge{expectation, evidence, {}};
  judge.result.because = expectation.because;
  std::visit(judge, expectation.what);
  return judge.result;
}

}  // namespace xconn::drill
