// SPDX-License-Identifier: Apache-2.0
// What hangs on a gateway, a connection or a value that no file has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kLocals = "Microsoft.Network/localNetworkGateways";
constexpr const char* kGateways = "Microsoft.Network/virtualNetworkGateways";

const std::string kHub =
    vnet("hub", "10.70.0.0/22", subnet("app", "10.70.1.0/24") + ", " + subnet("GatewaySubnet", "10.70.0.0/27"));

/// The same, with its half of the peering.
const std::string kOpenHub = resource(
    "Microsoft.Network/virtualNetworks", "hub",
    R"("location": "northeurope", "addressSpace": {"addressPrefixes": ["10.70.0.0/22"]}, "subnets": [)" +
        subnet("GatewaySubnet", "10.70.0.0/27") +
        R"(], "virtualNetworkPeerings": [{"name": "to-spoke", "allowGatewayTransit": true, "remoteVirtualNetwork": )" +
        reference("Microsoft.Network/virtualNetworks", "spoke") + "}]");

bool uses_gateways(const Imported& out) {
  for (const auto& each : topology_of(out).vnets)
    if (each.name == "spoke") return each.peerings.at(0).use_remote_gateways;
  return false;
}

std::string spoke_of_hub() {
  const auto hub = reference("Microsoft.Network/virtualNetworks", "hub");
  return resource(
      "Microsoft.Network/virtualNetworks", "spoke",
      R"("location": "northeurope", "addressSpace": {"addressPrefixes": ["10.71.0.0/24"]}, "subnets": [)" +
          subnet("app", "10.71.0.0/26") +
          R"(], "virtualNetworkPeerings": [{"name": "to-hub", "useRemoteGateways": true, "remoteVirtualNetwork": )" +
          hub + "}]");
}

std::string gateway(const std::string& type, const std::string& sku, const std::string& vnet_name) {
  return resource(kGateways, "gw1",
                  R"("gatewayType": ")" + type + R"(", "sku": {"name": ")" + sku +
                      R"("}, "ipConfigurations": [{"name": "a", "subnet": )" +
                      subnet_reference(vnet_name, "GatewaySubnet") + "}]");
}

std::string vpn_gateway(const std::string& vnet_name) { return gateway("Vpn", "VpnGw1", vnet_name); }

TEST(LooseEnds, APeeringThatUsesAGatewayOfNoFile) {
  const auto out = imported(kHub + spoke_of_hub());
  EXPECT_FALSE(uses_gateways(out)) << "and the topology is valid";
  EXPECT_THAT(text_of(out.notes), HasSubstr("peering spoke/to-hub: useRemoteGateways = true: VNet hub has no gateway "
                                            "in the files; it was left out; import"));
}

TEST(LooseEnds, ARouteServerIsWhatThePeeringUses) {
  const auto out =
      imported(kHub + spoke_of_hub() + resource("Microsoft.Network/virtualHubs", "rs", R"("sku": "Standard")") +
               resource("Microsoft.Network/virtualHubs", "rs/ipConfigurations/a",
                        R"("subnet": )" + subnet_reference("hub", "RouteServerSubnet")));
  EXPECT_THAT(
      text_of(out.notes),
      HasSubstr("VNet hub has a Route Server, whose routes are not programmed here, and no gateway; it was left out"));
}

/// Two halves without their VNets: neither is made a second time.
TEST(LooseEnds, AHalfThatIsInTheFilesIsNotMade) {
  const auto half = [](const std::string& own, const std::string& remote) {
    return resource("Microsoft.Network/virtualNetworks", own + "/virtualNetworkPeerings/to-" + remote,
                    R"("remoteVirtualNetwork": )" + reference("Microsoft.Network/virtualNetworks", remote));
  };
  const auto topology =
      topology_of(imported(half("a", "b") + half("b", "a") + vnet("c", "10.9.0.0/24", subnet("x", "10.9.0.0/24"))));
  for (const auto& each : topology.vnets) EXPECT_EQ(each.peerings.size(), each.name == "c" ? 0U : 1U) << each.name;
}

TEST(LooseEnds, AFlagThatHasItsGatewayStays) {
  EXPECT_TRUE(uses_gateways(imported(kOpenHub + spoke_of_hub() + vpn_gateway("hub"))));
}

TEST(LooseEnds, AFlagThatTheOtherHalfDoesNotAllow) {
  const auto out = imported(kHub + spoke_of_hub() + vpn_gateway("hub"));
  EXPECT_FALSE(uses_gateways(out));
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("VNet hub's half of the peering is not there, or does not allow it; it was left out; import"));
}

TEST(LooseEnds, ALocalGatewayWithoutConnectionMakesNoSite) {
  const auto local = resource(kLocals, "hq", R"("gatewayIpAddress": "198.51.100.7")");
  const auto out = imported(kHub + vpn_gateway("hub") + local);
  EXPECT_THAT(out.topology, Not(HasSubstr("onprem")));
  EXPECT_THAT(text_of(out.notes), HasSubstr("local gateway hq: no connection in the files leads to it, so it has no "
                                            "tunnel; it was left out; import `az network vpn-connection list` too"));
  EXPECT_THAT(carried_of(out), testing::Not(HasSubstr("local gateway")));
  EXPECT_THAT(refusal(local), HasSubstr("import `az network vpn-connection list` too")) << "alone it is nothing";
}

TEST(LooseEnds, ARouteToAGatewayThatNoVnetHasIsLost) {
  const auto table =
      resource("Microsoft.Network/routeTables", "forced",
               R"("routes": [{"name": "all", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualNetworkGateway"}])");
  const auto own =
      vnet("hub", "10.70.0.0/22",
           subnet("app", "10.70.1.0/24", R"("routeTable": )" + reference("Microsoft.Network/routeTables", "forced")) +
               ", " + subnet("GatewaySubnet", "10.70.0.0/27"));
  const auto out = imported(table + own);
  EXPECT_EQ(topology_of(out).route_tables.at(0).routes.at(0).type, model::NextHopType::kNone);
  EXPECT_THAT(text_of(out.notes), HasSubstr("needs a VPN gateway, and the files have none for its subnets' VNets; the "
                                            "next hop is None, and what goes there is lost"));
  EXPECT_THAT(text_of(imported(table + own + gateway("ExpressRoute", "ErGw1AZ", "hub")).notes),
              HasSubstr("that of its subnets' VNets is of type ExpressRoute"));
  EXPECT_EQ(topology_of(imported(table + own + vpn_gateway("hub"))).route_tables.at(0).routes.at(0).type,
            model::NextHopType::kVirtualNetworkGateway);
}

TEST(LooseEnds, ASmallGatewaySubnetHoldsTwoInstances) {
  const auto out = imported(vnet("hub", "10.70.0.0/22", subnet("GatewaySubnet", "10.70.0.0/29")) + vpn_gateway("hub"));
  const auto topology = topology_of(out);
  ASSERT_EQ(topology.gateways.size(), 1U) << text_of(out.notes);
  EXPECT_EQ(topology.gateways[0].instances.at(0).text(), "10.70.0.6");
  EXPECT_EQ(topology.gateways[0].instances.at(1).text(), "10.70.0.5");
}

TEST(LooseEnds, VnetsOfWhichOnlyNamesAreKnownAreNothing) {
  const auto text = arm_template(R"("space": {"type": "string"}, "a": {"type": "string"}, "b": {"type": "string"})",
                                 R"({"type": "Microsoft.Network/virtualNetworks", "name": "hub", "properties": {
 "addressSpace": {"addressPrefixes": ["[parameters('space')]"]}, "subnets": [
 {"name": "a", "properties": {"addressPrefix": "[parameters('a')]"}}, {"name": "b", "properties": {"addressPrefix": "[parameters('b')]"}}]}})");
  const auto why = refusal(text);
  EXPECT_THAT(why, HasSubstr("nothing of it can be carried over; see what it lacks"));
  EXPECT_THAT(why, HasSubstr("template: parameters: have no value: a, b, space; give its parameters file too"));
}

}  // namespace
}  // namespace xconn::importing
