// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/stopwatch.hh"

namespace xconn::probes {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kLatency = 1ms;

// Numbers 0 to count - 1, every 10 ms from 1 s on; those in `lost` do not arrive.
Trail trail(std::uint64_t count, const std::vector<std::uint64_t>& lost = {}) {
  Trail result;
  result.interval = 10ms;
  result.began = 1s;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Duration sent = 1s + 10ms * i;
    result.sent.push_back({i, sent});
    if (!testing::Value(lost, testing::Contains(i))) result.arrivals.push_back({i, sent, sent + kLatency});
  }
  result.ended = 1s + 10ms * count;
  return result;
}

template <typename T>
Series<T> packed(const std::vector<T>& values) {
  Series<T> series;
  for (const T& value : values) series.push_back(value);
  return series;
}

template <typename T>
std::vector<T> unpacked(const Series<T>& series) {
  std::vector<T> values;
  for (const T& value : series) values.push_back(value);
  return values;
}

// The same trail with its arrivals, or departures, as `edit` makes them.
template <auto kSeries, typename Edit>
Trail with(Trail trail, Edit edit) {
  auto values = unpacked(trail.*kSeries);
  edit(values);
  trail.*kSeries = packed(values);
  return trail;
}

std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> result;
  for (std::uint64_t i = first; i <= last; ++i) result.push_back(i);
  return result;
}

TEST(Stopwatch, AFlowWithoutLossHasNoOutage) {
  const Measurement found = measure(trail(100), {});
  EXPECT_EQ(found.sent, 100U);
  EXPECT_EQ(found.received, 100U);
  EXPECT_EQ(found.lost, 0U);
  EXPECT_EQ(found.outage, 0ms);
  EXPECT_THAT(found.gaps, IsEmpty());
  EXPECT_FALSE(found.dead);
  EXPECT_EQ(found.resolution, 10ms);
}

TEST(Stopwatch, ArrivalsWithoutTheKernelsStampAreCounted) {
  EXPECT_EQ(measure(trail(100), {}).unstamped, 0U);
  const Trail one = with<&Trail::arrivals>(trail(100), [](auto& all) { all[3].stamped = all[9].stamped = false; });
  EXPECT_EQ(measure(one, {}).unstamped, 2U);
  EXPECT_EQ(measure(one, {}).lost, 0U);
}

TEST(Stopwatch, OutageIsTheLongestSilenceLessTheInterval) {
  const Measurement found = measure(trail(100, range(20, 29)), {});
  EXPECT_EQ(found.lost, 10U);
  EXPECT_EQ(found.outage, 100ms);
  EXPECT_THAT(found.gaps, ElementsAre(Gap{1s + 190ms + kLatency, 1s + 300ms + kLatency, false, 100ms}));
  EXPECT_FALSE(found.dead);
}

TEST(Stopwatch, ASingleLostProbeIsLostButNoGap) {
  const Measurement found = measure(trail(100, {50}), {});
  EXPECT_EQ(found.lost, 1U);
  EXPECT_EQ(found.outage, 10ms);
  EXPECT_THAT(found.gaps, IsEmpty());
}

TEST(Stopwatch, TwoOutagesAreTwoGaps) {
  auto lost = range(10, 15);
  for (const auto number : range(60, 80)) lost.push_back(number);
  const Measurement found = measure(trail(100, lost), {});
  ASSERT_EQ(found.gaps.size(), 2U);
  EXPECT_EQ(found.gaps[0].outage, 60ms);
  EXPECT_EQ(found.gaps[1].outage, 210ms);
  EXPECT_EQ(found.outage, 210ms);
}

TEST(Stopwatch, SilenceUntilTheEndIsDead) {
  const Measurement found = measure(trail(100, range(50, 99)), {{}, 1s + 500ms});
  EXPECT_TRUE(found.dead);
  ASSERT_EQ(found.gaps.size(), 1U);
  EXPECT_TRUE(found.gaps.front().open);
  EXPECT_EQ(found.gaps.front().end, 2s);
  EXPECT_EQ(found.latency.after.samples, 0U);
}

TEST(Stopwatch, ADirectionThatNeverSentIsDeadSinceTheFlowBegan) {
  Trail never;
  never.interval = 10ms;
  never.began = 1s;
  never.ended = 3s;
  const Measurement found = measure(never, {});
  EXPECT_TRUE(found.dead);
  EXPECT_EQ(found.outage, 2s - 10ms);
}

TEST(Stopwatch, LatencyOfTheWayIsNoOutageAtTheStart) {
  const Trail slow = with<&Trail::arrivals>(trail(100), [](auto& all) {
    for (Arrival& arrival : all) arrival.received += 200ms;
  });
  EXPECT_EQ(measure(slow, {}).outage, 0ms);
}

TEST(Stopwatch, LossAtTheStartIsAnOutage) { EXPECT_EQ(measure(trail(100, range(0, 19)), {}).outage, 191ms); }

TEST(Stopwatch, CountsDuplicatesAndReordering) {
  const Trail odd = with<&Trail::arrivals>(trail(20), [](auto& all) {
    all.insert(all.begin() + 6, Arrival(all[5]));
    std::swap(all[10], all[11]);
  });
  const Measurement found = measure(odd, {});
  EXPECT_EQ(found.duplicated, 1U);
  EXPECT_EQ(found.reordered, 1U);
  EXPECT_EQ(found.received, 20U);
  EXPECT_EQ(found.lost, 0U);
}

TEST(Stopwatch, LatencyBeforeTheFaultAndAfterTheLastOutage) {
  const Trail moved = with<&Trail::arrivals>(trail(100, range(50, 59)), [](auto& all) {
    for (Arrival& arrival : all)
      if (arrival.sequence >= 60) arrival.received += 20ms;
  });
  const Measurement found = measure(moved, {{}, 1s + 500ms});
  EXPECT_EQ(found.latency.before.median, 1ms);
  EXPECT_EQ(found.latency.before.samples, 50U);
  EXPECT_EQ(found.latency.after.median, 21ms);
  EXPECT_EQ(found.latency.after.minimum, 21ms);
  EXPECT_EQ(found.latency.after.p99, 21ms);
  EXPECT_EQ(found.latency.after.samples, 40U);
}

TEST(Stopwatch, ResolutionIsTheLongestPauseOfTheSender) {
  const Trail late = with<&Trail::sent>(trail(100), [](auto& all) {
    for (std::size_t i = 50; i < 100; ++i) all[i].at += 7ms;
  });
  EXPECT_EQ(measure(late, {}).resolution, 17ms);
}

TEST(Stopwatch, AWindowCutsTheGapsAtItsBorders) {
  const Trail cut = trail(300, range(100, 199));
  EXPECT_EQ(longest_gap(cut, {1s, 4s}).outage, 1s);
  EXPECT_EQ(longest_gap(cut, {2s + 501ms, 4s}).outage, 490ms);
  EXPECT_EQ(longest_gap(cut, {3s + 100ms, 4s}).outage, 0ms);
  EXPECT_EQ(longest_gap(cut, {2s + 200ms, 2s + 300ms}).outage, 90ms);
}

TEST(Stopwatch, TheLongestGapOfAWindowSaysWhereItWas) {
  auto lost = range(10, 15);
  for (const auto number : range(60, 80)) lost.push_back(number);
  EXPECT_EQ(longest_gap(trail(100, lost), {1s, 1s + 300ms}), (Gap{1s + 91ms, 1s + 161ms, false, 60ms}));
}

TEST(Stopwatch, WhatWasBeforeTheStartIsLeftOut) {
  const Measurement found = measure(since(trail(100, {3, 70}), 1s + 500ms), {});
  EXPECT_EQ(found.sent, 50U);
  EXPECT_EQ(found.lost, 1U);
  EXPECT_EQ(found.outage, 10ms);
}

TEST(Stopwatch, AShortPauseAtTheVeryEndIsNoDeath) { EXPECT_FALSE(measure(trail(100, range(85, 99)), {}).dead); }

TEST(Stopwatch, LossInsideAWindow) {
  const Trail cut = trail(300, range(100, 199));
  EXPECT_EQ(lost_during(cut, {1s, 2s}).size(), 0U);
  EXPECT_EQ(lost_during(cut, {2s, 2s + 500ms}).size(), 50U);
}

TEST(Stopwatch, AnAnsweringDirectionLosesOnlyWhatItSent) {
  const auto some = [](auto& all) {
    std::erase_if(all, [](const auto& probe) { return probe.sequence >= 20 && probe.sequence < 40; });
  };
  const Trail answers = with<&Trail::arrivals>(with<&Trail::sent>(trail(100, {70}), some), some);
  const Measurement found = measure(answers, {});
  EXPECT_EQ(found.lost, 1U);
  EXPECT_EQ(found.outage, 200ms);
}

}  // namespace
}  // namespace xconn::probes
