// SPDX-License-Identifier: Apache-2.0
#include "probes/canary.hh"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>

#include "probes/run_delay.hh"
#include "probes/worker.hh"
#include "sys/clock.hh"

namespace xconn::probes {
namespace {

constexpr Duration kPeriod = std::chrono::milliseconds{1};

void sleep_until(Duration deadline) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const timespec at{static_cast<time_t>(deadline.count() / kSecond), static_cast<long>(deadline.count() % kSecond)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) != 0) {
  }
}

// Total time in which some task waited for a CPU, from the kernel's pressure stall information.
std::optional<Duration> cpu_pressure() {
  std::ifstream file("/proc/pressure/cpu");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto position = line.find("total=");
  if (position == std::string::npos) return std::nullopt;
  return std::chrono::microseconds{std::stoll(line.substr(position + 6))};
}

struct Watcher {
  explicit Watcher(bool real_time) : wants_real_time(real_time), thread([this] { live(); }) {}
  ~Watcher() { join(); }

  void join() {
    ending = true;
    if (thread.joinable()) thread.join();
  }

  void live() {
    stalls.reserve(1024);
    is_real_time = wants_real_time && make_real_time();
    Duration deadline = sys::now();
    while (!ending) {
      deadline += kPeriod;
      sleep_until(deadline);
      const Duration woke = sys::now();
      const Duration late = woke - deadline;
      longest = std::max(longest.load(), late);
      if (late >= kStallFloor) note({deadline, woke});
      if (late >= kPeriod) deadline = woke;
    }
  }

  void note(const Stall& stall) {
    const std::lock_guard guard(noting);
    stalls.push_back(stall);
  }

  std::vector<Stall> seen() {
    const std::lock_guard guard(noting);
    return stalls;
  }

  const bool wants_real_time;
  std::mutex noting;
  std::atomic<bool> ending{false};
  bool is_real_time = false;
  std::atomic<Duration> longest{Duration{0}};
  std::vector<Stall> stalls;
  std::thread thread;  // last: it uses all of the above
};

}  // namespace

Duration HostStalls::during(const Window& window) const {
  Duration sum{0};
  for (const Stall& stall : stalls) {
    const Duration part = std::min(stall.end, window.end) - std::max(stall.start, window.begin);
    sum += std::max(part, Duration{0});
  }
  return sum;
}

std::vector<Stall> merged(std::vector<Stall> stalls) {
  std::sort(stalls.begin(), stalls.end(), [](const Stall& a, const Stall& b) { return a.start < b.start; });
  std::vector<Stall> result;
  for (const Stall& stall : stalls) {
    if (result.empty() || stall.start > result.back().end) {
      result.push_back(stall);
    } else {
      result.back().end = std::max(result.back().end, stall.end);
    }
  }
  return result;
}

struct Canary::State {
  Duration began = sys::now();
  std::optional<Duration> pressure = cpu_pressure();
  Watcher normal{false}, real_time{true};
  RunDelays daemons{getpid()};
};

Canary::Canary() : state_(std::make_unique<State>()) {}
Canary::~Canary() = default;

std::vector<Stall> Canary::so_far() const {
  std::vector<Stall> all = state_->normal.seen();
  for (const Stall& stall : state_->real_time.seen()) all.push_back(stall);
  for (const Stall& stall : state_->daemons.so_far()) all.push_back(stall);
  return merged(std::move(all));
}

void Canary::begin() {
  state_->normal.longest = state_->real_time.longest = Duration{0};
  state_->began = sys::now();
  state_->pressure = cpu_pressure();
  state_->daemons.begin();
}

HostStalls Canary::stop() {
  state_->normal.join();
  state_->real_time.join();
  state_->daemons.stop();
  HostStalls result;
  result.longest_normal = state_->normal.longest;
  result.longest_real_time = state_->real_time.longest;
  result.real_time = state_->real_time.is_real_time;
  result.stalls = so_far();
  if (const auto wait = state_->daemons.longest()) {
    result.longest_wait = wait->end - wait->start;
    result.waiter = wait->who;
  }
  const auto pressure = cpu_pressure();
  const Duration elapsed = sys::now() - state_->began;
  if (pressure && state_->pressure && elapsed.count() > 0) {
    result.pressure = std::chrono::duration<double>(*pressure - *state_->pressure) / elapsed;
  }
  return result;
}

}  // namespace xconn::probes
