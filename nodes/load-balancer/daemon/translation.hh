// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nodes/load-balancer/daemon/config.hh"
#include "nodes/load-balancer/daemon/neighbour.hh"
#include "nodes/load-balancer/daemon/steering.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::lb {

/// The part of a public load balancer that translates: nftables and the kernel's connection table, in which flows stay
/// pinned. A route and a neighbour entry lead to each backend by its own interface.
class Translation {
 public:
  /// Sets up namespace `here`, which must be the process's own: forwarding, no reverse path filter, the idle timeout.
  /// Throws KernelError, or Error with nftables' words.
  Translation(const Config& config, const sys::Netns& here, const std::vector<NextDevice>& ways);
  ~Translation();
  Translation(const Translation&) = delete;
  Translation& operator=(const Translation&) = delete;

  /// Routes to the backends, again after an interface was down.
  void set_ways(const std::vector<NextDevice>& ways);
  /// From now on new flows go to the healthy ones. Returns how many flows had to leave a failed backend: all but
  /// established TCP.
  int set_healthy(const std::vector<bool>& healthy);
  Traffic traffic(std::size_t backend) const;
  Drops drops() const;
  std::vector<FlowCounts> flows() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::lb
