// SPDX-License-Identifier: Apache-2.0
// Netlink messages, built and read back with libmnl: no kernel involved.
#include <gtest/gtest.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include <cstring>
#include <map>

#include "kernel/netlink.hh"

namespace xconn::kernel {
namespace {

using Attributes = std::map<int, const nlattr*>;

Attributes read_attributes(const void* from, const void* to) {
  Attributes all;
  auto* attribute = static_cast<const nlattr*>(from);
  const auto left = [&] {
    return static_cast<int>(static_cast<const char*>(to) - reinterpret_cast<const char*>(attribute));
  };
  for (; mnl_attr_ok(attribute, left()); attribute = mnl_attr_next(attribute))
    all[mnl_attr_get_type(attribute)] = attribute;
  EXPECT_EQ(left(), 0) << "the attributes do not fill the message";
  return all;
}

template <typename Header>
struct Message {
  explicit Message(const Request& request, std::size_t at = 0)
      : message(reinterpret_cast<const nlmsghdr*>(request.bytes().data() + at)),
        header(static_cast<const Header*>(mnl_nlmsg_get_payload(message))),
        attributes(read_attributes(mnl_nlmsg_get_payload_offset(message, sizeof(Header)),
                                   mnl_nlmsg_get_payload_tail(message))) {}
  const nlmsghdr* message;
  const Header* header;
  Attributes attributes;
};

Attributes nested(const nlattr* attribute, std::size_t skip = 0) {
  const auto* payload = static_cast<const char*>(mnl_attr_get_payload(attribute));
  return read_attributes(payload + MNL_ALIGN(skip), payload + MNL_ALIGN(mnl_attr_get_payload_len(attribute)));
}

Route route(const char* to) {
  Route wish;
  wish.to = *Prefix::parse(to);
  return wish;
}

TEST(Message, ARouteThatLeadsNowhereIsNoneToRoutingDaemons) {
  auto wish = route("10.0.4.0/24");
  EXPECT_EQ(Message<rtmsg>(route_add(wish)).header->rtm_protocol, RTPROT_STATIC);
  wish.kind = RouteKind::kBlackhole;
  EXPECT_EQ(Message<rtmsg>(route_add(wish)).header->rtm_protocol, RTPROT_REDIRECT);
  EXPECT_EQ(Message<rtmsg>(route_delete(wish, kProtocolStatic)).header->rtm_protocol, RTPROT_REDIRECT);
  EXPECT_EQ(Message<rtmsg>(route_replace(wish, kProtocolSteer)).header->rtm_protocol, kProtocolSteer);
}

TEST(Message, VethCarriesBothEndsInOneRequest) {
  const auto request = veth({11, "left", Mac::parse("02:00:00:00:00:01"), 9000}, {12, "right", {}, 1400});
  const Message<ifinfomsg> link(request);
  EXPECT_EQ(link.message->nlmsg_len, request.bytes().size());
  EXPECT_EQ(link.message->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
  EXPECT_STREQ(mnl_attr_get_str(link.attributes.at(IFLA_IFNAME)), "left");
  EXPECT_EQ(mnl_attr_get_u32(link.attributes.at(IFLA_NET_NS_FD)), 11U);
  EXPECT_EQ(mnl_attr_get_u32(link.attributes.at(IFLA_MTU)), 9000U);
  EXPECT_EQ(mnl_attr_get_u32(link.attributes.at(IFLA_NUM_TX_QUEUES)), 1U);
  const auto info = nested(link.attributes.at(IFLA_LINKINFO));
  EXPECT_STREQ(mnl_attr_get_str(info.at(IFLA_INFO_KIND)), "veth");
  const auto data = nested(info.at(IFLA_INFO_DATA));
  const auto peer = nested(data.at(VETH_INFO_PEER), sizeof(ifinfomsg));
  EXPECT_STREQ(mnl_attr_get_str(peer.at(IFLA_IFNAME)), "right");
  EXPECT_EQ(mnl_attr_get_u32(peer.at(IFLA_NET_NS_FD)), 12U);
  EXPECT_EQ(mnl_attr_get_u32(peer.at(IFLA_MTU)), 1400U);
  EXPECT_FALSE(peer.contains(IFLA_ADDRESS));
  EXPECT_TRUE(request.changes_names());
}

TEST(Message, RouteOfManyHopsPatchesEachInterface) {
  auto wish = route("192.0.2.0/24");
  wish.table = 1000;
  wish.metric = 20;
  wish.next_hops = {{Address::parse("198.51.100.1"), "a", false}, {Address::parse("198.51.100.2"), "b", true}};
  const auto request = route_add(wish, 186);
  const Message<rtmsg> message(request);
  EXPECT_EQ(message.header->rtm_dst_len, 24);
  EXPECT_EQ(message.header->rtm_protocol, 186);
  EXPECT_EQ(mnl_attr_get_u32(message.attributes.at(RTA_TABLE)), 1000U);
  EXPECT_EQ(mnl_attr_get_u32(message.attributes.at(RTA_PRIORITY)), 20U);
  const auto* hop = static_cast<const rtnexthop*>(mnl_attr_get_payload(message.attributes.at(RTA_MULTIPATH)));
  const auto* second = RTNH_NEXT(hop);
  EXPECT_EQ(hop->rtnh_flags, 0);
  EXPECT_EQ(second->rtnh_flags, RTNH_F_ONLINK);
  ASSERT_EQ(request.patches().size(), 2U);
  EXPECT_EQ(request.patches()[1].interface, "b");
  EXPECT_EQ(request.bytes().data() + request.patches()[1].offset,
            reinterpret_cast<const std::uint8_t*>(&second->rtnh_ifindex));
}

TEST(Message, EachKindOfRouteHasItsType) {
  const std::map<RouteKind, int> types{{RouteKind::kUnicast, RTN_UNICAST},
                                       {RouteKind::kBlackhole, RTN_BLACKHOLE},
                                       {RouteKind::kUnreachable, RTN_UNREACHABLE},
                                       {RouteKind::kThrow, RTN_THROW}};
  for (const auto& [kind, type] : types) {
    auto wish = route("192.0.2.0/24");
    wish.kind = kind;
    EXPECT_EQ(Message<rtmsg>(route_replace(wish)).header->rtm_type, type);
  }
}

TEST(Message, AnIpv4PrefixByAnIpv6HopUsesVia) {
  auto wish = route("192.0.2.0/24");
  wish.next_hops = {{Address::parse("2001:db8::1"), "a", false}};
  const auto request = route_add(wish);
  const Message<rtmsg> message(request);
  EXPECT_FALSE(message.attributes.contains(RTA_GATEWAY));
  EXPECT_EQ(mnl_attr_get_payload_len(message.attributes.at(RTA_VIA)), 18);
}

TEST(Message, RuleSaysOnlyWhatSelects) {
  Rule rule;
  rule.priority = 100;
  rule.in_interface = "er";
  rule.table = 77;
  const auto request = rule_add(rule);
  const Message<fib_rule_hdr> plain(request);
  EXPECT_EQ(plain.header->family, AF_INET);
  EXPECT_STREQ(mnl_attr_get_str(plain.attributes.at(FRA_IIFNAME)), "er");
  EXPECT_FALSE(plain.attributes.contains(FRA_FWMARK));
  EXPECT_FALSE(plain.attributes.contains(FRA_SRC));
  rule.from = Prefix::parse("2001:db8::/32");
  rule.mark = 1;
  rule.mask = 0xff;
  const auto six = rule_add(rule);
  const Message<fib_rule_hdr> marked(six);
  EXPECT_EQ(marked.header->family, AF_INET6);
  EXPECT_EQ(marked.header->src_len, 32);
  EXPECT_EQ(mnl_attr_get_u32(marked.attributes.at(FRA_FWMASK)), 0xffU);
}

TEST(Message, LinkSetOrdersItsSteps) {
  LinkChange change;
  change.up = true;
  change.no_ipv6_address = true;
  const auto request = link_set("a", change);
  const Message<ifinfomsg> first(request);
  EXPECT_TRUE(first.attributes.contains(IFLA_AF_SPEC));
  EXPECT_EQ(first.header->ifi_change, 0U);
  const Message<ifinfomsg> second(request, first.message->nlmsg_len);
  EXPECT_EQ(second.header->ifi_flags, static_cast<unsigned>(IFF_UP));
  EXPECT_EQ(request.patches().size(), 2U);
}

TEST(Message, TokenBucketCountsInBytes) {
  const auto request = token_bucket_replace("a", {8'000'000, 5000, std::chrono::milliseconds(100)});
  const Message<tcmsg> message(request);
  const auto options = nested(message.attributes.at(TCA_OPTIONS));
  tc_tbf_qopt parameters{};
  std::memcpy(&parameters, mnl_attr_get_payload(options.at(TCA_TBF_PARMS)), sizeof parameters);
  EXPECT_EQ(parameters.rate.rate, 1'000'000U);
  EXPECT_EQ(parameters.limit, 100'000U + 5000U);
  EXPECT_EQ(mnl_attr_get_u32(options.at(TCA_TBF_BURST)), 5000U);
}

TEST(Message, TokenBucketBeyond32BitsSaysSo) {
  const auto request = token_bucket_replace("a", {100'000'000'000});
  const auto options = nested(Message<tcmsg>(request).attributes.at(TCA_OPTIONS));
  EXPECT_EQ(mnl_attr_get_u64(options.at(TCA_TBF_RATE64)), 12'500'000'000U);
}

TEST(Request, ToleratesOnlyWhatIsNamed) {
  auto request = link_delete("a");
  EXPECT_FALSE(request.tolerates(ENODEV));
  request.tolerate(ENODEV);
  EXPECT_TRUE(request.tolerates(ENODEV));
  EXPECT_FALSE(request.tolerates(EPERM));
}

}  // namespace
}  // namespace xconn::kernel
