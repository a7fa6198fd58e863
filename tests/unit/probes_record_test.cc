// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <limits>
#include <random>

#include "probes/path.hh"
#include "probes/stopwatch.hh"

namespace xconn::probes {
namespace {

using namespace std::chrono_literals;

bool same(const Arrival& a, const Arrival& b) {
  return a.sequence == b.sequence && a.sent == b.sent && a.received == b.received && a.stamped == b.stamped;
}

/// An hour of probes each millisecond with jitter, loss, reordering and some that are not stamped.
std::vector<Arrival> an_hour() {
  std::mt19937_64 random(1);
  std::vector<Arrival> all;
  for (std::uint64_t i = 0; i < 3'600'000; ++i) {
    const Duration sent = 100s + 1ms * i + Duration(random() % 50'000);
    if (random() % 100 != 0) all.push_back({i, sent, sent + 70us + Duration(random() % 30'000), random() % 1000 != 0});
  }
  for (std::size_t i = 0; i + 1 < all.size(); i += 1000) std::swap(all[i], all[i + 1]);
  return all;
}

TEST(Series, AnHourOfProbesTakesLittleMemoryAndComesBackWhole) {
  const auto all = an_hour();
  Series<Arrival> series;
  for (const Arrival& arrival : all) series.push_back(arrival);
  EXPECT_LT(series.in_memory(), 1U << 20) << "as vectors 114 MB";
  for (int pass = 0; pass < 2; ++pass) {
    auto expected = all.begin();
    for (const Arrival& arrival : series) {
      ASSERT_NE(expected, all.end());
      ASSERT_TRUE(same(arrival, *expected++));
    }
    EXPECT_EQ(expected, all.end());
  }
}

TEST(Series, KeepsAnyNumbers) {
  constexpr auto kLargest = std::numeric_limits<std::uint64_t>::max();
  Series<Departure> series;
  const std::vector<Departure> all{{0, 0ns}, {kLargest, Duration::max()}, {1, Duration::min()}, {kLargest / 2, -1ns}};
  for (int i = 0; i < 5000; ++i)
    for (const auto& one : all) series.push_back(one);
  int i = 0;
  for (const Departure& probe : series) {
    EXPECT_EQ(probe.sequence, all[i % 4].sequence);
    EXPECT_EQ(probe.at, all[i++ % 4].at);
  }
  EXPECT_EQ(i, 20'000);
}

TEST(Series, AViewLeavesOutWhatBeganBefore) {
  Series<Departure> series;
  for (std::uint64_t i = 0; i < 100'000; ++i) series.push_back({i, 1ms * i});
  const auto late = series.since(99'990ms);
  std::uint64_t next = 99'990;
  for (const Departure& probe : late) EXPECT_EQ(probe.sequence, next++);
  EXPECT_EQ(next, 100'000U);
  EXPECT_EQ(series.begin()->sequence, 0U) << "the record itself has all";
}

TEST(Series, ReadsOnlyWhatIsNearAWindow) {
  Series<Departure> series;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) series.push_back({i, 1ms * i});
  std::size_t read = 0, inside = 0;
  for (const Departure& probe : series.near({500s, 501s})) {
    ++read;
    inside += probe.at >= 500s && probe.at < 501s ? 1 : 0;
  }
  EXPECT_EQ(inside, 1000U);
  EXPECT_LT(read, 20'000U);
  EXPECT_EQ(series.last(700s, [](const Departure& probe) { return probe.sequence % 7 == 0; })->sequence, 700'000U);
  EXPECT_EQ(series.last(700s, [](const Departure& probe) { return probe.sequence < 3; })->sequence, 2U);
  EXPECT_FALSE(series.last(700s, [](const Departure&) { return false; }));
}

TEST(Series, AFullDiskCostsMemoryAndNoProbe) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit none{20'000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &none);
  Series<Departure> series;
  for (std::uint64_t i = 0; i < 100'000; ++i) series.push_back({i, 1ms * i});
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::uint64_t next = 0;
  for (const Departure& probe : series) ASSERT_EQ(probe.sequence, next++);
  EXPECT_EQ(next, 100'000U);
}

/// The figures of a trail by the book: all in memory, sorted.
TEST(Series, TheStopwatchFindsWhatSortedVectorsHave) {
  const auto all = an_hour();
  Trail trail;
  trail.interval = 1ms;
  std::vector<Duration> latencies;
  std::uint64_t unstamped = 0;
  for (std::uint64_t i = 0; i < 3'600'000; ++i) trail.sent.push_back({i, 100s + 1ms * i});
  for (const Arrival& arrival : all) {
    trail.arrivals.push_back(arrival);
    latencies.push_back(arrival.received - arrival.sent);
    unstamped += arrival.stamped ? 0 : 1;
  }
  trail.began = 100s;
  trail.ended = all.back().received;
  std::ranges::sort(latencies);
  const auto found = measure(trail, {});
  EXPECT_EQ(found.sent, 3'600'000U);
  EXPECT_EQ(found.received, all.size());
  EXPECT_EQ(found.lost, 3'600'000U - all.size());
  EXPECT_EQ(found.unstamped, unstamped);
  EXPECT_EQ(found.duplicated, 0U);
  EXPECT_EQ(found.latency.before.samples, latencies.size());
  EXPECT_EQ(found.latency.before.minimum, latencies.front());
  EXPECT_EQ(found.latency.before.median, latencies[latencies.size() / 2]);
  EXPECT_EQ(found.latency.before.p99, latencies[(latencies.size() - 1) * 99 / 100]);
}

}  // namespace
}  // namespace xconn::probes
