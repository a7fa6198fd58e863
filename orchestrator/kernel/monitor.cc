// SPDX-License-Identifier: Apache-2.0
#include "kernel/monitor.hh"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "kernel/objects.hh"
#include "sys/clock.hh"
#include "sys/fd.hh"
#include "sys/loop.hh"

namespace xconn::kernel {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;  // not zeroed: each node has one, and most are hardly used
constexpr int kReceiveBuffer = 16 << 20;       // a full BGP table in one burst
constexpr std::chrono::milliseconds kTurn{5};
constexpr std::array kGroups{RTNLGRP_LINK,        RTNLGRP_NEIGH,      RTNLGRP_IPV4_IFADDR,
                             RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE};
constexpr std::array kRemovals{RTM_DELLINK, RTM_DELADDR, RTM_DELROUTE, RTM_DELNEIGH};

sys::Fd open_listening_socket() {
  sys::Fd socket(sys::check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "open netlink socket"));
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) < 0)
    sys::check(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer),
               "set receive buffer");
  // Bound: a socket without a port number is taken for the sender and skipped.
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  for (const int group : kGroups) address.nl_groups |= 1U << (group - 1);
  sys::check(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), "bind netlink socket");
  return socket;
}

bool is_removal(std::uint16_t type) {
  for (const int removal : kRemovals)
    if (type == removal) return true;
  return false;
}

}  // namespace

struct Monitor::State {
  State(const sys::Netns& netns, Callback call)
      : socket(netns.run(open_listening_socket)), names(socket.get()), callback(std::move(call)) {
    // Names now, for the routes of an interface that is gone when its messages are read.
    for (const auto& link : Reader(netns).links()) names.learn(link.index, link.name);
  }

  // What is left is read in the loop's next turn: routes may come as fast as they are read.
  void readable() {
    for (const auto end = sys::now() + kTurn; !stopped && sys::now() < end;) {
      const auto size = ::recv(socket.get(), buffer.get(), kReadBytes, MSG_DONTWAIT);
      if (size < 0 && errno == ENOBUFS) {
        callback({sys::now(), false, Overrun{}});
        continue;
      }
      if (size <= 0) return;  // drained
      take(static_cast<std::uint32_t>(size));
    }
  }

  void take(std::uint32_t size) {
    const auto at = sys::now();
    auto* message = reinterpret_cast<const nlmsghdr*>(buffer.get());
    for (; NLMSG_OK(message, size) && !stopped; message = NLMSG_NEXT(message, size)) {
      auto object = parse(*message, names);
      if (!object) continue;
      const bool gone = is_removal(message->nlmsg_type);
      if (const auto* link = std::get_if<Link>(&*object); link != nullptr && gone) names.forget(link->index);
      tell(at, gone, std::move(*object));
    }
  }

  void tell(std::chrono::nanoseconds at, bool gone, Object&& object) {
    std::visit(
        [&](auto&& found) {
          using Found = std::decay_t<decltype(found)>;
          if constexpr (!std::is_same_v<Found, RuleEntry>) callback({at, gone, std::forward<decltype(found)>(found)});
        },
        std::move(object));
  }

  sys::Fd socket;
  Names names;
  Callback callback;
  sys::Watch watch;
  bool stopped = false;
  const std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kReadBytes);
};

Monitor::Monitor(sys::Loop& loop, const sys::Netns& netns, Callback callback)
    : state_(std::make_shared<State>(netns, std::move(callback))) {
  state_->watch = sys::Watch(loop, state_->socket.get(), [weak = std::weak_ptr(state_)] {
    if (const auto state = weak.lock()) state->readable();
  });
}

Monitor::~Monitor() {
  if (!state_) return;
  state_->stopped = true;
  state_->watch = sys::Watch();
}

Monitor::Monitor(Monitor&&) noexcept = default;

Monitor& Monitor::operator=(Monitor&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

}  // namespace xconn::kernel
