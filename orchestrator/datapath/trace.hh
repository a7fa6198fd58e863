// SPDX-License-Identifier: Apache-2.0
// Which way probes go: eBPF on the interfaces of many namespaces recognises the probes of known flows and reports each
// with a CLOCK_MONOTONIC time stamp through one ring buffer, and counts all of them.
//
// A UDP probe's payload is, big endian: u32 0x58434e31 ("XCN1"), u32 flow id, u64 sequence. It is recognised by its
// addresses and ports, or, where NAT changed these, by flow id and the server's port. A TCP probe is recognised by its
// addresses and ports only. Fragments after the first are not seen.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/address.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::datapath {

inline constexpr std::uint32_t kProbeMagic = 0x58434e31;
inline constexpr std::uint64_t kBareSegment = 1ULL << 32;  ///< with the number of a segment that has no probe

enum class Direction : std::uint8_t { kForward, kReverse };  ///< client to server, server to client

struct TraceFlow {
  std::uint32_t id = 0;           ///< the caller's, unique in the Trace
  std::uint8_t protocol = 17;     ///< 17 or 6
  Address client, server;         ///< of one family
  std::uint16_t client_port = 0;  ///< 0: any
  std::uint16_t server_port = 0;
  std::uint16_t translated_port = 0;  ///< at the server, when something on the way changes it; 0: it stays
  /// UDP: a record for every probe with (sequence & mask) == 0; 0 records all, ~0 next to none (counters always count).
  /// TCP: 0 records every segment, anything else SYN, FIN and RST only.
  std::uint64_t mask = 0;
};

/// When a frame is looked at. Arrival comes after the faults of filter.hh: what they lose never arrived.
enum class Side : std::uint8_t { kArrival, kDeparture };

struct TraceRecord {
  std::uint32_t flow = 0;
  std::uint32_t point = 0;  ///< the key given to attach()
  Direction direction = Direction::kForward;
  Side side = Side::kArrival;
  std::uint64_t sequence = 0;  ///< the probe's; of a segment without one, TCP's with kBareSegment
  std::uint64_t at = 0;        ///< nanoseconds of CLOCK_MONOTONIC
};

struct TraceCount {
  std::uint64_t packets = 0;
  std::uint64_t last_at = 0;  ///< nanoseconds of CLOCK_MONOTONIC, 0 when none came
};

/// One interface watched; detaches when destroyed. Must not outlive its Trace.
class TracePoint {
 public:
  ~TracePoint();
  TracePoint(TracePoint&&) noexcept;
  TracePoint& operator=(TracePoint&&) noexcept;

 private:
  friend class Trace;
  struct Impl;
  explicit TracePoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Trace {
 public:
  Trace();  ///< throws KernelError
  ~Trace();
  Trace(Trace&&) noexcept;
  Trace& operator=(Trace&&) noexcept;

  void set_flow(const TraceFlow& flow);  ///< adds, or replaces the one with its id
  void remove_flow(std::uint32_t id);    ///< its counters stay

  /// Watches an interface: Ethernet, with any tags, or a layer 3 tun. `point` is what records carry, the caller's
  /// choice and unique in the Trace for each side.
  TracePoint attach(const sys::Netns& netns, const std::string& interface, std::uint32_t point,
                    Side side = Side::kArrival);

  int fd() const;  ///< readable (epoll) when records wait; owned by the Trace
  /// Hands over the records that wait, in order for each point; returns how many. Never blocks.
  std::size_t read(const std::function<void(const TraceRecord&)>& take);
  std::uint64_t lost() const;  ///< records that found the ring full

  TraceCount count(std::uint32_t flow, Direction direction, std::uint32_t point, Side side = Side::kArrival) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
