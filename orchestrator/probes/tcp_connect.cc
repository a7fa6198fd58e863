// SPDX-License-Identifier: Apache-2.0
// Each probe is a connection of its own: SYN, one record, its echo, FIN. An attempt is given up before the kernel would
// send its SYN a second time, so that a probe says how things stood when it left, and not a second later.
#include <sys/epoll.h>

#include <cerrno>
#include <deque>
#include <unordered_map>

#include "probes/driver.hh"
#include "probes/socket.hh"
#include "sys/clock.hh"
#include "sys/netns.hh"

namespace xconn::probes {
namespace {

constexpr Duration kConnectPatience =
    std::chrono::milliseconds{900};  // the first SYN timeout is 1 s (RFC 6298 section 2)
constexpr int kBacklog = 128;

struct Attempt {
  RecordStream stream;
  Head head;
};

class TcpConnect : public Driver {
 public:
  TcpConnect(const FlowSpec& spec, const Endpoint& from, const Target& to)
      : Driver(spec, from, to), from_(from.address), far_address_(socket_address(to.address, spec.port)) {
    listeners_ = open_receivers([&](const Endpoint& receiver, std::uint16_t port) {
      auto listener = open_receiver(SOCK_STREAM, receiver.address, port, spec.dscp);
      sys::check(listen(listener.get(), kBacklog), "listen");
      return listener;
    });
  }

  void arm(Duration first) override {
    for (std::size_t n = 0; n < listeners_.size(); ++n)
      if (listeners_[n]) far_worker.watch(listeners_[n].get(), EPOLLIN, [this, n](std::uint32_t) { accept_all(n); });
    near_worker.tick_from(first, spec_.every, [this] { probe(); });
  }

 private:
  void probe() {
    give_up();
    const Head head = next_head();
    sys::Fd fd = open_fresh_socket(SOCK_STREAM, from_, head, spec_.dscp);
    const int raw = fd.get();
    near_log.left(head.sequence, head.sent);
    if (connect(raw, far_address_.get(), far_address_.length) != 0 && errno != EINPROGRESS) return;
    attempts_.push_back({RecordStream(std::move(fd), spec_.size), head});
    by_fd_[raw] = head.sequence;
    near_worker.watch(raw, EPOLLOUT, [this, raw](std::uint32_t events) { connected(raw, events); });
  }

  Attempt* find(int fd) {
    const auto known = by_fd_.find(fd);
    if (known == by_fd_.end()) return nullptr;
    for (Attempt& attempt : attempts_) {
      if (attempt.head.sequence == known->second) return &attempt;
    }
    return nullptr;
  }

  void connected(int fd, std::uint32_t events) {
    Attempt* attempt = find(fd);
    if (attempt == nullptr) return;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0 || !attempt->stream.send(attempt->head)) return drop(fd);
    near_worker.watch(fd, EPOLLIN, [this, fd](std::uint32_t) { answered(fd); });
  }

  void answered(int fd) {
    Attempt* attempt = find(fd);
    if (attempt == nullptr) return;
    bool done = false;
    const bool alive = attempt->stream.read([&](const Head& head, const Stamp& stamp) {
      near_log.came(head, stamp);
      done = true;
    });
    if (done || !alive) drop(fd);
  }

  void drop(int fd) {
    const auto known = by_fd_.find(fd);
    if (known == by_fd_.end()) return;
    near_worker.forget(fd);
    std::erase_if(attempts_, [&](const Attempt& attempt) { return attempt.head.sequence == known->second; });
    by_fd_.erase(known);
  }

  void give_up() {
    while (!attempts_.empty() && sys::now() - attempts_.front().head.sent > kConnectPatience) {
      drop(attempts_.front().stream.fd());
    }
  }

  void accept_all(std::size_t receiver) {
    for (;;) {
      sys::Fd fd(accept4(listeners_[receiver].get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!fd) return;
      heard_at(receiver);
      const int raw = fd.get();
      accepted_.insert_or_assign(raw, RecordStream(std::move(fd), spec_.size));
      far_worker.watch(raw, EPOLLIN, [this, raw](std::uint32_t) { serve(raw); });
    }
  }

  void serve(int fd) {
    RecordStream& stream = accepted_.at(fd);
    const bool alive = stream.read([&](const Head& head, const Stamp& stamp) {
      far_log.came(head, stamp);
      const Head echo{head.flow, head.sequence, sys::now()};
      far_log.left(echo.sequence, echo.sent);
      stream.send(echo);
    });
    if (alive) return;
    far_worker.forget(fd);
    accepted_.erase(fd);
  }

  const Address from_;
  const SocketAddress far_address_;
  std::vector<sys::Fd> listeners_;
  std::deque<Attempt> attempts_;                    // near worker
  std::unordered_map<int, std::uint64_t> by_fd_;    // near worker
  std::unordered_map<int, RecordStream> accepted_;  // far worker
};

}  // namespace

std::unique_ptr<Driver> make_tcp_connect(const FlowSpec& spec, const Endpoint& from, const Target& to) {
  return std::make_unique<TcpConnect>(spec, from, to);
}

}  // namespace xconn::probes
