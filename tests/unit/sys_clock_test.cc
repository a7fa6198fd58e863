// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <time.h>

#include "sys/clock.hh"

namespace xconn::sys {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds wall() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST(Clock, AStampOfTheWallClockIsThatMomentOfTheMonotonicOne) {
  const auto before = now();
  const auto stamp = from_realtime(wall());
  EXPECT_GE(stamp, before - 1ms);
  EXPECT_LE(stamp, now());
  EXPECT_NEAR(static_cast<double>((now() - from_realtime(wall() - 10s)).count()), 10e9, 1e8);
}

TEST(Clock, AStampFromBeforeTheWallClockWasSetIsOfNow) {
  for (const auto jump : {-1h, 1h, 100000h}) {
    const auto before = now();
    const auto stamp = from_realtime(wall() + jump);
    EXPECT_GE(stamp, before);
    EXPECT_LE(stamp, now());
  }
}

}  // namespace
}  // namespace xconn::sys
