// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "azure/effective_routes.hh"
#include "tests/unit/azure_network.hh"

namespace xconn::azure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Route route(const std::string& to, RouteKind kind, std::uint32_t metric, std::vector<NextHop> hops = {}) {
  Route made;
  made.to = *Prefix::parse(to);
  made.kind = kind;
  made.metric = metric;
  made.next_hops = std::move(hops);
  return made;
}

std::string text(const EffectiveRoute& row) {
  std::string line = row.source + " " + row.state + " " + row.prefix.text() + " " + row.next_hop_type;
  for (const auto& hop : row.next_hops) line += " " + hop.text();
  return line;
}

std::vector<std::string> texts(const std::vector<EffectiveRoute>& rows) {
  std::vector<std::string> lines;
  for (const auto& row : rows) lines.push_back(text(row));
  return lines;
}

TEST(EffectiveRoutes, FindTheTableOfANic) {
  const auto topology = shipped("transit-vnet");
  const auto network = expand(topology);
  const auto place = place_of(network, {"spoke1-vm", "eth0"});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->fabric, "spoke1");
  EXPECT_EQ(place->subnet, "vms");
  EXPECT_EQ(place->interface, "spoke1-vm.0");
  EXPECT_EQ(place->table, 1001U);
  EXPECT_FALSE(place_of(network, {"cust1-client", "eth0"}));
}

TEST(EffectiveRoutes, AreWhatTheTableHasInAzuresWords) {
  const auto topology = shipped("transit-vnet");
  const auto network = expand(topology);
  const auto first = *Address::parse("10.0.4.12"), second = *Address::parse("10.0.4.13");
  const std::vector<Route> kernel{
      route("0.0.0.0/0", RouteKind::kBlackhole, 30),
      route("10.0.0.0/8", RouteKind::kBlackhole, 30),
      route("10.0.100.32/27", RouteKind::kThrow, 30),
      route("198.51.100.0/25", RouteKind::kUnicast, 20, {{first, "transit-gw", true}, {second, "transit-gw", true}}),
      route("10.0.4.0/26", RouteKind::kUnicast, 30, {{Address::parse("10.0.4.1"), "transit", true}}),
  };
  const auto place = place_of(network, {"spoke1-vm", "eth0"});
  EXPECT_THAT(texts(effective_routes(topology, network, *place, {kernel, {}})),
              ElementsAre("Default Active 10.0.100.32/27 VnetLocal", "Default Active 10.0.4.0/26 VNetPeering",
                          "VirtualNetworkGateway Active 198.51.100.0/25 VirtualNetworkGateway 10.0.4.12",
                          "VirtualNetworkGateway Active 198.51.100.0/25 VirtualNetworkGateway 10.0.4.13",
                          "Default Active 0.0.0.0/0 Internet", "Default Active 10.0.0.0/8 None"));
}

TEST(EffectiveRoutes, OverExpressRouteLeadToTheMsees) {
  const auto topology = shipped("transit-vnet");
  const auto network = expand(topology);
  const auto first = *Address::parse("10.0.4.12"), second = *Address::parse("10.0.4.13");
  const auto behind = instances_behind(topology, "spoke1");
  ASSERT_EQ(behind.size(), 2U) << "the hub's";
  EXPECT_EQ(behind[1].node, "transit-gw-1");
  EXPECT_EQ(behind[1].address, second);
  SeenRoutes seen{.subnet = {route("198.51.100.0/25", RouteKind::kUnicast, 20,
                                   {{first, "transit-gw", true}, {second, "transit-gw", true}})}};
  const auto msee = [](const char* address) { return NextHop{Address::parse(address), "core", false}; };
  seen.instances[first] = {route("198.51.100.0/25", RouteKind::kUnicast, 20, {msee("10.0.4.4"), msee("10.0.4.5")})};
  seen.instances[second] = {route("198.51.100.0/25", RouteKind::kUnicast, 20, {msee("10.0.4.5")})};
  const auto place = place_of(network, {"spoke1-vm", "eth0"});
  EXPECT_THAT(texts(effective_routes(topology, network, *place, seen)),
              ElementsAre("VirtualNetworkGateway Active 198.51.100.0/25 VirtualNetworkGateway 10.0.4.4",
                          "VirtualNetworkGateway Active 198.51.100.0/25 VirtualNetworkGateway 10.0.4.5"));
}

TEST(EffectiveRoutes, TheUsersOverrideAndTheOverriddenAreInvalid) {
  const auto topology = shipped("sdwan-expressroute");
  const auto network = expand(topology);
  const auto place = place_of(network, {"app", "eth0"});
  const auto balancer = *Address::parse("172.16.136.68");
  const std::vector<Route> kernel{route("0.0.0.0/0", RouteKind::kUnicast, 10, {{balancer, "ilb-internal.0", true}}),
                                  route("0.0.0.0/0", RouteKind::kBlackhole, 11),
                                  route("0.0.0.0/0", RouteKind::kUnicast, 20, {{balancer, "er-gw-0.0", true}}),
                                  route("0.0.0.0/0", RouteKind::kUnicast, 30, {{balancer, "elb.0", true}})};
  EXPECT_THAT(
      texts(effective_routes(topology, network, *place, {kernel, {}})),
      ElementsAre("VirtualNetworkGateway Invalid 0.0.0.0/0 VirtualNetworkGateway 172.16.136.68",
                  "Default Invalid 0.0.0.0/0 Internet", "User Active 0.0.0.0/0 VirtualAppliance 172.16.136.68"));
}

TEST(EffectiveRoutes, AUsersRouteStandsWhileItsApplianceIsDown) {
  const auto topology = shipped("sdwan-expressroute");
  const auto network = expand(topology);
  const auto place = place_of(network, {"app", "eth0"});
  EXPECT_THAT(texts(effective_routes(topology, network, *place, {{route("0.0.0.0/0", RouteKind::kBlackhole, 11)}, {}})),
              ElementsAre("User Active 0.0.0.0/0 VirtualAppliance 172.16.136.68"));
}

TEST(EffectiveRoutes, OfAnUnknownFabricAreNone) {
  const auto topology = shipped("transit-vnet");
  EXPECT_THAT(effective_routes(topology, expand(topology), {"nobody", "", "", 1}, {}), IsEmpty());
}

}  // namespace
}  // namespace xconn::azure
