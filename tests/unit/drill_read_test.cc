// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "drill/drill.hh"
#include "tests/source_dir.hh"

namespace xconn::drill {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr const char* kWhole = R"(name: silent
about: a story
topology: ../topology.yaml
duration: 20s
flows:
  a: {from: x, to: y}
  b: {from: x, to: 192.0.2.1, kind: tcp-connect, dscp: 46, port: 99, size: 100, start: 1s}
steady:
  - {flow: a, direction: both, contains: [n]}
timeline:
  - {at: 5s, heal: cut}
  - {at: 2s, fault: loss, on: "n:i", loss: 30%, name: cut, for: 10s}
  - {at: 3s, exec: {node: n, command: [ip, route]}}
expect:
  - outage: {flow: a, at-most: 3.5s, direction: forward, during: [1s, 4s]}
    because: of this
  - dead: {flow: b}
  - alive: {flow: a}
  - lost: {flow: a, at-most: 0}
  - path: {flow: a, when: 12s, contains: [x, [n, m]], via: {n: i}}
  - symmetric: {flow: a, when: before, of: [n]}
  - event: {source: bfd, node: n, contains: down, within: 2s}
  - no-event: {source: sdwan}
  - capture: {on: "n:i", filter: "net 172.16.0.0/12", packets: none}
  - counter: {node: n, flow: a, packets: some}
)";

std::vector<Finding> findings(const std::string& text) {
  try {
    read_text(text, "dir/d.yaml");
  } catch (const TopologyError& error) {
    return error.findings();
  }
  return {};
}

TEST(DrillRead, EveryWordArrives) {
  const Drill drill = read_text(kWhole, "dir/drills/d.yaml");
  EXPECT_EQ(drill.name, "silent");
  EXPECT_EQ(drill.topology, "dir/topology.yaml");
  EXPECT_EQ(drill.duration, 20s);
  ASSERT_EQ(drill.steady.size(), 1U);
  EXPECT_EQ(drill.steady[0].direction, Direction::kBoth);
  EXPECT_THAT(drill.steady[0].contains, ElementsAre(ElementsAre("n")));
  ASSERT_EQ(drill.flows.size(), 2U);
  EXPECT_EQ(drill.flows[0].every, 5ms);
  EXPECT_EQ(drill.flows[1].every, 50ms);
  EXPECT_EQ(drill.flows[1].kind, probes::FlowKind::kTcpConnect);
  EXPECT_EQ(drill.flows[1].dscp, 46);
  EXPECT_EQ(drill.flows[1].port, 99);
  EXPECT_EQ(drill.flows[1].start, 1s);
  EXPECT_NE(drill.flows[0].id, drill.flows[1].id);
}

TEST(DrillRead, TheTimelineIsInOrderOfTime) {
  const Drill drill = read_text(kWhole, "d.yaml");
  ASSERT_EQ(drill.timeline.size(), 3U);
  const auto& fault = std::get<Inject>(drill.timeline[0].action);
  EXPECT_EQ(fault.kind, "loss");
  EXPECT_EQ(fault.on, "n:i");
  EXPECT_EQ(fault.lasts, 10s);
  EXPECT_THAT(fault.parameters, ElementsAre(Pair("loss", "30%")));
  EXPECT_THAT(std::get<Exec>(drill.timeline[1].action).argv, ElementsAre("ip", "route"));
  EXPECT_EQ(std::get<Heal>(drill.timeline[2].action).name, "cut");
}

TEST(DrillRead, ExpectationsOfEveryKind) {
  const Drill drill = read_text(kWhole, "d.yaml");
  ASSERT_EQ(drill.expectations.size(), 10U);
  const auto& outage = std::get<ExpectOutage>(drill.expectations[0].what);
  EXPECT_EQ(outage.limit.at_most, 3500ms);
  EXPECT_EQ(outage.direction, Direction::kForward);
  EXPECT_EQ(outage.during->end, 4s);
  EXPECT_EQ(drill.expectations[0].because, "of this");
  EXPECT_TRUE(std::get<ExpectDead>(drill.expectations[1].what).dead);
  EXPECT_FALSE(std::get<ExpectDead>(drill.expectations[2].what).dead);
  EXPECT_EQ(std::get<ExpectLost>(drill.expectations[3].what).at_most, 0U);
  EXPECT_EQ(std::get<ExpectPath>(drill.expectations[4].what).at, 12s);
  EXPECT_THAT(std::get<ExpectPath>(drill.expectations[4].what).contains,
              ElementsAre(ElementsAre("x"), ElementsAre("n", "m")));
  EXPECT_EQ(std::get<ExpectSymmetry>(drill.expectations[5].what).when, "before");
  EXPECT_FALSE(std::get<ExpectEvent>(drill.expectations[7].what).happens);
  EXPECT_EQ(std::get<ExpectCapture>(drill.expectations[8].what).interface, "i");
  EXPECT_TRUE(std::get<ExpectCounter>(drill.expectations[9].what).some);
}

std::string with_step(const std::string& step) {
  return "name: x\ntopology: t.yaml\nduration: 5s\nflows:\n  a: {from: x, to: y}\nexpect:\n  - alive: {flow: a}\n"
         "timeline:\n  - {at: 1s, do: " +
         step + "}\n";
}

TEST(DrillRead, ACommandIsALineOrAListOfWords) {
  for (const auto* written : {"peering update er1 private vlan=9 state=Disabled",
                              "[peering, update, er1, private, vlan=9, state=Disabled]"}) {
    const auto commands = commands_of(read_text(with_step(written), "d.yaml"));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(to_string(commands[0]), "peering update er1 private vlan=9 state=Disabled");
    EXPECT_EQ(commands[0].where, (Where{"d.yaml", 9, 14}));
    EXPECT_EQ(commands[0].path(), (model::KeyPath{"circuits", "er1", "peerings", "private"}));
  }
}

TEST(DrillRead, WhatIsNoCommandIsSaidAtItsPlace) {
  const auto first = [](const std::string& step) {
    const auto found = findings(with_step(step));
    return found.size() != 1 ? "" : to_string(found.front());
  };
  EXPECT_THAT(first("conection delete x"), HasSubstr("d.yaml:9:14: step 1: do = 'conection': there is no such kind of "
                                                     "object; did you mean 'connection'"));
  EXPECT_THAT(first("connection destroy x"), HasSubstr("a connection has no such verb; use create, update or delete"));
  EXPECT_THAT(first("connection delete"), HasSubstr("write connection delete NAME"));
  EXPECT_THAT(first("connection delete x y"), HasSubstr("one name, and nothing more"));
  EXPECT_THAT(first("peering update er1"), HasSubstr("write peering update WHERE NAME KEY=VALUE"));
  EXPECT_THAT(first("circuit update er1 bandwidth"), HasSubstr("'bandwidth': this is not KEY=VALUE"));
}

TEST(DrillRead, NothingIsJudgedAfterTheEnd) {
  constexpr auto kDrill = R"(name: x
topology: t.yaml
duration: 5s
flows:
  a: {from: x, to: y}
expect:
  - outage: {flow: a, at-most: 1s, during: [1s, 6s]}
)";
  EXPECT_THAT(findings(kDrill), ElementsAre(testing::Field(&Finding::rule, "during ends with the drill (duration)")));
}

TEST(DrillRead, AFilterMayBeLong) {
  std::string filter = "host 10.0.0.1";
  while (filter.size() < 500) filter += " or host 10.0.0.2";
  EXPECT_THAT(
      findings("name: x\ntopology: t.yaml\nduration: 5s\nflows:\n  a: {from: x, to: y}\nexpect:\n  - capture: {on: "
               "'x:e', filter: '" +
               filter + "', packets: none}\n"),
      testing::IsEmpty());
}

TEST(DrillRead, AllFaultsAtOnceWithTheirPlaces) {
  const auto found = findings(R"(name: x
topology: t.yaml
duration: soon
colour: red
flows:
  a: {from: x, to: y, kind: icmp}
timeline:
  - {at: 1s, fault: earthquake, on: "n:i"}
  - {at: 2s, heal: nothing}
expect:
  - outage: {flow: z, at-most: 3}
  - capture: {on: n, filter: "udp porto", packets: few}
)");
  std::vector<std::string> texts;
  for (const Finding& finding : found) texts.push_back(to_string(finding));
  EXPECT_THAT(texts, testing::IsSupersetOf({HasSubstr("dir/d.yaml:3:11:"), HasSubstr("dir/d.yaml:4:1:"),
                                            HasSubstr("dir/d.yaml:6:29:"), HasSubstr("dir/d.yaml:8:21:"),
                                            HasSubstr("dir/d.yaml:9:20:"), HasSubstr("dir/d.yaml:11:20:"),
                                            HasSubstr("dir/d.yaml:11:32:"), HasSubstr("dir/d.yaml:12:19:"),
                                            HasSubstr("dir/d.yaml:12:30:"), HasSubstr("dir/d.yaml:12:52:")}));
  EXPECT_EQ(found.size(), 10U) << testing::PrintToString(texts);
}

TEST(DrillRead, AParameterThatTheFaultDoesNotHaveOrNeeds) {
  const std::string head =
      "name: x\ntopology: t\nduration: 5s\nflows: {a: {from: x, to: y}}\nexpect: [alive: {flow: a}]\n";
  EXPECT_EQ(findings(head + "timeline: [{at: 1s, fault: blackhole, on: \"n:i\", loss: 3%}]").size(), 1U);
  EXPECT_EQ(findings(head + "timeline: [{at: 1s, fault: loss, on: \"n:i\"}]").size(), 1U);
  EXPECT_EQ(findings(head + "timeline: [{at: 1s, fault: loss, on: \"n:i\", loss: 3%}]").size(), 0U);
}

TEST(DrillRead, SaysWhatWasMeant) {
  const std::string head = "name: x\ntopology: t\nduration: 5s\nflows: {client: {from: x, to: y}}\n";
  const std::string good = "expect: [alive: {flow: client}]\n";
  for (const auto& [text, meant] : std::vector<std::pair<std::string, std::string>>{
           {head + good + "timelin: []", "did you mean 'timeline'"},
           {head + "expect: [outge: {flow: client, at-most: 1s}]", "did you mean 'outage'"},
           {head + "expect: [outage: {flow: client, at-mots: 1s}]", "did you mean 'at-most'"},
           {head + "expect: [alive: {flow: cleint}]", "did you mean 'client'"},
           {head + good + "timeline: [{at: 1s, fault: carier, on: 'n:i'}]", "did you mean 'carrier'"},
           {head + good + "timeline: [{at: 1s, fault: loss, on: 'n:i', loss: 1%, dirction: in}]",
            "did you mean 'direction'"},
           {head + good + "timeline: [{at: 1s, fault: carrier, on: 'n:i', name: cut}, {at: 2s, heal: cur}]",
            "did you mean 'cut'"},
           {head + "expect: [alive: {flow: client, direction: forwards}]", "did you mean 'forward'"}}) {
    const auto found = findings(text);
    ASSERT_EQ(found.size(), 1U) << text;
    EXPECT_EQ(found[0].remedy, meant) << text;
  }
}

struct Mistake {
  std::string words, rule;
};

TEST(DrillRead, OneWordTooManyOrTooFew) {
  const std::string head = "name: x\ntopology: t\nduration: 5s\nflows: {a: {from: x, to: y}}\n";
  const std::string good = head + "expect: [alive: {flow: a}]\n";
  for (const auto& [text, rule] : std::vector<Mistake>{
           {head + "expect: []", "it is not empty"},
           {head + "expect: [{because: why}]",
            "expectation has exactly one of outage, dead, alive, lost, path, symmetric, event, no-event, capture or "
            "counter"},
           {head + "expect: [{alive: {flow: a}, dead: {flow: a}}]", "expectation has exactly one of "},
           {head + "expect: [outage: {flow: a}]", "outage has one or more of at-most or at-least"},
           {head + "expect: [path: {flow: a}]", "path has one or more of contains, avoids, exactly or via"},
           {head + "expect: [path: {flow: a, avoids: []}]", "it is not empty"},
           {head + "expect: [path: {flow: a, via: {}}]", "it is not empty"},
           {head + "expect: [event: {node: n}]", "event has one or more of source or contains"},
           {head + "expect: [symmetric: {flow: a, of: []}]", "it is not empty"},
           {head + "expect: [outage: {flow: a, at-most: 1s, during: [2s, 1s]}]",
            "the second time is not before the first"},
           {head + "expect: [lost: {flow: a, at-most: -1}]", "it is a whole number, 0 or more"},
           {good + "steady: [{flow: a, avoids: n, when: after}]", "steady path has no such key"},
           {good + "timeline: [{at: 1s}]", "a step has exactly one of fault, heal, exec or do"},
           {good + "timeline: [{at: 1s, heal: all, fault: carrier}]",
            "a step has exactly one of fault, heal, exec or do"},
           {good + "timeline: [{at: 1s, heal: all, on: n}]", "heal has no such key"},
           {good + "timeline: [{heal: all}]", "this key is required"},
           {good + "timeline: [{at: 6s, heal: all}]", "a step is before the drill's end (duration)"},
           {good + "timeline: [{at: 1s, exec: {node: n, command: []}}]", "it is not empty"},
           {good + "timeline: [{at: 1s, fault: carrier, on: 'n:i', name: c}, {at: 2s, fault: carrier, on: 'n:i', name: "
                   "c}]",
            "an earlier fault has this name"}}) {
    const auto found = findings(text);
    ASSERT_EQ(found.size(), 1U) << text;
    EXPECT_THAT(found[0].rule, testing::StartsWith(rule)) << text;
  }
}

TEST(DrillRead, FlowsHaveBounds) {
  const auto wrong = [](const std::string& words) {
    return findings("name: x\ntopology: t\nduration: 5s\nflows: {a: {from: x, to: y, " + words +
                    "}}\nexpect: [alive: {flow: a}]\n")
        .size();
  };
  for (const auto* words :
       {"every: 999us", "every: 0", "size: 23", "size: 65001", "dscp: 64", "port: 65536", "start: -1s"})
    EXPECT_EQ(wrong(words), 1U) << words;
  for (const auto* words : {"every: 1ms", "size: 24", "size: 65000", "dscp: 63", "port: 65535", "start: 0"})
    EXPECT_EQ(wrong(words), 0U) << words;
}

TEST(DrillRead, TakesAnchorsAsATopologyDoes) {
  const Drill drill = read_text(R"(x-limits: &limits {flow: a, at-most: 1s}
name: x
topology: t
duration: 5s
flows: [{name: a, from: x, to: y}]
expect:
  - outage: {<<: *limits, direction: forward}
)",
                                "d.yaml");
  EXPECT_EQ(std::get<ExpectOutage>(drill.expectations.at(0).what).limit.at_most, 1s);
  EXPECT_EQ(drill.flows.at(0).name, "a");
}

TEST(DrillRead, MentionsWhatOnlyALabKnows) {
  std::vector<std::string> words;
  for (const auto& mention : read_text(kWhole, "d.yaml").mentions) words.push_back(mention.at.value);
  EXPECT_THAT(words, ElementsAre("x", "y", "x", "192.0.2.1", "n", "n:i", "n", "x", "n", "m", "n:i", "n", "bfd", "n",
                                 "sdwan", "n:i", "n"));
}

TEST(DrillRead, AListInsideContainsNamesNodes) {
  const std::string head = "name: x\ntopology: t\nduration: 5s\nflows: {a: {from: x, to: y}}\nexpect:\n";
  EXPECT_EQ(findings(head + "  - path: {flow: a, contains: [x, [m1, m2], y]}").size(), 0U);
  EXPECT_EQ(findings(head + "  - path: {flow: a, contains: [x, [], y]}").size(), 1U);
  EXPECT_EQ(findings(head + "  - path: {flow: a, contains: [x, {m1: m2}, y]}").size(), 1U);
  EXPECT_EQ(findings(head + "  - path: {flow: a, avoids: [x, [m1, m2]]}").size(), 1U);
}

TEST(DrillRead, BrokenYamlAndNoiseAreFindings) {
  EXPECT_EQ(findings("name: [").size(), 1U);
  EXPECT_EQ(findings("- just\n- a list\n").size(), 1U);
  EXPECT_EQ(findings(std::string(1000, '\xff')).size(), 1U);
  EXPECT_EQ(findings("name: x\nname: y\n").size(), 1U);
}

TEST(DrillRead, AFileThatIsNotThere) { EXPECT_THROW(read("/nowhere/d.yaml"), TopologyError); }

TEST(DrillRead, TheDrillsThatAreShippedCanBeRead) {
  const std::filesystem::path folder = std::string(kSourceDir) + "/topologies/sdwan-expressroute/drills";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const Drill drill = read(entry.path());
    EXPECT_EQ(drill.name, entry.path().stem());
    EXPECT_TRUE(std::filesystem::exists(drill.topology)) << drill.topology;
    EXPECT_NE(drill.about, "");
    ++count;
  }
  EXPECT_EQ(count, 17);
}

TEST(DrillRead, BombsAreBounded) {
  std::string bomb = "name: &b0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const auto before = "*b" + std::to_string(i - 1);
    bomb +=
        "k" + std::to_string(i) + ": &b" + std::to_string(i) + " [" + before + ", " + before + ", " + before + "]\n";
  }
  for (const auto& text :
       {bomb, std::string("flows: &a [*a]"), "flows: " + std::string(400, '[') + std::string(400, ']'),
        "flows: " + std::string(100'000, '[')}) {
    const auto found = findings(text);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_THAT(found[0].value, testing::IsEmpty());
  }
}

TEST(DrillRead, AFileThatIsNoDrillIsNotQuoted) {
  for (const auto* text : {"root:*:19000:0:::\n", "password: hunter2\n", "key: *hunter2\n", "hunter2", "[hunter2: {"}) {
    const auto found = findings(text);
    ASSERT_EQ(found.size(), 1U) << text;
    for (const auto* word : {"hunter2", "19000", "password"})
      EXPECT_THAT(to_string(found[0]), testing::Not(HasSubstr(word)));
  }
}

TEST(DrillRead, WhatIsNoTextIsRefused) {
  EXPECT_THAT(to_string(findings("name: \xff\xfe").at(0)), HasSubstr("UTF-8"));
  EXPECT_THAT(to_string(findings("name: \x1b[31m").at(0)), HasSubstr("control"));
}

}  // namespace
}  // namespace xconn::drill
