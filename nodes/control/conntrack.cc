// SPDX-License-Identifier: Apache-2.0
#include "nodes/control/conntrack.hh"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack_tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/errors.hh"

namespace xconn::control {
namespace {

struct Destroy {
  void operator()(nf_conntrack* object) const noexcept { nfct_destroy(object); }
};
using Object = std::unique_ptr<nf_conntrack, Destroy>;

Object object_of(const Tuple& tuple) {
  Object object(nfct_new());
  nfct_set_attr_u8(object.get(), ATTR_L3PROTO, AF_INET);
  nfct_set_attr_u32(object.get(), ATTR_IPV4_SRC, htonl(tuple.source));
  nfct_set_attr_u32(object.get(), ATTR_IPV4_DST, htonl(tuple.destination));
  nfct_set_attr_u8(object.get(), ATTR_L4PROTO, tuple.protocol);
  nfct_set_attr_u16(object.get(), ATTR_PORT_SRC, htons(tuple.source_port));
  nfct_set_attr_u16(object.get(), ATTR_PORT_DST, htons(tuple.destination_port));
  return object;
}

struct Request {
  Request(int type, int flags) : header(mnl_nlmsg_put_header(buffer.data())) {
    header->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type);
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    auto* family = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
    family->nfgen_family = AF_INET;
  }
  void put_mark(std::uint32_t mask, std::uint32_t value) {
    mnl_attr_put_u32(header, CTA_MARK, htonl(value));
    mnl_attr_put_u32(header, CTA_MARK_MASK, htonl(mask));
  }
  void put_key(const std::vector<std::uint8_t>& key) {
    std::ranges::copy(key, static_cast<std::uint8_t*>(mnl_nlmsg_get_payload_tail(header)));
    header->nlmsg_len += static_cast<std::uint32_t>(key.size());
  }
  alignas(nlmsghdr) std::array<char, 1024> buffer;  // a key has less than 100 bytes
  nlmsghdr* header;
};

/// Kept as the kernel wrote them: the library can build the tuples of few protocols, and no id.
int copy_key(const nlattr* attribute, void* key) {
  const auto type = mnl_attr_get_type(attribute);
  if (type != CTA_TUPLE_ORIG && type != CTA_ID) return MNL_CB_OK;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(attribute);
  auto& into = *static_cast<std::vector<std::uint8_t>*>(key);
  into.insert(into.end(), bytes, bytes + MNL_ALIGN(attribute->nla_len));
  return MNL_CB_OK;
}

Connection read(const nlmsghdr* message) {
  const Object object(nfct_new());
  nfct_nlmsg_parse(message, object.get());
  const auto address = [&](nf_conntrack_attr type) {
    return Address::v4(ntohl(nfct_get_attr_u32(object.get(), type)));
  };
  Connection result{.source = address(ATTR_ORIG_IPV4_SRC),
                    .destination = address(ATTR_ORIG_IPV4_DST),
                    .reply_source = address(ATTR_REPL_IPV4_SRC),
                    .reply_destination = address(ATTR_REPL_IPV4_DST),
                    .protocol = nfct_get_attr_u8(object.get(), ATTR_L4PROTO),
                    .tcp_state = nfct_get_attr_u8(object.get(), ATTR_TCP_STATE),
                    .key = {}};
  mnl_attr_parse(message, sizeof(nfgenmsg), copy_key, &result.key);
  return result;
}

int collect(const nlmsghdr* message, void* connections) {
  static_cast<std::vector<Connection>*>(connections)->push_back(read(message));
  return MNL_CB_OK;
}

/// Adds what the answer lists to `connections`; returns the error number that ends it, 0 for none.
int ask(int socket, const Request& request, std::vector<Connection>& connections) {
  sys::check(static_cast<int>(::send(socket, request.header, request.header->nlmsg_len, 0)), "ask", "conntrack");
  alignas(nlmsghdr) std::array<char, 65536> buffer;
  for (;;) {
    const auto size =
        sys::check(static_cast<int>(::recv(socket, buffer.data(), buffer.size(), 0)), "read", "conntrack");
    const int more = mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), 0, 0, collect, &connections);
    if (more != MNL_CB_OK) return more == MNL_CB_STOP ? 0 : errno;
  }
}

std::vector<Connection> dump(int socket, const Request& request) {
  std::vector<Connection> result;
  if (const int error = ask(socket, request, result)) throw KernelError("list", "conntrack", {}, error);
  return result;
}

/// False when there is no such connection (any more).
bool change(int socket, const Request& request, const char* operation) {
  std::vector<Connection> none;
  const int error = ask(socket, request, none);
  if (error != 0 && error != ENOENT) throw KernelError(operation, "conntrack", {}, error);
  return error == 0;
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

std::vector<Connection> Conntrack::list() const { return dump(socket_.get(), Request(IPCTNL_MSG_CT_GET, NLM_F_DUMP)); }

int Conntrack::remove_if(const std::function<bool(const Connection&)>& unwanted) {
  int removed = 0;
  for (const auto& connection : list()) {
    if (!unwanted(connection)) continue;
    Request request(IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
    request.put_key(connection.key);
    if (change(socket_.get(), request, "delete")) ++removed;
  }
  return removed;
}

bool Conntrack::set_mark(const Tuple& tuple, std::uint32_t mask, std::uint32_t value) {
  Request request(IPCTNL_MSG_CT_NEW, NLM_F_ACK);  // without NLM_F_CREATE
  nfct_nlmsg_build(request.header, object_of(tuple).get());
  request.put_mark(mask, value);
  return change(socket_.get(), request, "set mark");
}

int Conntrack::clear_marks(std::uint32_t mask, std::uint32_t value) {
  Request marked(IPCTNL_MSG_CT_GET, NLM_F_DUMP);
  marked.put_mark(mask, value);
  int changed = 0;
  for (const auto& connection : dump(socket_.get(), marked)) {
    Request request(IPCTNL_MSG_CT_NEW, NLM_F_ACK);
    request.put_key(connection.key);
    request.put_mark(mask, 0);
    if (change(socket_.get(), request, "clear mark")) ++changed;
  }
  return changed;
}

}  // namespace xconn::control
