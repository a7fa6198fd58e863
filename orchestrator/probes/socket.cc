// SPDX-License-Identifier: Apache-2.0
#include "probes/socket.hh"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>

#include "base/errors.hh"
#include "sys/clock.hh"

namespace xconn::probes {
namespace {

constexpr int kSocketBytes = 4 << 20;

void set(int fd, int level, int option, int value) {
  sys::check(setsockopt(fd, level, option, &value, sizeof value), "setsockopt");
}

// The forced size needs CAP_NET_ADMIN; without it the host's maximum is what we get.
void enlarge(int fd, int forced, int plain) {
  if (setsockopt(fd, SOL_SOCKET, forced, &kSocketBytes, sizeof kSocketBytes) != 0) {
    set(fd, SOL_SOCKET, plain, kSocketBytes);
  }
}

void mark(int fd, const Address& address, std::uint8_t dscp) {
  const int value = dscp << 2;
  address.is_v4() ? set(fd, IPPROTO_IP, IP_TOS, value) : set(fd, IPPROTO_IPV6, IPV6_TCLASS, value);
}

Stamp stamp_of(msghdr& message) {
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_TIMESTAMPING) continue;
    scm_timestamping stamps{};
    std::memcpy(&stamps, CMSG_DATA(head), sizeof stamps);
    const auto& software = stamps.ts[0];
    if (software.tv_sec == 0) break;
    return {sys::from_realtime(std::chrono::seconds{software.tv_sec} + Duration{software.tv_nsec})};
  }
  return {sys::now(), false};
}

sys::Fd prepared_socket(int type, const Address& address, std::uint8_t dscp) {
  sys::Fd fd(sys::check(socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
  enlarge(fd.get(), SO_RCVBUFFORCE, SO_RCVBUF);
  enlarge(fd.get(), SO_SNDBUFFORCE, SO_SNDBUF);
  set(fd.get(), SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);
  mark(fd.get(), address, dscp);
  if (type == SOCK_STREAM) {
    set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  }
  return fd;
}

sys::Fd bound(sys::Fd fd, const Address& address, std::uint16_t port) {
  const SocketAddress name = socket_address(address, port);
  sys::check(bind(fd.get(), name.get(), name.length), "bind", address.text() + ":" + std::to_string(port));
  return fd;
}

}  // namespace

SocketAddress socket_address(const Address& address, std::uint16_t port) {
  SocketAddress result;
  if (address.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&result.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    std::memcpy(&v4->sin_addr, address.bytes(), address.size());
    result.length = sizeof *v4;
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&result.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    std::memcpy(&v6->sin6_addr, address.bytes(), address.size());
    result.length = sizeof *v6;
  }
  return result;
}

std::uint16_t local_port(int fd) {
  SocketAddress name;
  sys::check(getsockname(fd, name.get(), &name.length), "getsockname");
  // The port is at the same place for both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&name.storage)->sin_port);
}

sys::Fd open_socket(int type, const Address& address, std::uint16_t port, std::uint8_t dscp) {
  return bound(prepared_socket(type, address, dscp), address, port);
}

sys::Fd open_receiver(int type, const Address& address, std::uint16_t port, std::uint8_t dscp) {
  auto fd = prepared_socket(type, address, dscp);
  address.is_v4() ? set(fd.get(), IPPROTO_IP, IP_FREEBIND, 1) : set(fd.get(), IPPROTO_IPV6, IPV6_FREEBIND, 1);
  return bound(std::move(fd), address, port);
}

sys::Fd open_fresh_socket(int type, const Address& address, const Head& probe, std::uint8_t dscp) {
  constexpr std::uint32_t kFirst = 28000, kFlows = 9;  // up to 63999: each flow of a drill has ports of its own
  const auto port = kFirst + probe.flow % kFlows * kFreshPorts + probe.sequence % kFreshPorts;
  try {
    return open_socket(type, address, static_cast<std::uint16_t>(port), dscp);
  } catch (const KernelError& error) {
    if (error.error_number() != EADDRINUSE) throw;
    return open_socket(type, address, 0, dscp);  // somebody else's; the kernel knows a free one
  }
}

std::optional<Received> receive(int fd, std::vector<std::uint8_t>& buffer) {
  Received result;
  alignas(cmsghdr) char control[256];
  iovec piece{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_name = result.from.get();
  message.msg_namelen = result.from.length;
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  result.size = size < 0 ? 0 : static_cast<std::size_t>(size);
  result.from.length = message.msg_namelen;
  result.stamp = stamp_of(message);
  return result;
}

bool RecordStream::send(const Head& head) {
  const std::size_t end = out_.size();
  out_.resize(end + size_);
  encode(head, out_.data() + end);
  return flush();
}

bool RecordStream::flush() {
  while (!out_.empty()) {
    const ssize_t sent = ::send(fd_.get(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    out_.erase(out_.begin(), out_.begin() + sent);
  }
  return true;
}

bool RecordStream::read(const std::function<void(const Head&, const Stamp&)>& record) {
  std::vector<std::uint8_t> buffer(65536);
  while (const auto received = receive(fd_.get(), buffer)) {
    if (received->size == 0) return false;
    in_.insert(in_.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(received->size));
    std::size_t used = 0;
    for (; in_.size() - used >= size_; used += size_) {
      if (const auto head = decode(in_.data() + used, size_)) record(*head, received->stamp);
    }
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(used));
  }
  return true;
}

}  // namespace xconn::probes
