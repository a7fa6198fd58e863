// SPDX-License-Identifier: Apache-2.0
// How long the lab's daemons waited for a processor. The canary's own threads may have had one at once while a daemon
// on another processor had not: the kernel counts that for each task, /proc/PID/task/TID/schedstat
// (Documentation/scheduler/sched-stats.rst).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "probes/canary.hh"

namespace xconn::probes {

struct RunDelay {
  Duration waited{0};       ///< ready to run, but not running: the sum of all waits
  std::uint64_t turns = 0;  ///< how often it got a processor
};

/// nullopt for what is not such a line: "TIME-ON-CPU TIME-WAITED TURNS", in ns.
std::optional<RunDelay> parse_run_delay(std::string_view schedstat);

/// What the longest single wait was at least, if `after` was read `between` later: the average of all; and all but the
/// one that was under way at the first reading fit in between.
Duration longest_wait(const RunDelay& before, const RunDelay& after, Duration between);

/// A daemon waited from start to end.
struct Wait {
  Duration start{0}, end{0};
  std::string who;  ///< the task's name, "charon"
};

/// Reads the counts of all descendants of a process, and of the kernel's own threads that forward packets, until
/// stop() or destruction; it takes a hundredth of a processor at most.
class RunDelays {
 public:
  explicit RunDelays(int root);
  RunDelays(const RunDelays&) = delete;
  RunDelays& operator=(const RunDelays&) = delete;
  /// When some task waited, over kWaitFloor, in order.
  std::vector<Stall> so_far() const;
  /// Since begin(); nullopt if none was over kWaitFloor.
  std::optional<Wait> longest() const;
  void begin();
  void stop();

 private:
  void live(const std::stop_token& ending);
  void note(const Wait& wait);

  const int root_;
  mutable std::mutex noting_;
  std::condition_variable_any due_;
  std::vector<Stall> stalls_;
  std::optional<Wait> longest_;
  std::jthread thread_;  // last: it uses all of the above
};

/// Shorter ones are what a busy host does to every daemon all the time.
constexpr Duration kWaitFloor = std::chrono::milliseconds{10};

}  // namespace xconn::probes
