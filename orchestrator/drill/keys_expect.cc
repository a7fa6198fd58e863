// SPDX-License-Identifier: Apache-2.0
// The tables of expectations.
#include "drill/keys.hh"

namespace xconn::model {
namespace {

using namespace drill;

using NodeName = Naming<Named::kNode>;

template <class Expect>
KeyInfo flow_key() {
  return key<&Expect::flow, Naming<Named::kFlow>>("flow", "the flow", kRequired);
}

template <class Expect>
KeyInfo direction_key() {
  return key<&Expect::direction>("direction", "the direction");
}

template <class Expect>
void read_during(const Cursor& at, Expect& expect) {
  if (!at.raw().is_list() || at.raw().items.size() != 2)
    return at.fault("it is a list of two times", "write it as [2s, 10s]");
  const auto begin = read_word<Duration>(at.item(0)), end = read_word<Duration>(at.item(1));
  if (!begin || !end) return;
  if (*end < *begin) at.fault("the second time is not before the first");
  expect.during = Span{*begin, *end};
}

template <class Expect>
KeyInfo during_key() {
  const auto& time = Word<Duration>::info().schema;
  return key<Expect, read_during<Expect>>(
      "during",
      own_type("list of two times", R"("type": "array", "minItems": 2, "maxItems": 2, "items": {)" + time + "}"),
      "only between these two times");
}

template <class Expect>
void read_when(const Cursor& at, Expect& expect) {
  const auto when = read_word<Moment>(at);
  if (!when) return;
  expect.when = when->word;
  expect.at = when->at;
}

template <class Expect>
KeyInfo when_key() {
  auto info = key<Expect, read_when<Expect>>("when", word_type<Moment>(),
                                             "before the first fault, after all of them (at the end), or at a time");
  info.standard = Word<Moment>::show({});
  return info;
}

template <auto Limit>
void read_limit(const Cursor& at, ExpectOutage& outage) {
  outage.limit.*Limit = read_word<Duration>(at);
}

template <auto Limit>
KeyInfo limit_key(std::string_view name) {
  return key<ExpectOutage, read_limit<Limit>>(name, word_type<Duration>(), "the limit", kSomeOf);
}

template <class Expect>
KeyInfo packets_key() {
  return key<&Expect::some, Packets>("packets", "whether such packets are expected", kRequired);
}

// --- paths -----------------------------------------------------------------------------------------------------------

/// A node, or a list of nodes of which one suffices.
std::optional<AnyOf> any_of(const Cursor& at) {
  if (at.raw().is_list() && at.raw().items.empty()) {
    at.fault("an entry is a node, or a list of nodes of which one suffices");
    return std::nullopt;
  }
  AnyOf nodes;
  detail::read_list<NodeName>(at, nodes);
  return nodes;
}

void read_contains(const Cursor& at, ExpectPath& path) {
  const auto add = [&](const Cursor& entry) {
    if (auto nodes = any_of(entry)) path.contains.push_back(std::move(*nodes));
  };
  if (!at.raw().is_list()) return add(at);
  for (std::size_t i = 0; i < at.raw().items.size(); ++i) add(at.item(i));
}

TypeInfo contains_type() {
  auto type = word_type<NodeName>(TypeInfo::Shape::kList);
  const auto node = "{" + Word<NodeName>::info().schema + "}";
  type.text = "node or a list of nodes of which one suffices";
  type.schema = R"("anyOf": [)" + node + R"(, {"type": "array", "minItems": 1, "items": )" + node + "}]";
  return type;
}

void read_via(const Cursor& at, ExpectPath& path) {
  if (!at.raw().is_map()) return at.fault_kind("a map from nodes to interfaces");
  for (const auto& entry : at.raw().entries)
    if (auto interface = read_word<FilledLine>(at.entry(entry))) path.via.emplace(entry.key, std::move(*interface));
}

TypeInfo via_type() {
  auto type = word_type<Naming<Named::kEnd>>(TypeInfo::Shape::kWords);
  type.text = "map from nodes to interfaces";
  type.schema =
      R"("type": "object", "minProperties": 1, "additionalProperties": {)" + Word<FilledLine>::info().schema + "}";
  return type;
}

std::vector<KeyInfo> path_keys() {
  constexpr unsigned kWay = kSomeOf | kFilled;
  return {
      flow_key<ExpectPath>(),
      direction_key<ExpectPath>(),
      key<ExpectPath, read_contains>("contains", contains_type(),
                                     "nodes that the probes cross in this order, possibly with others in between",
                                     kWay),
      key<&ExpectPath::avoids, NodeName>("avoids", "nodes that the probes do not cross", kWay),
      key<&ExpectPath::exactly, NodeName>("exactly", "all nodes that the probes cross", kWay),
      key<ExpectPath, read_via>("via", via_type(), "the interfaces through which the probes leave nodes", kWay),
  };
}

// --- events and captures ---------------------------------------------------------------------------------------------

std::vector<KeyInfo> event_keys() {
  return {
      key<&ExpectEvent::source, Naming<Named::kSource>>("source", "the source of the event", kSomeOf),
      key<&ExpectEvent::node, NodeName>("node", "the node; by default, any"),
      key<&ExpectEvent::contains, FilledLine>("contains", "part of the event's text", kSomeOf),
      key<&ExpectEvent::within>("within", "how soon after the first fault; by default, until the end"),
  };
}

void read_end(const Cursor& at, ExpectCapture& capture) {
  const auto end = read_word<Naming<Named::kEnd>>(at);
  if (!end) return;
  const auto colon = end->find(':');
  capture.node = end->substr(0, colon);
  capture.interface = end->substr(colon + 1);
}

// --- expectations ----------------------------------------------------------------------------------------------------

template <class Expect, class As = Expect>
Expect& read_what(const Cursor& at, Expectation& expectation) {
  auto& what = expectation.what.emplace<Expect>();
  read_object(object_info<As>(), at, &what);
  return what;
}

template <class Expect>
void read_plain(const Cursor& at, Expectation& expectation) {
  read_what<Expect>(at, expectation);
}
void read_alive(const Cursor& at, Expectation& expectation) {
  read_what<ExpectDead, Alive>(at, expectation).dead = false;
}
void read_no_event(const Cursor& at, Expectation& expectation) {
  read_what<ExpectEvent, NoEvent>(at, expectation).happens = false;
}

template <class As, void (*Read)(const Cursor&, Expectation&) = read_plain<As>>
KeyInfo what_key(std::string_view name) {
  TypeInfo type;
  type.object = object_info<As>;
  return key<Expectation, Read>(name, std::move(type), object_info<As>().doc, kOneOf);
}

}  // namespace

template <>
const ObjectInfo& object_info<Expectation>() {
  static const ObjectInfo kInfo{
      "expectation",
      "An expectation: one of these, and why.",
      "- outage: {flow: client-to-app, at-most: 2s}\n  because: BFD finds it",
      {
          key<&Expectation::because, Message>(
              "because", "the reason for the expectation; the report shows it if the expectation fails"),
          what_key<ExpectOutage>("outage"),
          what_key<ExpectDead>("dead"),
          what_key<Alive, read_alive>("alive"),
          what_key<ExpectLost>("lost"),
          what_key<ExpectPath>("path"),
          what_key<ExpectSymmetry>("symmetric"),
          what_key<ExpectEvent>("event"),
          what_key<NoEvent, read_no_event>("no-event"),
          what_key<ExpectCapture>("capture"),
          what_key<ExpectCounter>("counter"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<ExpectOutage>() {
  static const ObjectInfo kInfo{"outage",
                                "The longest silence between two arrivals, minus the interval, is within the limits.",
                                "- outage: {flow: a, at-most: 2s, direction: forward, during: [2s, 10s]}",
                                {
                                    flow_key<ExpectOutage>(),
                                    limit_key<&probes::Limit::at_most>("at-most"),
                                    limit_key<&probes::Limit::at_least>("at-least"),
                                    direction_key<ExpectOutage>(),
                                    during_key<ExpectOutage>(),
                                }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<ExpectDead>() {
  static const ObjectInfo kInfo{"dead",
                                "The flow stops and does not come back before the end.",
                                "- dead: {flow: a}",
                                {flow_key<ExpectDead>(), direction_key<ExpectDead>()}};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Alive>() {
  static const ObjectInfo kInfo{"alive",
                                "The flow is running at the end.",
                                "- alive: {flow: a}",
                                {flow_key<ExpectDead>(), direction_key<ExpectDead>()}};
  return kInfo;
}

template <>
const ObjectInfo& object_info<ExpectLost>() {
  static const ObjectInfo kInfo{"lost",
                                "The number of probes that never arrived is within the limits.",
                                "- lost: {flow: a, at-most: 0}",
                                {
                                    flow_key<ExpectLost>(),
                                    key<&ExpectLost::at_most, Count>("at-most", "no more than this", kSomeOf),
                                    key<&ExpectLost::at_least, Count>("at-least", "no less than this", kSomeOf),
                                    direction_key<ExpectLost>(),
                                    during_key<ExpectLost>(),
                                }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<SteadyPath>() {
  static const ObjectInfo kInfo{"steady path", "The path that a flow must take before the drill begins.",
                                "steady:\n  - {flow: client-to-app, via: {hq-fgt: er}}", path_keys()};
  return kInfo;
}

template <>
const ObjectInfo& object_info<ExpectPath>() {
  static const ObjectInfo kInfo = [] {
    ObjectInfo info{"path", "The probes crossed these nodes, and left a node by an interface.",
                    "- path: {flow: a, when: 12s, contains: [hq-er, [msee1, msee2], er-gw-core], via: {hq-fgt: er}}",
                    path_keys()};
    info.keys.push_back(when_key<ExpectPath>());
    return info;
  }();
  return kInfo;
}

template <>
const ObjectInfo& object_info<ExpectSymmetry>() {
  static const ObjectInfo kInfo{
      "symmetric",
      "Both directions cross the same nodes of this list.",
      "- symmetric: {flow: a, of: [fw-a, fw-b]}",
      {
          flow_key<ExpectSymmetry>(),
          key<&ExpectSymmetry::nodes, NodeName>("of", "the nodes to compare", kRequired | kFilled),
          when_key<ExpectSymmetry>(),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<ExpectEvent>() {
  static const ObjectInfo kInfo{"event", "An event occurred.",
                                "- event: {source: bfd, node: hq-er, contains: down, within: 2s}", event_keys()};
  return kInfo;
}

template <>
const ObjectInfo& object_info<NoEvent>() {
  static const ObjectInfo kInfo{"no-event", "An event did not occur.", "- no-event: {source: sdwan}", event_keys()};
  return kInfo;
}

template <>
const ObjectInfo& object_info<ExpectCapture>() {
  static const ObjectInfo kInfo{
      "capture",
      "No packets at a link end match a filter of pcap, or some do.",
      "- capture: {on: \"hq:wan\", filter: net 172.16.0.0/12, packets: none}",
      {
          key<ExpectCapture, read_end>("on", word_type<Naming<Named::kEnd>>(), "the link end", kRequired),
          key<&ExpectCapture::filter, Filter>("filter", "the packets to look for", kRequired),
          packets_key<ExpectCapture>(),
          during_key<ExpectCapture>(),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<ExpectCounter>() {
  static const ObjectInfo kInfo{"counter",
                                "None of a flow's probes were seen at a node, or some were.",
                                "- counter: {node: hq-er, flow: a, packets: some}",
                                {
                                    key<&ExpectCounter::node, NodeName>("node", "the node", kRequired),
                                    flow_key<ExpectCounter>(),
                                    packets_key<ExpectCounter>(),
                                    during_key<ExpectCounter>(),
                                }};
  return kInfo;
}

}  // namespace xconn::model
