// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "base/errors.hh"
#include "datapath/impair.hh"
#include "datapath/rate.hh"
#include "datapath/vlan.hh"
#include "datapath/wire.hh"
#include "datapath_fixture.hh"

namespace xconn::datapath_test {

using datapath::Wire;

class WireTest : public LinkTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(passes(from, "10.0.0.2", 7, to));
    ASSERT_TRUE(passes(to, "10.0.0.1", 7, from));
  }

  /// Sends numbers 0 ... count-1, `gap` apart, and returns them in the order they came.
  std::vector<int> run(int count, std::chrono::microseconds gap = 200us, std::chrono::milliseconds quiet = 300ms) {
    to.drain(0ms);
    auto receiver = std::async(std::launch::async, [&] {
      std::vector<int> order;
      while (const auto got = to.receive(quiet)) order.push_back(std::atoi(got->c_str()));
      return order;
    });
    for (int i = 0; i < count; i++) {
      from.send("10.0.0.2", 7, std::to_string(i));
      std::this_thread::sleep_for(gap);  // the traffic's pace
    }
    return receiver.get();
  }
  /// Of `count` datagrams, 500 us apart, from send() to arrival, the quickest first.
  std::vector<Duration> travel_times(int count) {
    auto receiver = std::async(std::launch::async, [&] {
      std::vector<Duration> took;
      while (const auto sent = to.receive(300ms)) took.push_back(sys::now() - Duration(std::stoll(*sent)));
      std::ranges::sort(took);
      return took;
    });
    for (int i = 0; i < count; i++) {
      from.send("10.0.0.2", 7, std::to_string(sys::now().count()));
      std::this_thread::sleep_for(500us);  // the traffic's pace
    }
    return receiver.get();
  }
  static std::vector<int> numbers(int count) {
    std::vector<int> result(static_cast<std::size_t>(count));
    for (int i = 0; i < count; i++) result[static_cast<std::size_t>(i)] = i;
    return result;
  }

  Udp from{a, "10.0.0.1", 7}, to{b, "10.0.0.2", 7};
};

TEST_F(WireTest, DelaysOneDirectionOnly) {
  const Wire wire(a.netns, "er", {.delay = 20ms});
  for (int i = 0; i < 20; i++) {
    const auto begin = sys::now();
    from.send("10.0.0.2", 7, "x");
    ASSERT_TRUE(to.receive());
    EXPECT_GE(sys::now() - begin, 20ms);
  }
  EXPECT_EQ(wire.counters().delivered, 20U);
  EXPECT_EQ(wire.counters().entered, 20U);
  const auto begin = sys::now();
  to.send("10.0.0.1", 7, "back");
  ASSERT_TRUE(from.receive());
  EXPECT_LT(sys::now() - begin, 20ms);
}

// What a host that stalls adds is not the wire's, so the quickest quarter is looked at; how late the wire is beside a
// bare timer of the same host is measured by tests/bench/wire.cc.
TEST_F(WireTest, IsOnTime) {
  const Wire wire(a.netns, "er", {.delay = 20ms});
  const auto took = travel_times(200);
  ASSERT_EQ(took.size(), 200U);
  EXPECT_GE(took.front(), 20ms);
  EXPECT_LT(took[50], 21ms);
}

TEST_F(WireTest, KeepsOrderUnderJitter) {
  const Wire wire(a.netns, "er", {.delay = 5ms, .jitter = 4ms});
  EXPECT_EQ(run(1000), numbers(1000));
  EXPECT_EQ(wire.counters().reordered, 0U);
}

TEST_F(WireTest, ReordersWhenAsked) {
  const Wire wire(a.netns, "er", {.delay = 10ms, .reorder = 0.2});
  auto order = run(500);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, numbers(500));
  EXPECT_GT(wire.counters().reordered, 50U);
}

TEST_F(WireTest, DuplicatesLosesAndCorrupts) {
  {
    const Wire wire(a.netns, "er", {.duplicate = 0.5});
    const auto got = run(400).size();
    EXPECT_EQ(got, 400 + wire.counters().duplicated);
    EXPECT_NEAR(static_cast<double>(wire.counters().duplicated), 200, 40);
  }
  {
    const Wire wire(a.netns, "er", {.loss = 0.25});
    const auto got = run(400).size();
    EXPECT_EQ(got, 400 - wire.counters().lost);
    EXPECT_NEAR(static_cast<double>(wire.counters().lost), 100, 40);
  }
  const Wire wire(a.netns, "er", {.corrupt = 1});
  EXPECT_LT(run(200).size(),
            20U);  // the checksums of IP and UDP tell
  EXPECT_GE(wire.counters().corrupted, 200U);
}

TEST_F(WireTest, IsBounded) {
  const Wire wire(a.netns, "er", {.delay = 500ms}, {.capacity = 10});
  EXPECT_EQ(run(100, 0us, 800ms).size(), 10U);
  EXPECT_GE(wire.counters().overflow, 90U);
}

TEST_F(WireTest, LosesNothingOnTheWayInAndOut) {
  std::atomic<bool> sending{true};
  int sent = 0;
  std::set<int> received;
  std::thread sender([&] {
    for (; sending; sent++) {
      from.send("10.0.0.2", 7, std::to_string(sent));
      std::this_thread::sleep_for(100us);
    }
  });
  std::thread receiver([&] {
    while (const auto got = to.receive(400ms)) received.insert(std::atoi(got->c_str()));
  });
  for (int i = 0; i < 5; i++) {
    Wire wire(a.netns, "er", {.delay = 20ms, .jitter = 5ms});
    EXPECT_TRUE(a.carrier("er"));
    std::this_thread::sleep_for(60ms);
  }
  EXPECT_TRUE(b.carrier("er"));
  sending = false;
  sender.join();
  receiver.join();
  EXPECT_GT(sent, 500);
  std::vector<int> missing;
  for (int i = 0; i < sent; i++)
    if (!received.contains(i)) missing.push_back(i);
  EXPECT_THAT(missing, testing::IsEmpty()) << "of " << sent;
}

TEST_F(WireTest, LeavesNoDeviceBehind) {
  const auto before = kernel::Reader(a.netns).links().size();
  { const Wire wire(a.netns, "er", {.delay = 1ms}); }
  EXPECT_EQ(kernel::Reader(a.netns).links().size(), before);
  const auto begin = sys::now();
  from.send("10.0.0.2", 7, "x");
  EXPECT_TRUE(to.receive());
  EXPECT_LT(sys::now() - begin, 20ms);
}

TEST_F(WireTest, AddsUpWhatSeveralWant) {
  auto first = std::make_unique<Wire>(a.netns, "er", Impairment{.delay = 20ms});
  Wire second(a.netns, "er", {.delay = 10ms});
  const auto measure = [&] {
    const auto begin = sys::now();
    from.send("10.0.0.2", 7, "x");
    EXPECT_TRUE(to.receive());
    return sys::now() - begin;
  };
  EXPECT_GE(measure(), 30ms);
  first.reset();
  EXPECT_GE(measure(), 10ms);
  EXPECT_LT(measure(), 20ms);
  second.set({.delay = 40ms});
  EXPECT_GE(measure(), 40ms);
}

TEST_F(WireTest, CarriesTcp) {
  const Wire there(a.netns, "er", {.delay = 2ms}), back(b.netns, "er", {.delay = 2ms});
  Tcp tcp(a, b, "10.0.0.2", 9000);
  ASSERT_TRUE(tcp.open());
  const auto begin = sys::now();
  EXPECT_EQ(tcp.transfer(20 << 20), 20U << 20);
  const double seconds = std::chrono::duration<double>(sys::now() - begin).count();
  std::printf("TCP over 2 x 2 ms: %.0f Mbit/s\n", 20 * 8 * 1.048576 / seconds);
}

TEST_F(WireTest, CarriesStackedTags) {
  const std::vector<Tag> tags{{100}, {28}};
  const datapath::Vlan at_a(a.netns, {.name = "q", .parent = "er", .tags = tags}, datapath::VlanDriver::kPortable),
      at_b(b.netns, {.name = "q", .parent = "er", .tags = tags}, datapath::VlanDriver::kPortable);
  a.address("q", "172.16.0.1/30");
  b.address("q", "172.16.0.2/30");
  Udp near(a, "172.16.0.1", 8), far(b, "172.16.0.2", 8);
  ASSERT_TRUE(passes(near, "172.16.0.2", 8, far));
  const Wire wire(a.netns, "er", {.delay = 20ms});  // on the trunk
  const auto begin = sys::now();
  near.send("172.16.0.2", 8, std::string(1472, 'x'));
  ASSERT_TRUE(far.receive());
  EXPECT_GE(sys::now() - begin, 20ms);
  Tcp tcp(a, b, "172.16.0.2", 9000);
  ASSERT_TRUE(tcp.open());
  EXPECT_EQ(tcp.transfer(5 << 20), 5U << 20);
}

TEST_F(WireTest, RateLimits) {
  const datapath::Rate loose(a.netns, "er", 100'000'000);
  Tcp tcp(a, b, "10.0.0.2", 9000);
  ASSERT_TRUE(tcp.open());
  std::size_t bytes = 1 << 20;
  const auto begin = sys::now();
  {
    const datapath::Rate tight(a.netns, "er", 8'000'000);
    EXPECT_EQ(tcp.transfer(bytes), bytes);
  }
  const double seconds = std::chrono::duration<double>(sys::now() - begin).count();
  EXPECT_GT(seconds, 0.9);
  EXPECT_LT(seconds, 2.5);
  EXPECT_EQ(kernel::Reader(a.netns).link("er")->queueing, "tbf");
}

TEST_F(WireTest, ARateThatTheKernelRefusedDoesNotCount) {
  datapath::Rate loose(a.netns, "er", 100'000'000);
  const auto ip = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "ip");
    sys::run_checked(words, {.netns = a.netns.fd()});
  };
  ip({"link", "set", "er", "down"});
  ip({"link", "set", "er", "name", "away"});
  EXPECT_THROW(datapath::Rate(a.netns, "away", 8'000'000), KernelError);  // the bucket knows it as "er"
  EXPECT_THROW(loose.set(9'000'000), KernelError);
  EXPECT_EQ(loose.bits_per_second(), 100'000'000U);
  ip({"link", "set", "away", "name", "er"});
  loose.set(50'000'000);
  const auto qdiscs = sys::run_checked({"tc", "qdisc", "show", "dev", "er", "root"}, {.netns = a.netns.fd()});
  EXPECT_NE(qdiscs.find("rate 50Mbit"), std::string::npos) << qdiscs;
}

TEST_F(WireTest, ImpairmentTakesWhatItNeedsAndGivesItBack) {
  const auto before = kernel::Reader(a.netns).links().size();
  {
    const datapath::Impaired none(a.netns, "er", b.netns, "er", {});
    EXPECT_EQ(kernel::Reader(a.netns).links().size(), before);
    const datapath::Impaired all(a.netns, "er", b.netns, "er", {.delay = 5ms, .loss = 0.5, .rate = 10'000'000});
    const auto got = run(400).size();
    EXPECT_NEAR(static_cast<double>(got), 200, 50);
  }
  EXPECT_EQ(run(100), numbers(100));
  EXPECT_EQ(kernel::Reader(a.netns).link("er")->queueing, "noqueue");
}

}  // namespace xconn::datapath_test
