// SPDX-License-Identifier: Apache-2.0
// Sources: rtnetlink(7), linux/rtnetlink.h, linux/fib_rules.h.
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstring>

#include "kernel/message.hh"

namespace xconn::kernel {
namespace {

std::uint8_t route_type(RouteKind kind) {
  switch (kind) {
    case RouteKind::kUnicast:
      return RTN_UNICAST;
    case RouteKind::kBlackhole:
      return RTN_BLACKHOLE;
    case RouteKind::kUnreachable:
      return RTN_UNREACHABLE;
    case RouteKind::kThrow:
      return RTN_THROW;
  }
  return RTN_UNSPEC;
}

std::string describe(const Route& route) {
  auto text = route.to.text() + " table " + std::to_string(route.table);
  for (const auto& hop : route.next_hops) {
    if (hop.via) text += " via " + hop.via->text();
    if (!hop.interface.empty()) text += " dev " + hop.interface;
  }
  return text;
}

void put_via(MessageWriter& writer, const Address& via, const Prefix& to) {
  if (via.is_v4() == to.is_v4()) return writer.put_address(RTA_GATEWAY, via);
  // RFC 8950: an IPv4 prefix by an IPv6 next hop, and the like.
  std::uint8_t bytes[18] = {};
  const auto family = static_cast<std::uint16_t>(via.family());
  std::memcpy(bytes, &family, sizeof family);
  std::memcpy(bytes + sizeof family, via.bytes(), via.size());
  writer.put_bytes(RTA_VIA, bytes, sizeof family + via.size());
}

void put_one_hop(MessageWriter& writer, const NextHop& hop, const Prefix& to) {
  if (hop.via) put_via(writer, *hop.via, to);
  if (!hop.interface.empty()) writer.put_index(RTA_OIF, hop.interface);
}

void put_many_hops(MessageWriter& writer, const Route& route) {
  writer.nest(RTA_MULTIPATH, [&] {
    for (const auto& hop : route.next_hops) {
      rtnexthop header{};
      header.rtnh_flags = hop.onlink ? RTNH_F_ONLINK : 0;
      const auto at = writer.append(&header, sizeof header);
      if (!hop.interface.empty()) writer.patch(at + offsetof(rtnexthop, rtnh_ifindex), hop.interface);
      if (hop.via) put_via(writer, *hop.via, route.to);
      writer.set_length16(at, writer.position() - at);
    }
  });
}

/// What is configured to lead nowhere bears the one number that zebra passes over (IPv4's kernel uses it for nothing).
/// Since FRR 10 zebra resolves next hops of BGP by such a route when theirs goes, and then drops what has others too.
std::uint8_t protocol_of(const Route& route, std::uint8_t wanted) {
  return wanted == kProtocolStatic && route.kind != RouteKind::kUnicast ? std::uint8_t{RTPROT_REDIRECT} : wanted;
}

rtmsg route_header(const Route& route, std::uint8_t protocol) {
  rtmsg header{};
  header.rtm_family = static_cast<std::uint8_t>(route.to.network().family());
  header.rtm_dst_len = static_cast<std::uint8_t>(route.to.length());
  header.rtm_table = static_cast<std::uint8_t>(route.table < 256 ? route.table : RT_TABLE_UNSPEC);
  header.rtm_protocol = protocol_of(route, protocol);
  header.rtm_type = route_type(route.kind);
  const bool direct = route.next_hops.size() == 1 && !route.next_hops.front().via;
  header.rtm_scope = direct && route.to.is_v4() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  if (route.next_hops.size() == 1 && route.next_hops.front().onlink) header.rtm_flags = RTNH_F_ONLINK;
  return header;
}

Request route_request(const char* operation, std::uint16_t type, std::uint16_t flags, const Route& route,
                      std::uint8_t protocol) {
  Request request(operation, describe(route));
  MessageWriter writer(request);
  auto header = route_header(route, protocol);
  if (type == RTM_DELROUTE && route.next_hops.empty()) header.rtm_scope = RT_SCOPE_NOWHERE;  // any scope
  writer.begin(type, flags, header);
  writer.put_address(RTA_DST, route.to.network());
  writer.put(RTA_TABLE, route.table);
  if (route.metric != 0) writer.put(RTA_PRIORITY, route.metric);
  if (route.source) writer.put_address(RTA_PREFSRC, *route.source);
  if (route.next_hops.size() == 1) put_one_hop(writer, route.next_hops.front(), route.to);
  if (route.next_hops.size() > 1) put_many_hops(writer, route);
  return request;
}

std::string describe(const Rule& rule) {
  auto text = "priority " + std::to_string(rule.priority);
  if (!rule.in_interface.empty()) text += " iif " + rule.in_interface;
  if (rule.mask != 0) text += " fwmark " + std::to_string(rule.mark) + "/" + std::to_string(rule.mask);
  if (rule.from) text += " from " + rule.from->text();
  if (rule.to) text += " to " + rule.to->text();
  if (rule.udp_port != 0) text += " ipproto udp dport " + std::to_string(rule.udp_port);
  return text + " lookup " + std::to_string(rule.table);
}

Request rule_request(const char* operation, std::uint16_t type, std::uint16_t flags, const Rule& rule, int family) {
  Request request(operation, describe(rule));
  MessageWriter writer(request);
  const auto& selector = rule.from ? rule.from : rule.to;
  fib_rule_hdr header{};
  header.family = static_cast<std::uint8_t>(selector ? selector->network().family() : family);
  header.src_len = static_cast<std::uint8_t>(rule.from ? rule.from->length() : 0);
  header.dst_len = static_cast<std::uint8_t>(rule.to ? rule.to->length() : 0);
  header.table = static_cast<std::uint8_t>(rule.table < 256 ? rule.table : RT_TABLE_UNSPEC);
  header.action = FR_ACT_TO_TBL;
  writer.begin(type, flags, header);
  writer.put(FRA_PRIORITY, rule.priority);
  writer.put(FRA_TABLE, rule.table);
  if (!rule.in_interface.empty()) writer.put_text(FRA_IIFNAME, rule.in_interface);
  if (rule.mask != 0) writer.put(FRA_FWMARK, rule.mark);
  if (rule.mask != 0) writer.put(FRA_FWMASK, rule.mask);
  if (rule.udp_port != 0) writer.put(FRA_IP_PROTO, std::uint8_t{IPPROTO_UDP});
  if (rule.udp_port != 0) writer.put(FRA_DPORT_RANGE, fib_rule_port_range{rule.udp_port, rule.udp_port});
  if (rule.from && rule.from->length() > 0) writer.put_address(FRA_SRC, rule.from->network());
  if (rule.to && rule.to->length() > 0) writer.put_address(FRA_DST, rule.to->network());
  return request;
}

}  // namespace

Request route_add(const Route& route, std::uint8_t protocol) {
  return route_request("add route", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route, protocol);
}

Request route_replace(const Route& route, std::uint8_t protocol) {
  return route_request("replace route", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route, protocol);
}

Request route_delete(const Route& route, std::uint8_t protocol) {
  return route_request("delete route", RTM_DELROUTE, 0, route, protocol);
}

Request rule_add(const Rule& rule, int family) {
  return rule_request("add rule", RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule, family);
}

Request rule_delete(const Rule& rule, int family) { return rule_request("delete rule", RTM_DELRULE, 0, rule, family); }

}  // namespace xconn::kernel
