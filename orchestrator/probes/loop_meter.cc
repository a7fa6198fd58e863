// SPDX-License-Identifier: Apache-2.0
#include "probes/loop_meter.hh"

#include <algorithm>

#include "sys/clock.hh"

namespace xconn::probes {
namespace {

constexpr Duration kTurn = std::chrono::milliseconds{5};

}  // namespace

LoopMeter::LoopMeter(sys::Loop& loop) : loop_(loop), turned_(sys::now()) { arm(); }

void LoopMeter::arm() {
  timer_ = sys::Timer::once(loop_, kTurn, [this] { turned(); });
}

void LoopMeter::turned() {
  const Duration now = sys::now(), late = now - turned_ - kTurn;
  longest_ = std::max(longest_, late);
  if (late >= kLoopStallFloor) stalls_.push_back({turned_, now});
  turned_ = now;
  arm();
}

}  // namespace xconn::probes
