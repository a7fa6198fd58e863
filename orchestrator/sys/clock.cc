// SPDX-License-Identifier: Apache-2.0
#include "sys/clock.hh"

#include <time.h>

namespace xconn::sys {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

std::chrono::nanoseconds now() { return read_clock(CLOCK_MONOTONIC); }

std::chrono::nanoseconds from_realtime(std::chrono::nanoseconds stamp) {
  // The middle of two monotonic readings belongs to the wall-clock reading between them. Who lost the CPU in between
  // asks again: half of that pause would be the error.
  constexpr auto kClose = std::chrono::microseconds(5);
  constexpr int kMostTries = 5;
  auto offset = std::chrono::nanoseconds{0}, closest = std::chrono::nanoseconds::max();
  for (int tries = 0; tries < kMostTries && closest > kClose; ++tries) {
    const auto before = now();
    const auto wall = read_clock(CLOCK_REALTIME);
    const auto apart = now() - before;
    if (apart >= closest) continue;
    closest = apart;
    offset = before + apart / 2 - wall;
  }
  // No stamp is of the future, and none is read that late: the wall clock was set in between.
  constexpr auto kOldest = std::chrono::minutes(1);
  const auto converted = stamp + offset, present = now();
  return converted > present || converted < present - kOldest ? present : converted;
}

}  // namespace xconn::sys
