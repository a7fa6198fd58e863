// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>

#include "datapath/wire_queue.hh"

namespace xconn::datapath {

using namespace std::chrono_literals;

class WireQueueTest : public testing::Test {
 protected:
  void push(Duration now, std::uint8_t number) { queue.push(now, std::vector<std::uint8_t>(60, number)); }
  std::vector<int> pop_all(Duration now) {
    std::vector<int> result;
    while (const auto frame = queue.pop(now)) result.push_back(frame->front());
    return result;
  }
  WireQueue queue{WireOptions{.seed = 3, .capacity = 100}};
};

TEST_F(WireQueueTest, KeepsAFrameUntilItIsDue) {
  queue.set({.delay = 10ms});
  push(100ms, 1);
  EXPECT_EQ(queue.next_due(), 110ms);
  EXPECT_FALSE(queue.pop(109ms));
  EXPECT_EQ(queue.counters().queued, 1U);
  EXPECT_TRUE(queue.pop(112ms));
  EXPECT_EQ(queue.counters().late_average, 2ms);
  EXPECT_FALSE(queue.next_due());
}

TEST_F(WireQueueTest, ALessDelayedFrameDoesNotOvertake) {
  queue.set({.delay = 10ms});
  push(0ms, 1);
  queue.set({.delay = 1ms});
  push(0ms, 2);
  EXPECT_EQ(pop_all(5ms), std::vector<int>{});
  EXPECT_EQ(pop_all(10ms), (std::vector<int>{1, 2}));
}

TEST_F(WireQueueTest, AReorderedFrameOvertakes) {
  queue.set({.delay = 10ms});
  push(0ms, 1);
  queue.set({.delay = 10ms, .reorder = 1});
  push(0ms, 2);
  EXPECT_EQ(pop_all(20ms), (std::vector<int>{2, 1}));
}

TEST_F(WireQueueTest, JitterStaysInItsBounds) {
  queue.set({.delay = 10ms, .jitter = 4ms});
  for (int i = 0; i < 50; i++) {
    const Duration now = i * 100ms;
    push(now, 1);
    EXPECT_GE(*queue.next_due(), now + 6ms);
    EXPECT_LE(*queue.next_due(), now + 14ms);
    queue.pop_early();
  }
}

TEST_F(WireQueueTest, CorruptsOneBitAfterTheAddresses) {
  queue.set({.corrupt = 1});
  push(0ms, 0);
  const auto frame = queue.pop(0ms);
  ASSERT_TRUE(frame);
  int bits = 0;
  for (std::size_t i = 0; i < frame->size(); i++) {
    bits += __builtin_popcount((*frame)[i]);
    if (i < 14) {
      EXPECT_EQ((*frame)[i], 0);
    }
  }
  EXPECT_EQ(bits, 1);
}

TEST_F(WireQueueTest, IsBounded) {
  queue.set({.delay = 1s});
  for (int i = 0; i < 150; i++) push(0ms, 1);
  EXPECT_EQ(queue.counters().queued, 100U);
  EXPECT_EQ(queue.counters().overflow, 50U);
  EXPECT_EQ(queue.counters().entered, 150U);
}

TEST_F(WireQueueTest, TheSeedDecides) {
  const auto lost = [](std::uint64_t seed) {
    WireQueue fresh{WireOptions{.seed = seed}};
    fresh.set({.loss = 0.5});
    std::vector<bool> result;
    for (int i = 0; i < 64; i++) {
      const auto before = fresh.counters().lost;
      fresh.push(0ms, std::vector<std::uint8_t>(60));
      result.push_back(fresh.counters().lost != before);
    }
    return result;
  };
  EXPECT_EQ(lost(1), lost(1));
  EXPECT_NE(lost(1), lost(2));
}

}  // namespace xconn::datapath
