// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/window.hh"

#include <chrono>

namespace xconn::sdwan {

void ProbeWindow::add(std::optional<Duration> round_trip) {
  probes_.push_back(round_trip);
  keep_newest(size_);
}

void ProbeWindow::keep_newest(int count) {
  while (static_cast<int>(probes_.size()) > count) probes_.pop_front();
}

Quality ProbeWindow::quality() const {
  Quality quality;
  quality.probes = static_cast<int>(probes_.size());
  Duration sum{0}, differences{0};
  int answered = 0;
  std::optional<Duration> previous;
  for (const auto& probe : probes_) {
    if (!probe) continue;
    ++answered;
    sum += *probe;
    if (previous) differences += std::chrono::abs(*probe - *previous);
    previous = probe;
  }
  if (answered > 0) quality.latency = sum / answered;
  if (answered > 1) quality.jitter = differences / (answered - 1);
  if (quality.probes > 0) quality.loss = 1.0 - static_cast<double>(answered) / quality.probes;
  return quality;
}

}  // namespace xconn::sdwan
