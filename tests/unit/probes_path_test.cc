// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/path.hh"

namespace xconn::probes {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

// client -er-> router -> server, and client =vpn=> server, whose other end is not known.
const std::vector<InterfaceView> kInterfaces{
    {"router", "left", nullptr, "client", "er", false}, {"server", "eth0", nullptr, "router", "right", false},
    {"server", "vpn", nullptr, "", "", true},           {"client", "er", nullptr, "router", "left", false},
    {"client", "vpn", nullptr, "", "", true},           {"router", "right", nullptr, "server", "eth0", false},
    {"router", "right.28", nullptr, "", "", false},
};
enum : std::uint32_t { kRouterLeft, kServerEth, kServerVpn, kClientEr, kClientVpn, kRouterRight, kRouterSub };

Sighting sighting(std::uint64_t sequence, Duration at, std::uint32_t interface, Way way = Way::kForward) {
  return {7, way, sequence, at, interface};
}

TEST(Path, HopsAreOrderedByTime) {
  const Path path = path_of("client", {sighting(1, 2ms, kServerEth), sighting(1, 1ms, kRouterLeft)}, kInterfaces);
  EXPECT_THAT(path.nodes, ElementsAre("client", "router", "server"));
  EXPECT_THAT(path.via, ElementsAre(Pair("client", "er"), Pair("router", "right")));
  EXPECT_EQ(to_string(path), "client > router > server");
}

TEST(Path, ANodeEnteredTwiceInARowStandsOnce) {
  const Path path =
      path_of("server", {sighting(1, 1ms, kRouterRight), sighting(1, 2ms, kRouterSub), sighting(1, 3ms, kClientEr)},
              kInterfaces);
  EXPECT_THAT(path.nodes, ElementsAre("server", "router", "client"));
  EXPECT_THAT(path.via, ElementsAre(Pair("router", "left"), Pair("server", "eth0")));
}

TEST(Path, ATunnelIsLeftByTheTunnelOfTheNodeBefore) {
  const Path path = path_of("client", {sighting(1, 1ms, kServerVpn)}, kInterfaces);
  EXPECT_THAT(path.nodes, ElementsAre("client", "server"));
  EXPECT_THAT(path.via, ElementsAre(Pair("client", "vpn")));
}

TEST(Path, ABareSegmentSpeaksOnlyWhereNoProbeHasOfLate) {
  Sightings sightings(kInterfaces);
  sightings.add(sighting(1, 1ms, kRouterLeft));
  sightings.add(sighting(1, 2ms, kServerEth));
  sightings.add(sighting(datapath::kBareSegment | 9, 3ms, kServerVpn));
  EXPECT_THAT(sightings.path_at(7, Way::kForward, "client", "server", 1s)->nodes,
              ElementsAre("client", "router", "server"));
  sightings.add(sighting(datapath::kBareSegment | 9, 5s, kServerVpn));
  EXPECT_THAT(sightings.path_at(7, Way::kForward, "client", "server", 6s)->nodes, ElementsAre("client", "server"));
}

class SightingsTest : public testing::Test {
 protected:
  SightingsTest() {
    for (std::uint64_t i = 0; i < 10; ++i) {
      const Duration at = 10ms * static_cast<int>(i);
      if (i < 5) {
        sightings_.add(sighting(i, at + 1ms, kRouterLeft));
        sightings_.add(sighting(i, at + 2ms, kServerEth));
      } else if (i < 8) {
        sightings_.add(sighting(i, at + 1ms, kRouterLeft));  // lost behind the router
      } else {
        sightings_.add(sighting(i, at + 1ms, kServerVpn));
      }
    }
  }
  Sightings sightings_{kInterfaces};
};

TEST_F(SightingsTest, WhatIsLostWasSeenLastSomewhere) {
  EXPECT_THAT(sightings_.lost_at(7, Way::kForward, "server", {Duration{0}, 1s}), ElementsAre(Pair("router:left", 3)));
  EXPECT_THAT(sightings_.lost_at(7, Way::kForward, "server", {Duration{0}, 42ms}), testing::IsEmpty())
      << "the last one arrives after the window";
  EXPECT_THAT(sightings_.lost_at(8, Way::kForward, "server", {Duration{0}, 1s}), testing::IsEmpty());
}

TEST_F(SightingsTest, ThePathAtATimeIsThatOfTheLastProbeThatGotThere) {
  EXPECT_THAT(sightings_.path_at(7, Way::kForward, "client", "server", 45ms)->nodes,
              ElementsAre("client", "router", "server"));
  EXPECT_THAT(sightings_.path_at(7, Way::kForward, "client", "server", 79ms)->nodes,
              ElementsAre("client", "router", "server"));
  EXPECT_THAT(sightings_.path_at(7, Way::kForward, "client", "server", 1s)->nodes, ElementsAre("client", "server"));
}

TEST_F(SightingsTest, ThereIsNoPathBeforeTheFirstProbeOrOfAnotherFlow) {
  EXPECT_FALSE(sightings_.path_at(7, Way::kForward, "client", "server", 1ms));
  EXPECT_FALSE(sightings_.path_at(7, Way::kReverse, "server", "client", 1s));
  EXPECT_FALSE(sightings_.path_at(8, Way::kForward, "client", "server", 1s));
}

TEST_F(SightingsTest, CrossingsAreCountedInAWindow) {
  EXPECT_EQ(sightings_.crossings(7, Way::kForward, "router", {0ms, 1s}), 8U);
  EXPECT_EQ(sightings_.crossings(7, Way::kForward, "router", {0ms, 45ms}), 5U);
  EXPECT_EQ(sightings_.crossings(7, Way::kReverse, "router", {0ms, 1s}), 0U);
}

TEST_F(SightingsTest, ASegmentSentAgainOverAnotherWayHasOnlyItsLastWay) {
  sightings_.add(sighting(8, 5s, kRouterLeft));
  sightings_.add(sighting(8, 5s + 1ms, kServerEth));
  EXPECT_THAT(sightings_.path_at(7, Way::kForward, "client", "server", 6s)->nodes,
              ElementsAre("client", "router", "server"));
}

}  // namespace
}  // namespace xconn::probes
