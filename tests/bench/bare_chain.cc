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
#include <thread>

namespace xconn::bench {
namespace {

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

void add_veth(Buffer& buffer, int left, int right) {
  buffer.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  put_end(buffer, "right", left);
  auto* info = buffer.put(IFLA_LINKINFO, nullptr, 0);
  buffer.put(IFLA_INFO_KIND, "veth", 5);
  auto* data = buffer.put(IFLA_INFO_DATA, nullptr, 0);
  const ifinfomsg header{};
  auto* peer = buffer.put(VETH_INFO_PEER, &header, sizeof header);
  put_end(buffer, "left", right);
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

BareChain::BareChain(int count) {
  std::thread([&] {  // only so that the benchmark's own thread stays in its namespace
    for (int i = 0; i < count; ++i) {
      must(::unshare(CLONE_NEWNET), "unshare");
      namespaces_.push_back(must(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open"));
      sockets_.push_back(open_socket());
    }
  })
      .join();
  static Buffer buffer;
  for (int i = 0; i + 1 < count; ++i) {
    add_veth(buffer, namespaces_[static_cast<std::size_t>(i)], namespaces_[static_cast<std::size_t>(i) + 1]);
    if (buffer.messages == 64) buffer.send(sockets_.front());
  }
  buffer.send(sockets_.front());
  for (int i = 0; i < count; ++i) {
    // The first interface of a namespace is lo, 1; then "left" of the link before, then "right" of the link after.
    const int right = i == 0 ? 2 : 3;
    if (i > 0) configure(buffer, 2, 0x0a000001U + 2 * static_cast<std::uint32_t>(i - 1));
    if (i + 1 < count) configure(buffer, right, 0x0a000000U + 2 * static_cast<std::uint32_t>(i));
    buffer.send(sockets_[static_cast<std::size_t>(i)]);
  }
}

BareChain::~BareChain() {
  for (const int socket : sockets_) ::close(socket);
  for (const int netns : namespaces_) ::close(netns);
}

}  // namespace xconn::bench
