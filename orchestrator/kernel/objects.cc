// SPDX-License-Identifier: Apache-2.0
#include "kernel/objects.hh"

#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>
#include <sys/ioctl.h>

#include <array>
#include <cstring>
#include <memory>
#include <string_view>

namespace xconn::kernel {
namespace {

std::optional<Address> to_address(const nl_addr* raw) {
  if (raw == nullptr) return std::nullopt;
  const int family = nl_addr_get_family(raw);
  const auto size = nl_addr_get_len(raw);
  if (family == AF_INET && size == 0) return Address::v4(0);
  if (family == AF_INET6 && size == 0) return Address::parse("::");
  if (!(family == AF_INET && size == 4) && !(family == AF_INET6 && size == 16)) return std::nullopt;
  char text[INET6_ADDRSTRLEN];
  return Address::parse(::inet_ntop(family, nl_addr_get_binary_addr(raw), text, sizeof text));
}

std::optional<Prefix> to_prefix(const nl_addr* raw) {
  const auto address = to_address(raw);
  if (!address) return std::nullopt;
  const bool any = nl_addr_get_len(raw) == 0;
  return Prefix::of(*address, any ? 0 : static_cast<int>(nl_addr_get_prefixlen(raw)));
}

std::optional<Mac> to_mac(const nl_addr* raw) {
  if (raw == nullptr || nl_addr_get_len(raw) != 6) return std::nullopt;
  char text[32];
  return Mac::parse(nl_addr2str(raw, text, sizeof text));
}

std::string to_text(const char* text) { return text == nullptr ? "" : text; }

LinkStatistics statistics_of(rtnl_link* raw) {
  const auto get = [raw](rtnl_link_stat_id_t id) { return rtnl_link_get_stat(raw, id); };
  return {get(RTNL_LINK_RX_PACKETS), get(RTNL_LINK_RX_BYTES), get(RTNL_LINK_RX_DROPPED), get(RTNL_LINK_RX_ERRORS),
          get(RTNL_LINK_TX_PACKETS), get(RTNL_LINK_TX_BYTES), get(RTNL_LINK_TX_DROPPED), get(RTNL_LINK_TX_ERRORS)};
}

std::optional<Object> to_link(nl_object* object, Names& names) {
  auto* raw = reinterpret_cast<rtnl_link*>(object);
  Link link;
  link.index = rtnl_link_get_ifindex(raw);
  link.name = to_text(rtnl_link_get_name(raw));
  link.kind = to_text(rtnl_link_get_type(raw));
  link.up = (rtnl_link_get_flags(raw) & IFF_UP) != 0;
  link.carrier = (rtnl_link_get_flags(raw) & IFF_LOWER_UP) != 0;
  link.mtu = static_cast<int>(rtnl_link_get_mtu(raw));
  link.mac = to_mac(rtnl_link_get_addr(raw));
  link.master = rtnl_link_get_master(raw);
  link.queueing = to_text(rtnl_link_get_qdisc(raw));
  link.statistics = statistics_of(raw);
  names.learn(link.index, link.name);
  return link;
}

std::optional<Object> to_link_address(nl_object* object, Names& names) {
  auto* raw = reinterpret_cast<rtnl_addr*>(object);
  const auto local = to_address(rtnl_addr_get_local(raw));
  if (!local) return std::nullopt;
  return LinkAddress{names.name(rtnl_addr_get_ifindex(raw)), InterfaceAddress(*local, rtnl_addr_get_prefixlen(raw)),
                     to_address(rtnl_addr_get_peer(raw))};
}

std::optional<RouteKind> to_kind(int type) {
  switch (type) {
    case RTN_UNICAST:
      return RouteKind::kUnicast;
    case RTN_BLACKHOLE:
      return RouteKind::kBlackhole;
    case RTN_UNREACHABLE:
      return RouteKind::kUnreachable;
    case RTN_THROW:
      return RouteKind::kThrow;
    default:
      return std::nullopt;
  }
}

NextHop to_next_hop(rtnl_nexthop* raw, Names& names) {
  NextHop hop;
  hop.via = to_address(rtnl_route_nh_get_gateway(raw));
  if (!hop.via) hop.via = to_address(rtnl_route_nh_get_via(raw));
  if (const int index = rtnl_route_nh_get_ifindex(raw); index != 0) hop.interface = names.name(index);
  hop.onlink = (rtnl_route_nh_get_flags(raw) & RTNH_F_ONLINK) != 0;
  return hop;
}

std::optional<Object> to_route(nl_object* object, Names& names) {
  auto* raw = reinterpret_cast<rtnl_route*>(object);
  const auto kind = to_kind(rtnl_route_get_type(raw));
  const auto to = to_prefix(rtnl_route_get_dst(raw));
  if (!kind || !to) return std::nullopt;
  RouteEntry entry;
  entry.protocol = rtnl_route_get_protocol(raw);
  entry.route.to = *to;
  entry.route.kind = *kind;
  entry.route.table = rtnl_route_get_table(raw);
  entry.route.metric = rtnl_route_get_priority(raw);
  entry.route.source = to_address(rtnl_route_get_pref_src(raw));
  if (*kind == RouteKind::kUnicast)  // IPv6 lists "lo" as the next hop of the others
    for (int i = 0; i < rtnl_route_get_nnexthops(raw); ++i)
      entry.route.next_hops.push_back(to_next_hop(rtnl_route_nexthop_n(raw, i), names));
  return entry;
}

std::optional<Object> to_rule(nl_object* object, Names&) {
  auto* raw = reinterpret_cast<rtnl_rule*>(object);
  if (rtnl_rule_get_action(raw) != FR_ACT_TO_TBL) return std::nullopt;
  RuleEntry entry;
  entry.family = rtnl_rule_get_family(raw);
  entry.rule.priority = rtnl_rule_get_prio(raw);
  entry.rule.in_interface = to_text(rtnl_rule_get_iif(raw));
  entry.rule.mark = rtnl_rule_get_mark(raw);
  entry.rule.mask = rtnl_rule_get_mask(raw);
  entry.rule.from = to_prefix(rtnl_rule_get_src(raw));
  entry.rule.to = to_prefix(rtnl_rule_get_dst(raw));
  std::uint16_t port = 0, last = 0;
  if (rtnl_rule_get_dport(raw, &port, &last) == 0) entry.rule.udp_port = port;
  entry.rule.table = rtnl_rule_get_table(raw);
  return entry;
}

std::optional<Object> to_neighbour(nl_object* object, Names& names) {
  auto* raw = reinterpret_cast<rtnl_neigh*>(object);
  const auto address = to_address(rtnl_neigh_get_dst(raw));
  if (!address) return std::nullopt;
  return Neighbour{names.name(rtnl_neigh_get_ifindex(raw)), *address, to_mac(rtnl_neigh_get_lladdr(raw)),
                   static_cast<std::uint16_t>(std::max(rtnl_neigh_get_state(raw), 0)), Duration{0}};
}

struct Kind {
  std::string_view type;  // libnl's name
  std::optional<Object> (*convert)(nl_object*, Names&);
};
constexpr std::array<Kind, 5> kKinds{{{"route/link", to_link},
                                      {"route/addr", to_link_address},
                                      {"route/route", to_route},
                                      {"route/rule", to_rule},
                                      {"route/neigh", to_neighbour}}};

struct Parsing {
  Names& names;
  std::optional<Object> result;
};

void convert(nl_object* object, void* argument) {
  auto& parsing = *static_cast<Parsing*>(argument);
  const std::string_view type = nl_object_get_type(object);
  for (const auto& kind : kKinds)
    if (kind.type == type) parsing.result = kind.convert(object, parsing.names);
}

/// libnl keeps the times of a neighbour to itself.
Duration confirmed_ago(const nlmsghdr& message) {
  constexpr int kTicks = 100;  // USER_HZ, in which nda_cacheinfo counts
  auto left = static_cast<int>(message.nlmsg_len - NLMSG_LENGTH(sizeof(ndmsg)));
  const auto* attribute =
      reinterpret_cast<const rtattr*>(reinterpret_cast<const char*>(NLMSG_DATA(&message)) + NLMSG_ALIGN(sizeof(ndmsg)));
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != NDA_CACHEINFO || RTA_PAYLOAD(attribute) < sizeof(nda_cacheinfo)) continue;
    nda_cacheinfo times{};
    std::memcpy(&times, RTA_DATA(attribute), sizeof times);
    return std::chrono::milliseconds{std::uint64_t{times.ndm_confirmed} * 1000 / kTicks};
  }
  return Duration{0};
}

/// RTM_NEWLINK and neighbours also come with family AF_BRIDGE, about a port: another thing than the link.
bool about_bridge_port(const nlmsghdr& message) {
  if (message.nlmsg_len <= NLMSG_HDRLEN) return true;
  return *static_cast<const std::uint8_t*>(NLMSG_DATA(&message)) == AF_BRIDGE;
}

}  // namespace

std::string Names::name(int index) {
  if (const auto found = known_.find(index); found != known_.end()) return found->second;
  ifreq request{};
  request.ifr_ifindex = index;
  if (::ioctl(socket_, SIOCGIFNAME, &request) < 0) return "if" + std::to_string(index);
  return known_[index] = request.ifr_name;
}

std::optional<Object> parse(const nlmsghdr& message, Names& names) {
  if (about_bridge_port(message)) return std::nullopt;
  const std::unique_ptr<nl_msg, decltype(&nlmsg_free)> copy(nlmsg_convert(const_cast<nlmsghdr*>(&message)), nlmsg_free);
  if (!copy) throw std::bad_alloc();
  nlmsg_set_proto(copy.get(), NETLINK_ROUTE);
  Parsing parsing{names, std::nullopt};
  nl_msg_parse(copy.get(), convert, &parsing);  // an error is a message of no kind that we know
  if (parsing.result)
    if (auto* neighbour = std::get_if<Neighbour>(&*parsing.result)) neighbour->confirmed = confirmed_ago(message);
  return std::move(parsing.result);
}

}  // namespace xconn::kernel
