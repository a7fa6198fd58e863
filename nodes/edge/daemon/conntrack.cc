#include "nodes/edge/daemon/conntrack.hh"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <functional>
#include <vector>

#include "base/errors.hh"

namespace xconn::sdwan {
namespace {

constexpr std::size_t kMessageSize = 1024;
constexpr std::size_t kReceiveSize = 1 << 16;

using Buffer = std::array<char, kMessageSize>;

nlmsghdr* begin(Buffer& buffer, std::uint16_t type, std::uint16_t flags, std::uint32_t sequence) {
  auto* header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type);
  header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  header->nlmsg_seq = sequence;
  auto* family = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
  family->nfgen_family = AF_INET;
  family->version = NFNETLINK_V0;
  return header;
}

void put_tuple(nlmsghdr* header, const Tuple& tuple) {
  auto* outer = mnl_attr_nest_start(header, CTA_TUPLE_ORIG);
  auto* ip = mnl_attr_nest_start(header, CTA_TUPLE_IP);
  mnl_attr_put_u32(header, CTA_IP_V4_SRC, htonl(tuple.source));
  mnl_attr_put_u32(header, CTA_IP_V4_DST, htonl(tuple.destination));
  mnl_attr_nest_end(header, ip);
  auto* protocol = mnl_attr_nest_start(header, CTA_TUPLE_PROTO);
  mnl_attr_put_u8(header, CTA_PROTO_NUM, tuple.protocol);
  mnl_attr_put_u16(header, CTA_PROTO_SRC_PORT, htons(tuple.source_port));
  mnl_attr_put_u16(header, CTA_PROTO_DST_PORT, htons(tuple.destination_port));
  mnl_attr_nest_end(header, protocol);
  mnl_attr_nest_end(header, outer);
}

void put_mark(nlmsghdr* header, std::uint32_t mask, std::uint32_t value) {
  mnl_attr_put_u32(header, CTA_MARK, htonl(value));
  mnl_attr_put_u32(header, CTA_MARK_MASK, htonl(mask));
}

int tuple_only(const nlattr* attribute, void* found) {
  if (mnl_attr_get_type(attribute) == CTA_TUPLE_ORIG) *static_cast<const nlattr**>(found) = attribute;
  return MNL_CB_OK;
}

/// Hands every message of the answer to `each` until it is done or an error comes; returns the errno.
int receive(int socket, const std::function<void(const nlmsghdr*)>& each) {
  std::vector<char> buffer(kReceiveSize);
  while (true) {
    const auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    int left = static_cast<int>(size);
    for (auto* header = reinterpret_cast<nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(header, left);
         header = mnl_nlmsg_next(header, &left)) {
      if (header->nlmsg_type == NLMSG_DONE) return 0;
      if (header->nlmsg_type != NLMSG_ERROR) {
        each(header);
        continue;
      }
      return -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(header))->error;
    }
  }
}

}  // namespace

Conntrack::Conntrack()
    : socket_(sys::check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "open conntrack socket")) {}

int Conntrack::change(const void* message, std::size_t size) {
  sys::check(static_cast<int>(::send(socket_.get(), message, size, 0)), "send to conntrack");
  return receive(socket_.get(), [](const nlmsghdr*) {});
}

bool Conntrack::set_mark(const Tuple& tuple, std::uint32_t mask, std::uint32_t value) {
  Buffer buffer;
  auto* header = begin(buffer, IPCTNL_MSG_CT_NEW, NLM_F_ACK, ++sequence_);
  put_tuple(header, tuple);
  put_mark(header, mask, value);
  const int error = change(header, header->nlmsg_len);
  // Without NLM_F_CREATE a missing connection is ENOENT.
  if (error != 0 && error != ENOENT) throw KernelError("set connection mark", "conntrack", {}, error);
  return error == 0;
}

int Conntrack::clear_marks(std::uint32_t mask, std::uint32_t value) {
  Buffer buffer;
  auto* request = begin(buffer, IPCTNL_MSG_CT_GET, NLM_F_DUMP, ++sequence_);
  put_mark(request, mask, value);
  sys::check(static_cast<int>(::send(socket_.get(), request, request->nlmsg_len, 0)), "dump conntrack");
  std::vector<std::vector<char>> tuples;
  const int error = receive(socket_.get(), [&](const nlmsghdr* header) {
    const nlattr* tuple = nullptr;
    mnl_attr_parse(header, sizeof(nfgenmsg), tuple_only, &tuple);
    if (!tuple) return;
    const auto* bytes = static_cast<const char*>(mnl_attr_get_payload(tuple));
    tuples.emplace_back(bytes, bytes + mnl_attr_get_payload_len(tuple));
  });
  if (error != 0) throw KernelError("dump conntrack", "conntrack", {}, error);
  int changed = 0;
  for (const auto& tuple : tuples) {
    auto* header = begin(buffer, IPCTNL_MSG_CT_NEW, NLM_F_ACK, ++sequence_);
    mnl_attr_put(header, CTA_TUPLE_ORIG | NLA_F_NESTED, tuple.size(), tuple.data());
    put_mark(header, mask, 0);
    if (change(header, header->nlmsg_len) == 0) ++changed;  // one that has ended meanwhile is no fault
  }
  return changed;
}

}  // namespace xconn::sdwan
