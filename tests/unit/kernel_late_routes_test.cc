// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernel/late_routes.hh"

namespace xconn::kernel {
namespace {

using namespace std::chrono_literals;

Route route(const char* to, const std::vector<const char*>& interfaces) {
  Route made;
  made.to = *Prefix::parse(to);
  for (const char* interface : interfaces) made.next_hops.push_back({Address::parse("192.0.2.1"), interface, false});
  return made;
}

Routes routes(const std::vector<Route>& list) {
  Routes all;
  for (const auto& one : list) all.emplace(one.to, one);
  return all;
}

class LateRoutesTest : public testing::Test {
 protected:
  const Route both_ = route("10.0.0.0/8", {"core", "core2"}), one_ = route("10.0.0.0/8", {"core2"}),
              other_ = route("10.0.0.0/8", {"vpn"});
  LateRoutes late_{{"core"}, 5s};
};

TEST_F(LateRoutesTest, WithoutInterfacesEverythingIsAsItIs) {
  LateRoutes prompt{{}, 5s};
  prompt.settled(routes({both_}), 0s);
  EXPECT_EQ(prompt.settled({}, 1s), Routes{});
  EXPECT_EQ(prompt.next_due(1s), std::nullopt);
}

TEST_F(LateRoutesTest, AWithdrawnRouteStaysForTheDelay) {
  late_.settled(routes({both_}), 10s);
  EXPECT_EQ(late_.settled({}, 11s), routes({both_}));
  EXPECT_EQ(late_.next_due(12s), 4s);
  EXPECT_EQ(late_.settled({}, 15s), routes({both_})) << "asking again does not begin anew";
  EXPECT_EQ(late_.settled({}, 16s), Routes{});
  EXPECT_EQ(late_.next_due(16s), std::nullopt);
}

TEST_F(LateRoutesTest, SoDoesANextHopAndSoDoesWhatIsReplaced) {
  late_.settled(routes({both_}), 0s);
  EXPECT_EQ(late_.settled(routes({one_}), 1s), routes({both_}));
  EXPECT_EQ(late_.settled(routes({other_}), 2s), routes({both_})) << "the VPN's turn comes when ExpressRoute's is over";
  EXPECT_EQ(late_.settled(routes({other_}), 6s), routes({other_}));
}

TEST_F(LateRoutesTest, OfOtherInterfacesNothingIsKept) {
  late_.settled(routes({other_}), 0s);
  EXPECT_EQ(late_.settled(routes({one_}), 1s), routes({one_}));
  EXPECT_EQ(late_.settled({}, 2s), Routes{});
}

TEST_F(LateRoutesTest, WhatComesBackInTimeWasNeverGone) {
  late_.settled(routes({both_}), 0s);
  late_.settled({}, 1s);
  EXPECT_EQ(late_.settled(routes({both_}), 2s), routes({both_}));
  EXPECT_EQ(late_.next_due(2s), std::nullopt);
  EXPECT_EQ(late_.settled({}, 7s), routes({both_})) << "a new silence has a delay of its own";
}

TEST_F(LateRoutesTest, WhatIsNewComesAtOnce) {
  late_.settled(routes({one_}), 0s);
  EXPECT_EQ(late_.settled(routes({both_, route("0.0.0.0/0", {"core"})}), 1s),
            routes({both_, route("0.0.0.0/0", {"core"})}));
}

}  // namespace
}  // namespace xconn::kernel
