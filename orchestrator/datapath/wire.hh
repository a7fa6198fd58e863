// SPDX-License-Identifier: Apache-2.0
// A longer or worse wire for one direction of a live link: delay, jitter, loss, reorder, duplicate, corrupt. Frames
// that leave the interface are taken by eBPF to a user-space queue and handed back when they are due; carrier never
// flaps. Offloaded packets are cut into wire frames with full checksums first, so each frame is judged alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/duration.hh"
#include "base/wiring.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::datapath {

struct WireOptions {
  std::uint64_t seed = 1;        ///< of jitter, loss, reorder, duplicate, corrupt
  std::size_t capacity = 20000;  ///< frames under way; more are dropped and counted as overflow
};

struct WireCounters {
  std::uint64_t entered = 0, delivered = 0, lost = 0, duplicated = 0, reordered = 0, corrupted = 0, overflow = 0;
  std::uint64_t queued = 0;  ///< under way now
  Duration late_average{0};  ///< handed over this much after they were due
  Duration late_maximum{0};
};

/// Spliced in by the constructor, out by the destructor, which hands over what is under way at once, in order.
/// Owns one thread (SCHED_FIFO when allowed) and one hidden tap device in the namespace.
class Wire {
 public:
  /// The direction is away from `interface`. Impairment::rate is not looked at (see rate.hh).
  /// Throws KernelError, HostError when /dev/net/tun cannot be had.
  Wire(const sys::Netns& netns, const std::string& interface, const Impairment& impairment, WireOptions options = {});
  ~Wire();
  Wire(Wire&&) noexcept;
  Wire& operator=(Wire&&) noexcept;

  void set(const Impairment& impairment);  ///< for frames that come from now on
  WireCounters counters() const;
  bool real_time() const;  ///< whether its thread got SCHED_FIFO

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
