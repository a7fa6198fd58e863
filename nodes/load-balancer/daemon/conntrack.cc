#include "nodes/load-balancer/daemon/conntrack.hh"

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/errors.hh"

namespace xconn::lb {

namespace {

using Attributes = std::array<const nlattr*, 32>;

int collect(const nlattr* attribute, void* into) {
  const std::uint16_t type = mnl_attr_get_type(attribute);
  auto& attributes = *static_cast<Attributes*>(into);
  if (type < attributes.size()) attributes[type] = attribute;
  return MNL_CB_OK;
}

Attributes nested(const nlattr* parent) {
  Attributes result{};
  if (parent != nullptr) mnl_attr_parse_nested(parent, collect, &result);
  return result;
}

Attributes attributes_of(const nlmsghdr* message) {
  Attributes result{};
  mnl_attr_parse(message, sizeof(nfgenmsg), collect, &result);
  return result;
}

Address address(const nlattr* attribute) {
  return attribute == nullptr ? Address{} : Address::v4(ntohl(mnl_attr_get_u32(attribute)));
}

void copy(const nlattr* attribute, std::vector<std::uint8_t>& into) {
  if (attribute == nullptr) return;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(attribute);
  into.insert(into.end(), bytes, bytes + MNL_ALIGN(attribute->nla_len));
}

Connection read(const nlmsghdr* message) {
  const auto all = attributes_of(message);
  const auto original = nested(all[CTA_TUPLE_ORIG]), reply = nested(all[CTA_TUPLE_REPLY]);
  const auto from = nested(original[CTA_TUPLE_IP]), back = nested(reply[CTA_TUPLE_IP]);
  const auto protocol = nested(original[CTA_TUPLE_PROTO]);
  const auto tcp = nested(nested(all[CTA_PROTOINFO])[CTA_PROTOINFO_TCP]);
  Connection result;
  result.source = address(from[CTA_IP_V4_SRC]);
  result.destination = address(from[CTA_IP_V4_DST]);
  result.reply_source = address(back[CTA_IP_V4_SRC]);
  result.reply_destination = address(back[CTA_IP_V4_DST]);
  if (protocol[CTA_PROTO_NUM] != nullptr) result.protocol = mnl_attr_get_u8(protocol[CTA_PROTO_NUM]);
  if (tcp[CTA_PROTOINFO_TCP_STATE] != nullptr) result.tcp_state = mnl_attr_get_u8(tcp[CTA_PROTOINFO_TCP_STATE]);
  copy(all[CTA_TUPLE_ORIG], result.key);
  copy(all[CTA_ID], result.key);
  return result;
}

nlmsghdr* start(char* buffer, int type, int flags) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer);
  message->nlmsg_type = static_cast<std::uint16_t>((NFNL_SUBSYS_CTNETLINK << 8) | type);
  message->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  auto* family = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(nfgenmsg)));
  family->nfgen_family = AF_INET;
  family->version = NFNETLINK_V0;
  return message;
}

void send(int socket, const nlmsghdr* message, const char* operation) {
  sys::check(static_cast<int>(::send(socket, message, message->nlmsg_len, 0)), operation, "conntrack");
}

// Hands every message of the answer to `each`; returns the error number that ends it, 0 for none.
int receive(int socket, const std::function<void(const nlmsghdr*)>& each) {
  alignas(nlmsghdr) std::array<char, 65536> buffer;
  for (;;) {
    int left = sys::check(static_cast<int>(::recv(socket, buffer.data(), buffer.size(), 0)), "read", "conntrack");
    for (auto* at = reinterpret_cast<nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(at, left);
         at = mnl_nlmsg_next(at, &left)) {
      if (at->nlmsg_type == NLMSG_DONE) return 0;
      if (at->nlmsg_type == NLMSG_ERROR) return -static_cast<nlmsgerr*>(mnl_nlmsg_get_payload(at))->error;
      each(at);
    }
  }
}

}  // namespace

bool Connection::is_established_tcp() const {
  return protocol == IPPROTO_TCP && tcp_state >= TCP_CONNTRACK_ESTABLISHED && tcp_state <= TCP_CONNTRACK_TIME_WAIT;
}

Conntrack::Conntrack()
    : socket_(
          sys::check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "open socket", "conntrack")) {
  const timeval patience{2, 0};  // the kernel answers at once, or not at all
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

std::vector<Connection> Conntrack::list() const {
  alignas(nlmsghdr) char buffer[256] = {};
  send(socket_.get(), start(buffer, IPCTNL_MSG_CT_GET, NLM_F_DUMP), "list");
  std::vector<Connection> result;
  const int error = receive(socket_.get(), [&](const nlmsghdr* message) { result.push_back(read(message)); });
  if (error != 0) throw KernelError("list", "conntrack", "", error);
  return result;
}

bool Conntrack::remove(const Connection& connection) {
  alignas(nlmsghdr) char buffer[1024] = {};
  nlmsghdr* message = start(buffer, IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
  if (connection.key.size() + message->nlmsg_len > sizeof buffer) return false;
  std::memcpy(mnl_nlmsg_get_payload_tail(message), connection.key.data(), connection.key.size());
  message->nlmsg_len += static_cast<std::uint32_t>(connection.key.size());
  send(socket_.get(), message, "delete");
  const int error = receive(socket_.get(), [](const nlmsghdr*) {});
  if (error != 0 && error != ENOENT) throw KernelError("delete", "conntrack", "", error);
  return error == 0;
}

int Conntrack::remove_if(const std::function<bool(const Connection&)>& unwanted) {
  int removed = 0;
  for (const auto& connection : list()) {
    if (unwanted(connection) && remove(connection)) ++removed;
  }
  return removed;
}

}  // namespace xconn::lb
