// SPDX-License-Identifier: Apache-2.0
// How long the agent's one loop did not turn: what it stamps is late by that, and so is what it does.
#pragma once

#include <vector>

#include "probes/canary.hh"
#include "sys/loop.hh"

namespace xconn::probes {

/// Measures from construction on, by a timer of the loop. On the loop's thread.
class LoopMeter {
 public:
  explicit LoopMeter(sys::Loop& loop);
  LoopMeter(const LoopMeter&) = delete;
  LoopMeter& operator=(const LoopMeter&) = delete;
  Duration longest() const { return longest_; }
  /// Over kLoopStallFloor, in order; each begins when the loop was last seen to turn.
  const std::vector<Stall>& stalls() const { return stalls_; }

 private:
  void turned();
  void arm();

  sys::Loop& loop_;
  Duration turned_, longest_{0};
  std::vector<Stall> stalls_;
  sys::Timer timer_;
};

constexpr Duration kLoopStallFloor = std::chrono::milliseconds{5};

}  // namespace xconn::probes
