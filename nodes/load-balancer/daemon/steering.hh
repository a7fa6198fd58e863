// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nodes/load-balancer/daemon/config.hh"
#include "nodes/load-balancer/daemon/lb_abi.h"
#include "nodes/load-balancer/daemon/neighbour.hh"

namespace xconn::lb {

struct FlowCounts {
  std::uint64_t tcp = 0, udp = 0, other = 0;
};

/// That of an IP protocol.
std::uint64_t& count_of(FlowCounts& counts, std::uint8_t protocol);

struct Traffic {
  std::uint64_t packets = 0, bytes = 0;
  std::uint64_t new_flows = 0;
  std::uint64_t repinned = 0;  ///< flows that came here because their backend had failed
};

struct Drops {
  std::uint64_t no_backend = 0;  ///< new flow or UDP while no backend was healthy
  std::uint64_t unmatched = 0;   ///< no rule for it
};

/// A TCP flow that has been forgotten, and where it stood.
struct IdleFlow {
  std::size_t backend = 0;
  lb_segment last{};
};

/// HA ports, floating IP, and all rules of an internal one. An eBPF program where flows come in; flows stay pinned
/// in its map. Detached when destroyed; after a crash it goes on with the last verdicts until the next one takes its
/// place.
class Steering {
 public:
  /// `ways` is one per backend, in the order of config.backends. Throws KernelError.
  Steering(const Config& config, const std::vector<NextDevice>& ways, const sys::Netns& fabric);
  ~Steering();
  Steering(const Steering&) = delete;
  Steering& operator=(const Steering&) = delete;

  void set_healthy(std::size_t backend, bool healthy);
  void set_way(std::size_t backend, const NextDevice& way);
  Traffic traffic(std::size_t backend) const;
  Drops drops() const;
  /// Pinned flows per backend that have not timed out.
  std::vector<FlowCounts> flows() const;
  /// Forgets the open TCP flows that have timed out.
  std::vector<IdleFlow> forget_idle();

 private:
  struct State;
  std::unique_ptr<State> state_;
  const sys::Netns& fabric_;  ///< where the backends' answers come
};

/// Whether the configuration has anything for it.
bool needs_steering(const Config& config);

}  // namespace xconn::lb
