// SPDX-License-Identifier: Apache-2.0
// One connection for the whole flow, one record per interval, each echoed. It is never made anew: what an established
// session feels when its firewall or path goes is that it does not move any more.
#include <sys/epoll.h>

#include <cerrno>
#include <cstring>

#include "probes/driver.hh"
#include "probes/socket.hh"
#include "sys/clock.hh"
#include "sys/netns.hh"

namespace xconn::probes {
namespace {

class Tcp : public Driver {
 public:
  Tcp(const FlowSpec& spec, const Endpoint& from, const Target& to)
      : Driver(spec, from, to),
        far_address_(socket_address(to.address, spec.port)),
        near_(from.netns->run([&] { return open_socket(SOCK_STREAM, from.address, 0, spec.dscp); }), spec.size),
        far_(sys::Fd{}, spec.size) {
    listeners_ = open_receivers([&](const Endpoint& receiver, std::uint16_t port) {
      auto listener = open_receiver(SOCK_STREAM, receiver.address, port, spec.dscp);
      sys::check(listen(listener.get(), 1), "listen");
      return listener;
    });
    tuple_.from_port = local_port(near_.fd());
  }

  void arm(Duration first) override {
    for (std::size_t n = 0; n < listeners_.size(); ++n)
      if (listeners_[n]) far_worker.watch(listeners_[n].get(), EPOLLIN, [this, n](std::uint32_t) { accept_one(n); });
    if (connect(near_.fd(), far_address_.get(), far_address_.length) != 0 && errno != EINPROGRESS) {
      return end("connect", errno);
    }
    near_worker.watch(near_.fd(), EPOLLOUT, [this, first](std::uint32_t) { connected(first); });
  }

  std::string broken() const override { return broken_; }

 private:
  void connected(Duration first) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(near_.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return end("connect", error);
    near_worker.watch(near_.fd(), EPOLLIN, [this](std::uint32_t) { near_readable(); });
    near_worker.tick_from(std::max(first, sys::now()), spec_.every, [this] {
      const Head head = next_head();
      near_log.left(head.sequence, head.sent);
      if (!near_.send(head)) end("send", errno);
    });
  }

  void near_readable() {
    if (!near_.read([this](const Head& head, const Stamp& stamp) { near_log.came(head, stamp); }))
      end("receive", errno);
  }

  void accept_one(std::size_t receiver) {
    sys::Fd fd(accept4(listeners_[receiver].get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd || far_.fd() >= 0) return;  // the flow has one connection; a stranger is turned away
    heard_at(receiver);
    far_ = RecordStream(std::move(fd), spec_.size);
    far_worker.watch(far_.fd(), EPOLLIN, [this](std::uint32_t) { far_ready(); });
  }

  void far_ready() {
    const bool alive = far_.read([this](const Head& head, const Stamp& stamp) {
      far_log.came(head, stamp);
      const Head echo{head.flow, head.sequence, sys::now()};
      far_log.left(echo.sequence, echo.sent);
      far_.send(echo);
    });
    if (!alive || !far_.flush()) return far_worker.forget(far_.fd());
    const std::uint32_t wanted = EPOLLIN | (far_.pending() ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    if (wanted != far_wanted_) {
      far_wanted_ = wanted;
      far_worker.watch(far_.fd(), wanted, [this](std::uint32_t) { far_ready(); });
    }
  }

  void end(const char* operation, int error) {
    if (broken_.empty())
      broken_ = std::string(operation) + ": " + (error ? std::strerror(error) : "closed by the peer");
    near_worker.stop_ticking();
    near_worker.forget(near_.fd());
  }

  const SocketAddress far_address_;
  RecordStream near_, far_;
  std::uint32_t far_wanted_ = EPOLLIN;
  std::vector<sys::Fd> listeners_;
  std::string broken_;  // near worker only
};

}  // namespace

std::unique_ptr<Driver> make_tcp(const FlowSpec& spec, const Endpoint& from, const Target& to) {
  return std::make_unique<Tcp>(spec, from, to);
}

}  // namespace xconn::probes
