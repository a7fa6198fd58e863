// SPDX-License-Identifier: Apache-2.0
#include "kernel/netlink.hh"

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/errors.hh"
#include "sys/debug_log.hh"
#include "sys/modules.hh"

namespace xconn::kernel {
namespace {

constexpr std::size_t kMostAtOnce = 64;         // acknowledgements that surely fit the receive buffer
constexpr std::size_t kMostBytes = 128 * 1024;  // of one send
constexpr auto kAckBound = std::chrono::seconds(30);

struct CloseSocket {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

sys::Fd open_route_socket() {
  const std::unique_ptr<mnl_socket, CloseSocket> socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC));
  if (!socket) sys::check(-1, "open netlink socket");
  sys::check(mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID), "bind netlink socket");
  for (int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK}) {
    int on = 1;
    sys::check(mnl_socket_setsockopt(socket.get(), option, &on, sizeof on), "set netlink option");
  }
  return sys::duplicate(mnl_socket_get_fd(socket.get()));
}

std::string sentence_of(const nlmsghdr& message) {
  if ((message.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
  const auto& error = *static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(&message));
  std::size_t offset = sizeof error;
  if ((message.nlmsg_flags & NLM_F_CAPPED) == 0) offset += MNL_ALIGN(error.msg.nlmsg_len) - sizeof(nlmsghdr);
  // Not mnl_attr_for_each: that macro does not compile as C++.
  const auto* end = static_cast<const char*>(mnl_nlmsg_get_payload_tail(&message));
  auto* attribute = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(&message, offset));
  for (; mnl_attr_ok(attribute, static_cast<int>(end - reinterpret_cast<const char*>(attribute)));
       attribute = mnl_attr_next(attribute))
    if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG) return mnl_attr_get_str(attribute);
  return {};
}

std::size_t receive_within(int socket, char* buffer, std::size_t size) {
  while (true) {
    const auto count = ::recv(socket, buffer, size, MSG_DONTWAIT);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EAGAIN && errno != EINTR) sys::check(-1, "receive netlink acknowledgement");
    pollfd waiting{socket, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(kAckBound).count())) == 0)
      throw TimeoutError("a netlink acknowledgement", kAckBound, "none came");
  }
}

}  // namespace

Request& Request::tolerate(int error_number) {
  tolerated_.push_back(error_number);
  return *this;
}

bool Request::tolerates(int error_number) const {
  return std::find(tolerated_.begin(), tolerated_.end(), error_number) != tolerated_.end();
}

/// What has been gathered for one send, and the first refusal so far.
struct Netlink::Exchange {
  std::vector<std::uint8_t> bytes;
  std::vector<const Request*> awaited;  // one for each message, in order of sequence numbers
  std::uint32_t first_sequence = 0;
  bool names_change = false;
  std::optional<KernelError> refusal;

  void refuse(const Request& request, int error, const std::string& netns, const std::string& sentence) {
    if (!refusal && !request.tolerates(error))
      refusal.emplace(request.operation(), request.object(), netns, error, sentence);
  }

  /// Of a batch that was sent: hq-fgt: 14 from "add address wan" on, none refused.
  std::string described(const Batch& batch, const std::string& netns) const {
    const auto& first = batch.front();
    return (netns.empty() ? "" : netns + ": ") + std::to_string(batch.size()) + " from \"" + first.operation() + " " +
           first.object() + "\" on, " + (refusal ? refusal->what() : "none refused");
  }

  /// Reads the acknowledgements in `buffer`; returns how many of ours there were.
  std::size_t take(const char* buffer, std::size_t size, const std::string& netns) {
    std::size_t taken = 0;
    int left = static_cast<int>(size);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      const auto number = message->nlmsg_seq - first_sequence;
      if (message->nlmsg_type != NLMSG_ERROR || number >= awaited.size()) continue;
      ++taken;
      const auto error = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
      if (error != 0) refuse(*awaited[number], error, netns, sentence_of(*message));
    }
    return taken;
  }
};

Netlink::Netlink(const sys::Netns& netns, std::string name)
    : socket_(netns.run(open_route_socket)), name_(std::move(name)) {}

std::optional<int> Netlink::find_index(const std::string& interface) const {
  ifreq request{};
  if (interface.size() >= sizeof request.ifr_name) return std::nullopt;
  std::memcpy(request.ifr_name, interface.c_str(), interface.size() + 1);
  // Asks in the socket's own namespace, whichever the caller is in.
  if (::ioctl(fd(), SIOCGIFINDEX, &request) < 0) return std::nullopt;
  return request.ifr_ifindex;
}

void Netlink::commit(const Batch& batch) {
  Exchange exchange;
  for (const auto& request : batch) append(exchange, request);
  flush(exchange);
  if (!batch.empty()) sys::debug("netlink", [&] { return exchange.described(batch, name_); });
  if (exchange.refusal) sys::throw_explained(*exchange.refusal);
}

void Netlink::append(Exchange& exchange, const Request& request) {
  if (exchange.awaited.size() >= kMostAtOnce || exchange.bytes.size() + request.bytes().size() > kMostBytes)
    flush(exchange);
  if (!request.patches().empty() && exchange.names_change) flush(exchange);
  auto bytes = request.bytes();
  for (const auto& patch : request.patches()) {
    const auto found = find_index(patch.interface);
    if (!found) return exchange.refuse(request, ENODEV, name_, "there is no interface " + patch.interface);
    std::memcpy(bytes.data() + patch.offset, &*found, sizeof *found);
  }
  if (exchange.awaited.empty()) exchange.first_sequence = sequence_;
  for (std::size_t at = 0; at < bytes.size();) {
    auto& message = *reinterpret_cast<nlmsghdr*>(bytes.data() + at);
    message.nlmsg_seq = sequence_++;
    exchange.awaited.push_back(&request);
    at += message.nlmsg_len;
  }
  exchange.bytes.insert(exchange.bytes.end(), bytes.begin(), bytes.end());
  exchange.names_change |= request.changes_names();
}

void Netlink::flush(Exchange& exchange) {
  if (exchange.awaited.empty()) return;
  sys::check(static_cast<int>(::send(fd(), exchange.bytes.data(), exchange.bytes.size(), 0)), "send netlink", name_);
  for (std::size_t acknowledged = 0; acknowledged < exchange.awaited.size();) {
    alignas(nlmsghdr) char buffer[32768];
    acknowledged += exchange.take(buffer, receive_within(fd(), buffer, sizeof buffer), name_);
  }
  exchange.bytes.clear();
  exchange.awaited.clear();
  exchange.names_change = false;
}

}  // namespace xconn::kernel
