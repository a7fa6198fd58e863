// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drill/highlights.hh"
#include "drill_evidence.hh"

namespace xconn::drill {
namespace {

using namespace std::chrono_literals;
using probes::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kJudged = "client-to-app";

class JudgeTest : public testing::Test {
 protected:
  template <typename What>
  Judgement judged(const What& what) {
    expectation_.what = what;
    return judge(expectation_, evidence_);
  }
  template <typename What>
  Verdict verdict(const What& what) {
    return judged(what).verdict;
  }
  static ExpectOutage outage(Duration at_most, Direction direction = Direction::kBoth) {
    return {kJudged, direction, {at_most, std::nullopt}, std::nullopt};
  }
  static ExpectPath path(const std::string& when) {
    ExpectPath result;
    result.flow = kJudged;
    result.when = when;
    return result;
  }
  Evidence evidence_ = silent_er();
  Expectation expectation_;
};

TEST_F(JudgeTest, OutagePerDirection) {
  EXPECT_EQ(verdict(outage(2s)), Verdict::kPass);
  EXPECT_EQ(verdict(outage(1s)), Verdict::kFail);
  EXPECT_EQ(verdict(outage(1s, Direction::kReverse)), Verdict::kPass);
  const Judgement judgement = judged(outage(2s));
  EXPECT_EQ(judgement.sentence, "outage of client-to-app <= 2.00 s");
  EXPECT_EQ(judgement.found,
            "1.12 s forward (host stalled 4.00 ms of it), 940 ms reverse (host stalled 4.00 ms of it)");
}

TEST_F(JudgeTest, AStallThatMayBeTheReasonMakesItInconclusive) {
  EXPECT_EQ(verdict(outage(1117ms)), Verdict::kInconclusive);  // 1120 - 4 is within
  EXPECT_EQ(verdict(outage(1115ms)), Verdict::kFail);
  evidence_.host.stalls = {{101s, 103s}};  // not while it was out
  EXPECT_EQ(verdict(outage(1117ms)), Verdict::kFail);
}

TEST_F(JudgeTest, OutageDuringASpan) {
  ExpectOutage late = outage(100ms);
  late.during = Span{6s, 10s};
  EXPECT_EQ(verdict(late), Verdict::kPass);
  late.during = Span{4500ms, 10s};
  EXPECT_EQ(verdict(late), Verdict::kFail);
}

TEST_F(JudgeTest, DeadAndAlive) {
  EXPECT_EQ(verdict(ExpectDead{kJudged, Direction::kBoth, true}), Verdict::kFail);
  EXPECT_EQ(verdict(ExpectDead{kJudged, Direction::kBoth, false}), Verdict::kPass);
  evidence_.flows[0].forward.trail = trail_with_gap(104s, 200s);
  measure_all(evidence_);
  EXPECT_EQ(verdict(ExpectDead{kJudged, Direction::kForward, true}), Verdict::kPass);
  EXPECT_EQ(verdict(ExpectDead{kJudged, Direction::kBoth, true}), Verdict::kFail);
  EXPECT_FALSE(evidence_.flows[0].forward.after);
}

TEST_F(JudgeTest, OfNothingThatWasSentNothingIsLost) {
  const auto before = Span{20s, 30s};  // the flow's probes end before
  const ExpectLost none{kJudged, Direction::kForward, 0, std::nullopt, before};
  EXPECT_EQ(verdict(none), Verdict::kInconclusive);
  EXPECT_EQ(judged(none).found, "nothing was sent forward");
  EXPECT_EQ(verdict(ExpectLost{kJudged, Direction::kForward, std::nullopt, 1, before}), Verdict::kInconclusive);
}

TEST_F(JudgeTest, AFlowThatHadNotBegunHadNoOutage) {
  ExpectOutage early = outage(1s, Direction::kForward);
  early.during = Span{0s, 2s};
  evidence_.flows[0].forward.trail.began = 103s;
  EXPECT_EQ(verdict(early), Verdict::kInconclusive);
  evidence_.flows[0].forward.trail.began = 100s;
  EXPECT_EQ(verdict(early), Verdict::kPass);
}

TEST_F(JudgeTest, LostProbes) {
  EXPECT_EQ(verdict(ExpectLost{kJudged, Direction::kForward, 112, std::nullopt, {}}), Verdict::kPass);
  EXPECT_EQ(verdict(ExpectLost{kJudged, Direction::kForward, 111, std::nullopt, {}}), Verdict::kFail);
  EXPECT_EQ(verdict(ExpectLost{kJudged, Direction::kBoth, 0, std::nullopt, Span{6s, 9s}}), Verdict::kPass);
}

TEST_F(JudgeTest, PathBeforeAfterAndAtATime) {
  ExpectPath before = path("before");
  before.exactly = {"client", "router", "app"};
  before.via = {{"client", "er"}};
  EXPECT_EQ(verdict(before), Verdict::kPass);
  ExpectPath after = path("after");
  after.avoids = {"router"};
  after.via = {{"client", "vpn"}};
  EXPECT_EQ(verdict(after), Verdict::kPass);
  after.direction = Direction::kBoth;  // the way back leaves app, not client
  EXPECT_EQ(verdict(after), Verdict::kFail);
  ExpectPath at = path("3s");
  at.at = 3s;
  at.contains = {{"client"}, {"app"}};
  EXPECT_EQ(verdict(at), Verdict::kPass);
  at.contains = {{"app"}, {"client"}};
  EXPECT_EQ(verdict(at), Verdict::kFail);
}

TEST_F(JudgeTest, OfAListOfNodesOneSuffices) {
  ExpectPath before = path("before");
  before.contains = {{"client"}, {"other", "router"}, {"app"}};
  EXPECT_EQ(verdict(before), Verdict::kPass);
  EXPECT_EQ(judged(before).sentence,
            "path of client-to-app, forward before the fault crosses client > other or router > app");
  before.contains[1] = {"other", "another"};
  EXPECT_EQ(verdict(before), Verdict::kFail);
  before.contains = {{"app"}, {"other", "router"}};  // the order stands
  EXPECT_EQ(verdict(before), Verdict::kFail);
}

TEST_F(JudgeTest, WithoutTracingAPathIsInconclusive) {
  evidence_.sightings.reset();
  ExpectPath any = path("after");
  any.avoids = {"router"};
  EXPECT_EQ(verdict(any), Verdict::kInconclusive);
  EXPECT_EQ(verdict(ExpectCounter{"router", kJudged, false, {}}), Verdict::kInconclusive);
}

TEST_F(JudgeTest, Symmetry) {
  EXPECT_EQ(verdict(ExpectSymmetry{kJudged, {"router", "other"}, "before", {}}), Verdict::kPass);
  EXPECT_EQ(verdict(ExpectSymmetry{kJudged, {"other"}, "before", {}}), Verdict::kFail);  // it crosses neither
  evidence_.sightings_lost = true;
  EXPECT_EQ(verdict(ExpectSymmetry{kJudged, {"other"}, "before", {}}), Verdict::kInconclusive);
}

TEST_F(JudgeTest, Events) {
  EXPECT_EQ(verdict(ExpectEvent{"bfd", "router", "down", true, 1s}), Verdict::kPass);
  EXPECT_EQ(verdict(ExpectEvent{"bfd", "router", "down", true, 868ms}), Verdict::kInconclusive);
  EXPECT_EQ(verdict(ExpectEvent{"bfd", "router", "down", true, 800ms}), Verdict::kFail);
  EXPECT_EQ(verdict(ExpectEvent{"bfd", "client", "", true, {}}), Verdict::kFail);
  EXPECT_EQ(verdict(ExpectEvent{"sdwan", "", "", false, {}}), Verdict::kFail);
  EXPECT_EQ(verdict(ExpectEvent{"ike", "", "", false, {}}), Verdict::kPass);
  EXPECT_EQ(judged(ExpectEvent{"bfd", "", "", true, 1s}).found, "router: app down after 871 ms");
}

TEST_F(JudgeTest, Counters) {
  EXPECT_EQ(verdict(ExpectCounter{"router", kJudged, true, {}}), Verdict::kPass);
  EXPECT_EQ(verdict(ExpectCounter{"router", kJudged, false, {}}), Verdict::kFail);
  EXPECT_EQ(verdict(ExpectCounter{"router", kJudged, false, Span{5s, 10s}}), Verdict::kPass);
  evidence_.sightings_lost = true;
  EXPECT_EQ(verdict(ExpectCounter{"router", kJudged, false, Span{5s, 10s}}), Verdict::kInconclusive);
}

TEST_F(JudgeTest, Captures) {
  EXPECT_EQ(verdict(ExpectCapture{"n", "i", "udp", false, {}}), Verdict::kInconclusive);
  evidence_.captured[&expectation_] = {0, 0, {}};
  EXPECT_EQ(verdict(ExpectCapture{"n", "i", "udp", false, {}}), Verdict::kPass);
  EXPECT_EQ(verdict(ExpectCapture{"n", "i", "udp", true, {}}), Verdict::kFail);
  evidence_.captured[&expectation_] = {3, 0, {105s}};
  EXPECT_EQ(verdict(ExpectCapture{"n", "i", "udp", false, {}}), Verdict::kFail);
  evidence_.captured[&expectation_] = {0, 7, {}};
  EXPECT_EQ(verdict(ExpectCapture{"n", "i", "udp", false, {}}), Verdict::kInconclusive);
  evidence_.captured[&expectation_] = {1, 7, {105s}};
  EXPECT_EQ(verdict(ExpectCapture{"n", "i", "udp", true, {}}), Verdict::kPass);
}

TEST_F(JudgeTest, TheTimelineTellsTheChain) {
  std::vector<std::string> lines;
  for (const Row& row : timeline(evidence_)) lines.push_back(row.source + " " + row.node + " " + row.text);
  EXPECT_THAT(lines, ElementsAre("flow client-to-app forward last packet", "flow client-to-app reverse last packet",
                                 "fault  blackhole router:right applied", "bfd router app down",
                                 "flow client-to-app reverse first packet on the new path (eth0 -> vpn) after 940 ms",
                                 "sdwan client member er dead",
                                 "flow client-to-app forward first packet on the new path (er -> vpn) after 1.12 s",
                                 "sdwan client nothing to do with it"));
  EXPECT_EQ(timeline(evidence_)[3].times, 2);
}

TEST_F(JudgeTest, WhatTheHostsStallExplainsIsNotInTheTimeline) {
  evidence_.host.stalls = {{103900ms, 106s}};
  for (const Row& row : timeline(evidence_)) EXPECT_NE(row.source, "flow");
}

TEST_F(JudgeTest, ANoisyTimelineKeepsWhatMatters) {
  for (int i = 0; i < 200; ++i) {
    evidence_.events.push_back({104s + 2ms * i, "fib", "router", "route " + std::to_string(i)});
  }
  EXPECT_EQ(timeline(evidence_).size(), 208U);
  const auto rows = highlights(timeline(evidence_));
  EXPECT_EQ(rows.size(), kMostRows);
  const auto is_fib = [](const Row& row) { return row.source == "fib"; };
  EXPECT_EQ(std::ranges::count_if(rows, is_fib), static_cast<long>(kMostRows) - 8);
  const auto last = std::find_if(rows.rbegin(), rows.rend(), is_fib);
  EXPECT_EQ(last->more, 200 - (static_cast<int>(kMostRows) - 8));
}

TEST(Highlights, KeepEveryCauseAndCountTheRest) {
  std::vector<Row> rows;
  for (int i = 0; i < 40; ++i) rows.push_back({i * 1s, "lb", "balancer" + std::to_string(i), "backend down"});
  for (int i = 0; i < 30; ++i) rows.push_back({(40 + i) * 1s, "fault", "", "blackhole " + std::to_string(i)});
  const auto kept = highlights(rows);
  EXPECT_EQ(std::ranges::count(kept, "fault", &Row::source), 30);
  EXPECT_EQ(kept.back().source, "more");
  EXPECT_THAT(kept.back().text, testing::HasSubstr("40 events are left out"));
  EXPECT_TRUE(highlights({}).empty());
}

TEST(Highlights, WhatACommandAmountsToLeavesRoomForWhatItCauses) {
  std::vector<Row> rows{{0s, "change", "", "connection delete er1-hub"}};
  for (int i = 0; i < 92; ++i) rows.push_back({1ms, "change", "", "~ node n" + std::to_string(i) + ": - route"});
  rows.push_back({2ms, "change", "", "connection delete er2-hub is refused: it has no such connection"});
  for (int i = 0; i < 20; ++i) rows.push_back({1s, "bgp", "r" + std::to_string(i), "neighbor 10.0.0.2 down"});
  const auto kept = highlights(rows);
  EXPECT_EQ(kept.size(), kMostRows);
  EXPECT_EQ(std::ranges::count(kept, "bgp", &Row::source), 20);
  EXPECT_EQ(kept.front().text, "connection delete er1-hub");
  EXPECT_EQ(std::ranges::count(kept, "more", &Row::source), 0) << "what is left out is counted where it belongs";
  int told = 0;
  for (const auto& row : kept)
    if (row.source == "change") told += 1 + row.more;
  EXPECT_EQ(told, 94);
  EXPECT_EQ(std::ranges::count_if(kept, [](const Row& row) { return row.text.ends_with("no such connection"); }), 1);
}

TEST_F(JudgeTest, ManyGapsAreTheLongestAndACount) {
  auto& gaps = evidence_.flows.front().forward.measured.gaps;
  gaps.clear();
  for (int i = 0; i < 61; ++i) gaps.push_back({104s + 50ms * i, 104s + 50ms * i + 20ms, false, 300ms + 1ms * i});
  std::vector<std::string> forward;
  for (const Row& row : timeline(evidence_))
    if (row.node.ends_with("forward")) forward.push_back(row.text);
  EXPECT_EQ(forward.size(), 7U);
  EXPECT_THAT(forward.front(), testing::HasSubstr("58 shorter gaps of 300 ms to 357 ms"));
}

TEST_F(JudgeTest, TheWorstVerdictIsTheDrills) {
  Drill drill;
  drill.expectations.push_back({{}, "", outage(2s)});
  EXPECT_EQ(exit_code(report_of(drill, evidence_).verdict), 0);
  drill.expectations.push_back({{}, "", outage(1117ms)});
  EXPECT_EQ(exit_code(report_of(drill, evidence_).verdict), 3);
  drill.expectations.push_back({{}, "", outage(1s)});
  EXPECT_EQ(exit_code(report_of(drill, evidence_).verdict), 1);
}

}  // namespace
}  // namespace xconn::drill
