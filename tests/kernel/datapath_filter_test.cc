// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hh"
#include "datapath/filter.hh"
#include "datapath/vlan.hh"
#include "datapath_fixture.hh"

namespace xconn::datapath_test {

using datapath::Filter;
using datapath::FilterRule;

constexpr auto kSoon = 150ms;  // long enough for a datagram that comes

FilterRule only(const std::string& word) { return {.matches = *datapath::match_of(word)}; }

class FilterTest : public LinkTest {
 protected:
  bool reaches(std::uint16_t port, std::string payload = "payload") {
    Udp to(b, "10.0.0.2", port);
    for (int i = 0; i < 3; i++) {
      from.send("10.0.0.2", port, payload);
      if (to.receive(kSoon)) return true;
    }
    return false;
  }
  void settle() {
    Udp to(b, "10.0.0.2", 9);
    ASSERT_TRUE(passes(from, "10.0.0.2", 9, to));
  }
  Udp from{a, "0.0.0.0", 40000};
};

TEST_F(FilterTest, BlackholesInOneDirectionAndCounts) {
  settle();
  Udp to(b, "10.0.0.2", 7);
  {
    const Filter hole(b.netns, "er", {});
    for (int i = 0; i < 10; i++) from.send("10.0.0.2", 7, "x");
    EXPECT_EQ(to.drain(kSoon), 0);
    EXPECT_EQ(hole.counters().dropped, 10U);
    EXPECT_EQ(hole.counters().dropped_bytes, 10U * (14 + 20 + 8 + 1));
    EXPECT_TRUE(a.carrier("er"));
    EXPECT_TRUE(b.carrier("er"));
    to.send("10.0.0.1", 40000, "the other way");
    EXPECT_EQ(from.receive(), "the other way");
  }
  from.send("10.0.0.2", 7, "at once");
  EXPECT_EQ(to.receive(), "at once");
}

TEST_F(FilterTest, LosesTheSameOfTheSameSeed) {
  settle();
  Udp to(b, "10.0.0.2", 7);
  const auto survivors = [&](std::uint64_t seed) {
    std::vector<int> result;
    const Filter loss(b.netns, "er", {.matches = *datapath::match_of("udp/7"), .loss = 0.3, .seed = seed});
    for (int i = 0; i < 1000; i++) {
      from.send("10.0.0.2", 7, std::to_string(i));
      while (const auto got = to.receive(0ms)) result.push_back(std::stoi(*got));
    }
    while (const auto got = to.receive(kSoon)) result.push_back(std::stoi(*got));
    EXPECT_EQ(loss.counters().matched, 1000U);
    EXPECT_EQ(loss.counters().dropped, 1000U - result.size());
    return result;
  };
  const auto first = survivors(1), again = survivors(1), other = survivors(2);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  EXPECT_NEAR(static_cast<double>(first.size()), 700, 60);  // four standard deviations
}

TEST_F(FilterTest, TellsProtocolsApart) {
  settle();
  const Filter bfd(b.netns, "er", only("bfd"));
  EXPECT_FALSE(reaches(3784));
  EXPECT_TRUE(reaches(3785));
  EXPECT_EQ(bfd.counters().dropped, 3U);
  EXPECT_EQ(bfd.counters().matched, 3U);
}

TEST_F(FilterTest, TellsEspFromIkeInsideUdp) {
  settle();
  const std::string ike("\0\0\0\0IKE..", 9),
      esp("\x12\x34\x56\x78"
          "ESP..",
          9),
      keepalive("\xff");
  {
    const Filter hole(b.netns, "er", only("esp"));
    EXPECT_FALSE(reaches(4500, esp));
    EXPECT_TRUE(reaches(4500, ike));
    EXPECT_TRUE(reaches(4500, keepalive));
    EXPECT_TRUE(reaches(500));
  }
  {
    const Filter hole(b.netns, "er", only("ike"));
    EXPECT_TRUE(reaches(4500, esp));
    EXPECT_FALSE(reaches(4500, ike));
    EXPECT_FALSE(reaches(500));
  }
  const Filter hole(b.netns, "er", only("ipsec"));
  EXPECT_FALSE(reaches(4500, esp));
  EXPECT_FALSE(reaches(4500, ike));
  EXPECT_FALSE(reaches(500));
  EXPECT_TRUE(reaches(501));
}

TEST_F(FilterTest, DropsBgpOnly) {
  settle();
  const Filter hole(b.netns, "er", only("bgp"));
  Tcp other(a, b, "10.0.0.2", 180);
  ASSERT_TRUE(other.open());
  EXPECT_EQ(other.transfer(100000), 100000U);
  Tcp bgp(a, b, "10.0.0.2", 179);
  fcntl(bgp.client.get(), F_SETFL, O_NONBLOCK);
  EXPECT_FALSE(bgp.open());
  EXPECT_FALSE(readable(bgp.listener.get(), kSoon));
  EXPECT_GE(hole.counters().dropped, 1U);
}

TEST_F(FilterTest, DropsArp) {
  settle();
  b.address("er", "10.0.0.3/24");  // whose neighbour entry nobody has written
  Udp to(b, "10.0.0.3", 7);
  {
    const Filter hole(b.netns, "er", only("arp"));
    EXPECT_FALSE(passes(from, "10.0.0.3", 7, to, 16, kSoon));
    EXPECT_GE(hole.counters().dropped, 1U);
    EXPECT_TRUE(reaches(7));
  }
  EXPECT_TRUE(passes(from, "10.0.0.3", 7, to));
}

TEST_F(FilterTest, SwallowsBigPacketsOnly) {
  settle();
  Udp to(b, "10.0.0.2", 7);
  const Filter hole(b.netns, "er", {.bigger_than = 1400});
  EXPECT_TRUE(passes(from, "10.0.0.2", 7, to, 1372));  // 1400 with both headers
  EXPECT_FALSE(passes(from, "10.0.0.2", 7, to, 1373, kSoon));
  EXPECT_GE(hole.counters().dropped, 1U);
}

// TCP hands over aggregates of up to 64 KB: what counts is the size of a segment on the wire.
TEST_F(FilterTest, JudgesSegmentsNotAggregates) {
  settle();
  {
    const Filter wide(b.netns, "er", {.bigger_than = 1500});
    Tcp tcp(a, b, "10.0.0.2", 9000);
    ASSERT_TRUE(tcp.open());
    EXPECT_EQ(tcp.transfer(10 << 20), 10U << 20);
    EXPECT_EQ(wide.counters().dropped, 0U);
  }
  const Filter narrow(b.netns, "er", {.bigger_than = 1499});
  Tcp tcp(a, b, "10.0.0.2", 9001);
  ASSERT_TRUE(tcp.open());
  EXPECT_LT(tcp.transfer(10 << 20, 500ms), 10U << 20);
  EXPECT_GE(narrow.counters().dropped, 1U);
}

TEST_F(FilterTest, SeveralGoOneByOne) {
  settle();
  auto bfd = std::make_unique<Filter>(b.netns, "er", only("bfd"));
  auto first = std::make_unique<Filter>(b.netns, "er", only("udp/7"));
  auto second = std::make_unique<Filter>(b.netns, "er", only("udp/7"));
  EXPECT_FALSE(reaches(3784));
  EXPECT_FALSE(reaches(7));
  first.reset();
  EXPECT_FALSE(reaches(7));
  second.reset();
  EXPECT_TRUE(reaches(7));
  EXPECT_FALSE(reaches(3784));
  bfd.reset();
  EXPECT_TRUE(reaches(3784));
}

TEST_F(FilterTest, LooksThroughStackedTags) {
  const std::vector<Tag> tags{{100}, {28}};
  const datapath::Vlan at_a(a.netns, {.name = "q", .parent = "er", .tags = tags}, datapath::VlanDriver::kPortable),
      at_b(b.netns, {.name = "q", .parent = "er", .tags = tags}, datapath::VlanDriver::kPortable);
  a.address("q", "172.16.0.1/30");
  b.address("q", "172.16.0.2/30");
  Udp to(b, "172.16.0.2", 3784), other(b, "172.16.0.2", 7);
  ASSERT_TRUE(passes(from, "172.16.0.2", 3784, to));
  const Filter hole(b.netns, "er", only("bfd"));  // on the trunk
  EXPECT_FALSE(passes(from, "172.16.0.2", 3784, to, 16, kSoon));
  EXPECT_TRUE(passes(from, "172.16.0.2", 7, other));
  EXPECT_GE(hole.counters().dropped, 1U);
}

TEST_F(FilterTest, RefusesNonsense) {
  EXPECT_THROW(Filter(b.netns, "er", {.loss = 1.5}), std::invalid_argument);
  EXPECT_THROW(Filter(b.netns, "er", {.bigger_than = 0}), std::invalid_argument);
  EXPECT_THROW(Filter(b.netns, "none", {}), KernelError);
}

}  // namespace xconn::datapath_test
