// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/applications.hh"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "nodes/edge/daemon/mark.hh"
#include "sys/clock.hh"

namespace xconn::sdwan {
namespace {

constexpr std::uint32_t kSnapLength = 1600;
constexpr int kPacketsPerTurn = 256;  // then health checks have their turn
constexpr int kTries = 8;
constexpr Duration kRetryAfter = std::chrono::milliseconds(5);

/// Arriving IPv4 packets of all interfaces, TCP and UDP only.
sys::Fd open_packet_socket() {
  sys::Fd socket(sys::check(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open packet socket"));
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),  // the protocol of the IP header
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, kSnapLength),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  const sock_fprog program{std::size(code), code};
  sys::check(::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program),
             "attach packet filter");
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(ETH_P_IP);
  sys::check(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all), "bind packet socket");
  return socket;
}

}  // namespace

Applications::Applications(sys::Loop& loop, const Config& config)
    : loop_(loop),
      classifier_(config),
      socket_(open_packet_socket()),
      watch_(loop, socket_.get(), [this] { readable(); }) {}

void Applications::readable() {
  std::array<std::uint8_t, kSnapLength> packet;
  for (int i = 0; i < kPacketsPerTurn; ++i) {
    const auto size = ::recv(socket_.get(), packet.data(), packet.size(), 0);
    if (size < 0) return;
    const auto finding = classifier_.observe({packet.data(), static_cast<std::size_t>(size)}, sys::now());
    if (finding) take(*finding);
  }
}

void Applications::take(const Finding& finding) {
  if (conntrack_.set_mark(finding.tuple, kApplicationMask, finding.bits)) return;
  retries_.push_back({finding});
  retry_timer_ = sys::Timer::once(loop_, kRetryAfter, [this] { retry(); });
}

void Applications::retry() {
  std::erase_if(retries_, [this](Retry& retry) {
    const auto& finding = retry.finding;
    return conntrack_.set_mark(finding.tuple, kApplicationMask, finding.bits) || ++retry.tries >= kTries;
  });
  if (!retries_.empty()) retry_timer_ = sys::Timer::once(loop_, kRetryAfter, [this] { retry(); });
}

}  // namespace xconn::sdwan
