#include "probes/canary.hh"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

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
      longest = std::max(longest, late);
      if (late >= kStallFloor) stalls.push_back({deadline, woke});
      if (late >= kPeriod) deadline = woke;
    }
  }

  const bool wants_real_time;
  std::atomic<bool> ending{false};
  bool is_real_time = false;
  Duration longest{0};
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

Verdict judge(Duration measured, const Limit& limit, Duration stall) {
  const Duration least = std::max(measured - stall, Duration{0});
  const bool over = limit.at_most && measured > *limit.at_most;
  const bool under = limit.at_least && least < *limit.at_least;
  if (!over && !under) return Verdict::kPass;
  const bool surely_over = limit.at_most && least > *limit.at_most;
  const bool surely_under = limit.at_least && measured < *limit.at_least;
  return surely_over || surely_under ? Verdict::kFail : Verdict::kInconclusive;
}

struct Canary::State {
  Duration began = sys::now();
  std::optional<Duration> pressure = cpu_pressure();
  Watcher normal{false}, real_time{true};
};

Canary::Canary() : state_(std::make_unique<State>()) {}
Canary::~Canary() = default;

HostStalls Canary::stop() {
  state_->normal.join();
  state_->real_time.join();
  HostStalls result;
  result.longest_normal = state_->normal.longest;
  result.longest_real_time = state_->real_time.longest;
  result.real_time = state_->real_time.is_real_time;
  result.stalls = state_->normal.stalls;
  result.stalls.insert(result.stalls.end(), state_->real_time.stalls.begin(), state_->real_time.stalls.end());
  result.stalls = merged(std::move(result.stalls));
  const auto pressure = cpu_pressure();
  const Duration elapsed = sys::now() - state_->began;
  if (pressure && state_->pressure && elapsed.count() > 0) {
    result.pressure = std::chrono::duration<double>(*pressure - *state_->pressure) / elapsed;
  }
  return result;
}

}  // namespace xconn::probes
