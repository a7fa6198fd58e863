// SPDX-License-Identifier: Apache-2.0
// A route's fact holds with all of its next hops and no other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/facts.hh"

namespace xconn::services {
namespace {

using testing::HasSubstr;
using testing::Optional;

NextHop by(const char* via, const char* interface) { return {Address::parse(via), interface, false}; }

std::optional<std::string> seen(const std::string& expected, const std::vector<RouteSeen>& routes) {
  RoutesSeen all;
  if (!routes.empty()) all.to[*Prefix::parse("10.9.0.0/24")] = routes;
  const LabState sight{[](const std::string&) { return nullptr; },
                       [&](const std::string&) -> const RoutesSeen& { return all; }};
  return difference({"hq", "route", "10.9.0.0/24", expected}, sight);
}

const RouteSeen kBoth{{by("10.0.1.1", "er"), by("10.0.2.1", "vpn")}, 186, 20};
const RouteSeen kOne{{by("10.0.1.1", "er")}, 186, 20};

TEST(RouteFact, HoldsWithAllNextHops) {
  EXPECT_EQ(seen("10.0.1.1 10.0.2.1", {kBoth}), std::nullopt);
  EXPECT_EQ(seen("10.0.2.1 10.0.1.1", {kBoth}), std::nullopt) << "as a set";
  EXPECT_EQ(seen("er vpn", {kBoth}), std::nullopt);
  EXPECT_THAT(seen("10.0.1.1 10.0.2.1", {kOne}), Optional(HasSubstr("is by 10.0.1.1 (er), not by 10.0.1.1, 10.0.2.1")));
}

TEST(RouteFact, HoldsWithNoOtherNextHop) {
  EXPECT_THAT(seen("10.0.1.1", {kBoth}), Optional(HasSubstr("is by 10.0.1.1 (er), 10.0.2.1 (vpn), not by 10.0.1.1")));
  EXPECT_EQ(seen("er", {{{by("10.0.1.1", "er"), by("10.0.1.5", "er")}, 186, 20}}), std::nullopt)
      << "an interface stands for all gateways behind it";
}

TEST(RouteFact, HoldsByAnyWayWhereNoneIsPromised) {
  EXPECT_EQ(seen("", {kOne}), std::nullopt);
  EXPECT_THAT(seen("", {}), Optional(HasSubstr("is absent, not there")));
}

TEST(RouteFact, LooksAtEachRouteToThePrefix) {
  const RouteSeen last_resort{{}, 4, 254U << 24};
  EXPECT_EQ(seen("10.0.1.1", {last_resort, kOne}), std::nullopt);
  EXPECT_THAT(seen("10.0.1.1", {last_resort}), Optional(HasSubstr("a blackhole")));
}

}  // namespace
}  // namespace xconn::services
