// SPDX-License-Identifier: Apache-2.0
#include "kernel/dump.hh"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/errors.hh"
#include "kernel/message.hh"
#include "kernel/objects.hh"
#include "sys/fd.hh"

namespace xconn::kernel {
namespace {

constexpr std::size_t kDumpBytes = 64 * 1024;  // not zeroed: each node has one, and most are hardly used

sys::Fd open_strict_socket() {
  sys::Fd socket(sys::check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "open netlink socket"));
  const int on = 1;
  // Strict: the kernel itself filters by the table and protocol that we ask for.
  sys::check(::setsockopt(socket.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on), "set netlink option");
  return socket;
}

enum class Step { kMore, kDone };

}  // namespace

struct Reader::State {
  State(const sys::Netns& netns, std::string its_name)
      : socket(netns.run(open_strict_socket)), name(std::move(its_name)) {}

  template <typename Struct>
  std::vector<Struct> dump(const Request& request) const {
    while (true) {
      std::vector<Struct> all;
      // A table that changed meanwhile is read once more, from its beginning.
      if (try_dump(request, [&](Object&& object) {
            if (auto* found = std::get_if<Struct>(&object)) all.push_back(std::move(*found));
          }))
        return all;
    }
  }

  bool try_dump(const Request& request, const std::function<void(Object&&)>& take) const {
    Names names(socket.get());
    auto bytes = request.bytes();
    auto& header = *reinterpret_cast<nlmsghdr*>(bytes.data());
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header.nlmsg_seq = ++sequence;
    sys::check(static_cast<int>(::send(socket.get(), bytes.data(), bytes.size(), 0)), "send netlink", name);
    bool whole = true;
    auto step = Step::kMore;
    while (step != Step::kDone) {
      const auto size = sys::check(static_cast<int>(::recv(socket.get(), buffer.get(), kDumpBytes, 0)), "read", name);
      step = take_messages(request, static_cast<std::uint32_t>(size), names, take, whole);
    }
    return whole;
  }

  Step take_messages(const Request& request, std::uint32_t size, Names& names,
                     const std::function<void(Object&&)>& take, bool& whole) const {
    auto* message = reinterpret_cast<const nlmsghdr*>(buffer.get());
    for (; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
      if (message->nlmsg_seq != sequence) continue;
      if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0) whole = false;
      if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
        fail_unless_done(request, *message);
        return Step::kDone;
      }
      if (auto object = parse(*message, names)) take(std::move(*object));
    }
    return Step::kMore;
  }

  void fail_unless_done(const Request& request, const nlmsghdr& message) const {
    int error = 0;  // both nlmsgerr and the end of a dump begin with it
    if (message.nlmsg_len >= NLMSG_LENGTH(sizeof error)) std::memcpy(&error, NLMSG_DATA(&message), sizeof error);
    if (error != 0 && !request.tolerates(-error))
      throw KernelError(request.operation(), request.object(), name, -error);
  }

  sys::Fd socket;
  std::string name;
  mutable std::uint32_t sequence = 0;
  const std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kDumpBytes);
};

namespace {

template <typename Header>
Request dump_request(const char* what, std::uint16_t type, const Header& header) {
  Request request("read", what);
  MessageWriter(request).begin(type, 0, header);
  return request;
}

Request route_dump_request(int family, std::uint32_t table, std::uint8_t protocol) {
  Request request("read", "routes of table " + std::to_string(table));
  rtmsg header{};
  header.rtm_family = static_cast<std::uint8_t>(family);
  header.rtm_protocol = protocol;
  MessageWriter writer(request);
  writer.begin(RTM_GETROUTE, 0, header);
  if (table != 0) writer.put(RTA_TABLE, table);
  request.tolerate(ENOENT);  // a table that has had no route yet does not exist
  return request;
}

}  // namespace

Reader::Reader(const sys::Netns& netns, std::string name) : state_(std::make_unique<State>(netns, std::move(name))) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

std::vector<Link> Reader::links() const { return state_->dump<Link>(dump_request("links", RTM_GETLINK, ifinfomsg{})); }

std::optional<Link> Reader::link(const std::string& interface) const {
  for (auto& found : links())
    if (found.name == interface) return std::move(found);
  return std::nullopt;
}

std::vector<LinkAddress> Reader::addresses() const {
  return state_->dump<LinkAddress>(dump_request("addresses", RTM_GETADDR, ifaddrmsg{}));
}

std::vector<RouteEntry> Reader::routes(std::uint32_t table, std::uint8_t protocol) const {
  auto all = state_->dump<RouteEntry>(route_dump_request(AF_INET, table, protocol));
  for (auto& entry : state_->dump<RouteEntry>(route_dump_request(AF_INET6, table, protocol)))
    all.push_back(std::move(entry));
  return all;
}

std::vector<RouteEntry> Reader::all_routes() const { return routes(0, 0); }

std::vector<RuleEntry> Reader::rules() const {
  return state_->dump<RuleEntry>(dump_request("rules", RTM_GETRULE, fib_rule_hdr{}));
}

std::vector<Neighbour> Reader::neighbours() const {
  return state_->dump<Neighbour>(dump_request("neighbours", RTM_GETNEIGH, ndmsg{}));
}

}  // namespace xconn::kernel
