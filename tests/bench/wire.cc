// SPDX-License-Identifier: Apache-2.0
// How late the user-space wire hands over its frames, beside a bare timer thread (a timerfd, absolute times,
// SCHED_FIFO) that wakes as often on the same host in the same seconds: a host that stalls makes both late.
//
//   wire [RUNS = 9]        medians of that many runs, each 2000 datagrams, 0.5 ms apart, through 20 ms of delay
#include "datapath/wire.hh"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "sys/clock.hh"
#include "sys/fd.hh"
#include "tests/kernel/datapath_network.hh"

namespace xconn::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kDatagrams = 2000, kRealTimePriority = 10;
constexpr auto kGap = 500us;
constexpr auto kDelay = 20ms;

struct Lateness {
  Duration average{0}, maximum{0};
  bool real_time = false;
};

/// Sleeps until absolute times, precisely.
class Timer {
 public:
  void wait_until(Duration at) const {
    const itimerspec when{.it_interval = {}, .it_value = {at.count() / 1'000'000'000, at.count() % 1'000'000'000}};
    sys::check(timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &when, nullptr), "timerfd_settime");
    std::uint64_t expirations = 0;
    sys::check(static_cast<int>(::read(fd_.get(), &expirations, sizeof expirations)), "read the timer");
  }

 private:
  sys::Fd fd_{sys::check(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), "timerfd_create")};
};

/// Calls `each` kDatagrams times, kGap apart.
void at_the_pace(const std::function<void(Duration due)>& each) {
  const Timer timer;
  prctl(PR_SET_TIMERSLACK, 1);
  for (auto due = sys::now() + kGap, end = due + kDatagrams * kGap; due < end; due += kGap) {
    timer.wait_until(due);
    each(due);
  }
}

/// The floor: a thread that does nothing but wake.
Lateness bare_timer() {
  Lateness result;
  const sched_param parameter{.sched_priority = kRealTimePriority};
  result.real_time = pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter) == 0;
  at_the_pace([&](Duration due) {
    const auto late = sys::now() - due;
    result.average += late / kDatagrams;
    result.maximum = std::max(result.maximum, late);
  });
  return result;
}

/// What arrived is counted too: a figure about frames that are lost would be none.
Lateness loaded_wire() {
  datapath_test::LinkedNodes nodes;
  datapath_test::Udp from(nodes.a, "10.0.0.1", 7), to(nodes.b, "10.0.0.2", 7);
  const datapath::Wire wire(nodes.a.netns, "er", {.delay = kDelay});
  at_the_pace([&](Duration) { from.send("10.0.0.2", 7, "x"); });
  if (const int arrived = to.drain(); arrived != kDatagrams) {
    std::fprintf(stderr, "%d of %d datagrams arrived\n", arrived, kDatagrams);
    std::exit(1);
  }
  return {wire.counters().late_average, wire.counters().late_maximum, wire.real_time()};
}

/// Both at the same time, so that both see the same host.
struct Run {
  Run() {
    std::thread timer([this] { bare = bare_timer(); });
    wire = loaded_wire();
    timer.join();
  }
  Lateness bare, wire;
};

double microseconds(Duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

double median(const std::vector<Run>& runs, const std::function<double(const Run&)>& figure) {
  std::vector<double> values;
  std::ranges::transform(runs, std::back_inserter(values), figure);
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void print(const char* name, const std::vector<Run>& runs, Lateness Run::*of) {
  const auto average = median(runs, [&](const Run& run) { return microseconds((run.*of).average); });
  const auto maximum = median(runs, [&](const Run& run) { return microseconds((run.*of).maximum); });
  std::printf("  %-12s %8.1f us late on average   %8.1f us at most%s\n", name, average, maximum,
              (runs.front().*of).real_time ? "" : "   (without SCHED_FIFO)");
}

void report(const std::vector<Run>& runs) {
  std::printf("%d datagrams, 0.5 ms apart, through 20 ms of delay, medians of %zu runs\n", kDatagrams, runs.size());
  print("bare timer", runs, &Run::bare);
  print("wire", runs, &Run::wire);
  std::printf("  ratio        %8.2f of the averages\n", median(runs, [](const Run& run) {
                return microseconds(run.wire.average) / microseconds(run.bare.average);
              }));
}

}  // namespace
}  // namespace xconn::bench

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 9;
  if (runs < 1) {
    std::fprintf(stderr, "usage: wire [RUNS >= 1]\n");
    return 2;
  }
  xconn::bench::report(std::vector<xconn::bench::Run>(static_cast<std::size_t>(runs)));
}
