// SPDX-License-Identifier: Apache-2.0
#include "datapath/carrier.hh"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>

#include "datapath/thread.hh"

namespace xconn::datapath {
namespace {

sys::Fd open_events(const sys::Netns& netns) {
  sys::Fd socket = netns.run([] {
    return sys::Fd(sys::check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE),
                              "open netlink socket"));
  });
  // Bound, so that it has a port number: the kernel's notices carry number 0 and are not given back to their sender.
  sockaddr_nl any{};
  any.nl_family = AF_NETLINK;
  sys::check(bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any), "bind netlink socket");
  const int group = RTNLGRP_LINK;
  sys::check(setsockopt(socket.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group), "listen to links");
  return socket;
}

void add(const sys::Fd& epoll, int fd, std::uint64_t key) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = key}};
  sys::check(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event), "watch link events");
}

constexpr std::uint64_t kStop = 0;  // no namespace has this inode

}  // namespace

std::shared_ptr<CarrierFollower> CarrierFollower::shared() {
  static Registry<int, CarrierFollower> one;
  return one.find_or_make(0, [] { return std::make_shared<CarrierFollower>(); });
}

CarrierFollower::CarrierFollower()
    : epoll_(sys::check(epoll_create1(EPOLL_CLOEXEC), "epoll_create")),
      stop_(sys::check(eventfd(0, EFD_CLOEXEC), "eventfd")) {
  add(epoll_, stop_.get(), kStop);
  thread_ = start_without_signals([this] { run(); });
}

CarrierFollower::~CarrierFollower() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

CarrierFollower::Namespace& CarrierFollower::enter(const sys::Netns& netns) {
  const auto [found, fresh] = namespaces_.try_emplace(netns.id());
  if (!fresh) return found->second;
  try {
    found->second.tc = Tc::of(netns);
    found->second.events = open_events(netns);
    add(epoll_, found->second.events.get(), netns.id());
  } catch (...) {
    namespaces_.erase(found);
    throw;
  }
  return found->second;
}

CarrierFollower::Follow::Follow(const sys::Netns& netns, int trunk, int port)
    : follower_(CarrierFollower::shared()), netns_(netns.id()) {
  std::lock_guard lock(follower_->mutex_);
  Namespace& where = follower_->enter(netns);
  try {
    const bool carrier = where.tc->device(trunk).carrier;
    if (carrier) where.tc->set_up(port, true);
    pair_ = where.pairs.insert(where.pairs.end(), {trunk, port, carrier});
  } catch (...) {
    follower_->leave(netns_);
    throw;
  }
}

CarrierFollower::Follow::~Follow() {
  std::lock_guard lock(follower_->mutex_);
  follower_->namespaces_.at(netns_).pairs.erase(pair_);
  follower_->leave(netns_);
}

void CarrierFollower::leave(std::uint64_t netns) {
  const auto where = namespaces_.find(netns);
  if (where->second.pairs.empty()) namespaces_.erase(where);
}

void CarrierFollower::run() {
  for (;;) {
    epoll_event event;
    if (epoll_wait(epoll_.get(), &event, 1, -1) != 1) continue;
    if (event.data.u64 == kStop) return;
    std::lock_guard lock(mutex_);
    const auto where = namespaces_.find(event.data.u64);
    if (where != namespaces_.end()) listen(where->second);
  }
}

void CarrierFollower::listen(Namespace& where) {
  std::array<char, 32768> buffer;
  for (;;) {
    int left = static_cast<int>(recv(where.events.get(), buffer.data(), buffer.size(), 0));
    if (left < 0 && errno == ENOBUFS) {
      reread(where);
      continue;
    }
    if (left <= 0) return;
    for (auto* message = reinterpret_cast<nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_type != RTM_NEWLINK) continue;
      const auto* info = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
      apply(where, info->ifi_index, has_carrier(info->ifi_flags));
    }
  }
}

// Events were lost: ask instead.
void CarrierFollower::reread(Namespace& where) {
  for (const Pair& pair : where.pairs) {
    try {
      apply(where, pair.trunk, where.tc->device(pair.trunk).carrier);
    } catch (const Error&) {
      // The trunk has gone; what followed it has nothing to carry it.
    }
  }
}

void CarrierFollower::apply(Namespace& where, int trunk, bool carrier) {
  for (Pair& pair : where.pairs) {
    if (pair.trunk != trunk || pair.up == carrier) continue;
    try {
      where.tc->set_up(pair.port, carrier);
      pair.up = carrier;
    } catch (const Error&) {
      // Only when the port was deleted from outside: its sub-interface is gone, and Follow will go with its owner.
    }
  }
}

}  // namespace xconn::datapath
