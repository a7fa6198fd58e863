// SPDX-License-Identifier: Apache-2.0
// Sockets of probes: addresses, stamps, and records on a stream.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/address.hh"
#include "probes/head.hh"
#include "sys/fd.hh"

namespace xconn::probes {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const Address& address, std::uint16_t port);
std::uint16_t local_port(int fd);

/// Non-blocking, bound, with big buffers, the DSCP, and arrival stamps. `type` is SOCK_DGRAM or SOCK_STREAM. Opens it
/// in the calling thread's namespace. Throws KernelError.
sys::Fd open_socket(int type, const Address& address, std::uint16_t port, std::uint8_t dscp);
/// The same for whoever is sent to, at an address that may come later.
sys::Fd open_receiver(int type, const Address& address, std::uint16_t port, std::uint8_t dscp);

/// The same for a session of its own: a source port that this flow has not used for kFreshPorts probes. A port that is
/// used again too soon would meet what a load balancer or firewall on the way still remembers of the earlier session.
constexpr std::uint16_t kFreshPorts = 4000;
sys::Fd open_fresh_socket(int type, const Address& address, const Head& probe, std::uint8_t dscp);

struct Received {
  std::size_t size = 0;
  Stamp stamp;
  SocketAddress from;
};

/// nullopt when there is nothing to read. Size 0 on a stream is its end, as is an error.
std::optional<Received> receive(int fd, std::vector<std::uint8_t>& buffer);

/// Records of one size on a connection.
class RecordStream {
 public:
  RecordStream(sys::Fd fd, std::size_t record_size) : fd_(std::move(fd)), size_(record_size) {}
  int fd() const { return fd_.get(); }
  /// Sends it, or keeps it until there is room. False when the connection is gone.
  bool send(const Head& head);
  bool flush();
  bool pending() const { return !out_.empty(); }
  /// Hands over all whole records that have come. False when the connection has ended.
  bool read(const std::function<void(const Head&, const Stamp&)>& record);

 private:
  sys::Fd fd_;
  std::size_t size_;
  std::vector<std::uint8_t> in_, out_;
};

}  // namespace xconn::probes
