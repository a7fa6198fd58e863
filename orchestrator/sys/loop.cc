// SPDX-License-Identifier: Apache-2.0
#include "sys/loop.hh"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <stdexcept>

#include "base/errors.hh"
#include "sys/debug_log.hh"
#include "sys/fd.hh"

namespace xconn::sys {
namespace {

constexpr auto kAskAgain = std::chrono::milliseconds(20);

/// A wait() was cut short by stop(): leaves handlers up to run(), which ends quietly.
class Stopped : public Error {
 public:
  using Error::Error;
};

}  // namespace

struct Loop::Work {
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
};

/// No hint of one thread: what a handler posts would then be kept from a wait() inside that handler.
Loop::Loop()
    : io_(std::make_unique<boost::asio::io_context>()), work_(std::make_unique<Work>(Work{make_work_guard(*io_)})) {}
Loop::~Loop() = default;

void Loop::run() {
  if (io_->stopped()) io_->restart();
  try {
    io_->run();
  } catch (const Stopped&) {
  }
}

void Loop::stop() { io_->stop(); }

void Loop::post(std::function<void()> action) { boost::asio::post(*io_, std::move(action)); }

void Loop::poll() {
  if (io_->stopped()) io_->restart();
  io_->poll();
}

namespace {

/// What a wait sees, when it is another thing than was told last.
void tell(const std::string& awaited, const std::string& seen, std::string& told) {
  if (!has_debug_log() || seen == told) return;
  write_debug_line("wait", "for " + awaited + ": " + seen);
  told = seen;
}

}  // namespace

void Loop::wait(const std::string& awaited, Duration bound,
                const std::function<std::optional<std::string>()>& difference) {
  if (io_->stopped()) io_->restart();
  wait_while_running(awaited, bound, difference);
}

void Loop::wait_while_running(const std::string& awaited, Duration bound,
                              const std::function<std::optional<std::string>()>& difference) {
  const auto deadline = std::chrono::steady_clock::now() + bound;
  std::string told;
  while (const auto seen = difference()) {
    tell(awaited, *seen, told);
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= Duration{0}) throw TimeoutError(awaited, bound, *seen);
    io_->run_one_for(std::min<Duration>(left, kAskAgain));
    if (io_->stopped()) throw Stopped("stopped while waiting for " + awaited + "; last seen: " + *seen);
  }
  tell(awaited, "it is so", told);
}

struct Timer::State : std::enable_shared_from_this<Timer::State> {
  State(Loop& loop, Duration every, std::function<void()> call)
      : timer(loop.io()), period(every), callback(std::move(call)) {}

  void stop() noexcept {
    stopped = true;
    boost::system::error_code ignored;
    timer.cancel(ignored);
  }

  void arm() {
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && !self->stopped) self->fire();
    });
  }

  void fire() {
    if (period > Duration{0}) {
      const auto late = std::chrono::steady_clock::now() - timer.expiry();
      timer.expires_at(timer.expiry() + (late / period + 1) * period);
      arm();
    }
    callback();
  }

  boost::asio::steady_timer timer;
  Duration period;
  std::function<void()> callback;
  bool stopped = false;
};

Timer Timer::start(Loop& loop, Duration after, Duration period, std::function<void()> callback) {
  auto state = std::make_shared<State>(loop, period, std::move(callback));
  state->timer.expires_after(after);
  state->arm();
  Timer timer;
  // The handle's last reference stops the timer; the handler in flight keeps the state itself alive.
  timer.state_ = std::shared_ptr<State>(state.get(), [state](State* raw) { raw->stop(); });
  return timer;
}

Timer Timer::once(Loop& loop, Duration after, std::function<void()> callback) {
  return start(loop, after, Duration{0}, std::move(callback));
}

Timer Timer::every(Loop& loop, Duration period, std::function<void()> callback) {
  if (period <= Duration{0}) throw std::logic_error("a timer's period must be positive");
  return start(loop, period, period, std::move(callback));
}

struct Watch::State : std::enable_shared_from_this<Watch::State> {
  using Descriptor = boost::asio::posix::stream_descriptor;

  State(Loop& loop, int fd, For what, std::function<void()> call)
      : descriptor(loop.io(), duplicate(fd).release()),
        awaited(what == For::kReading ? Descriptor::wait_read : Descriptor::wait_write),
        callback(std::move(call)) {}

  void arm() {
    descriptor.async_wait(awaited, [self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && !self->stopped) self->fire();
    });
  }

  void fire() {
    const Rearm rearm{*this};  // also when the callback throws: the event is still to be had
    callback();
  }

  void stop() noexcept {
    stopped = true;
    boost::system::error_code ignored;
    descriptor.close(ignored);
  }

  struct Rearm {
    State& state;
    ~Rearm() {
      if (!state.stopped) state.arm();
    }
  };

  Descriptor descriptor;
  Descriptor::wait_type awaited;
  std::function<void()> callback;
  bool stopped = false;
};

Watch::Watch(Loop& loop, int fd, std::function<void()> ready, For what) {
  auto state = std::make_shared<State>(loop, fd, what, std::move(ready));
  state->arm();
  state_ = std::shared_ptr<State>(state.get(), [state](State* raw) { raw->stop(); });
}

}  // namespace xconn::sys
