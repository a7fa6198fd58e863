// SPDX-License-Identifier: Apache-2.0
#include "drill/expectation_reader.hh"

#include <fmt/ranges.h>

#include <limits>
#include <map>

#include "probes/capture.hh"

namespace xconn::drill {
namespace {

using Flows = std::set<std::string>;
using What = decltype(Expectation::what);

constexpr std::uint64_t kMany = std::numeric_limits<std::int64_t>::max();

std::string flow_of(Section& section, const Flows& flows) {
  const std::string name = section.required_text("flow");
  if (!name.empty() && !flows.contains(name)) {
    section.fault("flow", "there is no such flow", fmt::format("use one of: {}", fmt::join(flows, ", ")));
  }
  return name;
}

Direction direction_of(Section& section, Direction otherwise) {
  static const std::map<std::string, Direction> kWords{
      {"forward", Direction::kForward}, {"reverse", Direction::kReverse}, {"both", Direction::kBoth}};
  const auto word = section.text("direction");
  if (!word) return otherwise;
  const auto found = kWords.find(*word);
  if (found != kWords.end()) return found->second;
  section.fault("direction", "a direction is forward, reverse or both");
  return otherwise;
}

std::optional<Span> during_of(Section& section) {
  const auto span = section.span("during");
  if (!span) return std::nullopt;
  return Span{span->first, span->second};
}

// "before", "after", or a time
void read_when(Section& section, std::string& when, std::optional<Duration>& at) {
  when = section.text("when").value_or("after");
  if (when == "before" || when == "after") return;
  at = parse_duration(when);
  if (!at) section.fault("when", "it is before, after, or a time", "write it as before, after or 12s");
}

bool some_of(Section& section) {
  const std::string word = section.required_text("packets");
  if (!word.empty() && word != "none" && word != "some") section.fault("packets", "it is none or some");
  return word == "some";
}

What read_outage(Section& section, const Flows& flows) {
  ExpectOutage result;
  result.flow = flow_of(section, flows);
  result.direction = direction_of(section, Direction::kBoth);
  result.limit = {section.duration("at-most"), section.duration("at-least")};
  result.during = during_of(section);
  if (!section.has("at-most") && !section.has("at-least")) section.fault({}, "it has at-most or at-least, or both");
  return result;
}

What read_dead(Section& section, const Flows& flows) {
  ExpectDead result;
  result.flow = flow_of(section, flows);
  result.direction = direction_of(section, Direction::kBoth);
  return result;
}

What read_alive(Section& section, const Flows& flows) {
  auto result = std::get<ExpectDead>(read_dead(section, flows));
  result.dead = false;
  return result;
}

What read_lost(Section& section, const Flows& flows) {
  ExpectLost result;
  result.flow = flow_of(section, flows);
  result.direction = direction_of(section, Direction::kBoth);
  result.at_most = section.number("at-most", kMany);
  result.at_least = section.number("at-least", kMany);
  result.during = during_of(section);
  if (!section.has("at-most") && !section.has("at-least")) section.fault({}, "it has at-most or at-least, or both");
  return result;
}

ExpectPath read_way(Section& section, const Flows& flows) {
  ExpectPath result;
  result.flow = flow_of(section, flows);
  result.direction = direction_of(section, Direction::kForward);
  result.contains = section.alternatives("contains");
  result.avoids = section.texts("avoids");
  result.exactly = section.texts("exactly");
  for (auto& [node, interface] : section.pairs("via")) result.via.emplace(node, interface);
  for (const char* key : {"contains", "avoids", "exactly"}) section.mention(key, Named::kNode);
  section.mention_ends("via");
  if (result.contains.empty() && result.avoids.empty() && result.exactly.empty() && result.via.empty()) {
    section.fault({}, "it has contains, avoids, exactly or via");
  }
  return result;
}

What read_path(Section& section, const Flows& flows) {
  ExpectPath result = read_way(section, flows);
  read_when(section, result.when, result.at);
  return result;
}

What read_symmetry(Section& section, const Flows& flows) {
  ExpectSymmetry result;
  result.flow = flow_of(section, flows);
  result.nodes = section.texts("of");
  section.mention("of", Named::kNode);
  read_when(section, result.when, result.at);
  if (result.nodes.empty()) section.fault("of", "it names the nodes of which both directions must cross the same");
  return result;
}

What read_event(Section& section, const Flows&) {
  ExpectEvent result;
  result.source = section.text("source").value_or("");
  result.node = section.text("node").value_or("");
  result.contains = section.text("contains").value_or("");
  result.within = section.duration("within");
  section.mention("source", Named::kSource, result.node);
  section.mention("node", Named::kNode);
  if (result.source.empty() && result.contains.empty()) section.fault({}, "it has a source, or a text it contains");
  return result;
}

What read_no_event(Section& section, const Flows& flows) {
  auto result = std::get<ExpectEvent>(read_event(section, flows));
  result.happens = false;
  return result;
}

What read_capture(Section& section, const Flows&) {
  ExpectCapture result;
  const std::string end = section.required_text("on");
  const auto colon = end.find(':');
  if (!end.empty() && (colon == std::string::npos || colon == 0 || colon + 1 == end.size())) {
    section.fault("on", "a link end is NODE:INTERFACE");
  } else if (!end.empty()) {
    result.node = end.substr(0, colon);
    result.interface = end.substr(colon + 1);
    section.mention("on", Named::kEnd);
  }
  result.filter = section.required_text("filter");
  if (const std::string wrong = probes::filter_fault(result.filter); !wrong.empty()) section.fault("filter", wrong);
  result.some = some_of(section);
  result.during = during_of(section);
  return result;
}

What read_counter(Section& section, const Flows& flows) {
  ExpectCounter result;
  result.node = section.required_text("node");
  section.mention("node", Named::kNode);
  result.flow = flow_of(section, flows);
  result.some = some_of(section);
  result.during = during_of(section);
  return result;
}

struct Row {
  const char* key;
  What (*read)(Section&, const Flows&);
};

constexpr Row kRows[] = {
    {"outage", read_outage},   {"dead", read_dead},          {"alive", read_alive}, {"lost", read_lost},
    {"path", read_path},       {"symmetric", read_symmetry}, {"event", read_event}, {"no-event", read_no_event},
    {"capture", read_capture}, {"counter", read_counter},
};

std::string known() {
  std::vector<std::string> names;
  for (const Row& row : kRows) names.emplace_back(row.key);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

ExpectPath read_steady(Section& section, const std::set<std::string>& flows) { return read_way(section, flows); }

std::optional<Expectation> read_expectation(Section& section, const std::set<std::string>& flows) {
  Expectation result;
  result.where = section.where();
  result.because = section.lines("because").value_or("");
  int found = 0;
  for (const Row& row : kRows) {
    auto inner = section.section(row.key);
    if (!inner) continue;
    ++found;
    result.what = row.read(*inner, flows);
    inner->finish();
  }
  if (found == 1) return result;
  section.fault({}, "an expectation is exactly one of: " + known());
  return std::nullopt;
}

}  // namespace xconn::drill
