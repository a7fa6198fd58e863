#include <gtest/gtest.h>

#include <thread>

#include "probes/canary.hh"

namespace xconn::probes {
namespace {

using namespace std::chrono_literals;

Limit at_most(Duration limit) { return {limit, std::nullopt}; }
Limit at_least(Duration limit) { return {std::nullopt, limit}; }

TEST(CanaryRule, WithinTheLimitPassesWhateverTheHostDid) {
  EXPECT_EQ(judge(900ms, at_most(1s), 0ms), Verdict::kPass);
  EXPECT_EQ(judge(900ms, at_most(1s), 800ms), Verdict::kPass);  // a stall lengthens, it never shortens
  EXPECT_EQ(judge(1s, at_most(1s), 0ms), Verdict::kPass);
}

TEST(CanaryRule, OverTheLimitFailsOnlyIfTheStallCannotBeWhy) {
  EXPECT_EQ(judge(1100ms, at_most(1s), 0ms), Verdict::kFail);
  EXPECT_EQ(judge(1100ms, at_most(1s), 99ms), Verdict::kFail);
  EXPECT_EQ(judge(1100ms, at_most(1s), 100ms), Verdict::kInconclusive);
  EXPECT_EQ(judge(1100ms, at_most(1s), 3s), Verdict::kInconclusive);
}

TEST(CanaryRule, AStallMayBeTheReasonForALongEnoughOutage) {
  EXPECT_EQ(judge(1100ms, at_least(1s), 0ms), Verdict::kPass);
  EXPECT_EQ(judge(1100ms, at_least(1s), 100ms), Verdict::kPass);
  EXPECT_EQ(judge(1100ms, at_least(1s), 101ms), Verdict::kInconclusive);
  EXPECT_EQ(judge(900ms, at_least(1s), 5s), Verdict::kFail);
}

TEST(CanaryRule, ARangeIsJudgedAtBothEnds) {
  const Limit range{2s, 1s};
  EXPECT_EQ(judge(1500ms, range, 100ms), Verdict::kPass);
  EXPECT_EQ(judge(1500ms, range, 600ms), Verdict::kInconclusive);
  EXPECT_EQ(judge(2500ms, range, 100ms), Verdict::kFail);
  EXPECT_EQ(judge(2500ms, range, 2s), Verdict::kInconclusive);
  EXPECT_EQ(judge(500ms, range, 0ms), Verdict::kFail);
}

TEST(Canary, StallsAreSummedInsideTheWindow) {
  HostStalls host;
  host.stalls = {{1s, 1s + 10ms}, {2s, 2s + 50ms}, {3s, 3s + 5ms}};
  EXPECT_EQ(host.during({0s, 10s}), 65ms);
  EXPECT_EQ(host.during({2s + 20ms, 2s + 30ms}), 10ms);
  EXPECT_EQ(host.during({1s + 500ms, 2s + 10ms}), 10ms);
  EXPECT_EQ(host.during({4s, 5s}), 0ms);
}

TEST(Canary, StallsOfBothThreadsAreCountedOnce) {
  EXPECT_EQ(merged({{3s, 4s}, {1s, 2s}, {1500ms, 2500ms}, {1600ms, 1700ms}}),
            (std::vector<Stall>{{1s, 2500ms}, {3s, 4s}}));
  EXPECT_TRUE(merged({}).empty());
}

TEST(Canary, MeasuresThisHost) {
  Canary canary;
  std::this_thread::sleep_for(100ms);
  const HostStalls host = canary.stop();
  EXPECT_GT(host.longest_normal, 0ms);  // no host wakes a thread in no time
  EXPECT_GT(host.longest_real_time, 0ms);
  EXPECT_LT(host.longest_real_time, 10s);
  if (host.pressure) {
    EXPECT_GE(*host.pressure, 0);
    EXPECT_LE(*host.pressure, 1.01);
  }
  for (const Stall& stall : host.stalls) EXPECT_GE(stall.end - stall.start, kStallFloor);
}

}  // namespace
}  // namespace xconn::probes
