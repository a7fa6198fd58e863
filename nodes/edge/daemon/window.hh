// SPDX-License-Identifier: Apache-2.0
// What the last probes of a health check say: latency, jitter, loss. Pure.
#pragma once

#include <deque>
#include <optional>

#include "base/duration.hh"

namespace xconn::sdwan {

struct Quality {
  std::optional<Duration> latency;  ///< average round trip of the answered probes; nullopt: none was answered
  std::optional<Duration> jitter;   ///< average difference between neighbouring answers; nullopt: fewer than two
  double loss = 0;                  ///< share of lost probes, 0 to 1
  int probes = 0;                   ///< how many the figures are made of
};

/// The last `size` probes.
class ProbeWindow {
 public:
  explicit ProbeWindow(int size) : size_(size) {}

  void add(std::optional<Duration> round_trip);  ///< nullopt: lost
  /// Forgets all but the newest `count`: a member that came back is not judged by the time it was dead.
  void keep_newest(int count);
  Quality quality() const;

 private:
  int size_;
  std::deque<std::optional<Duration>> probes_;
};

}  // namespace xconn::sdwan
