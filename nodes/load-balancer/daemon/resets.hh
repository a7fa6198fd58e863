// SPDX-License-Identifier: Apache-2.0
// Tells both ends of a TCP flow that it has been forgotten (Microsoft Learn, "Load Balancer TCP Reset and Idle
// Timeout").
#pragma once

#include <cstdint>
#include <vector>

#include "nodes/load-balancer/daemon/config.hh"
#include "nodes/load-balancer/daemon/neighbour.hh"
#include "nodes/load-balancer/daemon/steering.hh"
#include "sys/fd.hh"

namespace xconn::lb {

/// As an Ethernet frame, a reset that whoever would take the segment's next one takes.
std::vector<std::uint8_t> reset_frame(const lb_segment& segment, const Mac& from, const Mac& to);

/// The segment that the other side would send next.
lb_segment answer_to(const lb_segment& segment);

/// The segment as the backend sees it.
lb_segment translated(const Config& config, const IdleFlow& flow);

class Resets {
 public:
  /// In the namespace that the thread is in; `front` leads to who began the flows.
  Resets(const Config& config, std::vector<NextDevice> ways, const NextDevice& front);

  void send(const IdleFlow& flow) const;

 private:
  void send(const lb_segment& segment, const NextDevice& way) const;

  Config config_;
  std::vector<NextDevice> ways_;
  NextDevice front_;
  sys::Fd socket_;
};

}  // namespace xconn::lb
