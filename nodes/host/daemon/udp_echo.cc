// SPDX-License-Identifier: Apache-2.0
#include "nodes/host/daemon/udp_echo.hh"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace xconn::echo {

namespace {

constexpr int kBuffer = 4 << 20;
constexpr int kBatch = 64;  // then the other sockets get their turn

sys::Fd listen(std::uint16_t port) {
  const std::string name = "udp/" + std::to_string(port);
  sys::Fd fd(sys::check(::socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open socket", name));
  const int on = 1, off = 0, size = kBuffer;
  sys::check(::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), "set both IP versions", name);
  sys::check(::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on), "ask for addresses", name);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);  // a burst waits instead of being lost
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  sys::check(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), "listen", name);
  return fd;
}

// The answer goes out with the packet information it came with, but by whatever interface routing says: the way back
// may be another one.
void free_interface(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != IPPROTO_IPV6 || part->cmsg_type != IPV6_PKTINFO) continue;
    in6_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(part), sizeof info);
    if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = 0;
    std::memcpy(CMSG_DATA(part), &info, sizeof info);
  }
}

}  // namespace

UdpEcho::UdpEcho(sys::Loop& loop, std::uint16_t port)
    : port_(port), socket_(listen(port)), buffer_(65536), watch_(loop, socket_.get(), [this] { readable(); }) {}

void UdpEcho::readable() {
  for (int n = 0; n < kBatch && answer_one(); ++n) {
  }
}

bool UdpEcho::answer_one() {
  sockaddr_in6 from{};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(in6_pktinfo))];
  iovec data{buffer_.data(), buffer_.size()};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = ::recvmsg(socket_.get(), &message, 0);
  if (size < 0) return errno == EINTR || errno == ECONNREFUSED;
  ++counters_.packets;
  counters_.bytes += static_cast<std::uint64_t>(size);
  data.iov_len = static_cast<std::size_t>(size);
  free_interface(message);
  if (ntohs(from.sin6_port) == port_ || ::sendmsg(socket_.get(), &message, MSG_DONTWAIT) < 0) ++counters_.refused;
  return true;
}

}  // namespace xconn::echo
