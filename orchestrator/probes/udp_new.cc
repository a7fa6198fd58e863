// SPDX-License-Identifier: Apache-2.0
// Each probe is a session of its own: a new source port, one datagram, one echo.
#include <sys/epoll.h>

#include <deque>

#include "probes/driver.hh"
#include "probes/socket.hh"
#include "sys/clock.hh"
#include "sys/netns.hh"

namespace xconn::probes {
namespace {

constexpr Duration kReplyPatience = std::chrono::seconds{1};

struct Session {
  sys::Fd fd;
  Duration opened{0};
};

class UdpNew : public Driver {
 public:
  UdpNew(const FlowSpec& spec, const Endpoint& from, const Target& to)
      : Driver(spec, from, to), from_(from.address), far_address_(socket_address(to.address, spec.port)) {
    far_ = open_receivers([&](const Endpoint& receiver, std::uint16_t port) {
      return open_receiver(SOCK_DGRAM, receiver.address, port, spec.dscp);
    });
  }

  void arm(Duration first) override {
    for (std::size_t n = 0; n < far_.size(); ++n)
      if (far_[n]) far_worker.watch(far_[n].get(), EPOLLIN, [this, n](std::uint32_t) { echo(n); });
    near_worker.tick_from(first, spec_.every, [this] { probe(); });
  }

 private:
  void probe() {
    retire();
    const Head head = next_head();
    sys::Fd fd = open_fresh_socket(SOCK_DGRAM, from_, head, spec_.dscp);
    near_worker.watch(fd.get(), EPOLLIN, [this, raw = fd.get()](std::uint32_t) { answered(raw); });
    std::vector<std::uint8_t> payload(spec_.size);
    encode(head, payload.data());
    near_log.left(head.sequence, head.sent);
    static_cast<void>(
        sendto(fd.get(), payload.data(), payload.size(), MSG_DONTWAIT, far_address_.get(), far_address_.length));
    sessions_.push_back({std::move(fd), head.sent});
  }

  void retire() {
    while (!sessions_.empty() && sys::now() - sessions_.front().opened > kReplyPatience) {
      near_worker.forget(sessions_.front().fd.get());
      sessions_.pop_front();
    }
  }

  void answered(int fd) {
    while (const auto received = receive(fd, near_buffer_)) {
      const auto head = decode(near_buffer_.data(), received->size);
      if (head && head->flow == spec_.id) near_log.came(*head, received->stamp);
    }
  }

  void echo(std::size_t receiver) {
    const int far = far_[receiver].get();
    while (const auto received = receive(far, far_buffer_)) {
      auto head = decode(far_buffer_.data(), received->size);
      if (!head || head->flow != spec_.id) continue;
      heard_at(receiver);
      far_log.came(*head, received->stamp);
      head->sent = sys::now();
      encode(*head, far_buffer_.data());
      far_log.left(head->sequence, head->sent);
      static_cast<void>(
          sendto(far, far_buffer_.data(), received->size, MSG_DONTWAIT, received->from.get(), received->from.length));
    }
  }

  const Address from_;
  const SocketAddress far_address_;
  std::vector<sys::Fd> far_;
  std::deque<Session> sessions_;
  std::vector<std::uint8_t> near_buffer_ = std::vector<std::uint8_t>(65536), far_buffer_ = near_buffer_;
};

}  // namespace

std::unique_ptr<Driver> make_udp_new(const FlowSpec& spec, const Endpoint& from, const Target& to) {
  return std::make_unique<UdpNew>(spec, from, to);
}

}  // namespace xconn::probes
