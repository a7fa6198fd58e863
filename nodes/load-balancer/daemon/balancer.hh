// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/duration.hh"
#include "nodes/load-balancer/daemon/config.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::lb {

/// Something for the timeline: event "backend", text "fgt-a:port1 unhealthy: 2 probes unanswered".
struct Event {
  Duration at{0};
  std::string event, text;
  std::string backend;
  bool healthy = false;
};

/// Probes, verdicts and the data path of one load balancer. Must be made inside the load balancer's network namespace.
/// Until the first backend has answered, probes go out every 250 ms (or the interval, when that is shorter): a lab that
/// starts does not wait for a whole interval. From then on the interval is as configured.
class Balancer {
 public:
  using Sink = std::function<void(const Event&)>;
  /// Probes start with start(), so that there is somebody to hear of them.
  Balancer(sys::Loop& loop, Config config);
  ~Balancer();
  Balancer(const Balancer&) = delete;
  Balancer& operator=(const Balancer&) = delete;

  void start(Sink sink);
  /// Probes in another way, from the next probe on; flows, counters and verdicts stay. Throws Error when something else
  /// than the probe differs: that takes a restart.
  void configure(const Config& config);
  /// {"name", "kind": "internal|public", "frontend", "healthy": count, "probe": as configured, "rules": [...],
  ///  "drops": {...}, "repinned",
  ///  "backends": [{"name", "address", "interface", "healthy", "since" (monotonic ns), "failures",
  ///    "probe": {"at", "answered", "text"} or null, "flows": {"tcp", "udp", "other"}, "packets", "bytes",
  ///    "new_flows"}]}
  nlohmann::json state() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::lb
