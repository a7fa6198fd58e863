// SPDX-License-Identifier: Apache-2.0
#include "services/restart_schedule.hh"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace xconn::services {
namespace {

using namespace std::chrono_literals;
using network::RestartPolicy;

struct ServicePace {
  std::string_view kind;
  RestartPolicy policy;
  Duration first, shortest, longest;
};

using enum RestartPolicy;
constexpr std::array kPaces{
    ServicePace{"frr", kAlways, 0s, 60s, 600s},  // watchfrr(8): at once; --min-restart-interval, --max-restart-interval
    ServicePace{"strongswan", kAlways, 5s, 5s, 5s},  // strongSwan's starter: "restart scheduled (5sec)"
    ServicePace{"command", kNever, 1s, 1s, 60s},     // systemd.service(5): Restart=no
    ServicePace{"", kOnFailure, 1s, 1s, 60s},        // a firewall's daemon, a platform's service: ours
};

/// systemd.service(5): what is no failure for Restart=on-failure.
bool ended_well(int wait_status) {
  if (WIFEXITED(wait_status)) return WEXITSTATUS(wait_status) == 0;
  const int signal = WTERMSIG(wait_status);
  return signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE;
}

}  // namespace

RestartSchedule::RestartSchedule(std::string_view kind, std::optional<RestartPolicy> policy) {
  const auto& row =
      *std::ranges::find_if(kPaces, [&](const ServicePace& one) { return one.kind == kind || one.kind.empty(); });
  first_ = row.first;
  shortest_ = pause_ = row.shortest;
  longest_ = row.longest;
  policy_ = policy.value_or(row.policy);
}

std::optional<std::chrono::nanoseconds> RestartSchedule::after_end(int wait_status, std::chrono::nanoseconds now) {
  if (policy_ == kNever || (policy_ == kOnFailure && ended_well(wait_status))) return std::nullopt;
  const auto at = std::max(now + first_, last_ ? *last_ + pause_ : now);
  pause_ = !last_ || at - *last_ > 2 * longest_ ? shortest_ : std::min(2 * pause_, longest_);
  last_ = at;
  return at;
}

}  // namespace xconn::services
