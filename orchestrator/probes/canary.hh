// The canary: did the host itself stall? Two threads sleep short absolute periods, one as any daemon does, one with
// real-time priority, and note when they woke too late.
//
// The rule for verdicts on times. A stall delays: timers fire late, packets wait in a queue. It makes a gap longer,
// never shorter, because an arrival that did not happen is never counted. So with `stall` the sum of the stalls inside
// the measured span, what a host without stalls would have measured lies in [measured - stall, measured]. The verdict
// is pass when all of that range is within the limit, fail when none of it is, inconclusive otherwise.
#pragma once

#include <memory>
#include <optional>
#include <vector>

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
  std::optional<double> pressure;  ///< share of the time in which some task waited for a CPU (PSI), 0 to 1
  std::vector<Stall> stalls;       ///< of the normal thread, over kStallFloor, in order

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

/// The rule above.
Verdict judge(Duration measured, const Limit& limit, Duration stall);

/// Measures from construction until stop() or destruction.
class Canary {
 public:
  Canary();
  ~Canary();
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;
  HostStalls stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::probes
