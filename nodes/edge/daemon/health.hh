// SPDX-License-Identifier: Apache-2.0
// The state machine of one health check on one member (FortiOS: dead after `failtime` lost probes in a row, alive again
// after `recoverytime` answered ones). Pure: time is an argument.
#pragma once

#include <string>

#include "network/sdwan.hh"
#include "nodes/edge/daemon/window.hh"

namespace xconn::sdwan {

using Instant = std::chrono::nanoseconds;  ///< CLOCK_MONOTONIC

enum class Health { kUnknown, kAlive, kDead };

std::string to_string(Health health);

class CheckState {
 public:
  explicit CheckState(const network::HealthCheck& check) : check_(&check), window_(check.probe_count) {}

  /// The outcome of one probe; an answer later than the timeout counts as lost. True when health() changed.
  /// Until it has been alive for the first time one answer is enough: there is nothing to recover from.
  bool record(std::optional<Duration> round_trip, Instant now);

  /// The member's interface is gone or has no carrier: dead without waiting for probes. True when health() changed.
  bool fail(const std::string& reason, Instant now);

  /// As if newly made (a node that becomes active starts to look for itself).
  void reset(Instant now);

  Health health() const { return health_; }
  /// Probes have said whether it is alive; what the interface says alone is no outcome.
  bool has_outcome() const { return health_ == Health::kAlive || lost_in_a_row_ >= check_->failtime; }
  Instant since() const { return since_; }
  const std::string& reason() const { return reason_; }  ///< of the last change: "5 probes lost"
  Quality quality() const { return window_.quality(); }
  const network::HealthCheck& check() const { return *check_; }

  /// What of the SLA is not met ("latency 200 ms > 100 ms"); empty: it is met, or there is no target.
  std::string sla_miss() const;

 private:
  bool turn(Health health, std::string reason, Instant now);
  const network::HealthCheck* check_;
  ProbeWindow window_;
  Health health_ = Health::kUnknown;
  Instant since_{0};
  std::string reason_ = "no probe answered yet";
  int lost_in_a_row_ = 0, answered_in_a_row_ = 0;
  bool was_alive_ = false;
};

/// "12.5 ms"
std::string milliseconds_text(Duration duration);

}  // namespace xconn::sdwan
