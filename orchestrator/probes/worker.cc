// SPDX-License-Identifier: Apache-2.0
#include "probes/worker.hh"

#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <exception>

#include "sys/netns.hh"

namespace xconn::probes {
namespace {

constexpr int kPriority = 40;  // below the kernel's own threads of 50 (interrupt threads)

timespec to_timespec(Duration duration) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return {static_cast<time_t>(duration.count() / kSecond), static_cast<long>(duration.count() % kSecond)};
}

}  // namespace

bool make_real_time() {
  sched_param parameter{};
  parameter.sched_priority = kPriority;
  return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter) == 0;
}

Worker::Worker(const sys::Netns& netns)
    : netns_(sys::duplicate(netns.fd())),
      poll_(sys::check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(sys::check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      timer_(sys::check(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")) {
  watch(wake_.get(), EPOLLIN, [](std::uint32_t) {});
  watch(timer_.get(), EPOLLIN, [this](std::uint32_t) { tick(); });
}

Worker::~Worker() { join(); }

void Worker::watch(int fd, std::uint32_t events, Ready ready) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const bool known = watched_.contains(fd);
  sys::check(epoll_ctl(poll_.get(), known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  watched_[fd] = std::move(ready);
}

void Worker::forget(int fd) {
  if (watched_.erase(fd) > 0) epoll_ctl(poll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Worker::tick_from(Duration first, Duration period, std::function<void()> tick) {
  tick_ = std::move(tick);
  const itimerspec setting{to_timespec(period), to_timespec(first)};
  sys::check(timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &setting, nullptr), "timerfd_settime");
}

void Worker::stop_ticking() { ticking_ = false; }

void Worker::start() {
  thread_ = std::thread([this] { live(); });
}

void Worker::join() noexcept {
  ending_ = true;
  const std::uint64_t one = 1;
  if (write(wake_.get(), &one, sizeof one) < 0) {
    // The counter is full: it is readable, and that is all that is wanted.
  }
  if (thread_.joinable()) thread_.join();
}

void Worker::live() {
  try {
    sys::check(setns(netns_.get(), CLONE_NEWNET), "setns");
    pthread_setname_np(pthread_self(), "xconn-probe");
    real_time_ = make_real_time();
    serve();
  } catch (const std::exception& error) {
    failure_ = error.what();
  }
}

void Worker::serve() {
  std::array<epoll_event, 32> ready{};
  while (!ending_) {
    const int count = epoll_wait(poll_.get(), ready.data(), ready.size(), -1);
    for (int i = 0; i < count; ++i) {
      const auto found = watched_.find(ready[static_cast<std::size_t>(i)].data.fd);
      if (found == watched_.end()) continue;  // forgotten by an action of this very round
      const Ready action = found->second;     // it may forget itself
      action(ready[static_cast<std::size_t>(i)].events);
    }
  }
}

void Worker::tick() {
  std::uint64_t expired = 0;
  if (read(timer_.get(), &expired, sizeof expired) < 0 || expired == 0) return;
  if (ticking_) tick_();
}

}  // namespace xconn::probes
