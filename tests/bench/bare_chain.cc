// SPDX-License-Identifier: Apache-2.0
#include "bare_chain.hh"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

namespace xconn::bench {
namespace {

constexpr int kMostAtOnce = 64;  // messages: more at once is not faster

int must(int result, const char* what) {
  if (result >= 0) return result;
  std::perror(what);
  std::exit(1);
}

/// A buffer of messages, as C programs write them.
struct Buffer {
  char bytes[65536];
  std::size_t used = 0;
  int messages = 0;
  nlmsghdr* message = nullptr;

  template <typename Header>
  void begin(std::uint16_t type, std::uint16_t flags, const Header& header) {
    message = reinterpret_cast<nlmsghdr*>(bytes + used);
    *message = {NLMSG_LENGTH(sizeof header), type, static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags), 0, 0};
    std::memcpy(NLMSG_DATA(message), &header, sizeof header);
    used += NLMSG_SPACE(sizeof header);
    ++messages;
  }
  rtattr* put(std::uint16_t type, const void* data, std::size_t size) {
    auto* attribute = reinterpret_cast<rtattr*>(bytes + used);
    *attribute = {static_cast<std::uint16_t>(RTA_LENGTH(size)), type};
    if (size > 0) std::memcpy(RTA_DATA(attribute), data, size);
    used += RTA_SPACE(size);
    message->nlmsg_len = static_cast<std::uint32_t>(bytes + used - reinterpret_cast<char*>(message));
    return attribute;
  }
  void end(rtattr* nest) { nest->rta_len = static_cast<std::uint16_t>(bytes + used - reinterpret_cast<char*>(nest)); }

  void send(int socket) {
    if (messages == 0) return;
    must(static_cast<int>(::send(socket, bytes, used, 0)), "send");
    while (messages > 0) receive(socket);
    used = 0;
  }
  void receive(int socket) {
    alignas(nlmsghdr) char answer[32768];
    int size = must(static_cast<int>(::recv(socket, answer, sizeof answer, 0)), "recv");
    for (auto* ack = reinterpret_cast<nlmsghdr*>(answer); NLMSG_OK(ack, size); ack = NLMSG_NEXT(ack, size)) {
      errno = -static_cast<nlmsgerr*>(NLMSG_DATA(ack))->error;
      must(errno == 0 ? 0 : -1, "netlink");
      --messages;
    }
  }
};

void put_end(Buffer& buffer, const char* name, int netns) {
  const std::uint32_t one = 1, mtu = 1500;
  buffer.put(IFLA_IFNAME, name, std::strlen(name) + 1);
  buffer.put(IFLA_NET_NS_FD, &netns, sizeof netns);
  buffer.put(IFLA_MTU, &mtu, sizeof mtu);
  buffer.put(IFLA_NUM_TX_QUEUES, &one, sizeof one);
  buffer.put(IFLA_NUM_RX_QUEUES, &one, sizeof one);
}

void add_veth(Buffer& buffer, const Wire& wire, int left, int right) {
  buffer.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  put_end(buffer, wire.name.c_str(), left);
  auto* info = buffer.put(IFLA_LINKINFO, nullptr, 0);
  buffer.put(IFLA_INFO_KIND, "veth", 5);
  auto* data = buffer.put(IFLA_INFO_DATA, nullptr, 0);
  const ifinfomsg header{};
  auto* peer = buffer.put(VETH_INFO_PEER, &header, sizeof header);
  put_end(buffer, wire.peer_name.c_str(), right);
  buffer.end(peer);
  buffer.end(data);
  buffer.end(info);
}

void configure(Buffer& buffer, int index, std::uint32_t address) {
  ifinfomsg link{};
  link.ifi_index = index;
  buffer.begin(RTM_SETLINK, 0, link);
  auto* families = buffer.put(IFLA_AF_SPEC, nullptr, 0);
  auto* six = buffer.put(AF_INET6, nullptr, 0);
  const std::uint8_t none = IN6_ADDR_GEN_MODE_NONE;
  buffer.put(IFLA_INET6_ADDR_GEN_MODE, &none, sizeof none);
  buffer.end(six);
  buffer.end(families);
  link.ifi_flags = link.ifi_change = IFF_UP;
  buffer.begin(RTM_SETLINK, 0, link);
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = 31;
  header.ifa_index = static_cast<std::uint32_t>(index);
  buffer.begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, header);
  const auto wire = htonl(address);
  buffer.put(IFA_LOCAL, &wire, sizeof wire);
  buffer.put(IFA_ADDRESS, &wire, sizeof wire);
}

int open_socket() { return must(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket"); }

}  // namespace

std::vector<Wire> chain(int count) {
  std::vector<Wire> wires;
  for (int i = 0; i + 1 < count; ++i) wires.push_back({i, i + 1, "right", "left"});
  return wires;
}

std::vector<Wire> star(int count) {
  std::vector<Wire> wires;
  for (int i = 1; i < count; ++i) wires.push_back({0, i, "to" + std::to_string(i), "hub"});
  return wires;
}

BareWires::BareWires(int count, const std::vector<Wire>& wires) {
  make_namespaces(count);
  static Buffer buffer;
  const auto send_if_full = [](int socket) {
    if (buffer.messages >= kMostAtOnce) buffer.send(socket);
  };
  for (const auto& wire : wires) {
    add_veth(buffer, wire, namespace_of(wire.node), namespace_of(wire.peer));
    send_if_full(sockets_.front());
  }
  buffer.send(sockets_.front());
  std::vector<std::vector<std::uint32_t>> addresses(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < wires.size(); ++i) {
    const auto network = 0x0a000000U + 2 * static_cast<std::uint32_t>(i);
    addresses[static_cast<std::size_t>(wires[i].node)].push_back(network);
    addresses[static_cast<std::size_t>(wires[i].peer)].push_back(network + 1);
  }
  for (std::size_t node = 0; node < addresses.size(); ++node) {
    int index = 2;  // the first interface of a namespace is lo, 1; then they come in the order of the wires
    for (const auto address : addresses[node]) {
      configure(buffer, index++, address);
      send_if_full(sockets_[node]);
    }
    buffer.send(sockets_[node]);
  }
}

/// Two threads make them 1.7 times as fast as one; links wait for one lock, so a second thread would only wait too.
void BareWires::make_namespaces(int count) {
  namespaces_.resize(static_cast<std::size_t>(count));
  sockets_.resize(namespaces_.size());
  const auto make = [&](std::size_t first) {
    for (auto i = first; i < namespaces_.size(); i += 2) {
      must(::unshare(CLONE_NEWNET), "unshare");
      namespaces_[i] = must(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open");
      sockets_[i] = open_socket();
    }
  };
  std::thread even(make, 0), odd(make, 1);
  even.join();
  odd.join();
}

BareWires::~BareWires() {
  for (const int socket : sockets_) ::close(socket);
  for (const int netns : namespaces_) ::close(netns);
}

}  // namespace xconn::bench
