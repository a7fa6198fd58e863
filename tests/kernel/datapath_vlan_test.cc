// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hh"
#include "datapath/doctor.hh"
#include "datapath/retag.hh"
#include "datapath/vlan.hh"
#include "datapath_fixture.hh"

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

namespace xconn::datapath_test {

using datapath::SubInterface;
using datapath::Vlan;
using datapath::VlanDriver;

std::vector<VlanDriver> drivers() {
  std::vector<VlanDriver> result{VlanDriver::kPortable};
  if (datapath::examine("vlan").state == datapath::State::kOk) result.push_back(VlanDriver::kKernel);
  return result;
}

std::string driver_name(const testing::TestParamInfo<VlanDriver>& it) {
  return it.param == VlanDriver::kKernel ? "Kernel" : "Portable";
}

class VlanTest : public testing::TestWithParam<VlanDriver> {
 protected:
  VlanTest() { link(a, "trunk", b, "trunk"); }

  Vlan add(Node& node, const std::string& name, std::vector<Tag> tags, const std::string& address = "",
           const std::string& parent = "trunk") {
    Vlan made(node.netns, {.name = name, .parent = parent, .tags = std::move(tags)}, GetParam());
    if (!address.empty()) node.address(name, address);
    return made;
  }

  Node a, b;
};

INSTANTIATE_TEST_SUITE_P(Drivers, VlanTest, testing::ValuesIn(drivers()), driver_name);

TEST_P(VlanTest, CarriesOneTag) {
  const Vlan at_a = add(a, "pri.28", {{28}}, "10.0.28.1/24"), at_b = add(b, "pri.28", {{28}}, "10.0.28.2/24");
  Udp from(a, "10.0.28.1", 7), to(b, "10.0.28.2", 7);
  EXPECT_TRUE(passes(from, "10.0.28.2", 7, to));
  EXPECT_TRUE(passes(from, "10.0.28.2", 7, to, 1472));
  EXPECT_TRUE(passes(to, "10.0.28.1", 7, from));
  const auto seen = witness(b, "trunk", "vlan 28 and ip", 2, [&] { from.send("10.0.28.2", 7, "x"); });
  EXPECT_THAT(seen, ContainsRegex("ethertype 802.1Q \\(0x8100\\).*vlan 28, .*ethertype IPv4"));
}

TEST_P(VlanTest, CarriesStackedTags) {
  const Vlan at_a = add(a, "msee", {{100}, {28}}, "10.0.28.1/24"), at_b = add(b, "msee", {{100}, {28}}, "10.0.28.2/24");
  Udp from(a, "10.0.28.1", 7), to(b, "10.0.28.2", 7);
  EXPECT_TRUE(passes(from, "10.0.28.2", 7, to));
  EXPECT_TRUE(passes(to, "10.0.28.1", 7, from, 1472));
  const auto seen = witness(b, "trunk", "vlan 100 and vlan 28 and ip", 2, [&] { from.send("10.0.28.2", 7, "x"); });
  EXPECT_THAT(seen, ContainsRegex("802.1Q \\(0x8100\\).*vlan 100, .*802.1Q.*vlan 28, .*ethertype IPv4"));
}

TEST_P(VlanTest, CarriesAnOuterServiceTag) {
  const Vlan at_a = add(a, "s", {{100, 0x88a8}, {28}}, "10.0.28.1/24"),
             at_b = add(b, "s", {{100, 0x88a8}, {28}}, "10.0.28.2/24");
  Udp from(a, "10.0.28.1", 7), to(b, "10.0.28.2", 7);
  EXPECT_TRUE(passes(from, "10.0.28.2", 7, to));
  const auto seen = witness(b, "trunk", "vlan 100 and vlan 28 and ip", 2, [&] { from.send("10.0.28.2", 7, "x"); });
  EXPECT_THAT(seen, ContainsRegex("802.1Q-QinQ \\(0x88a8\\).*vlan 100, .*802.1Q.*vlan 28, "));
}

TEST_P(VlanTest, CarriesTcpWithOffloads) {
  const Vlan at_a = add(a, "q", {{100}, {28}}, "10.0.28.1/24"), at_b = add(b, "q", {{100}, {28}}, "10.0.28.2/24");
  Tcp tcp(a, b, "10.0.28.2", 9000);
  ASSERT_TRUE(tcp.open());
  EXPECT_EQ(tcp.transfer(20 << 20), 20U << 20);
}

TEST_P(VlanTest, KeepsTagsAndUntaggedApart) {
  a.address("trunk", "10.0.0.1/24");
  b.address("trunk", "10.0.0.2/24");
  const Vlan a28 = add(a, "v28", {{28}}, "10.0.28.1/24"), b28 = add(b, "v28", {{28}}, "10.0.28.2/24"),
             a29 = add(a, "v29", {{29}}, "10.0.29.1/24"), b29 = add(b, "v29", {{29}}, "10.0.29.2/24");
  Udp from(a, "0.0.0.0", 7);
  for (const std::string address : {"10.0.0.2", "10.0.28.2", "10.0.29.2"}) {
    Udp to(b, address, 7);
    EXPECT_TRUE(passes(from, address, 7, to)) << address;
  }
}

TEST_P(VlanTest, DropsAnUnknownTag) {
  b.address("trunk", "10.0.29.2/24");
  const Vlan a29 = add(a, "v29", {{29}}, "10.0.29.1/24"), b28 = add(b, "v28", {{28}}, "10.0.28.2/24");
  // Not even ARP may answer: the neighbour is written down, so that the datagram itself is on the wire.
  a.netlink.commit(
      {kernel::neighbour_add("v29", *Address::parse("10.0.29.2"), *kernel::Reader(b.netns).link("trunk")->mac)});
  Udp from(a, "10.0.29.1", 7), to(b, "0.0.0.0", 7);
  const auto seen = witness(b, "trunk", "vlan 29 and ip", 2, [&] { from.send("10.0.29.2", 7, "x"); });
  EXPECT_THAT(seen, HasSubstr("vlan 29"));
  EXPECT_EQ(to.drain(), 0);
}

TEST_P(VlanTest, IsAnotherOnTheWireAndItselfAgain) {
  const Vlan at_a = add(a, "v28", {{28}}, "10.0.28.1/24"), at_b = add(b, "v28", {{28}}, "10.0.28.2/24");
  Udp from(a, "10.0.28.1", 7), to(b, "10.0.28.2", 7);
  EXPECT_TRUE(passes(from, "10.0.28.2", 7, to));
  {
    const datapath::Retag other(a.netns, "trunk", Tag{28}, Tag{29});
    const auto seen = witness(b, "trunk", "vlan and ip", 1, [&] { from.send("10.0.28.2", 7, "x"); });
    EXPECT_THAT(seen, HasSubstr("vlan 29"));
    EXPECT_TRUE(a.carrier("v28"));
    EXPECT_EQ(to.drain(), 0) << "what leaves has a tag that the other side does not know";
    to.send("10.0.28.1", 7, "x");
    EXPECT_FALSE(from.receive(100ms)) << "and what comes has one that is not its own any more";
    const datapath::Retag same(b.netns, "trunk", Tag{28}, Tag{29});
    EXPECT_TRUE(passes(from, "10.0.28.2", 7, to)) << "both sides agree again";
    EXPECT_TRUE(passes(to, "10.0.28.1", 7, from));
  }
  EXPECT_TRUE(passes(from, "10.0.28.2", 7, to));
}

TEST_P(VlanTest, LeavesInnerTagsAlone) {
  const Vlan at_a = add(a, "q", {{100}, {28}}, "10.0.28.1/24"), at_b = add(b, "q", {{101}, {28}}, "10.0.28.2/24");
  Udp from(a, "10.0.28.1", 7), to(b, "10.0.28.2", 7);
  const datapath::Retag other(a.netns, "trunk", Tag{100}, Tag{101});
  EXPECT_TRUE(passes(from, "10.0.28.2", 7, to));
  EXPECT_TRUE(passes(to, "10.0.28.1", 7, from, 1472));
}

TEST_P(VlanTest, RefusesTheSameTagsTwice) {
  const Vlan first = add(a, "v28", {{28}});
  EXPECT_THROW(add(a, "w28", {{28}}), KernelError);
  EXPECT_FALSE(kernel::Reader(a.netns).link("w28"));
}

TEST_P(VlanTest, LosesCarrierWithItsTrunk) {
  const Vlan at_a = add(a, "v28", {{28}}, "10.0.28.1/24"), at_b = add(b, "v28", {{28}}, "10.0.28.2/24");
  const auto follows = [&](bool wanted) {
    const auto deadline = sys::now() + 2s;
    while (a.carrier("v28") != wanted && sys::now() < deadline) poll(nullptr, 0, 1);
    return a.carrier("v28") == wanted;
  };
  EXPECT_TRUE(follows(true));
  b.netlink.commit({kernel::link_set("trunk", {.up = false})});
  EXPECT_TRUE(follows(false));
  b.netlink.commit({kernel::link_set("trunk", {.up = true})});
  EXPECT_TRUE(follows(true));
}

TEST_P(VlanTest, LeavesNothingBehindAndDisturbsNobody) {
  a.address("trunk", "10.0.0.1/24");
  b.address("trunk", "10.0.0.2/24");
  const Vlan at_b = add(b, "v28", {{28}}, "10.0.28.2/24");
  const auto before = kernel::Reader(a.netns).links().size();
  { const Vlan at_a = add(a, "v28", {{28}}, "10.0.28.1/24"); }
  EXPECT_EQ(kernel::Reader(a.netns).links().size(), before);
  Udp from(a, "10.0.0.1", 7), to(b, "10.0.0.2", 7);
  EXPECT_TRUE(passes(from, "10.0.0.2", 7, to));
  const Vlan again = add(a, "v28", {{28}}, "10.0.28.1/24");
  Udp tagged(a, "10.0.28.1", 8), far(b, "10.0.28.2", 8);
  EXPECT_TRUE(passes(tagged, "10.0.28.2", 8, far));
}

// A provider's switch: the customer's C-tagged frames are bridged onto an S-tagged sub-interface, and the Microsoft
// edge sees both tags.
class ProviderTest : public VlanTest {
 protected:
  ProviderTest() {
    link(a, "er", provider, "customer");
    link(provider, "uplink", msee, "port");
    switched.emplace(add(provider, "uplink.100", {{100}}, "", "uplink"));
    provider.netlink.commit({kernel::bridge("switch", {}, 1500, true),
                             kernel::link_set("customer", {.bridge = "switch", .up = true}),
                             kernel::link_set("uplink.100", {.bridge = "switch", .up = true})});
    customer.emplace(add(a, "er.28", {{28}}, "172.16.0.1/30", "er"));
    edge.emplace(add(msee, "port.100.28", {{100}, {28}}, "172.16.0.2/30", "port"));
  }
  Node provider, msee;
  std::optional<Vlan> switched, customer, edge;
};

INSTANTIATE_TEST_SUITE_P(Drivers, ProviderTest, testing::ValuesIn(drivers()), driver_name);

TEST_P(ProviderTest, PassesInnerTagsThrough) {
  Udp from(a, "172.16.0.1", 7), to(msee, "172.16.0.2", 7);
  EXPECT_TRUE(passes(from, "172.16.0.2", 7, to));
  EXPECT_TRUE(passes(from, "172.16.0.2", 7, to, 1472));
  EXPECT_TRUE(passes(to, "172.16.0.1", 7, from, 1472));
  const auto seen = witness(msee, "port", "vlan 100 and vlan 28 and ip", 2, [&] { from.send("172.16.0.2", 7, "x"); });
  EXPECT_THAT(seen, ContainsRegex("802.1Q \\(0x8100\\).*vlan 100, .*802.1Q.*vlan 28, .*ethertype IPv4"));
  const auto customer_side = witness(provider, "customer", "vlan 28 and ip", 2, [&] { to.send("172.16.0.1", 7, "x"); });
  EXPECT_THAT(customer_side, ContainsRegex("vlan 28, .*ethertype IPv4"));
  EXPECT_THAT(customer_side, Not(HasSubstr("vlan 100")));
}

TEST_P(ProviderTest, CarriesTcp) {
  Tcp tcp(a, msee, "172.16.0.2", 9000);
  ASSERT_TRUE(tcp.open());
  EXPECT_EQ(tcp.transfer(20 << 20), 20U << 20);
}

TEST_P(VlanTest, EightAreAddedInAMoment) {
  std::vector<Vlan> all;
  const auto begin = sys::now();
  for (std::uint16_t tag = 1; tag <= 8; tag++)
    all.push_back(Vlan(a.netns, {.name = "v" + std::to_string(tag), .parent = "trunk", .tags = {{tag}}}, GetParam()));
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(sys::now() - begin);
  RecordProperty("microseconds", static_cast<int>(took.count()));
  std::printf("8 sub-interfaces: %.2f ms\n", static_cast<double>(took.count()) / 1000);
  EXPECT_LT(took, 1s);
  const auto end = sys::now();
  for (Vlan& it : all) it.leave();
  all.clear();
  std::printf("let go: %.2f ms\n", static_cast<double>((sys::now() - end).count()) / 1e6);
}

TEST(VlanArguments, AreChecked) {
  Node node;
  const auto make = [&](SubInterface sub) { Vlan(node.netns, sub, VlanDriver::kPortable); };
  EXPECT_THROW(make({.name = "v", .parent = "none", .tags = {{28}}}), KernelError);
  EXPECT_THROW(make({.name = "v", .parent = "lo", .tags = {}}), std::invalid_argument);
  EXPECT_THROW(make({.name = "v", .parent = "lo", .tags = {{0}}}), std::invalid_argument);
  EXPECT_THROW(make({.name = "v", .parent = "lo", .tags = {{4095}}}), std::invalid_argument);
  EXPECT_THROW(make({.name = "v", .parent = "lo", .tags = {{1}, {2}, {3}}}), std::invalid_argument);
  EXPECT_THROW(make({.name = "fifteen-bytes-x", .parent = "lo", .tags = {{1}}}), std::invalid_argument);
}

}  // namespace xconn::datapath_test
