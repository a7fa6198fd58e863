// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>

#include "probes/canary.hh"
#include "probes/loop_meter.hh"

namespace xconn::probes {
namespace {

using namespace std::chrono_literals;

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

TEST(Canary, WhatItSawBeforeTheBeginStaysButIsNotTheLongest) {
  Canary canary;
  std::this_thread::sleep_for(20ms);
  canary.begin();
  const auto stalls = canary.so_far();
  EXPECT_GE(canary.stop().stalls.size(), stalls.size());
}

TEST(LoopMeter, SeesTheLoopThatDidNotTurn) {
  sys::Loop loop;
  const LoopMeter meter(loop);
  loop.post([] { std::this_thread::sleep_for(80ms); });
  loop.wait("a stall", 5s, [&]() -> std::optional<std::string> {
    if (meter.stalls().empty()) return "none";
    return std::nullopt;
  });
  EXPECT_GE(meter.longest(), 70ms);
  EXPECT_GE(meter.stalls().front().end - meter.stalls().front().start, 80ms);
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
