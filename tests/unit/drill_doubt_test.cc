// SPDX-License-Identifier: Apache-2.0
// Each kind of judgement, with stalls before, inside and after, long and short. The drill is that of drill_evidence.hh:
// the fault at 104 s, BFD down at 104.871 s, out until 105.12 s.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drill/doubt.hh"
#include "drill_evidence.hh"

namespace xconn::drill {
namespace {

using namespace std::chrono_literals;
using probes::Verdict;
using testing::HasSubstr;
using enum probes::Verdict;

constexpr const char* kFlow = "client-to-app";

/// The series without what `unwanted` says.
template <typename T, typename Unwanted>
void leave_out(probes::Series<T>& series, Unwanted unwanted) {
  probes::Series<T> rest;
  for (const T& probe : series)
    if (!unwanted(probe)) rest.push_back(probe);
  series = rest;
}

class DoubtTest : public testing::Test {
 protected:
  DoubtTest() {
    evidence_.detections = {{"router", "bfd", "app", 300ms, 900ms}};
    stalls({});
  }
  void stalls(std::vector<probes::Stall> stalls) {
    evidence_.host.stalls = std::move(stalls);
    evidence_.watched = evidence_.ended + Doubt(evidence_).behind(evidence_.ended);
  }
  template <typename What>
  Judgement judged(const What& what) {
    expectation_.what = what;
    return judge(expectation_, evidence_);
  }
  template <typename What>
  Verdict verdict(const What& what) {
    return judged(what).verdict;
  }
  static ExpectOutage at_most(Duration limit, std::optional<Span> during = {}) {
    return {kFlow, Direction::kForward, {limit, std::nullopt}, during};
  }
  static ExpectOutage at_least(Duration limit) { return {kFlow, Direction::kForward, {std::nullopt, limit}, {}}; }
  static ExpectEvent bfd_down(std::optional<Duration> within) { return {"bfd", "router", "down", true, within}; }
  static ExpectEvent no_bfd_down(std::optional<Duration> within) { return {"bfd", "router", "down", false, within}; }
  static ExpectPath by(const std::string& interface, std::optional<Duration> at) {
    ExpectPath path;
    path.flow = kFlow;
    path.at = at;
    path.via = {{"client", interface}};
    return path;
  }
  Evidence evidence_ = silent_er();
  Expectation expectation_;
};

// --- amounts --------------------------------------------------------------------------------------------------------

TEST_F(DoubtTest, AStallInsideAnOutageMayHaveMadeItLonger) {
  stalls({{104s + 900ms, 105s}});
  EXPECT_EQ(verdict(at_most(1100ms)), kInconclusive);
  EXPECT_THAT(judged(at_most(1100ms)).found, HasSubstr("1.12 s forward (the host stalled 100 ms at +0.900)"));
  EXPECT_EQ(verdict(at_most(1s)), kFail);  // 1.02 s even without
  EXPECT_EQ(verdict(at_most(1120ms)), kPass);
  EXPECT_EQ(verdict(at_least(1s)), kPass);
  EXPECT_EQ(verdict(at_least(1100ms)), kInconclusive);
  EXPECT_EQ(verdict(at_least(1200ms)), kFail);
}

TEST_F(DoubtTest, AProbeThatAStallMadeLateIsNoOutage) {
  auto& trail = evidence_.flows[0].forward.trail;
  const auto on_time = trail_with_gap(104s, 104s);
  trail.arrivals = probes::Series<probes::Arrival>();
  for (auto arrival : on_time.arrivals) {
    const bool is_held_up = arrival.sent >= 107s && arrival.sent <= 107s + 20ms;
    if (is_held_up) arrival.received = 107s + 26ms;
    trail.arrivals.push_back(arrival);
  }
  stalls({{107s, 107s + 20ms}});
  EXPECT_EQ(verdict(at_most(0ms)), kInconclusive);
  EXPECT_THAT(judged(at_most(0ms)).found, HasSubstr("the host stalled 20 ms"));
  EXPECT_EQ(verdict(at_most(30ms)), kPass);
  stalls({});
  EXPECT_EQ(verdict(at_most(0ms)), kFail);
}

TEST_F(DoubtTest, AStallBeforeAnOutageMayHaveMadeItShorter) {
  stalls({{103s + 500ms, 103s + 900ms}});  // the last keepalive that came was older than it should have been
  EXPECT_EQ(verdict(at_most(1200ms)), kInconclusive);
  EXPECT_EQ(verdict(at_most(1600ms)), kPass);
  EXPECT_EQ(verdict(at_most(1100ms)), kFail);
  EXPECT_EQ(verdict(at_least(1200ms)), kInconclusive);
  stalls({{102s, 102s + 400ms}});  // further back than BFD looks
  EXPECT_EQ(verdict(at_most(1200ms)), kPass);
  evidence_.detections.push_back({"router", "bgp", "app", 60s, 180s});
  EXPECT_EQ(verdict(at_most(1200ms)), kPass);  // nothing waited for that hold time
  evidence_.events.push_back({105s, "bgp", "router", "neighbor app down (sent Cease/BFD Down)"});
  EXPECT_EQ(verdict(at_most(1200ms)), kPass);
  evidence_.events.back().text = "neighbor app down (Hold Timer Expired)";
  EXPECT_EQ(verdict(at_most(1200ms)), kInconclusive);
}

TEST_F(DoubtTest, AStallAfterAnOutageChangesNothing) {
  stalls({{107s, 108s}});
  EXPECT_EQ(verdict(at_most(1100ms, Span{0s, 6s})), kFail);
  EXPECT_EQ(verdict(at_most(1200ms, Span{0s, 6s})), kPass);
}

TEST_F(DoubtTest, OfTwoOutagesTheOneWithoutAStallDecides) {
  evidence_.flows[0].forward.trail = trail_with_gap(104s, 105s + 120ms);
  leave_out(evidence_.flows[0].forward.trail.arrivals,
            [](const auto& arrival) { return arrival.sent >= 107s && arrival.sent < 109s; });
  stalls({{107s, 108s + 900ms}});
  EXPECT_EQ(verdict(at_most(1s)), kFail);
  EXPECT_EQ(verdict(at_most(1500ms)), kInconclusive);
}

TEST_F(DoubtTest, WhatAStallPushedIntoTheSpanIsNotOfTheSpan) {
  stalls({{104s + 300ms, 104s + 700ms}});
  EXPECT_EQ(verdict(at_most(50ms, Span{5s, 10s})), kInconclusive);
  stalls({});
  EXPECT_EQ(verdict(at_most(50ms, Span{5s, 10s})), kFail);
}

TEST_F(DoubtTest, TcpSendsAgainAtDoublingIntervals) {
  evidence_.flows[0].spec.kind = probes::FlowKind::kTcp;
  EXPECT_EQ(verdict(at_most(1s)), kFail);
  stalls({{104s + 900ms, 104s + 950ms}});
  EXPECT_EQ(verdict(at_most(1s)), kInconclusive);
  EXPECT_EQ(verdict(at_most(500ms)), kFail);
}

TEST_F(DoubtTest, LostProbes) {
  const auto lost = [&](std::optional<std::uint64_t> most, std::optional<std::uint64_t> least) {
    return verdict(ExpectLost{kFlow, Direction::kForward, most, least, {}});
  };
  EXPECT_EQ(lost(100, {}), kFail);
  stalls({{104s + 500ms, 104s + 550ms}});  // too short for a queue; it may have lengthened the outage by 5 probes
  EXPECT_EQ(lost(106, {}), kFail);
  EXPECT_EQ(lost(107, {}), kInconclusive);
  EXPECT_EQ(lost({}, 107), kPass);
  EXPECT_EQ(lost({}, 108), kInconclusive);
  stalls({{104s + 500ms, 104s + 900ms}});  // long enough to lose by itself what was under way
  EXPECT_EQ(lost({}, 80), kInconclusive);
  EXPECT_EQ(lost(112, {}), kInconclusive);  // and it may be why probes were not sent
  EXPECT_EQ(lost(200, {}), kPass);
}

TEST_F(DoubtTest, NothingWasLostWhereNothingHappened) {
  evidence_.flows[0].forward.trail = trail_with_gap(200s, 200s);
  leave_out(evidence_.flows[0].forward.trail.sent,
            [](const auto& probe) { return probe.at >= 101s && probe.at < 101s + 300ms; });
  leave_out(evidence_.flows[0].forward.trail.arrivals,
            [](const auto& arrival) { return arrival.sent >= 101s && arrival.sent < 101s + 300ms; });
  const ExpectLost none{kFlow, Direction::kForward, 0, {}, {}};
  stalls({{101s, 101s + 300ms}});
  EXPECT_EQ(verdict(none), kPass);
  evidence_.events.push_back({101s + 100ms, "bgp", "router", "neighbor up"});
  EXPECT_EQ(verdict(none), kInconclusive);
}

// --- occurrences ----------------------------------------------------------------------------------------------------

TEST_F(DoubtTest, WhatOnlyTheStallMayHaveBroughtDownIsNoProof) {
  stalls({{104s + 100ms, 104s + 800ms}});
  EXPECT_EQ(verdict(bfd_down(1s)), kInconclusive);
  EXPECT_THAT(
      judged(bfd_down(1s)).found,
      HasSubstr("(the host stalled 700 ms at +0.100; BFD of router with app (300ms x 3) may have fallen by it)"));
  EXPECT_EQ(verdict(no_bfd_down({})), kInconclusive);
  stalls({{104s + 100ms, 104s + 600ms}});  // BFD endures that
  EXPECT_EQ(verdict(bfd_down(1s)), kPass);
  EXPECT_EQ(verdict(no_bfd_down({})), kFail);
}

TEST_F(DoubtTest, SeveralStallsCountTogether) {
  stalls({{104s, 104s + 250ms}, {104s + 260ms, 104s + 450ms}, {104s + 500ms, 104s + 700ms}});
  EXPECT_EQ(verdict(bfd_down(1s)), kInconclusive);
}

TEST_F(DoubtTest, TheStallsOfAnotherNodesProtocolMislead) {
  evidence_.detections = {{"client", "bfd", "app", 300ms, 900ms}};
  stalls({{104s + 100ms, 104s + 800ms}});
  EXPECT_EQ(verdict(bfd_down(1s)), kPass);  // nothing that could fall by it has fallen
  evidence_.events.push_back({104s + 850ms, "bgp", "client", "neighbor app down (BFD down received)"});
  EXPECT_EQ(verdict(bfd_down(1s)), kInconclusive);
}

TEST_F(DoubtTest, AnEventThatAStallHeldUpMayHaveBeenInTime) {
  stalls({{104s + 100ms, 104s + 130ms}});
  EXPECT_EQ(verdict(bfd_down(850ms)), kInconclusive);
  EXPECT_EQ(verdict(bfd_down(830ms)), kFail);
  EXPECT_EQ(verdict(no_bfd_down(850ms)), kInconclusive);  // 841 ms without it: a false pass
  EXPECT_EQ(verdict(no_bfd_down(830ms)), kPass);
  stalls({{105s, 106s}});
  EXPECT_EQ(verdict(bfd_down(850ms)), kFail);
  EXPECT_EQ(verdict(no_bfd_down(850ms)), kPass);
}

TEST_F(DoubtTest, AStallBeforeTheFaultMayHaveHastenedAnEvent) {
  stalls({{103s + 800ms, 103s + 900ms}});
  EXPECT_EQ(verdict(bfd_down(900ms)), kInconclusive);
  EXPECT_EQ(verdict(bfd_down(1s)), kPass);
  EXPECT_EQ(verdict(no_bfd_down(900ms)), kInconclusive);
  EXPECT_EQ(verdict(no_bfd_down({})), kFail);
}

TEST_F(DoubtTest, WhatTheLoopStampedLateMayHaveBeenInTime) {
  evidence_.host.loop = {{104s + 800ms, 104s + 870ms}};
  EXPECT_EQ(verdict(bfd_down(850ms)), kInconclusive);
  EXPECT_EQ(verdict(bfd_down(790ms)), kFail);
  EXPECT_EQ(verdict(no_bfd_down(850ms)), kInconclusive);
  evidence_.events[1].stamped = evidence_.events[2].stamped = true;
  EXPECT_EQ(verdict(bfd_down(850ms)), kFail);
}

TEST_F(DoubtTest, AbsenceProvesNothingWhereTheHostWasBlind) {
  const ExpectEvent never{"ike", "", "", true, 1s};
  EXPECT_EQ(verdict(never), kFail);
  stalls({{104s + 200ms, 104s + 700ms}});
  EXPECT_EQ(verdict(never), kFail);
  stalls({{104s + 200ms, 104s + 720ms}});
  EXPECT_EQ(verdict(never), kInconclusive);
}

TEST_F(DoubtTest, AbsenceUntilTheEndIsWatchedForAsLongAsTheHostStalled) {
  const ExpectEvent none{"ike", "", "", false, {}};
  stalls({{105s, 106s}});
  EXPECT_EQ(verdict(none), kPass);
  evidence_.watched = evidence_.ended;
  EXPECT_EQ(verdict(none), kInconclusive);
}

TEST_F(DoubtTest, Counters) {
  const auto sees = [&](bool some, Duration begin, Duration end) {
    return verdict(ExpectCounter{"router", kFlow, some, Span{begin, end}});
  };
  evidence_.sightings->add({1, probes::FlowDirection::kForward, 5000, 104s + 900ms, 0});
  EXPECT_EQ(sees(false, 4800ms, 9s), kFail);
  stalls({{104s + 100ms, 104s + 300ms}});  // that late one may have been before 4.8 s
  EXPECT_EQ(sees(false, 4800ms, 9s), kInconclusive);
  EXPECT_EQ(sees(true, 4800ms, 9s), kInconclusive);
  EXPECT_EQ(sees(false, 4600ms, 9s), kFail);
  EXPECT_EQ(sees(false, 5s, 9s), kPass);
  EXPECT_EQ(sees(true, 0s, 4s), kPass);
}

TEST_F(DoubtTest, Captures) {
  const auto captured = [&](bool some, std::optional<Span> during) {
    ExpectCapture what{"n", "i", "udp", some, during};
    expectation_.what = what;
    evidence_.captured[&expectation_] = {1, 0, {105s}};
    return judge(expectation_, evidence_).verdict;
  };
  EXPECT_EQ(captured(true, Span{4800ms, 9s}), kPass);
  EXPECT_EQ(captured(false, Span{4800ms, 9s}), kFail);
  stalls({{104s + 100ms, 104s + 400ms}});
  EXPECT_EQ(captured(true, Span{4800ms, 9s}), kInconclusive);
  EXPECT_EQ(captured(false, Span{4800ms, 9s}), kInconclusive);
  EXPECT_EQ(captured(true, Span{4600ms, 9s}), kPass);
  EXPECT_EQ(captured(false, Span{5100ms, 9s}), kPass);
}

// --- states ---------------------------------------------------------------------------------------------------------

TEST_F(DoubtTest, APathMayHaveMovedByThenWithoutTheStall) {
  EXPECT_EQ(verdict(by("vpn", 5100ms)), kFail);
  stalls({{104s + 100ms, 104s + 150ms}});
  EXPECT_EQ(verdict(by("vpn", 5100ms)), kInconclusive);
  EXPECT_EQ(verdict(by("er", 5100ms)), kInconclusive);
  EXPECT_EQ(verdict(by("vpn", 5s)), kFail);
  EXPECT_EQ(verdict(by("vpn", 6s)), kPass);
  EXPECT_EQ(verdict(by("er", 3s)), kPass);  // before anything was done
}

TEST_F(DoubtTest, APathAfterAMisleadingStallIsTheStalls) {
  stalls({{104s + 100ms, 104s + 800ms}});
  EXPECT_EQ(verdict(by("vpn", {})), kInconclusive);
  EXPECT_EQ(verdict(by("er", {})), kInconclusive);
  EXPECT_EQ(verdict(by("er", 3s)), kPass);
}

TEST_F(DoubtTest, Symmetry) {
  const ExpectSymmetry same{kFlow, {"router"}, "", 4800ms};
  EXPECT_EQ(verdict(same), kPass);  // the way back leaves the router after 940 ms
  stalls({{104s + 100ms, 104s + 300ms}});
  EXPECT_EQ(verdict(same), kInconclusive);
  stalls({{104s + 100ms, 104s + 200ms}});
  EXPECT_EQ(verdict(same), kPass);
}

TEST_F(DoubtTest, DeadAndAlive) {
  const ExpectDead dead{kFlow, Direction::kForward, true}, alive{kFlow, Direction::kForward, false};
  evidence_.flows[0].forward.trail = trail_with_gap(109s + 700ms, 200s);
  measure_all(evidence_);
  EXPECT_EQ(verdict(dead), kPass);
  EXPECT_EQ(verdict(alive), kFail);
  stalls({{109s + 750ms, 110s}});  // it may be only that
  EXPECT_EQ(verdict(dead), kInconclusive);
  EXPECT_EQ(verdict(alive), kInconclusive);
  stalls({{109s + 750ms, 109s + 800ms}});
  EXPECT_EQ(verdict(dead), kPass);
  EXPECT_EQ(verdict(alive), kFail);
}

TEST_F(DoubtTest, AFlowThatComesBackWhileItIsWatchedWasNotDead) {
  auto& trail = evidence_.flows[0].forward.trail;
  trail = trail_with_gap(109s + 500ms, 200s);
  trail.ended = 110s + 600ms;
  trail.arrivals.push_back({1050, 110s + 499ms, 110s + 500ms});
  measure_all(evidence_);
  stalls({{104s + 500ms, 105s + 50ms}});
  evidence_.detections.clear();
  EXPECT_EQ(verdict(ExpectDead{kFlow, Direction::kForward, true}), kInconclusive);
  EXPECT_EQ(verdict(ExpectDead{kFlow, Direction::kForward, false}), kInconclusive);
}

// --- what stands whatever the stall did ----------------------------------------------------------------------------

TEST_F(DoubtTest, WhatWasProvenBeforeAMisleadingStallStands) {
  evidence_.events.push_back({107s, "bfd", "router", "app down"});
  stalls({{106s + 200ms, 106s + 900ms}});
  EXPECT_EQ(verdict(bfd_down(1s)), kPass);
  EXPECT_EQ(verdict(no_bfd_down({})), kFail);
  EXPECT_EQ(verdict(at_most(1s)), kFail);
  EXPECT_EQ(verdict(at_least(1s)), kPass);
  EXPECT_EQ(verdict(at_most(1200ms)), kInconclusive);
  EXPECT_EQ(verdict(at_most(1200ms, Span{0s, 6s})), kPass);
  EXPECT_EQ(verdict(ExpectCounter{"router", kFlow, true, {}}), kPass);
  EXPECT_EQ(verdict(ExpectCounter{"router", kFlow, false, {}}), kFail);
  EXPECT_EQ(verdict(by("vpn", 6s)), kPass);
  EXPECT_EQ(verdict(ExpectLost{kFlow, Direction::kForward, {}, 100, {}}), kPass);
  EXPECT_EQ(verdict(ExpectLost{kFlow, Direction::kForward, 100, {}, {}}), kFail);
}

TEST_F(DoubtTest, ManySmallStallsChangeNothingThatHasRoom) {
  std::vector<probes::Stall> many;
  for (Duration at = 100s; at < 110s; at += 50ms) many.push_back({at, at + 4ms});
  stalls(many);
  EXPECT_EQ(verdict(at_most(1200ms)), kPass);
  EXPECT_EQ(verdict(at_most(1s)), kFail);
  EXPECT_EQ(verdict(bfd_down(1s)), kPass);
  EXPECT_EQ(verdict(no_bfd_down(700ms)), kPass);
  EXPECT_EQ(verdict(by("vpn", 6s)), kPass);
  EXPECT_EQ(verdict(by("vpn", {})), kPass);
  EXPECT_EQ(verdict(ExpectDead{kFlow, Direction::kBoth, false}), kPass);
  EXPECT_EQ(verdict(ExpectCounter{"router", kFlow, false, Span{5s, 10s}}), kPass);
}

TEST_F(DoubtTest, AProbeThatLeftLateTellsOfAStallThatTheCanaryMissed) {
  EXPECT_EQ(verdict(at_most(1100ms)), kFail);
  leave_out(evidence_.flows[0].forward.trail.sent,
            [](const auto& probe) { return probe.at > 104s + 500ms && probe.at < 104s + 600ms; });
  EXPECT_EQ(verdict(at_most(1100ms)), kInconclusive);
  EXPECT_EQ(verdict(at_most(1s)), kFail);
  evidence_.flows[0].spec.kind = probes::FlowKind::kTcp;  // that waits for the network
  EXPECT_EQ(verdict(at_most(1100ms)), kFail);
}

// --- the loop -------------------------------------------------------------------------------------------------------

TEST_F(DoubtTest, ALoopThatStalledCountsWhereItHadSomethingToDo) {
  evidence_.host.loop = {{104s + 900ms, 105s}};
  EXPECT_EQ(verdict(at_most(1100ms)), kFail);
  evidence_.dues = {104s + 950ms};  // a fault was to be healed
  EXPECT_EQ(verdict(at_most(1100ms)), kInconclusive);
}

TEST_F(DoubtTest, RowsThatWereStampedLateSaySo) {
  evidence_.host.loop = {{104s + 860ms, 104s + 870ms}};
  const auto rows = timeline(evidence_);
  const auto late = [&](const std::string& source) { return std::ranges::find(rows, source, &Row::source)->late; };
  EXPECT_EQ(late("bfd"), 11ms);
  EXPECT_EQ(late("sdwan"), 0ms);
}

}  // namespace
}  // namespace xconn::drill
