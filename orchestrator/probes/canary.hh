// SPDX-License-Identifier: Apache-2.0
// The canary: did the host itself stall? Two threads sleep short absolute periods, one as any daemon does, one with
// real-time priority, and note when they woke too late. A third reads how long the daemons waited (run_delay.hh).
// Verdicts look at them by the rules of drill/doubt.hh.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/names.hh"
#include "probes/stopwatch.hh"

namespace xconn::probes {

enum class Verdict { kPass, kFail, kInconclusive };

struct Stall {
  Duration start{0}, end{0};
  friend bool operator==(const Stall&, const Stall&) = default;
};

/// What the canary saw.
struct HostStalls {
  Duration longest_normal{0};      ///< a thread like any daemon's
  Duration longest_real_time{0};   ///< a thread like the probes'
  bool real_time = false;          ///< false when the host refused the priority: both are then the same kind
  Duration longest_wait{0};        ///< of one of the lab's daemons for a processor
  std::string waiter;              ///< which; empty when none waited for long
  std::optional<double> pressure;  ///< share of the time in which some task waited for a CPU (PSI), 0 to 1
  std::vector<Stall> stalls;       ///< of either thread over kStallFloor, of daemons over kWaitFloor, in order
  Duration longest_loop{0};        ///< the agent's one loop, LoopMeter's
  std::vector<Stall> loop;         ///< when it did not turn

  /// Sum of the stalls' parts inside the window.
  Duration during(const Window& window) const;
  friend bool operator==(const HostStalls&, const HostStalls&) = default;
};

/// Stalls of several threads as spans in which some thread was stalled.
std::vector<Stall> merged(std::vector<Stall> stalls);

constexpr Duration kStallFloor = std::chrono::milliseconds{2};

struct Limit {
  std::optional<Duration> at_most, at_least;
};

/// Measures from construction until stop() or destruction.
class Canary {
 public:
  Canary();
  ~Canary();
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;
  std::vector<Stall> so_far() const;
  /// The longest are those since now; the stalls before stay.
  void begin();
  HostStalls stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::probes

namespace xconn {

template <>
struct Names<probes::Verdict> {
  using Kind = probes::Verdict;
  static constexpr std::pair<Kind, std::string_view> names[] = {
      {Kind::kPass, "pass"}, {Kind::kFail, "fail"}, {Kind::kInconclusive, "inconclusive"}};
};

}  // namespace xconn
