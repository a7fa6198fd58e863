// SPDX-License-Identifier: Apache-2.0
// Virtual WAN hubs: who reaches whom by their tables, and by which firewall or appliance.
#include "tests/unit/importing_hubs.hh"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kHub = wan() + hub("hub1", "10.60.0.0/23");
const std::string kTwo = spoke("hub1", "blue", "10.61.0.0/24") + spoke("hub1", "green", "10.62.0.0/24");

std::string table(const std::string& hub_name, const std::string& name, const std::string& more) {
  return resource("Microsoft.Network/virtualHubs", hub_name + "/hubRouteTables/" + name, more);
}

std::string static_route(const std::string& to, const std::string& next) {
  return R"("routes": [{"name": "r", "destinationType": "CIDR", "destinations": [")" + to +
         R"("], "nextHopType": "ResourceId", "nextHop": ")" + next + "\"}]";
}

TEST(Hubs, AHubIsAVnetThatIsPeeredWithItsSpokes) {
  const auto out = imported(kHub + kTwo);
  const auto topology = topology_of(out);
  EXPECT_EQ(vnet_of(topology, "hub1").address_space.at(0).text(), "10.60.0.0/23");
  EXPECT_EQ(peerings_of(topology), "blue-hub1 blue-green green-hub1");
  EXPECT_EQ(carried_of(out), "VNet:2 subnet:2 Virtual WAN:1 hub:1 hub connection:2 ");
  EXPECT_THAT(text_of(out.notes), HasSubstr("; VNets that reach each other by it are peered instead: blue and green"));
  EXPECT_FALSE(uses_gateways(topology, "blue")) << "there is none";
}

TEST(Hubs, NobodyIsInventedInAHub) {
  for (const auto& node : topology_of(imported(kHub + kTwo)).nodes)
    for (const auto& nic : node.interfaces) EXPECT_NE(nic.subnet->vnet, "hub1") << node.name;
}

TEST(Hubs, AHubWithoutAnythingIsNothing) {
  EXPECT_THAT(refusal(kHub),
              HasSubstr("has neither a VNet nor a gateway in the files; it was left out; import `az network vhub "));
  EXPECT_THAT(refusal(kHub + firewall_in("hub1", "10.60.0.132")), HasSubstr("nothing of it can be carried over"));
}

TEST(Hubs, ATableAloneIsSaidToLackItsHub) {
  EXPECT_THAT(refusal(table("hub1", "defaultRouteTable", static_route("10.80.0.0/16", "10.62.0.10"))),
              HasSubstr("hub route table hub1/defaultRouteTable: its hub is in none of the files; it was left out"));
}

TEST(Hubs, OneThatIsInNoFileIsMade) {
  const auto out = imported(kTwo);
  EXPECT_THAT(text_of(out.notes), HasSubstr("hub hub1: is referred to, but is in none of the files; it was made from "
                                            "what the others say about it; import `az network vhub list` too"));
  EXPECT_EQ(peerings_of(topology_of(out)), "blue-hub1 blue-green green-hub1");
}

TEST(Hubs, OneWhosePrefixIsAVnetsIsLeftOut) {
  const auto out = imported(kHub + vnet("own", "10.60.0.0/16", subnet("app", "10.60.1.0/24")) + kTwo);
  EXPECT_THAT(text_of(out.notes), HasSubstr("hub hub1: addressPrefix = 10.60.0.0/23: overlaps"));
  EXPECT_EQ(peerings_of(topology_of(out)), "");
}

// --- who learns of whom ----------------------------------------------------------------------------------------------

/// VNets learn of branches and not of each other (Microsoft Learn: "Scenario: Isolating VNets").
TEST(Hubs, IsolatedVnetsAreNotPeered) {
  const auto isolated = routing(table_reference("hub1", "rt"), table_reference("hub1", "defaultRouteTable"), "");
  const auto topology =
      topology_of(imported(kHub + table("hub1", "rt", "") + spoke("hub1", "blue", "10.61.0.0/24", isolated) +
                           spoke("hub1", "green", "10.62.0.0/24", isolated)));
  EXPECT_EQ(peerings_of(topology), "blue-hub1 green-hub1");
}

TEST(Hubs, LabelsAreTables) {
  const auto own = routing(table_reference("hub1", "red"), "", "\"Red\"");
  const auto text = kHub + table("hub1", "red", R"("labels": ["red"])") + spoke("hub1", "blue", "10.61.0.0/24", own) +
                    spoke("hub1", "green", "10.62.0.0/24", own) + spoke("hub1", "other", "10.63.0.0/24");
  EXPECT_EQ(peerings_of(topology_of(imported(text))), "blue-hub1 blue-green green-hub1 hub1-other");
}

TEST(Hubs, WhoPropagatesToNoneIsKnownToNobody) {
  const auto none =
      routing(table_reference("hub1", "defaultRouteTable"), table_reference("hub1", "noneRouteTable"), "\"none\"");
  const auto out =
      imported(kHub + spoke("hub1", "blue", "10.61.0.0/24", none) + spoke("hub1", "green", "10.62.0.0/24", none));
  EXPECT_EQ(peerings_of(topology_of(out)), "blue-hub1 green-hub1");
}

TEST(Hubs, ATableOrALabelThatIsInNoFileIsSaid) {
  const auto unknown = routing(table_reference("hub1", "rt"), table_reference("hub1", "other"), "\"red\"");
  const auto out = imported(kHub + spoke("hub1", "blue", "10.61.0.0/24", unknown));
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("hub connection blue: routingConfiguration.associatedRouteTable = rt: is no "
                        "table in the files; it has no routes; import `az network vhub route-table "
                        "list` too"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("routingConfiguration.propagatedRouteTables = other: is no table"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("routingConfiguration.propagatedRouteTables.labels = red: is no table"));
  EXPECT_THAT(text_of(imported(kHub + kTwo).notes), Not(HasSubstr("is no table")));
  EXPECT_THAT(text_of(imported(kHub + table("hub1", "rt", "") + table("hub1", "other", R"("labels": ["red"])") +
                               spoke("hub1", "blue", "10.61.0.0/24", unknown))
                          .notes),
              Not(HasSubstr("is no table")));
}

TEST(Hubs, WhoHasTheTableNoneLearnsNothing) {
  const auto none =
      routing(table_reference("hub1", "noneRouteTable"), table_reference("hub1", "noneRouteTable"), "\"none\"");
  const auto own = routing(table_reference("hub1", "rt"), "", "\"none\"");
  const auto text = kHub + table("hub1", "rt", R"("labels": ["none"])") + table("hub1", "noneRouteTable", "");
  EXPECT_EQ(peerings_of(topology_of(imported(text + spoke("hub1", "blue", "10.61.0.0/24", none) +
                                             spoke("hub1", "green", "10.62.0.0/24", none) +
                                             spoke("hub1", "red", "10.63.0.0/24", own)))),
            "blue-hub1 green-hub1 hub1-red");
}

/// As Azure Firewall Manager secures VNets: they propagate to no table, and a static route leads to the firewall, which
/// knows them all.
TEST(Hubs, WhoAnswersByTheFirewallAnswers) {
  const auto none = routing(table_reference("hub1", "defaultRouteTable"), "", "\"none\"");
  const auto text = kHub + firewall_in("hub1", "10.60.0.132") +
                    table("hub1", "defaultRouteTable", static_route("10.0.0.0/8", firewall_id("hub1"))) +
                    spoke("hub1", "blue", "10.61.0.0/24", none);
  const auto out = imported(text + spoke("hub1", "green", "10.62.0.0/24"));
  EXPECT_EQ(peerings_of(topology_of(out)), "blue-hub1 green-hub1");
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("no answer")));
  EXPECT_THAT(text_of(out.notes), HasSubstr("which answers by a firewall: in Azure the two ways differ; both ways pass "
                                            "the firewall"));
  EXPECT_EQ(routes_of(topology_of(out), "blue"), "10.0.0.0/8>10.60.0.132 ");
  EXPECT_EQ(routes_of(topology_of(out), "green"), "10.0.0.0/8>10.60.0.132 ");
  EXPECT_THAT(text_of(imported(text + spoke("hub1", "green", "10.62.0.0/24", none)).notes), Not(HasSubstr("answer")));
}

TEST(Hubs, OneWayIsNoPeering) {
  const auto none = routing(table_reference("hub1", "defaultRouteTable"), "", "\"none\"");
  const auto out =
      imported(kHub + spoke("hub1", "blue", "10.61.0.0/24", none) + spoke("hub1", "green", "10.62.0.0/24"));
  EXPECT_EQ(peerings_of(topology_of(out)), "blue-hub1 green-hub1");
  EXPECT_THAT(text_of(out.notes), HasSubstr("VNets blue and green: the table of one learns of the other, and not the "
                                            "other way round, which a peering cannot say; they are not peered: blue "
                                            "gets no answer from green in Azure either"));
}

TEST(Hubs, VnetsOfAllHubsOfAWanReachEachOther) {
  const auto two = kHub + hub("hub2", "10.70.0.0/23") + spoke("hub1", "blue", "10.61.0.0/24");
  EXPECT_EQ(peerings_of(topology_of(imported(two + spoke("hub2", "far", "10.71.0.0/24")))),
            "blue-hub1 blue-far far-hub2");
  const auto own =
      routing(table_reference("hub2", "defaultRouteTable"), table_reference("hub2", "defaultRouteTable"), "");
  const auto out = imported(two + spoke("hub2", "far", "10.71.0.0/24", own));
  EXPECT_EQ(peerings_of(topology_of(out)), "blue-hub1 far-hub2") << "an id is one table, a label is one in each hub";
}

TEST(Hubs, ABasicWanJoinsNoVnets) {
  for (const auto* type : {R"("typePropertiesType": "Basic")", R"("properties": {"type": "Basic"})"}) {
    const auto out = imported(wan(type) + hub("hub1", "10.60.0.0/23") + kTwo);
    EXPECT_EQ(peerings_of(topology_of(out)), "blue-hub1 green-hub1");
    EXPECT_THAT(text_of(out.notes), HasSubstr("a Basic Virtual WAN does not route between VNets"));
  }
}

TEST(Hubs, APeeringOfTheFilesStands) {
  const auto half = R"("virtualNetworkPeerings": [{"name": "own", "remoteVirtualNetwork": )" +
                    reference("Microsoft.Network/virtualNetworks", "green") + "}]";
  const auto back = R"("virtualNetworkPeerings": [{"name": "own", "remoteVirtualNetwork": )" +
                    reference("Microsoft.Network/virtualNetworks", "blue") + "}]";
  const auto text = kHub + kTwo + resource("Microsoft.Network/virtualNetworks", "blue", half) +
                    resource("Microsoft.Network/virtualNetworks", "green", back);
  EXPECT_EQ(peerings_of(topology_of(imported(text))), "blue-green blue-hub1 green-hub1");
}

// --- branches --------------------------------------------------------------------------------------------------------

TEST(Hubs, SpokesUseTheGatewaysOfTheirHub) {
  const auto topology = topology_of(imported(kHub + kTwo + vpn_gateway_in("hub1")));
  EXPECT_TRUE(uses_gateways(topology, "blue"));
  EXPECT_TRUE(vnet_of(topology, "hub1").peerings.at(0).allow_gateway_transit);
}

TEST(Hubs, WhoHasAGatewayUsesNoOther) {
  const auto own =
      resource("Microsoft.Network/virtualNetworkGateways", "gw",
               R"("gatewayType": "Vpn", "sku": {"name": "VpnGw1AZ"}, "ipConfigurations": [{"name": "a", "subnet": )" +
                   subnet_reference("blue", "GatewaySubnet") + "}]");
  const auto text = kHub + spoke("hub1", "blue", "10.61.0.0/24") + vpn_gateway_in("hub1") + own;
  const auto out = imported(vnet("blue", "10.61.0.0/16", subnet("GatewaySubnet", "10.61.255.0/27")) + text);
  EXPECT_FALSE(uses_gateways(topology_of(out), "blue"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("hub connection blue: its VNet has a gateway of its own; its VNet does not "
                                            "reach the branches of hub hub1"));
}

/// Branches know the VNet, and it learns nothing of them: what it sends there is lost in Azure too.
TEST(Hubs, ATableThatLearnsNoBranchPropagatesNone) {
  const auto deaf = routing(table_reference("hub1", "rt"), table_reference("hub1", "defaultRouteTable"), "");
  const auto topology = topology_of(
      imported(kHub + table("hub1", "rt", "") + vpn_gateway_in("hub1") + spoke("hub1", "blue", "10.61.0.0/24", deaf)));
  EXPECT_TRUE(uses_gateways(topology, "blue"));
  EXPECT_EQ(routes_of(topology, "blue"), "no-bgp");
}

TEST(Hubs, WhomBranchesDoNotKnowUsesNoGateway) {
  const auto hidden = routing(table_reference("hub1", "defaultRouteTable"), "", "\"none\"");
  const auto out = imported(kHub + vpn_gateway_in("hub1") + spoke("hub1", "blue", "10.61.0.0/24", hidden));
  EXPECT_FALSE(uses_gateways(topology_of(out), "blue"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("it learns what branches announce, but the table of the branches does not "
                                            "learn of it"));
}

// --- routes to appliances --------------------------------------------------------------------------------------------

const std::string kStatic =
    R"("vnetRoutes": {"staticRoutes": [{"name": "s", "addressPrefixes": ["10.80.0.0/16"], "nextHopIpAddress": "10.62.0.10"}]})";
const std::string kNva = spoke("hub1", "green", "10.62.0.0/24",
                               routing(table_reference("hub1", "defaultRouteTable"), "", "\"default\"", kStatic));
const std::string kNvaId = id_of("Microsoft.Network/virtualHubs", "hub1/hubVirtualNetworkConnections/green");

TEST(Hubs, StaticRoutesThatMayPropagateAreSaid) {
  EXPECT_THAT(
      text_of(imported(kHub + kNva).notes),
      HasSubstr("staticRoutesConfig.propagateStaticRoutes: is not in the files, and Azure states no default; its "
                "static routes reach no table"));
  EXPECT_THAT(text_of(imported(kHub + kTwo).notes), Not(HasSubstr("propagateStaticRoutes")));
}

TEST(Hubs, ARouteToAConnectionGoesToItsAppliance) {
  const auto text = kHub + table("hub1", "defaultRouteTable", static_route("10.80.0.0/16", kNvaId)) + kNva +
                    spoke("hub1", "blue", "10.61.0.0/24") + vpn_gateway_in("hub1");
  const auto out = imported(text);
  const auto topology = topology_of(out);
  EXPECT_EQ(routes_of(topology, "blue"), "10.80.0.0/16>10.62.0.10 ");
  EXPECT_EQ(routes_of(topology, "green"), "") << "the appliance's own VNet";
  EXPECT_EQ(routes_of(topology, "hub1", "GatewaySubnet"), "10.80.0.0/16>10.62.0.10 ");
  EXPECT_THAT(text_of(out.notes), HasSubstr("static routes to appliances are announced to branches in Azure, and by a "
                                            "lab's gateway not: 10.80.0.0/16"));
}

TEST(Hubs, AConnectionThatHasNoRouteThereIsSaid) {
  const auto text = kHub + table("hub1", "defaultRouteTable", static_route("10.90.0.0/16", kNvaId)) + kNva +
                    spoke("hub1", "blue", "10.61.0.0/24");
  const auto out = imported(text);
  EXPECT_EQ(routes_of(topology_of(out), "blue"), "");
  EXPECT_THAT(text_of(out.notes), HasSubstr("hub hub1: routes = 10.90.0.0/16: goes to hub connection green, which has "
                                            "no static route for it; the route was left out"));
}

TEST(Hubs, StaticRoutesThatPropagateNeedNoTable) {
  const auto passing = routing(
      table_reference("hub1", "defaultRouteTable"), "", "\"default\"",
      R"("vnetRoutes": {"staticRoutesConfig": {"propagateStaticRoutes": true}, "staticRoutes": [{"name": "s", "addressPrefixes": ["10.80.0.0/16"], "nextHopIpAddress": "10.62.0.10"}]})");
  const auto out =
      imported(kHub + spoke("hub1", "green", "10.62.0.0/24", passing) + spoke("hub1", "blue", "10.61.0.0/24"));
  EXPECT_EQ(routes_of(topology_of(out), "blue"), "10.80.0.0/16>10.62.0.10 ");
}

/// Only who asked for it has a default route of the hub (Microsoft Learn: "Configure virtual hub routing", propagating
/// a default route).
TEST(Hubs, ADefaultRouteIsForWhoAsksForIt) {
  const auto text = kHub + firewall_in("hub1", "10.60.0.132") +
                    table("hub1", "defaultRouteTable", static_route("0.0.0.0/0", firewall_id("hub1"))) +
                    spoke("hub1", "blue", "10.61.0.0/24", R"("enableInternetSecurity": true)") +
                    spoke("hub1", "green", "10.62.0.0/24", R"("enableInternetSecurity": false)");
  const auto topology = topology_of(imported(text));
  EXPECT_EQ(routes_of(topology, "blue"), "0.0.0.0/0>10.60.0.132 ");
  EXPECT_EQ(routes_of(topology, "green"), "");
}

TEST(Hubs, OlderTablesAreRead) {
  const auto old =
      R"("routeTable": {"routes": [{"addressPrefixes": ["10.80.0.0/16"], "nextHopIpAddress": "10.62.0.10"}]})";
  const auto newer =
      R"("virtualHubRouteTableV2s": [{"name": "t", "routes": [{"destinationType": "CIDR", "destinations": ["10.80.0.0/16"], "nextHopType": "IPAddress", "nextHops": ["10.62.0.10"]}], "attachedConnections": ["All_Vnets"]}])";
  for (const auto* more : {old, newer})
    EXPECT_EQ(routes_of(topology_of(imported(wan() + hub("hub1", "10.60.0.0/23", more) + kTwo)), "blue"),
              "10.80.0.0/16>10.62.0.10 ");
}

TEST(Hubs, AUsersOwnRouteWins) {
  const auto own = R"("routeTable": )" + reference("Microsoft.Network/routeTables", "mine");
  const auto text = route_table("mine", "10.61.0.9") + kHub + firewall_in("hub1", "10.60.0.132") +
                    intent("hub1", "Internet") + intent("hub1", "PrivateTraffic") +
                    spoke("hub1", "blue", "10.61.0.0/24", R"("enableInternetSecurity": true)", own);
  const auto topology = topology_of(imported(text));
  EXPECT_THAT(routes_of(topology, "blue"), HasSubstr("0.0.0.0/0>10.61.0.9 10.0.0.0/8>10.60.0.132 "));
  EXPECT_EQ(topology.route_tables.size(), 1U) << "it is the user's own, with more in it";
}

TEST(Hubs, ATableOfTwoIsCopiedWhereTheyAreToldDifferently) {
  const auto own = R"("routeTable": )" + reference("Microsoft.Network/routeTables", "mine");
  const auto text = route_table("mine", "10.61.0.9") + kHub + firewall_in("hub1", "10.60.0.132") +
                    intent("hub1", "PrivateTraffic") + spoke("hub1", "blue", "10.61.0.0/24", "", own) +
                    vnet("alone", "10.65.0.0/24", subnet("app", "10.65.0.0/24", own));
  const auto topology = topology_of(imported(text));
  EXPECT_THAT(routes_of(topology, "blue"), HasSubstr("10.0.0.0/8>10.60.0.132 "));
  EXPECT_THAT(routes_of(topology, "alone"), Not(HasSubstr("10.60.0.132")));
}

TEST(Hubs, ASubnetThatTakesNoRoutesOfGatewaysHearsNothing) {
  const auto deaf =
      resource("Microsoft.Network/routeTables", "deaf", R"("disableBgpRoutePropagation": true, "routes": [])");
  const auto text = deaf + kHub + firewall_in("hub1", "10.60.0.132") + intent("hub1", "PrivateTraffic") +
                    spoke("hub1", "blue", "10.61.0.0/24", "",
                          R"("routeTable": )" + reference("Microsoft.Network/routeTables", "deaf"));
  EXPECT_EQ(routes_of(topology_of(imported(text)), "blue"), "no-bgp");
}

// --- routing intent --------------------------------------------------------------------------------------------------

TEST(Hubs, PrivateTrafficGoesThroughTheFirewall) {
  const auto out = imported(kHub + firewall_in("hub1", "10.60.0.132") + intent("hub1", "PrivateTraffic") + kTwo +
                            vpn_gateway_in("hub1"));
  const auto topology = topology_of(out);
  EXPECT_EQ(peerings_of(topology), "blue-hub1 green-hub1") << "and not with each other";
  EXPECT_EQ(routes_of(topology, "blue"),
            "10.0.0.0/8>10.60.0.132 172.16.0.0/12>10.60.0.132 192.168.0.0/16>10.60.0.132 no-bgp");
  EXPECT_EQ(routes_of(topology, "hub1", "GatewaySubnet"), "10.61.0.0/24>10.60.0.132 10.62.0.0/24>10.60.0.132 ");
  EXPECT_TRUE(uses_gateways(topology, "blue")) << "branches learn of it";
}

TEST(Hubs, WhatElseIsPrivateIsInThePolicysRoute) {
  const auto policy = table(
      "hub1", "defaultRouteTable",
      R"("routes": [{"name": "_policy_PrivateTraffic", "destinationType": "CIDR", "destinations": ["100.64.0.0/10"], "nextHopType": "ResourceId", "nextHop": ")" +
          firewall_id("hub1") + "\"}]");
  const auto text = kHub + firewall_in("hub1", "10.60.0.132") + intent("hub1", "PrivateTraffic") + policy + kTwo;
  EXPECT_THAT(routes_of(topology_of(imported(text)), "blue"), HasSubstr("100.64.0.0/10>10.60.0.132 "));
}

TEST(Hubs, InternetAloneLeavesVnetsJoined) {
  const auto topology =
      topology_of(imported(kHub + firewall_in("hub1", "10.60.0.132") + intent("hub1", "Internet") +
                           spoke("hub1", "blue", "10.61.0.0/24", R"("enableInternetSecurity": true)") +
                           spoke("hub1", "green", "10.62.0.0/24")));
  EXPECT_EQ(peerings_of(topology), "blue-hub1 blue-green green-hub1");
  EXPECT_EQ(routes_of(topology, "blue"), "0.0.0.0/0>10.60.0.132 ");
}

TEST(Hubs, BetweenHubsBothFirewallsAreOnTheWay) {
  const auto text = kHub + hub("hub2", "10.70.0.0/23") + firewall_in("hub1", "10.60.0.132") +
                    firewall_in("hub2", "10.70.0.132") + intent("hub1", "PrivateTraffic") +
                    intent("hub2", "PrivateTraffic") + spoke("hub1", "blue", "10.61.0.0/24") +
                    spoke("hub2", "far", "10.71.0.0/24");
  const auto topology = topology_of(imported(text));
  EXPECT_EQ(peerings_of(topology), "blue-hub1 far-hub2 hub1-hub2");
  EXPECT_EQ(routes_of(topology, "hub1", "AzureFirewallSubnet"), "10.71.0.0/24>10.70.0.132 ");
  EXPECT_EQ(routes_of(topology, "hub2", "AzureFirewallSubnet"), "10.61.0.0/24>10.60.0.132 ");
}

TEST(Hubs, OneHubWithRoutingIntentAndOneWithoutAreSaid) {
  const auto out = imported(kHub + hub("hub2", "10.70.0.0/23") + firewall_in("hub1", "10.60.0.132") +
                            intent("hub1", "PrivateTraffic") + spoke("hub1", "blue", "10.61.0.0/24") +
                            spoke("hub2", "far", "10.71.0.0/24"));
  EXPECT_EQ(peerings_of(topology_of(out)), "blue-hub1 far-hub2");
  EXPECT_THAT(text_of(out.notes), HasSubstr("VNets blue and far: one hub has routing intent for private traffic, and "
                                            "the other has none; they are not peered"));
}

TEST(Hubs, AFirewallThatIsInNoFileTakesNothing) {
  const auto out = imported(kHub + intent("hub1", "PrivateTraffic") + kTwo);
  EXPECT_EQ(routes_of(topology_of(out), "blue"), "");
  EXPECT_THAT(text_of(out.notes), HasSubstr("goes to hub1-fw, which is not carried over; "));
}

TEST(Hubs, AnApplianceInTheHubIsOneToo) {
  const auto nva =
      resource("Microsoft.Network/networkVirtualAppliances", "hub1-fw",
               hub_reference("hub1") + R"(, "virtualApplianceNics": [{"privateIpAddress": "10.60.0.196"}])");
  auto policy = intent("hub1", "PrivateTraffic");
  policy.replace(policy.find("azureFirewalls"), 14, "networkVirtualAppliances");
  EXPECT_THAT(routes_of(topology_of(imported(kHub + nva + policy + kTwo)), "blue"),
              HasSubstr("10.0.0.0/8>10.60.0.196 "));
}

/// A template asks Azure for it, and nobody knows it before.
TEST(Hubs, AFirewallsAddressThatIsOpenIsTheLabs) {
  const auto firewall = resource("Microsoft.Network/azureFirewalls", "hub1-fw", hub_reference("hub1"));
  const auto out = imported(kHub + firewall + intent("hub1", "PrivateTraffic") + kTwo);
  EXPECT_THAT(routes_of(topology_of(out), "blue"), HasSubstr("10.0.0.0/8>10.60.0.132 ")) << "where Azure has it";
}

TEST(Hubs, ATemplateAsksForTheFirewallsAddress) {
  const auto out = imported(
      arm_template("",
                   R"({"type": "Microsoft.Network/virtualWans", "name": "wan", "properties": {"type": "Standard"}},
         {"type": "Microsoft.Network/virtualHubs", "name": "hub1", "properties": {"addressPrefix": "10.60.0.0/23", "virtualWan": {"id": "[resourceId('Microsoft.Network/virtualWans', 'wan')]"}}},
         {"type": "Microsoft.Network/azureFirewalls", "name": "fw", "properties": {"virtualHub": {"id": "[resourceId('Microsoft.Network/virtualHubs', 'hub1')]"}}},
         {"type": "Microsoft.Network/routeTables", "name": "rt", "properties": {"routes": [{"name": "d", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance",
            "nextHopIpAddress": "[reference(resourceId('Microsoft.Network/azureFirewalls', 'fw')).hubIPAddresses.privateIPAddress]"}}]}},
         {"type": "Microsoft.Network/virtualNetworks", "name": "blue", "properties": {"addressSpace": {"addressPrefixes": ["10.61.0.0/24"]}, "subnets": [{"name": "app", "properties": {"addressPrefix": "10.61.0.0/24",
            "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 'rt')]"}}}]}},
         {"type": "Microsoft.Network/virtualHubs/hubVirtualNetworkConnections", "name": "hub1/blue", "properties": {"remoteVirtualNetwork": {"id": "[resourceId('Microsoft.Network/virtualNetworks', 'blue')]"}}})"));
  EXPECT_EQ(routes_of(topology_of(out), "blue"), "0.0.0.0/0>10.60.0.132 ");
}

}  // namespace
}  // namespace xconn::importing
