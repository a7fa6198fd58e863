// SPDX-License-Identifier: Apache-2.0
// Blocking sockets inside a namespace, with short deadlines.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include "sys/fd.hh"
#include "sys/netns.hh"

namespace xconn::lb {

inline sockaddr_in at(const std::string& address, int port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &result.sin_addr);
  return result;
}

class Socket {
 public:
  /// Bound to `port` when that is not 0.
  Socket(const sys::Netns& netns, int type, int port = 0)
      : fd_(netns.run([&] { return sys::Fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0)); })) {
    const auto from = at("0.0.0.0", port);
    sys::check(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from), "bind");
  }
  bool connect(const std::string& address, int port, int milliseconds = 1000) {
    const timeval patience{milliseconds / 1000, milliseconds % 1000 * 1000};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const auto to = at(address, port);
    return ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  void send(const std::string& text) { ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL); }
  struct Received {
    std::string text, address;
    int port;
  };
  std::optional<Received> receive(int milliseconds = 400) {
    pollfd ready{fd_.get(), POLLIN, 0};
    if (::poll(&ready, 1, milliseconds) != 1) return std::nullopt;
    char text[2048], name[64];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto length = ::recvfrom(fd_.get(), text, sizeof text, 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (length <= 0) return std::nullopt;
    ::inet_ntop(AF_INET, &from.sin_addr, name, sizeof name);
    return Received{std::string(text, static_cast<std::size_t>(length)), name, ntohs(from.sin_port)};
  }
  /// Whether the other side ends the connection with a reset.
  bool is_reset(int milliseconds) {
    pollfd ready{fd_.get(), POLLIN, 0};
    char text[1];
    return ::poll(&ready, 1, milliseconds) == 1 && ::recv(fd_.get(), text, sizeof text, MSG_DONTWAIT) < 0 &&
           errno == ECONNRESET;
  }
  void answer(const Received& to, const std::string& text) {
    const auto address = at(to.address, to.port);
    ::sendto(fd_.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  /// Whether what is sent comes back.
  bool echoes(const std::string& text = "hello", int milliseconds = 400) {
    send(text);
    const auto answer = receive(milliseconds);
    return answer && answer->text == text;
  }

 private:
  sys::Fd fd_;
};

struct Udp : Socket {
  Udp(const sys::Netns& netns, const std::string& address, int port, int own_port = 0)
      : Socket(netns, SOCK_DGRAM, own_port) {
    connect(address, port);
  }
};

}  // namespace xconn::lb
