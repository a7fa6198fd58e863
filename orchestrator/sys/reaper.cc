// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "sys/children.hh"
#include "sys/loop.hh"
#include "sys/process.hh"

namespace xconn::sys {

struct Reaper::State : std::enable_shared_from_this<Reaper::State> {
  State(Loop& loop, std::function<void(pid_t, int)> call) : signals(loop.io(), SIGCHLD), reaped(std::move(call)) {}

  void arm() {
    signals.async_wait([self = shared_from_this()](const boost::system::error_code& error, int) {
      if (error || self->stopped) return;
      self->arm();
      reap_all(self->reaped);
    });
  }

  boost::asio::signal_set signals;
  std::function<void(pid_t, int)> reaped;
  bool stopped = false;
};

Reaper::Reaper(Loop& loop, std::function<void(pid_t pid, int wait_status)> reaped)
    : state_(std::make_shared<State>(loop, std::move(reaped))) {
  state_->arm();
  reap_all(state_->reaped);  // who ended before we listened
}

Reaper::~Reaper() {
  state_->stopped = true;
  boost::system::error_code ignored;
  state_->signals.cancel(ignored);
}

}  // namespace xconn::sys
