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
  // The middle of two monotonic readings belongs to the wall-clock reading between them.
  const auto before = now();
  const auto wall = read_clock(CLOCK_REALTIME);
  const auto after = now();
  return stamp - wall + before + (after - before) / 2;
}

}  // namespace xconn::sys
