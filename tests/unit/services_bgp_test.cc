// SPDX-License-Identifier: Apache-2.0
// Whether bgpd is done, out of what it logs and answers: End-of-RIB, queues, and all next hops in the kernel.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/bgp_table.hh"
#include "services/bgp_watch.hh"
#include "services/frr_log.hh"

namespace xconn::services {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

constexpr auto kFrr8Line =
    "2026/11/28 09:31:37 BGP: [M59KS-A3ZXZ] bgp_update_receive: rcvd End-of-RIB for IPv4 Unicast from 10.0.1.1 in vrf "
    "default";
constexpr auto kFrr10Line =
    "2025/07/10 12:50:49.115214 BGP: [M59KS-A3ZXZ] bgp_update_receive: rcvd End-of-RIB for IPv6 Unicast from "
    "2001:db8:3::1 in vrf default";

Address address(const char* text) { return *Address::parse(text); }
Prefix prefix(const char* text) { return *Prefix::parse(text); }

TEST(EndOfRib, IsReadFromTheLogOfBothGenerations) {
  EXPECT_EQ(end_of_rib_of(kFrr8Line), "10.0.1.1");
  EXPECT_EQ(end_of_rib_of(kFrr10Line), "2001:db8:3::1");
  EXPECT_EQ(end_of_rib_of("BGP: %ADJCHANGE: neighbor 10.0.1.1(er) in vrf default Up"), std::nullopt);
  EXPECT_EQ(end_of_rib_of("rcvd End-of-RIB for IPv4 Unicast"), std::nullopt);
}

/// As FRR 8 answers. FRR 10 has more, and a tableVersion for each peer.
json summary(int version, int received, int queued = 0) {
  return {{"ipv4Unicast",
           {{"routerId", "10.0.2.2"},
            {"as", 2},
            {"tableVersion", version},
            {"peers",
             {{"10.0.1.1",
               {{"state", "Established"},
                {"msgRcvd", 6},
                {"inq", 0},
                {"outq", queued},
                {"pfxRcd", received},
                {"pfxSnt", 3}}}}}}}};
}

json table(int version, const json& routes) { return {{"tableVersion", version}, {"routes", routes}}; }
json path(const char* hop, bool best, bool multipath) {
  json one{{"valid", true}, {"nexthops", {{{"ip", hop}, {"afi", "ipv4"}, {"used", true}}}}};
  if (best) one["bestpath"] = true;
  if (multipath) one["multipath"] = true;
  return one;
}
const json kTwoWays{
    {"10.9.1.0/24", {path("10.0.1.1", true, true), path("10.0.2.1", false, true), path("10.0.3.1", false, false)}}};

RoutesSeen kernel(std::vector<NextHop> hops) {
  RoutesSeen seen{{}, 1};
  seen.to[prefix("10.9.1.0/24")].push_back({std::move(hops), 186, 20});
  seen.to[prefix("10.0.1.0/24")].push_back({{{{}, "one", false}}, 2, 0});
  seen.to[prefix("10.0.2.0/24")].push_back({{{{}, "two", false}}, 2, 0});
  return seen;
}
NextHop hop(const char* via, const char* interface) { return {address(via), interface, false}; }

TEST(BgpWatch, AwaitsTheEndOfRibAnewAfterEachChangeOfTheSession) {
  BgpWatch watch;
  const auto told = [&] { return watch.state_of(summary(1, 1))["neighbors"]["10.0.1.1"]["endOfRib"].get<bool>(); };
  EXPECT_FALSE(told());
  watch.end_of_rib("10.0.1.1");
  EXPECT_TRUE(told());
  watch.session_changed("10.0.1.1");
  EXPECT_FALSE(told());
}

TEST(BgpWatch, SaysWhatTheSummaryDoes) {
  const auto state = BgpWatch().state_of(summary(1, 1));
  EXPECT_EQ(state["as"], 2);
  EXPECT_EQ(state["router_id"], "10.0.2.2");
  EXPECT_EQ(state["neighbors"]["10.0.1.1"]["state"], "Established");
}

TEST(BgpWatch, SeesAChangeOfTablesAndCountersButNoKeepalive) {
  BgpWatch watch;
  EXPECT_TRUE(watch.take_summary(summary(1, 1)));
  auto later = summary(1, 1);
  later["ipv4Unicast"]["peers"]["10.0.1.1"]["msgRcvd"] = 7;
  EXPECT_FALSE(watch.take_summary(later));
  EXPECT_TRUE(watch.take_summary(summary(2, 1)));
  EXPECT_TRUE(watch.take_summary(summary(2, 2))) << "a path that is not the best one";
}

TEST(BgpWatch, IsBusyWhileMessagesWait) {
  BgpWatch watch;
  watch.take_summary(summary(1, 1, 3));
  watch.take_table("ipv4", table(1, json::object()), watch.changes());
  EXPECT_THAT(watch.pending({}), Optional(HasSubstr("10.0.1.1 wait")));
  watch.take_summary(summary(1, 1));
  EXPECT_EQ(watch.pending({}), std::nullopt);
}

TEST(BgpWatch, ReadsATableAgainWhenTheSummaryIsAnother) {
  BgpWatch watch;
  watch.take_summary(summary(1, 1));
  EXPECT_THAT(watch.unread(), ElementsAre("ipv4"));
  EXPECT_THAT(watch.pending({}), Optional(HasSubstr("ipv4 table is being read")));
  const auto first = watch.changes();
  watch.take_table("ipv4", table(1, json::object()), first);
  EXPECT_THAT(watch.unread(), IsEmpty());
  watch.take_summary(summary(2, 1));
  EXPECT_THAT(watch.unread(), ElementsAre("ipv4"));
  watch.take_table("ipv4", table(1, json::object()), first);
  EXPECT_THAT(watch.unread(), ElementsAre("ipv4")) << "it was asked for before the change";
  watch.take_table("ipv4", json::object(), watch.changes());
  EXPECT_THAT(watch.unread(), IsEmpty());
  watch.take_summary(summary(2, 2));
  EXPECT_THAT(watch.unread(), ElementsAre("ipv4")) << "one more equal path, of which the version says nothing";
}

TEST(BgpWatch, ReadsATableAgainWhileTheKernelHasOtherRoutes) {
  BgpWatch watch;
  watch.take_summary(summary(1, 1));
  watch.take_table("ipv4", table(1, kTwoWays), watch.changes());
  const auto two = kernel({hop("10.0.1.1", "one"), hop("10.0.2.1", "two")});
  EXPECT_EQ(watch.pending(two), std::nullopt);
  EXPECT_THAT(watch.unread(), IsEmpty());
  auto one = kernel({hop("10.0.1.1", "one")});
  one.version = 2;
  EXPECT_NE(watch.pending(one), std::nullopt);
  EXPECT_THAT(watch.unread(), ElementsAre("ipv4"));
}

TEST(BgpWatch, ForgetsTheTableOfAFamilyWithoutNeighbors) {
  BgpWatch watch;
  watch.take_summary(summary(1, 1));
  watch.take_table("ipv4", table(1, kTwoWays), watch.changes());
  EXPECT_NE(watch.pending({}), std::nullopt);
  watch.take_summary(json::object());
  EXPECT_EQ(watch.pending({}), std::nullopt);
}

TEST(BgpWatch, WantsEachNextHopInTheKernel) {
  BgpWatch watch;
  watch.take_summary(summary(1, 1));
  watch.take_table("ipv4", table(1, kTwoWays), watch.changes());
  auto seen = kernel({hop("10.0.1.1", "one")});
  EXPECT_THAT(watch.pending(seen),
              Optional(HasSubstr("10.9.1.0/24 goes by 10.0.1.1 in the kernel, bgpd selected 10.0.1.1, 10.0.2.1")));
  seen = kernel({hop("10.0.2.1", "two"), hop("10.0.1.1", "one")});
  seen.version = 2;
  EXPECT_EQ(watch.pending(seen), std::nullopt);
}

TEST(BgpTable, TakesTheBestPathAndItsEqualsButNoOtherAndNoneOfItsOwn) {
  auto routes = kTwoWays;
  routes["10.9.2.0/24"] = {path("0.0.0.0", true, false)};
  routes["no prefix"] = {path("10.0.1.1", true, false)};
  EXPECT_THAT(selected_of(table(1, routes)),
              ElementsAre(Pair(prefix("10.9.1.0/24"), ElementsAre(address("10.0.1.1"), address("10.0.2.1")))));
  EXPECT_THAT(selected_of(json()), IsEmpty());
  EXPECT_THAT(selected_of({{"routes", "none"}}), IsEmpty());
}

TEST(BgpTable, TakesTheUsedOneOfTheTwoAddressesOfIpv6) {
  json two = path("fd00::1", true, false);
  two["nexthops"][0].erase("used");
  two["nexthops"].push_back({{"ip", "fe80::1"}, {"scope", "link-local"}, {"used", true}});
  EXPECT_THAT(selected_of(table(1, {{"fd09::/64", {two}}})),
              ElementsAre(Pair(prefix("fd09::/64"), ElementsAre(address("fe80::1")))));
}

TEST(BgpTable, LooksUpANextHopThatIsOnNoLink) {
  const Selected selected{{prefix("10.9.1.0/24"), {address("192.0.2.1")}}};
  auto seen = kernel({hop("10.0.1.1", "one"), hop("10.0.2.1", "two")});
  EXPECT_THAT(not_in_kernel(selected, seen), Optional(HasSubstr("bgpd selected 192.0.2.1")));
  seen.to[prefix("192.0.2.0/24")].push_back({{hop("10.0.1.1", "one"), hop("10.0.2.1", "two")}, 186, 20});
  const Selected both{{prefix("10.9.1.0/24"), {address("192.0.2.1")}},
                      {prefix("192.0.2.0/24"), {address("10.0.1.1"), address("10.0.2.1")}}};
  EXPECT_EQ(not_in_kernel(both, seen), std::nullopt);
}

TEST(BgpTable, ATunnelWithoutAGatewayIsALink) {
  const Selected selected{{prefix("10.9.1.0/24"), {address("192.0.2.1")}}};
  auto seen = kernel({hop("192.0.2.1", "vpn")});
  seen.to[prefix("192.0.2.1/32")].push_back({{{{}, "vpn", false}}, 4, 0});
  EXPECT_EQ(not_in_kernel(selected, seen), std::nullopt);
}

TEST(BgpTable, LeavesAPrefixToANearerSourceButNotToOneOfLastResort) {
  const Selected selected{{prefix("10.9.1.0/24"), {address("10.0.1.1")}}};
  RoutesSeen seen;
  EXPECT_THAT(not_in_kernel(selected, seen), Optional(HasSubstr("goes by nothing")));
  seen.to[prefix("10.9.1.0/24")].push_back({{}, 4, 254U << 24});
  EXPECT_THAT(not_in_kernel(selected, seen), Optional(HasSubstr("goes by nothing")));
  seen.to[prefix("10.9.1.0/24")].push_back({{{{}, "one", false}}, 4, 0});
  EXPECT_EQ(not_in_kernel(selected, seen), std::nullopt);
}

TEST(BgpTable, SeesWhatStayedInTheKernel) {
  EXPECT_THAT(not_in_kernel({}, kernel({hop("10.0.1.1", "one")})),
              Optional(HasSubstr("10.9.1.0/24 is in the kernel still")));
}

}  // namespace
}  // namespace xconn::services
