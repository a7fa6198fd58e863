// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/health.hh"

#include <fmt/format.h>

namespace xconn::sdwan {

std::string to_string(Health health) {
  switch (health) {
    case Health::kUnknown:
      return "unknown";
    case Health::kAlive:
      return "alive";
    case Health::kDead:
      return "dead";
  }
  return "unknown";
}

std::string milliseconds_text(Duration duration) {
  const double value = std::chrono::duration<double, std::milli>(duration).count();
  return fmt::format("{} ms", value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value));
}

bool CheckState::record(std::optional<Duration> round_trip, Instant now) {
  if (round_trip && *round_trip > check_->timeout) round_trip.reset();
  window_.add(round_trip);
  lost_in_a_row_ = round_trip ? 0 : lost_in_a_row_ + 1;
  answered_in_a_row_ = round_trip ? answered_in_a_row_ + 1 : 0;
  if (health_ != Health::kDead && lost_in_a_row_ >= check_->failtime) {
    return turn(Health::kDead, fmt::format("{} probes lost", lost_in_a_row_), now);
  }
  const int wanted = was_alive_ ? check_->recoverytime : 1;
  if (health_ != Health::kAlive && answered_in_a_row_ >= wanted) {
    window_.keep_newest(answered_in_a_row_);
    was_alive_ = true;
    return turn(Health::kAlive, fmt::format("{} probe{} answered", wanted, wanted == 1 ? "" : "s"), now);
  }
  return false;
}

bool CheckState::fail(const std::string& reason, Instant now) {
  answered_in_a_row_ = 0;
  if (health_ == Health::kDead) return false;
  return turn(Health::kDead, reason, now);
}

void CheckState::reset(Instant now) {
  *this = CheckState(*check_);
  since_ = now;
}

bool CheckState::turn(Health health, std::string reason, Instant now) {
  health_ = health;
  reason_ = std::move(reason);
  since_ = now;
  return true;
}

std::string CheckState::sla_miss() const {
  if (!check_->sla) return {};
  const auto& target = *check_->sla;
  const auto seen = quality();
  if (seen.latency && target.latency && *seen.latency > *target.latency) {
    return fmt::format("latency {} > {}", milliseconds_text(*seen.latency), milliseconds_text(*target.latency));
  }
  if (seen.jitter && target.jitter && *seen.jitter > *target.jitter) {
    return fmt::format("jitter {} > {}", milliseconds_text(*seen.jitter), milliseconds_text(*target.jitter));
  }
  if (target.loss && seen.loss > *target.loss)
    return fmt::format("loss {:.3g}% > {:.3g}%", seen.loss * 100, *target.loss * 100);
  return {};
}

}  // namespace xconn::sdwan
