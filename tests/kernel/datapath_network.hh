// SPDX-License-Identifier: Apache-2.0
// What the datapath tests are made of: nodes, links, and sockets that live inside them.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/dump.hh"
#include "kernel/netlink.hh"
#include "sys/clock.hh"
#include "sys/fd.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::datapath_test {

using namespace std::chrono_literals;

struct Node {
  Node() : netns(sys::Netns::create()), netlink(netns) { netlink.commit({kernel::link_set("lo", {.up = true})}); }

  void address(const std::string& interface, const std::string& text) {
    netlink.commit(
        {kernel::link_set(interface, {.up = true}), kernel::address_add(interface, *InterfaceAddress::parse(text))});
  }
  void route(const std::string& to, const std::string& via) {
    Route route{.to = *Prefix::parse(to)};
    route.next_hops.push_back({.via = Address::parse(via)});
    netlink.commit({kernel::route_add(route)});
  }
  void forward() {
    kernel::set_sysctls(netns, "", {{"net/ipv4/ip_forward", "1"}, {"net/ipv6/conf/all/forwarding", "1"}});
  }
  bool carrier(const std::string& interface) { return kernel::Reader(netns).link(interface)->carrier; }

  sys::Netns netns;
  kernel::Netlink netlink;
};

/// As a lab makes links: the hooks are there before the link is up, so that nothing done to it later costs a frame.
inline void link(Node& a, const std::string& a_name, Node& b, const std::string& b_name) {
  a.netlink.commit({kernel::veth({.name = a_name}, {.netns = b.netns.fd(), .name = b_name}), kernel::clsact_add(a_name),
                    kernel::link_set(a_name, {.up = true})});
  b.netlink.commit({kernel::clsact_add(b_name), kernel::link_set(b_name, {.up = true})});
}

/// Two nodes and one link between them. No neighbour discovery of any kind: every frame on the link is the user's own,
/// so that counts can be exact.
struct LinkedNodes {
  LinkedNodes() {
    for (Node* node : {&a, &b}) kernel::set_sysctls(node->netns, "", {{"net/ipv6/conf/default/disable_ipv6", "1"}});
    link(a, "er", b, "er");
    a.address("er", "10.0.0.1/24");
    b.address("er", "10.0.0.2/24");
    know(a, "10.0.0.2", b);
    know(b, "10.0.0.1", a);
  }
  static void know(Node& node, const std::string& address, Node& far) {
    const auto mac = kernel::Reader(far.netns).link("er")->mac;
    node.netlink.commit({kernel::neighbour_add("er", *Address::parse(address), *mac)});
  }
  Node a, b;
};

inline sockaddr_in endpoint(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &result.sin_addr);
  return result;
}

inline bool readable(int fd, std::chrono::milliseconds bound) {
  pollfd poller{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&poller, 1, static_cast<int>(bound.count())) > 0;
}

/// A UDP socket inside a node.
class Udp {
 public:
  Udp(Node& node, const std::string& address, std::uint16_t port) {
    fd_ = node.netns.run([] { return sys::Fd(sys::check(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket")); });
    const sockaddr_in at = endpoint(address, port);
    const int buffer = 8 << 20;
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    sys::check(bind(fd_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), "bind", address);
  }
  void send(const std::string& address, std::uint16_t port, std::string_view payload) {
    const sockaddr_in to = endpoint(address, port);
    sys::check(static_cast<int>(sendto(fd_.get(), payload.data(), payload.size(), 0,
                                       reinterpret_cast<const sockaddr*>(&to), sizeof to)),
               "sendto", address);
  }
  std::optional<std::string> receive(std::chrono::milliseconds bound = 1000ms) {
    if (!readable(fd_.get(), bound)) return std::nullopt;
    std::string payload(66000, '\0');
    payload.resize(static_cast<std::size_t>(
        sys::check(static_cast<int>(recv(fd_.get(), payload.data(), payload.size(), 0)), "recv")));
    return payload;
  }
  /// How many come until none does for `quiet`.
  int drain(std::chrono::milliseconds quiet = 100ms) {
    int count = 0;
    while (receive(quiet)) count++;
    return count;
  }
  int fd() const { return fd_.get(); }

 private:
  sys::Fd fd_;
};

/// Whether a datagram of `size` bytes gets from one socket to the other, sent again every 20 ms until `bound`: a link
/// that has come up just now may lose the first ones, ARP asks once a second.
inline bool passes(Udp& from, const std::string& address, std::uint16_t port, Udp& to, std::size_t size = 16,
                   std::chrono::milliseconds bound = 3000ms) {
  to.drain(0ms);
  const std::string payload(size, 'x');
  for (const auto deadline = sys::now() + bound; sys::now() < deadline;) {
    from.send(address, port, payload);
    if (to.receive(20ms) != payload) continue;
    to.drain(20ms);
    return true;
  }
  return false;
}

/// One TCP connection, both sides in hand.
struct Tcp {
  Tcp(Node& client_node, Node& server_node, const std::string& address, std::uint16_t port) {
    const auto make = [] { return sys::Fd(sys::check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")); };
    listener = server_node.netns.run(make);
    client = client_node.netns.run(make);
    const sockaddr_in at = endpoint(address, port);
    sys::check(bind(listener.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), "bind");
    sys::check(listen(listener.get(), 1), "listen");
    const timeval bound{.tv_sec = 3, .tv_usec = 0};
    setsockopt(client.get(), SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  }
  bool open() {
    sockaddr_in at{};
    socklen_t length = sizeof at;
    getsockname(listener.get(), reinterpret_cast<sockaddr*>(&at), &length);
    if (connect(client.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) < 0) return false;
    server = sys::Fd(accept(listener.get(), nullptr, nullptr));
    return static_cast<bool>(server);
  }
  /// Sends that many patterned bytes; returns how many arrived unchanged before a pause of `quiet`.
  std::size_t transfer(std::size_t size, std::chrono::milliseconds quiet = 2000ms) {
    std::string data(size, '\0');
    for (std::size_t i = 0; i < size; i++) data[i] = static_cast<char>(i * 31 + i / 256);
    auto sender = std::async(std::launch::async, [&] {
      for (std::size_t sent = 0; sent < size;) {
        const ssize_t n = ::send(client.get(), data.data() + sent, size - sent, MSG_NOSIGNAL);
        if (n <= 0) return;
        sent += static_cast<std::size_t>(n);
      }
    });
    std::size_t received = 0;
    std::vector<char> buffer(1 << 16);
    while (received < size && readable(server.get(), quiet)) {
      const ssize_t n = recv(server.get(), buffer.data(), buffer.size(), 0);
      if (n <= 0 || std::memcmp(buffer.data(), data.data() + received, static_cast<std::size_t>(n)) != 0) break;
      received += static_cast<std::size_t>(n);
    }
    if (received < size) shutdown(client.get(), SHUT_RDWR);
    sender.wait();
    return received;
  }
  sys::Fd listener, client, server;
};

/// What tcpdump, an independent witness, prints about `count` frames while `traffic` runs again and again.
template <typename Traffic>
std::string witness(Node& node, const std::string& interface, const std::string& filter, int count, Traffic&& traffic) {
  auto capture = std::async(std::launch::async, [&] {
    return sys::run({"tcpdump", "-i", interface, "-c", std::to_string(count), "--immediate-mode", "-enn", filter},
                    {.netns = node.netns.fd(), .deadline = 10s});
  });
  while (capture.wait_for(20ms) != std::future_status::ready) traffic();
  return capture.get().out;
}

}  // namespace xconn::datapath_test
