// SPDX-License-Identifier: Apache-2.0
// A numbered stream each way on one 5-tuple. The far end learns the near end's address from what arrives, so it works
// through NAT, and goes on by itself once it has seen a probe: each direction is measured alone.
#include <sys/epoll.h>

#include "probes/driver.hh"
#include "probes/socket.hh"
#include "sys/clock.hh"
#include "sys/netns.hh"

namespace xconn::probes {
namespace {

constexpr std::size_t kLargestDatagram = 65536;

class Udp : public Driver {
 public:
  Udp(const FlowSpec& spec, const Endpoint& from, const Target& to)
      : Driver(spec, from, to), far_address_(socket_address(to.address, spec.port)) {
    near_ = from.netns->run([&] { return open_socket(SOCK_DGRAM, from.address, 0, spec.dscp); });
    far_ = open_receivers([&](const Endpoint& receiver, std::uint16_t port) {
      return open_receiver(SOCK_DGRAM, receiver.address, port, spec.dscp);
    });
    tuple_.from_port = local_port(near_.get());
  }

  void arm(Duration first) override {
    near_worker.watch(near_.get(), EPOLLIN, [this](std::uint32_t) { drain(near_.get(), near_log); });
    for (std::size_t n = 0; n < far_.size(); ++n)
      if (far_[n]) far_worker.watch(far_[n].get(), EPOLLIN, [this, n](std::uint32_t) { far_readable(n); });
    near_worker.tick_from(first, spec_.every, [this] { send(near_.get(), far_address_, next_head(), near_log); });
  }

 private:
  void send(int fd, const SocketAddress& to, const Head& head, EndLog& log) {
    std::vector<std::uint8_t>& payload = fd == near_.get() ? near_payload_ : far_payload_;
    payload.resize(spec_.size);
    encode(head, payload.data());
    log.left(head.sequence, head.sent);
    // What the node's own routing refuses is a lost probe like any other: the number is used up.
    static_cast<void>(sendto(fd, payload.data(), payload.size(), MSG_DONTWAIT, to.get(), to.length));
  }

  // Returns where the last probe came from.
  std::optional<SocketAddress> drain(int fd, EndLog& log) {
    std::vector<std::uint8_t>& buffer = fd == near_.get() ? near_buffer_ : far_buffer_;
    buffer.resize(kLargestDatagram);
    std::optional<SocketAddress> from;
    while (const auto received = receive(fd, buffer)) {
      const auto head = decode(buffer.data(), received->size);
      if (!head || head->flow != spec_.id) continue;
      log.came(*head, received->stamp);
      from = received->from;
    }
    return from;
  }

  void far_readable(std::size_t receiver) {
    const auto from = drain(far_[receiver].get(), far_log);
    if (!from) return;
    heard_at(receiver);
    answering_ = far_[receiver].get();
    const bool first = !near_address_;
    near_address_ = from;
    if (!first) return;
    far_worker.tick_from(sys::now(), spec_.every, [this] {
      send(answering_, *near_address_, Head{spec_.id, far_next_++, sys::now()}, far_log);
    });
  }

  sys::Fd near_;
  std::vector<sys::Fd> far_;
  int answering_ = -1;  // far worker only: the receiver's socket that heard last
  const SocketAddress far_address_;
  std::optional<SocketAddress> near_address_;  // far worker only, as are the next two
  std::uint64_t far_next_ = 0;
  std::vector<std::uint8_t> far_payload_, far_buffer_;
  std::vector<std::uint8_t> near_payload_, near_buffer_;
};

}  // namespace

std::unique_ptr<Driver> make_udp(const FlowSpec& spec, const Endpoint& from, const Target& to) {
  return std::make_unique<Udp>(spec, from, to);
}

}  // namespace xconn::probes
