// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/address.hh"
#include "base/duration.hh"
#include "nodes/load-balancer/daemon/config.hh"

namespace xconn::sys {
class Loop;
class Netns;
}  // namespace xconn::sys

namespace xconn::lb {

struct ProbeResult {
  Duration at{0};  ///< CLOCK_MONOTONIC when it was known
  bool answered = false;
  std::string text;  ///< "answered in 0.3ms", "refused", "no answer within 5s", "HTTP status 503"
};

/// Where probes of one backend go, and where they come from.
struct ProbePath {
  Address source, address;
  std::string interface;  ///< of the fabric; the answer must come in by it
};

/// Probes one backend, one at a time: a TCP connection, opened and closed again, or an HTTP GET that must give 200.
/// One not connected when the next is due has failed; HTTP has 30 s for its answer (Microsoft Learn, "Azure Load
/// Balancer health probes"). `fabric` outlives it. Sockets belong to the fabric's namespace.
class Prober {
 public:
  Prober(sys::Loop& loop, const sys::Netns& fabric, ProbePath path, Probe probe,
         std::function<void(const ProbeResult&)> on_result);
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  /// The first at once, or one period from now.
  void start(Duration period, bool first_at_once);
  /// From the next one on; one that is under way ends as it began.
  void probe_by(Probe probe);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::lb
