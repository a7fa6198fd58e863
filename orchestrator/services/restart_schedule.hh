// SPDX-License-Identifier: Apache-2.0
// When a daemon that ended starts again. Whose manners they are: docs/fidelity.md.
//
// The pauses are counted as FRR's watchfrr(8) does: the first end is followed by a start after `first`; from then on
// two starts are at least a pause apart, which doubles with each up to `longest`, and begins anew when none was needed
// for twice as long as that.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/duration.hh"
#include "network/restart.hh"

namespace xconn::services {

class RestartSchedule {
 public:
  /// `kind`: a row of kinds.cc. `policy`: without one, as that kind does.
  RestartSchedule(std::string_view kind, std::optional<network::RestartPolicy> policy);
  network::RestartPolicy policy() const { return policy_; }

  /// It has ended so at `now`: when it starts again; nullopt: it does not.
  std::optional<std::chrono::nanoseconds> after_end(int wait_status, std::chrono::nanoseconds now);

 private:
  Duration first_, shortest_, longest_, pause_;
  network::RestartPolicy policy_;
  std::optional<std::chrono::nanoseconds> last_;  // when it started again
};

}  // namespace xconn::services
