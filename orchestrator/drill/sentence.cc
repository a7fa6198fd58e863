// SPDX-License-Identifier: Apache-2.0
#include "drill/sentence.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "drill/evidence.hh"

namespace xconn::drill {
namespace {

std::string of(const std::string& flow, Direction direction) {
  if (direction == Direction::kBoth) return flow;
  return flow + (direction == Direction::kForward ? ", forward" : ", reverse");
}

std::string during_text(const std::optional<Span>& during) {
  return during ? fmt::format(" from {} to {}", xconn::to_string(during->begin), xconn::to_string(during->end)) : "";
}

std::string when(const std::string& word, const std::optional<Duration>& at) {
  if (at) return "at " + xconn::to_string(*at);
  return word == "before" ? "before the fault" : "at the end";
}

template <typename Value, typename Text>
std::string range_text(const std::optional<Value>& at_most, const std::optional<Value>& at_least, Text text) {
  std::vector<std::string> parts;
  if (at_most) parts.push_back("<= " + text(*at_most));
  if (at_least) parts.push_back(">= " + text(*at_least));
  return fmt::format("{}", fmt::join(parts, " and "));
}

std::string wanted(const ExpectPath& what) {
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

struct Sentence {
  std::string operator()(const ExpectOutage& what) const {
    return fmt::format("outage of {} {}{}", of(what.flow, what.direction),
                       range_text(what.limit.at_most, what.limit.at_least, readable), during_text(what.during));
  }
  std::string operator()(const ExpectDead& what) const {
    return of(what.flow, what.direction) + (what.dead ? " stops for good" : " is moving at the end");
  }
  std::string operator()(const ExpectLost& what) const {
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    return fmt::format("lost probes of {} {}{}", of(what.flow, what.direction),
                       range_text(what.at_most, what.at_least, number), during_text(what.during));
  }
  std::string operator()(const ExpectPath& what) const {
    return fmt::format("path of {} {}{}", of(what.flow, what.direction), when(what.when, what.at), wanted(what));
  }
  std::string operator()(const ExpectSymmetry& what) const {
    return fmt::format("{} crosses the same of {} both ways {}", what.flow, fmt::join(what.nodes, ", "),
                       when(what.when, what.at));
  }
  std::string operator()(const ExpectEvent& what) const {
    std::string text = what.happens ? "" : "no ";
    text += what.source.empty() ? "event" : what.source + " event";
    if (!what.node.empty()) text += " of " + what.node;
    if (!what.contains.empty()) text += " with '" + what.contains + "'";
    if (what.within) text += " within " + readable(*what.within);
    return text;
  }
  std::string operator()(const ExpectCapture& what) const {
    return fmt::format("{} packet matches '{}' at {}:{}{}", what.some ? "some" : "no", what.filter, what.node,
                       what.interface, during_text(what.during));
  }
  std::string operator()(const ExpectCounter& what) const {
    return fmt::format("{} sees {} of {}{}", what.node, what.some ? "probes" : "no probe", what.flow,
                       during_text(what.during));
  }
};

}  // namespace

std::string sentence_of(const Expectation& expectation) { return std::visit(Sentence{}, expectation.what); }

}  // namespace xconn::drill
