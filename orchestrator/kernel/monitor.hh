// SPDX-License-Identifier: Apache-2.0
// The kernel's notifications of one namespace, as plain structs, stamped when they were received.
//
// What the kernel does not tell: IPv4 routes that vanish because their interface went down or away send no message;
// take the Link event as the sign of it. FRR routes through kernel nexthop objects may change with none either
// ("no zebra nexthop kernel enable" avoids them).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <variant>

#include "kernel/dump.hh"
#include "sys/netns.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::kernel {

/// The socket's buffer overflowed: some notifications are lost, read the tables again.
struct Overrun {};

struct Change {
  std::chrono::nanoseconds at{0};  ///< CLOCK_MONOTONIC when it was received
  bool gone = false;               ///< removed; else new or changed
  std::variant<Link, LinkAddress, RouteEntry, Neighbour, Overrun> what;
};

/// Calls back on the loop, until destroyed. Move-only. What the callback throws comes out of Loop::run.
class Monitor {
 public:
  using Callback = std::function<void(const Change&)>;
  Monitor(sys::Loop& loop, const sys::Netns& netns, Callback callback);
  Monitor(Monitor&&) noexcept;
  Monitor& operator=(Monitor&&) noexcept;
  ~Monitor();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::kernel
