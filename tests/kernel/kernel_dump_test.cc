// SPDX-License-Identifier: Apache-2.0
#include <linux/neighbour.h>

#include "kernel/dump.hh"
#include "kernel_fixture.hh"

namespace xconn::kernel {
namespace {

TEST_F(KernelTest, LinksReadAsTheyAre) {
  join();
  const Reader reader(a_);
  const auto link = reader.link("x");
  ASSERT_TRUE(link);
  const auto seen = ip(a_, {"link", "show", "x"}).at(0);
  EXPECT_EQ(link->index, seen.at("ifindex"));
  EXPECT_EQ(link->kind, "veth");
  EXPECT_TRUE(link->up && link->carrier);
  EXPECT_EQ(link->mac->text(), seen.at("address"));
  EXPECT_EQ(link->queueing, seen.at("qdisc"));
  EXPECT_FALSE(reader.link("none"));
  Netlink(b_).commit(link_set("y", {.up = false}));
  EXPECT_FALSE(reader.link("x")->carrier);
}

TEST_F(KernelTest, StatisticsCountWhatWasSent) {
  join();
  const auto before = Reader(b_).link("y")->statistics;
  sys::run_checked({"ping", "-c", "3", "-i", "0.01", "-w", "5", "192.0.2.2"}, {.netns = a_.fd()});
  const auto after = Reader(b_).link("y")->statistics;
  EXPECT_GE(after.rx_packets, before.rx_packets + 3);
  EXPECT_GE(after.tx_bytes, before.tx_bytes + 3 * 84);
}

TEST_F(KernelTest, AddressesReadWithTheirInterfaces) {
  join();
  bool found = false;
  for (const auto& entry : Reader(a_).addresses())
    if (entry.interface == "x") found = entry.address.text() == "192.0.2.1/24" && !entry.peer;
  EXPECT_TRUE(found);
}

TEST_F(KernelTest, RoutesReadBackAsTheyWereWritten) {
  join();
  auto ecmp = route("198.51.100.0/24");
  ecmp.next_hops = {{Address::parse("192.0.2.2"), "x", false}, {Address::parse("192.0.2.3"), "x", true}};
  ecmp.table = 1000;
  ecmp.metric = 20;
  auto hole = route("203.0.113.0/24");
  hole.kind = RouteKind::kBlackhole;
  hole.table = 1000;
  auto thrown = route("10.0.0.0/8");
  thrown.kind = RouteKind::kThrow;
  thrown.table = 1000;
  auto first = route("0.0.0.0/0", "192.0.2.2", "x");
  first.table = 1000;
  first.source = Address::parse("192.0.2.1");
  Netlink(a_).commit({route_add(ecmp, 186), route_add(hole), route_add(thrown), route_add(first, 186)});
  std::vector<Route> all, bgp;
  for (const auto& entry : Reader(a_).routes(1000)) all.push_back(entry.route);
  for (const auto& entry : Reader(a_).routes(1000, 186)) bgp.push_back(entry.route);
  EXPECT_THAT(all, testing::UnorderedElementsAre(ecmp, hole, thrown, first));
  EXPECT_THAT(bgp, testing::UnorderedElementsAre(ecmp, first));
  EXPECT_TRUE(Reader(a_).routes(4242).empty()) << "a table that never was";
}

TEST_F(KernelTest, Ipv6RoutesAndTheDefaultRead) {
  join();
  Netlink(a_).commit(
      {address_add("x", *InterfaceAddress::parse("2001:db8::1/64")), route_add(route("::/0", "2001:db8::2", "x")), [] {
         auto hole = route("2001:db8:dead::/48");
         hole.kind = RouteKind::kBlackhole;
         return route_add(hole);
       }()});
  bool first = false, hole = false;
  for (const auto& entry : Reader(a_).routes()) {
    if (entry.route.to.text() == "::/0") first = entry.route.next_hops.at(0).via->text() == "2001:db8::2";
    if (entry.route.kind == RouteKind::kBlackhole) hole = entry.route.next_hops.empty();
  }
  EXPECT_TRUE(first);
  EXPECT_TRUE(hole);
}

TEST_F(KernelTest, RulesReadBackAsTheyWereWritten) {
  join();
  Rule rule;
  rule.priority = 600;
  rule.in_interface = "x";
  rule.mark = 0x10;
  rule.mask = 0xf0;
  rule.from = Prefix::parse("10.0.0.0/8");
  rule.to = Prefix::parse("192.0.2.7/32");
  rule.udp_port = 4500;
  rule.table = 1000;
  Netlink(a_).commit(rule_add(rule));
  std::vector<Rule> all;
  for (const auto& entry : Reader(a_).rules())
    if (entry.family == AF_INET) all.push_back(entry.rule);
  EXPECT_EQ(all.size(), 4U);
  EXPECT_THAT(all, testing::Contains(rule));
}

TEST_F(KernelTest, NeighboursRead) {
  join();
  Netlink(a_).commit(neighbour_add("x", *Address::parse("192.0.2.9"), *Mac::parse("02:00:00:00:00:09")));
  const auto all = Reader(a_).neighbours();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].address.text(), "192.0.2.9");
  EXPECT_EQ(all[0].interface, "x");
  EXPECT_EQ(all[0].mac->text(), "02:00:00:00:00:09");
  EXPECT_EQ(all[0].state, NUD_PERMANENT);
}

}  // namespace
}  // namespace xconn::kernel
