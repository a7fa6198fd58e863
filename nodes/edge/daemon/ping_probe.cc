// SPDX-License-Identifier: Apache-2.0
// Echo requests (RFC 792) from a raw socket. A raw socket, not a datagram one: it needs no ping_group_range, which the
// namespace may have narrowed.
#include <linux/icmp.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <cstring>
#include <map>
#include <random>
#include <utility>

#include "nodes/edge/daemon/probe.hh"
#include "sys/clock.hh"
#include "sys/fd.hh"
#include "sys/loop.hh"

namespace xconn::sdwan {
namespace {

struct EchoRequest {
  icmphdr header{};
  std::array<char, 32> payload{};
};

std::uint16_t checksum(const void* data, std::size_t size) {
  std::uint32_t sum = 0;
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    std::uint16_t word;
    std::memcpy(&word, bytes + i, sizeof word);
    sum += word;
  }
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

/// Different for every prober of the process, and by chance for those of others in the namespace.
std::uint16_t next_identifier() {
  static std::uint16_t identifier = static_cast<std::uint16_t>(std::random_device{}());
  return identifier++;
}

Duration realtime() {
  timespec stamp{};
  ::clock_gettime(CLOCK_REALTIME, &stamp);
  return std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec);
}

/// When the kernel received it (SO_TIMESTAMPNS): not delayed by a busy loop.
std::optional<Duration> kernel_stamp(msghdr& message) {
  for (auto* control = CMSG_FIRSTHDR(&message); control; control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp;
    std::memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
    return std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec);
  }
  return std::nullopt;
}

class PingProber : public Prober {
 public:
  PingProber(sys::Loop& loop, const network::HealthCheck& check, std::string interface, std::uint32_t mark,
             Outcome outcome)
      : loop_(loop), check_(check), interface_(std::move(interface)), mark_(mark), outcome_(std::move(outcome)) {
    every_ = sys::Timer::every(loop_, check_.interval, [this] { send(); });
    send();
  }

  void reopen() override {
    watch_ = {};
    socket_.reset();
    reached_ = false;
  }

 private:
  struct Pending {
    Duration sent_realtime, sent_monotonic;
    sys::Timer timeout;
  };

  bool open();
  void send();
  bool transmit(std::uint16_t sequence);
  void readable();
  void answered(std::uint16_t sequence, std::optional<Duration> stamp);
  void expire(std::uint16_t sequence);
  void settle_older(std::uint16_t answered);

  sys::Loop& loop_;
  const network::HealthCheck& check_;
  std::string interface_;
  std::uint32_t mark_;
  Outcome outcome_;
  std::uint16_t identifier_ = next_identifier(), sequence_ = 0;
  sys::Fd socket_;
  sys::Watch watch_;
  std::map<std::uint16_t, Pending> pending_;
  bool reached_ = false;  // something was answered since the socket was opened
  sys::Timer every_;
};

bool PingProber::open() {
  sys::Fd socket(
      sys::check(::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP), "open ping socket"));
  if (!bind_to_member(socket.get(), interface_, mark_)) return false;
  const int on = 1;
  sys::check(::setsockopt(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on), "ask for time stamps");
  icmp_filter filter{};
  filter.data = ~(1U << ICMP_ECHOREPLY);
  sys::check(::setsockopt(socket.get(), SOL_RAW, ICMP_FILTER, &filter, sizeof filter), "filter echo replies");
  watch_ = sys::Watch(loop_, socket.get(), [this] { readable(); });
  socket_ = std::move(socket);
  return true;
}

void PingProber::send() {
  const auto sequence = ++sequence_;
  // Registered before it is sent; what cannot be sent is lost when its time is up, as any other.
  auto& entry = pending_[sequence];
  entry.sent_monotonic = sys::now();
  entry.sent_realtime = realtime();
  entry.timeout = sys::Timer::once(loop_, check_.timeout, [this, sequence] { expire(sequence); });
  if ((socket_ || open()) && !transmit(sequence)) reopen();
}

bool PingProber::transmit(std::uint16_t sequence) {
  EchoRequest request;
  request.header.type = ICMP_ECHO;
  request.header.un.echo.id = htons(identifier_);
  request.header.un.echo.sequence = htons(sequence);
  request.header.checksum = checksum(&request, sizeof request);
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_addr.s_addr = htonl(check_.server.v4_value());
  return ::sendto(socket_.get(), &request, sizeof request, 0, reinterpret_cast<sockaddr*>(&server), sizeof server) > 0;
}

void PingProber::readable() {
  std::array<char, 2048> data;
  std::array<char, 256> control;
  while (socket_) {
    iovec vector{data.data(), data.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto size = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT);
    if (size < static_cast<ssize_t>(sizeof(iphdr))) return;
    iphdr ip;
    std::memcpy(&ip, data.data(), sizeof ip);
    const auto offset = static_cast<std::size_t>(ip.ihl) * 4;
    if (static_cast<std::size_t>(size) < offset + sizeof(icmphdr) || ntohl(ip.saddr) != check_.server.v4_value())
      continue;
    icmphdr icmp;
    std::memcpy(&icmp, data.data() + offset, sizeof icmp);
    if (icmp.type == ICMP_ECHOREPLY && ntohs(icmp.un.echo.id) == identifier_) {
      answered(ntohs(icmp.un.echo.sequence), kernel_stamp(message));
    }
  }
}

void PingProber::answered(std::uint16_t sequence, std::optional<Duration> stamp) {
  const auto found = pending_.find(sequence);
  if (found == pending_.end()) return;  // its time was up, or it came twice
  auto round_trip = stamp ? *stamp - found->second.sent_realtime : Duration(-1);
  const auto longest = sys::now() - found->second.sent_monotonic;
  if (round_trip < Duration::zero() || round_trip > longest) round_trip = longest;  // the wall clock was set
  pending_.erase(found);
  settle_older(sequence);
  outcome_(round_trip);
}

/// Outcomes are told in the order of the probes. With a timeout as long as the interval, the answer to a new probe may
/// be read in the same moment in which the one before is given up; and whatever was sent before the first answer of all
/// is lost, for there was no path yet.
void PingProber::settle_older(std::uint16_t answered) {
  const auto settled = [&](const auto& entry) {
    const auto older = static_cast<std::int16_t>(entry.first - answered) < 0;
    return older && (!reached_ || sys::now() - entry.second.sent_monotonic >= check_.timeout);
  };
  for (auto lost = std::erase_if(pending_, settled); lost > 0; --lost) outcome_(std::nullopt);
  reached_ = true;
}

void PingProber::expire(std::uint16_t sequence) {
  readable();  // an answer that came in time but was not read yet is no loss
  if (pending_.erase(sequence) > 0) outcome_(std::nullopt);
}

}  // namespace

std::unique_ptr<Prober> make_ping_prober(sys::Loop& loop, const network::HealthCheck& check,
                                         const std::string& interface, std::uint32_t mark, Outcome outcome) {
  return std::make_unique<PingProber>(loop, check, interface, mark, std::move(outcome));
}

}  // namespace xconn::sdwan
