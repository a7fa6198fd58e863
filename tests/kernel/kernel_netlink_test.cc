// SPDX-License-Identifier: Apache-2.0
#include <linux/rtnetlink.h>

#include "base/errors.hh"
#include "kernel_fixture.hh"
#include "sys/file.hh"

namespace xconn::kernel {
namespace {

using Json = nlohmann::json;

TEST_F(KernelTest, AVethIsBornInPlaceWithAllItsProperties) {
  Netlink(a_).commit(veth({a_.fd(), "eth0", Mac::parse("02:00:00:00:00:01"), 9000},
                          {b_.fd(), "eth0", Mac::parse("02:00:00:00:00:02"), 1400}));
  const auto here = ip(a_, {"-d", "link", "show", "eth0"}).at(0);
  const auto there = ip(b_, {"-d", "link", "show", "eth0"}).at(0);
  EXPECT_EQ(here.at("mtu"), 9000);
  EXPECT_EQ(there.at("mtu"), 1400);
  EXPECT_EQ(here.at("address"), "02:00:00:00:00:01");
  EXPECT_EQ(there.at("address"), "02:00:00:00:00:02");
  EXPECT_EQ(here.at("num_tx_queues"), 1);
  EXPECT_EQ(there.at("num_rx_queues"), 1);
}

TEST_F(KernelTest, AThirdNamespaceMayMakeALinkBetweenTwoOthers) {
  const auto control = sys::Netns::create();
  Netlink(control).commit(veth({a_.fd(), "x"}, {b_.fd(), "y"}));
  EXPECT_EQ(ip(control, {"link"}).size(), 1U) << "only lo";
  EXPECT_EQ(ip(a_, {"link", "show", "x"}).size(), 1U);
  EXPECT_EQ(ip(b_, {"link", "show", "y"}).size(), 1U);
}

TEST_F(KernelTest, ARefusalCarriesTheKernelsSentence) {
  join();
  Netlink netlink(a_, "hq");
  try {
    netlink.commit(route_add(route("198.51.100.0/24", "203.0.113.1", "x")));
    FAIL() << "a gateway that is nowhere was taken";
  } catch (const KernelError& error) {
    EXPECT_EQ(error.sentence(), "Nexthop has invalid gateway");
    EXPECT_EQ(error.error_number(), ENETUNREACH);
    EXPECT_EQ(error.netns(), "hq");
    EXPECT_EQ(error.operation(), "add route");
    EXPECT_EQ(error.object(), "198.51.100.0/24 table 254 via 203.0.113.1 dev x");
  }
}

TEST_F(KernelTest, AnUnknownInterfaceIsNamedAndTheRestIsDone) {
  join();
  Netlink netlink(a_);
  try {
    netlink.commit({link_set("nowhere", {.up = true}), route_add(route("198.51.100.0/24", "192.0.2.2"))});
    FAIL() << "an interface that is not there was set";
  } catch (const KernelError& error) {
    EXPECT_EQ(error.error_number(), ENODEV);
    EXPECT_EQ(error.sentence(), "there is no interface nowhere");
  }
  EXPECT_EQ(ip(a_, {"route", "show", "198.51.100.0/24"}).size(), 1U);
}

TEST_F(KernelTest, WhatIsToleratedIsNoFailureAndTheSocketStaysUsable) {
  join();
  Netlink netlink(a_);
  const auto wish = route_add(route("198.51.100.0/24", "192.0.2.2"));
  netlink.commit(wish);
  EXPECT_THROW(netlink.commit(wish), KernelError);
  auto tolerant = wish;
  EXPECT_NO_THROW(netlink.commit(tolerant.tolerate(EEXIST)));
  EXPECT_NO_THROW(netlink.commit(route_delete(route("198.51.100.0/24"))));
  EXPECT_EQ(ip(a_, {"route", "show", "198.51.100.0/24"}).size(), 0U);
}

TEST_F(KernelTest, RoutesOfEveryKind) {
  join();
  auto ecmp = route("198.51.100.0/24");
  ecmp.next_hops = {{Address::parse("192.0.2.2"), "x", false}, {Address::parse("192.0.2.3"), "x", false}};
  ecmp.table = 1000;
  ecmp.metric = 20;
  auto hole = route("203.0.113.0/24");
  hole.kind = RouteKind::kBlackhole;
  hole.table = 1000;
  auto thrown = route("10.0.0.0/8");
  thrown.kind = RouteKind::kThrow;
  thrown.table = 1000;
  auto sourced = route("0.0.0.0/0", "192.0.2.2");
  sourced.source = Address::parse("192.0.2.1");
  auto onlink = route("198.18.0.0/15", "100.64.0.1", "x");
  onlink.next_hops[0].onlink = true;
  Netlink(a_).commit({route_add(ecmp, 186), route_add(hole), route_add(thrown), route_add(sourced), route_add(onlink)});
  const auto table = ip(a_, {"-d", "route", "show", "table", "1000"});
  ASSERT_EQ(table.size(), 3U) << table.dump();
  EXPECT_EQ(table[0].at("type"), "throw");
  EXPECT_EQ(table[1].at("dst"), "198.51.100.0/24");
  EXPECT_EQ(table[1].at("nexthops").size(), 2U);
  EXPECT_EQ(table[1].at("nexthops")[1].at("gateway"), "192.0.2.3");
  EXPECT_EQ(table[1].at("protocol"), "bgp");
  EXPECT_EQ(table[1].at("metric"), 20);
  EXPECT_EQ(table[2].at("type"), "blackhole");
  const auto first = ip(a_, {"route", "show", "default"}).at(0);
  EXPECT_EQ(first.at("prefsrc"), "192.0.2.1");
  EXPECT_EQ(ip(a_, {"route", "show", "198.18.0.0/15"}).at(0).at("flags"), Json({"onlink"}));
}

TEST_F(KernelTest, DeleteTakesEveryKindOfRouteByItsPrefixAndTable) {
  join();
  auto hole = route("203.0.113.0/24");
  hole.kind = RouteKind::kBlackhole;
  auto direct = route("198.51.100.0/24", nullptr, "x");
  Netlink netlink(a_);
  netlink.commit({route_add(hole), route_add(direct)});
  ASSERT_EQ(ip(a_, {"route"}).size(), 3U);
  netlink.commit({route_delete(hole), route_delete(direct)});
  EXPECT_EQ(ip(a_, {"route"}).size(), 1U);
}

TEST_F(KernelTest, ReplaceChangesTheRouteInPlace) {
  join();
  Netlink netlink(a_);
  netlink.commit(route_add(route("198.51.100.0/24", "192.0.2.2")));
  netlink.commit(route_replace(route("198.51.100.0/24", "192.0.2.9")));
  const auto routes = ip(a_, {"route", "show", "198.51.100.0/24"});
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].at("gateway"), "192.0.2.9");
}

TEST_F(KernelTest, Ipv6AddressesAreUsableAtOnceAndRoutesWork) {
  join();
  Netlink netlink(a_);
  netlink.commit({address_add("x", *InterfaceAddress::parse("2001:db8::1/64")),
                  route_add(route("2001:db8:1::/48", "2001:db8::2", "x"))});
  const auto addresses = ip(a_, {"-6", "address", "show", "dev", "x"}).at(0).at("addr_info");
  ASSERT_EQ(addresses.size(), 1U) << "no link-local address was wanted: " << addresses.dump();
  EXPECT_FALSE(addresses[0].contains("tentative"));
  EXPECT_EQ(ip(a_, {"-6", "route", "show", "2001:db8:1::/48"}).at(0).at("gateway"), "2001:db8::2");
}

TEST_F(KernelTest, AddressesWithPeerAndBroadcast) {
  join();
  Netlink netlink(a_);
  netlink.commit(address_add_peer("x", *Address::parse("198.51.100.1"), *Prefix::parse("198.51.100.9/32")));
  auto info = ip(a_, {"-4", "address", "show", "dev", "x"}).at(0).at("addr_info");
  ASSERT_EQ(info.size(), 2U);
  EXPECT_EQ(info[0].at("broadcast"), "192.0.2.255");
  EXPECT_EQ(info[1].at("local"), "198.51.100.1");
  EXPECT_EQ(info[1].at("address"), "198.51.100.9");
  netlink.commit(address_delete("x", *InterfaceAddress::parse("192.0.2.1/24")));
  info = ip(a_, {"-4", "address", "show", "dev", "x"}).at(0).at("addr_info");
  EXPECT_EQ(info.size(), 1U);
}

TEST_F(KernelTest, RulesComeAndGo) {
  join();
  Rule by_interface;
  by_interface.priority = 500;
  by_interface.in_interface = "x";
  by_interface.table = 1000;
  Rule by_mark;
  by_mark.priority = 600;
  by_mark.mark = 0x10;
  by_mark.mask = 0xf0;
  by_mark.from = Prefix::parse("10.0.0.0/8");
  by_mark.to = Prefix::parse("192.0.2.7/32");
  by_mark.table = 100;
  Netlink netlink(a_);
  netlink.commit({rule_add(by_interface), rule_add(by_mark)});
  const auto rules = ip(a_, {"rule"});
  ASSERT_EQ(rules.size(), 5U) << rules.dump();
  EXPECT_EQ(rules[1].at("iif"), "x");
  EXPECT_EQ(rules[1].at("table"), "1000");
  EXPECT_EQ(rules[2].at("fwmark"), "0x10");
  EXPECT_EQ(rules[2].at("fwmask"), "0xf0");
  EXPECT_EQ(rules[2].at("src"), "10.0.0.0");
  EXPECT_EQ(rules[2].at("dst"), "192.0.2.7");
  EXPECT_THROW(netlink.commit(rule_add(by_mark)), KernelError) << "the same rule twice";
  netlink.commit({rule_delete(by_interface), rule_delete(by_mark)});
  EXPECT_EQ(ip(a_, {"rule"}).size(), 3U);
}

TEST_F(KernelTest, TheLocalRuleMayMoveBehind) {
  Netlink netlink(a_);
  Rule local;
  local.table = 255;
  local.priority = 1000;
  netlink.commit(rule_add(local));
  local.priority = 0;
  netlink.commit(rule_delete(local));
  const auto rules = ip(a_, {"rule"});
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].at("priority"), 1000);
  EXPECT_EQ(rules[0].at("table"), "local");
}

TEST_F(KernelTest, ABridgeMadeAndJoinedInOneBatch) {
  Netlink(a_).commit({veth({a_.fd(), "x"}, {b_.fd(), "y"}), bridge("br0", Mac::parse("02:00:00:00:00:99"), 1500, true),
                      link_set("x", {.bridge = "br0", .up = true})});
  const auto port = ip(a_, {"link", "show", "x"}).at(0);
  EXPECT_EQ(port.at("master"), "br0");
  EXPECT_EQ(ip(a_, {"link", "show", "br0"}).at(0).at("address"), "02:00:00:00:00:99");
  Netlink(a_).commit(link_set("x", {.bridge = ""}));
  EXPECT_FALSE(ip(a_, {"link", "show", "x"}).at(0).contains("master"));
}

TEST_F(KernelTest, ARenamedLinkIsFoundLaterInTheSameBatch) {
  join();
  Netlink(a_).commit({link_set("x", {.up = false}), link_set("x", {.name = "vpn"}),
                      link_set("vpn", {.mtu = 1400, .mac = Mac::parse("02:00:00:00:00:77"), .queue = 7, .up = true})});
  const auto link = ip(a_, {"link", "show", "vpn"}).at(0);
  EXPECT_EQ(link.at("mtu"), 1400);
  EXPECT_EQ(link.at("txqlen"), 7);
  EXPECT_EQ(link.at("address"), "02:00:00:00:00:77");
  EXPECT_EQ(link.at("operstate"), "UP");
  Netlink(a_).commit(link_delete("vpn"));
  EXPECT_EQ(ip(b_, {"link"}).size(), 1U) << "its peer goes with it";
}

TEST_F(KernelTest, TokenBucketIsSetChangedAndTakenAway) {
  join();
  Netlink netlink(a_);
  netlink.commit(token_bucket_replace("x", {8'000'000, 10'000, std::chrono::milliseconds(50)}));
  auto root = witness(a_, {"tc", "qdisc", "show", "dev", "x", "root"}).at(0);
  EXPECT_EQ(root.at("kind"), "tbf");
  EXPECT_EQ(root.at("options").at("rate"), 1'000'000);
  EXPECT_NEAR(root.at("options").at("burst").get<int>(), 10'000, 10);
  netlink.commit(token_bucket_replace("x", {16'000'000}));
  root = witness(a_, {"tc", "qdisc", "show", "dev", "x", "root"}).at(0);
  EXPECT_EQ(root.at("options").at("rate"), 2'000'000);
  netlink.commit({clsact_add("x"), root_qdisc_delete("x")});
  const auto left = witness(a_, {"tc", "qdisc", "show", "dev", "x"});
  ASSERT_EQ(left.size(), 2U) << left.dump();
  EXPECT_EQ(left.at(1).at("kind"), "clsact");
  EXPECT_THROW(netlink.commit(clsact_add("x")), KernelError);
  netlink.commit(clsact_delete("x"));
}

TEST_F(KernelTest, APermanentNeighbourNeedsNoQuestion) {
  join();
  Netlink(a_).commit(neighbour_add("x", *Address::parse("192.0.2.9"), *Mac::parse("02:00:00:00:00:09")));
  const auto all = ip(a_, {"neigh", "show", "192.0.2.9"});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("lladdr"), "02:00:00:00:00:09");
  EXPECT_EQ(all[0].at("state"), Json({"PERMANENT"}));
}

TEST_F(KernelTest, SysctlsAreWrittenInsideOnly) {
  Netlink(a_).commit(veth({a_.fd(), "er.100"}, {b_.fd(), "y"}));
  const auto outside = sys::read_file("/proc/sys/net/ipv4/ip_forward");
  set_sysctls(a_, "a", {{"net.ipv4.ip_forward", "1"}, {"net/ipv4/conf/er.100/proxy_arp", "1"}});
  const auto read = [&](const char* path) { return a_.run([path] { return sys::read_file(path); }); };
  EXPECT_EQ(read("/proc/sys/net/ipv4/ip_forward"), "1\n");
  EXPECT_EQ(read("/proc/sys/net/ipv4/conf/er.100/proxy_arp"), "1\n");
  EXPECT_EQ(sys::read_file("/proc/sys/net/ipv4/ip_forward"), outside);
  try {
    set_sysctls(a_, "a", {{"net.ipv4.no_such_thing", "1"}});
    FAIL() << "wrote a sysctl that is not there";
  } catch (const KernelError& error) {
    EXPECT_EQ(error.object(), "net/ipv4/no_such_thing");
    EXPECT_EQ(error.error_number(), ENOENT);
  }
}

TEST_F(KernelTest, ABatchMayBeLongerThanOneSend) {
  join();
  Batch batch;
  for (std::uint32_t i = 0; i < 4001; ++i) {
    auto wish = route("0.0.0.0/0", "192.0.2.2");
    wish.to = Prefix::of(Address::v4(0x0a000000U + (i << 8)), 24);
    batch.push_back(route_add(wish));
  }
  Netlink(a_).commit(batch);
  EXPECT_EQ(ip(a_, {"route"}).size(), 4002U);
}

}  // namespace
}  // namespace xconn::kernel
