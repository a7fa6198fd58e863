// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "datapath/wire.hh"
#include "probes/canary.hh"
#include "probes/flow.hh"
#include "probes_network.hh"

namespace xconn::probes {
namespace {

using namespace std::chrono_literals;

// How exact the stopwatch has to be, besides what the host itself stalled meanwhile.
constexpr Duration kExact = 10ms;

FlowSpec spec(FlowKind kind, Duration every = 5ms) {
  FlowSpec result;
  result.name = to_string(kind);
  result.kind = kind;
  result.from = "client";
  result.to = "server";
  result.every = every;
  result.id = 1;
  return result;
}

void wait_established(const Flow& flow) {
  const Duration until = sys::now() + 5s;
  while (!flow.established() && sys::now() < until) std::this_thread::sleep_for(1ms);
  ASSERT_TRUE(flow.established());
}

// A span known from both sides: what the kernel did took place between the two readings.
struct Known {
  Duration least{0}, most{0};
};

class FlowTest : public testing::Test {
 protected:
  // Drops for about `length` and returns what it really was.
  template <typename Break, typename Mend>
  static Known interrupt(Duration length, Break&& break_it, Mend&& mend_it) {
    const Duration before = sys::now();
    break_it();
    const Duration broken = sys::now();
    std::this_thread::sleep_until(std::chrono::steady_clock::time_point(before + length));
    const Duration mending = sys::now();
    mend_it();
    return {mending - broken, sys::now() - before};
  }

  void expect_outage(const Measurement& measured, const Known& known) {
    const Duration stalled = canary_.stop().during({});
    EXPECT_GE(measured.outage, known.least - kExact);
    EXPECT_LE(measured.outage, known.most + kExact + stalled);
  }

  Network network_;
  Canary canary_;
};

TEST_F(FlowTest, UdpLosesNothingWithoutAFault) {
  Flow flow(spec(FlowKind::kUdp), network_);
  flow.start();
  std::this_thread::sleep_for(5s);
  flow.stop();
  for (const FlowDirection way : {FlowDirection::kForward, FlowDirection::kReverse}) {
    const Measurement measured = measure(flow.trail(way), {});
    EXPECT_GT(measured.sent, 950U);
    EXPECT_EQ(measured.lost, 0U);
    EXPECT_EQ(measured.duplicated, 0U);
    EXPECT_EQ(measured.reordered, 0U);
    EXPECT_FALSE(measured.dead);
    EXPECT_GT(measured.latency.before.minimum, 0ns);
    EXPECT_LT(measured.latency.before.median, 5ms);
  }
  EXPECT_EQ(flow.broken(), "");
}

// The kernel begins to stamp a moment after the host's first socket has asked for it, so one flow goes before.
TEST_F(FlowTest, TheKernelStampsEveryArrival) {
  FlowSpec before = spec(FlowKind::kUdp);
  before.id = 2;
  Flow keeps_it_on(before, network_);
  keeps_it_on.start();
  wait_established(keeps_it_on);
  for (const FlowKind kind : {FlowKind::kUdp, FlowKind::kUdpNew, FlowKind::kTcp, FlowKind::kTcpConnect}) {
    Flow flow(spec(kind, 20ms), network_);
    flow.start();
    wait_established(flow);
    std::this_thread::sleep_for(500ms);
    flow.stop();
    for (const FlowDirection way : {FlowDirection::kForward, FlowDirection::kReverse}) {
      const Measurement measured = measure(flow.trail(way), {});
      EXPECT_GT(measured.received, 0U) << to_string(kind);
      EXPECT_EQ(measured.unstamped, 0U) << to_string(kind);
    }
  }
}

TEST_F(FlowTest, AOneWayDropIsFeltInThatDirectionOnly) {
  Flow flow(spec(FlowKind::kUdp), network_);
  flow.start();
  wait_established(flow);
  const Known known = interrupt(
      400ms, [&] { network_.drop("to_server"); }, [&] { network_.pass("to_server"); });
  std::this_thread::sleep_for(200ms);
  flow.stop();
  const Measurement forward = measure(flow.trail(FlowDirection::kForward), {});
  const Measurement reverse = measure(flow.trail(FlowDirection::kReverse), {});
  EXPECT_GE(forward.lost, 60U);
  EXPECT_EQ(reverse.lost, 0U);
  EXPECT_EQ(forward.gaps.size(), 1U);
  EXPECT_FALSE(forward.dead);
  expect_outage(forward, known);
}

TEST_F(FlowTest, TheReverseDirectionIsMeasuredByItself) {
  Flow flow(spec(FlowKind::kUdp), network_);
  flow.start();
  wait_established(flow);
  const Known known = interrupt(
      300ms, [&] { network_.drop("to_client"); }, [&] { network_.pass("to_client"); });
  std::this_thread::sleep_for(200ms);
  flow.stop();
  const Measurement reverse = measure(flow.trail(FlowDirection::kReverse), {});
  EXPECT_EQ(measure(flow.trail(FlowDirection::kForward), {}).lost, 0U);
  expect_outage(reverse, known);
}

TEST_F(FlowTest, DuplicatesAreCounted) {
  Flow flow(spec(FlowKind::kUdp), network_);
  flow.start();
  wait_established(flow);
  network_.nft("add rule netdev t to_server meta l4proto udp numgen inc mod 10 == 0 dup to \"to-server\"");
  std::this_thread::sleep_for(1s);
  flow.stop();
  const Measurement forward = measure(flow.trail(FlowDirection::kForward), {});
  EXPECT_GE(forward.duplicated, 15U);
  EXPECT_LE(forward.duplicated, 25U);
  EXPECT_EQ(forward.lost, 0U);
  EXPECT_EQ(forward.received, forward.sent);
}

TEST_F(FlowTest, ReorderingAndLatencyAreSeen) {
  Impairment overtaking;
  overtaking.delay = 12ms;
  overtaking.reorder = 0.2;
  const datapath::Wire wire(network_.netns("switch"), "to-server", overtaking);
  Flow flow(spec(FlowKind::kUdp), network_);
  flow.start();
  wait_established(flow);
  std::this_thread::sleep_for(1s);
  flow.stop();
  const Measurement forward = measure(flow.trail(FlowDirection::kForward), {});
  EXPECT_GE(forward.reordered, 20U);  // of those overtaken
  EXPECT_EQ(forward.lost, 0U);
  EXPECT_GE(forward.latency.before.median, 12ms);
  const Measurement reverse = measure(flow.trail(FlowDirection::kReverse), {});
  EXPECT_EQ(reverse.reordered, 0U);
  EXPECT_LT(reverse.latency.before.median, 5ms);
}

TEST_F(FlowTest, ADirectionThatStopsForGoodIsDead) {
  Flow flow(spec(FlowKind::kUdp), network_);
  flow.start();
  wait_established(flow);
  network_.drop("to_server");
  std::this_thread::sleep_for(300ms);
  flow.stop(50ms);
  EXPECT_TRUE(measure(flow.trail(FlowDirection::kForward), {}).dead);
  EXPECT_FALSE(measure(flow.trail(FlowDirection::kReverse), {}).dead);
}

TEST_F(FlowTest, TcpLosesNothingWithoutAFault) {
  Flow flow(spec(FlowKind::kTcp), network_);
  flow.start();
  const auto sent = [&](FlowDirection way) { return measure(flow.trail(way), {}).sent; };
  const auto begin = sys::now();  // a host that stalls sends fewer in a second
  while ((sent(FlowDirection::kForward) < 180 || sent(FlowDirection::kReverse) < 180) && sys::now() - begin < 10s)
    std::this_thread::sleep_for(50ms);
  flow.stop();
  for (const FlowDirection way : {FlowDirection::kForward, FlowDirection::kReverse}) {
    const Measurement measured = measure(flow.trail(way), {});
    EXPECT_GE(measured.sent, 180U);
    EXPECT_EQ(measured.lost, 0U);
    EXPECT_FALSE(measured.dead);
  }
}

TEST_F(FlowTest, TcpThatDoesNotMoveIsDead) {
  Flow flow(spec(FlowKind::kTcp), network_);
  flow.start();
  wait_established(flow);
  network_.drop("to_server", "meta l4proto tcp");
  std::this_thread::sleep_for(500ms);
  flow.stop(50ms);
  const Measurement forward = measure(flow.trail(FlowDirection::kForward), {});
  EXPECT_TRUE(forward.dead);
  EXPECT_GT(forward.outage, 400ms);
  EXPECT_EQ(flow.broken(), "");  // no one told it
}

TEST_F(FlowTest, TcpThatIsResetSaysSo) {
  Flow flow(spec(FlowKind::kTcp), network_);
  flow.start();
  wait_established(flow);
  network_.nft(
      "add table ip r; add chain ip r input { type filter hook input priority 0; };"
      "add rule ip r input meta l4proto tcp reject with tcp reset",
      "server");
  std::this_thread::sleep_for(300ms);
  flow.stop(50ms);
  EXPECT_EQ(flow.broken(), "receive: Connection reset by peer");
  EXPECT_TRUE(measure(flow.trail(FlowDirection::kReverse), {}).dead);
}

TEST_F(FlowTest, NewConnectionsFailWhileThereIsNoWay) {
  Flow flow(spec(FlowKind::kTcpConnect, 20ms), network_);
  flow.start();
  wait_established(flow);
  const Known known = interrupt(
      400ms, [&] { network_.drop("to_server", "tcp flags syn"); }, [&] { network_.pass("to_server"); });
  std::this_thread::sleep_for(300ms);
  flow.stop();
  const Measurement forward = measure(flow.trail(FlowDirection::kForward), {});
  EXPECT_GE(forward.lost, 10U);
  EXPECT_LE(forward.lost, 25U);
  EXPECT_FALSE(forward.dead);
  EXPECT_GE(forward.outage, known.least - 20ms);
}

TEST_F(FlowTest, NewUdpSessionsAreEchoed) {
  Flow flow(spec(FlowKind::kUdpNew, 10ms), network_);
  flow.start();
  wait_established(flow);
  const Known known = interrupt(
      300ms, [&] { network_.drop("to_client"); }, [&] { network_.pass("to_client"); });
  std::this_thread::sleep_for(200ms);
  flow.stop();
  EXPECT_EQ(measure(flow.trail(FlowDirection::kForward), {}).lost, 0U);
  const Measurement reverse = measure(flow.trail(FlowDirection::kReverse), {});
  EXPECT_GE(reverse.lost, 25U);
  EXPECT_GE(reverse.outage, known.least - 15ms);
}

TEST_F(FlowTest, TheDscpIsOnTheWire) {
  network_.nft("add counter netdev t seen; add rule netdev t to_server ip dscp 46 counter name seen drop");
  FlowSpec marked = spec(FlowKind::kUdp);
  marked.dscp = 46;
  Flow flow(marked, network_);
  flow.start();
  std::this_thread::sleep_for(300ms);
  flow.stop(50ms);
  const Measurement forward = measure(flow.trail(FlowDirection::kForward), {});
  EXPECT_GT(forward.sent, 10U);
  EXPECT_EQ(forward.received, 0U);
  EXPECT_TRUE(forward.dead);
}

TEST_F(FlowTest, AnUnknownPlaceIsRefused) {
  FlowSpec wrong = spec(FlowKind::kUdp);
  wrong.to = "nowhere";
  EXPECT_THROW(Flow(wrong, network_), NotFoundError);
}

}  // namespace
}  // namespace xconn::probes
