// SPDX-License-Identifier: Apache-2.0
// Gateways of which the files say a part, and who is at the Internet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kGateways = "Microsoft.Network/virtualNetworkGateways";

std::string vpn(const std::string& name, const std::string& vnet, const std::string& more,
                bool is_active_active = false) {
  return resource(kGateways, name,
                  R"("gatewayType": "Vpn", "enableBgp": true, "sku": {"name": "VpnGw1"}, "activeActive": )" +
                      std::string(is_active_active ? "true" : "false") +
                      R"(, "ipConfigurations": [{"name": "a", "subnet": )" + subnet_reference(vnet, "GatewaySubnet") +
                      "}]" + (more.empty() ? "" : ", " + more));
}

std::string device(const std::string& name, const std::string& address, const std::string& gateway) {
  return resource("Microsoft.Network/localNetworkGateways", name,
                  R"("gatewayIpAddress": ")" + address +
                      R"(", "localNetworkAddressSpace": {"addressPrefixes": ["172.)" +
                      std::to_string(20 + static_cast<int>(name.back() - '0')) + R"(.0.0/16"]})") +
         resource("Microsoft.Network/connections", "to-" + name,
                  R"("connectionType": "IPsec", "virtualNetworkGateway1": )" + reference(kGateways, gateway) +
                      R"(, "localNetworkGateway2": )" + reference("Microsoft.Network/localNetworkGateways", name));
}

/// In Azure the VNet's own route wins, whatever a device claims.
TEST(Gateways, ADeviceHasNothingOfTheVnet) {
  const auto claimed = R"(["10.63.4.0/24", "10.63.0.0/16", "10.0.0.0/8"])";
  const auto out = imported(
      vnet("hub", "10.63.0.0/16", subnet("GatewaySubnet", "10.63.255.0/27")) + vpn("gw", "hub", "") +
      resource("Microsoft.Network/localNetworkGateways", "d1",
               R"("gatewayIpAddress": "198.51.100.1", "localNetworkAddressSpace": {"addressPrefixes": )" +
                   std::string(claimed) + "}") +
      resource("Microsoft.Network/connections", "to-d1",
               R"("connectionType": "IPsec", "virtualNetworkGateway1": )" + reference(kGateways, "gw") +
                   R"(, "localNetworkGateway2": )" + reference("Microsoft.Network/localNetworkGateways", "d1")));
  const auto topology = topology_of(out);
  ASSERT_EQ(topology.local_gateways.at(0).address_space.size(), 1U);
  EXPECT_EQ(topology.local_gateways.at(0).address_space.at(0).text(), "10.0.0.0/8");
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("local gateway d1: localNetworkAddressSpace = 10.63.4.0/24: is of VNet hub, "
                        "whose own route wins; it was left out"));
}

TEST(Gateways, WithoutItsVnetStandsAroundItsBgpAddress) {
  const auto out = imported(vpn("gw", "hub", R"("bgpSettings": {"asn": 65515, "bgpPeeringAddress": "10.63.255.30"})"));
  const auto topology = topology_of(out);
  EXPECT_EQ(topology.gateways.at(0).instances.at(0).text(), "10.63.255.30");
  EXPECT_EQ(topology.vnets.at(0).subnets.at(0).prefix.text(), "10.63.255.0/27");
  EXPECT_THAT(text_of(out.notes), HasSubstr("the other one is 10.63.255.12"));
}

TEST(Gateways, AnExpandedSubnetIsRead) {
  auto text = vpn("gw", "hub", "");
  const std::string id = "/subnets/GatewaySubnet\"";
  text.insert(text.find(id) + id.size(), R"(, "properties": {"addressPrefix": "10.63.9.0/26"})");
  EXPECT_EQ(topology_of(imported(text)).vnets.at(0).subnets.at(0).prefix.text(), "10.63.9.0/26");
}

const std::string kHub = vnet("hub", "10.63.0.0/16", subnet("GatewaySubnet", "10.63.255.0/27"));

TEST(Gateways, BesideNoExpressRouteTheFirstAddressesAreTheirs) {
  const auto out =
      imported(kHub + vpn("gw", "hub", R"("bgpSettings": {"bgpPeeringAddress": "10.63.255.4,10.63.255.5"})", true));
  const auto instances = topology_of(out).gateways.at(0).instances;
  EXPECT_EQ(instances.at(0).text(), "10.63.255.4");
  EXPECT_EQ(instances.at(1).text(), "10.63.255.5");
}

TEST(Gateways, WhetherOtherVnetsRoutesAreTakenIsWhatTheFileSays) {
  const auto read = [](const std::string& more) {
    return topology_of(imported(kHub + resource(kGateways, "gw",
                                                R"("gatewayType": "ExpressRoute", "sku": {"name":
 "ErGw1AZ"}, "ipConfigurations": [{"name": "a", "subnet": )" +
                                                    subnet_reference("hub", "GatewaySubnet") + "}]" + more)))
        .gateways.at(0);
  };
  EXPECT_FALSE(read("").allow_remote_vnet_traffic);
  EXPECT_TRUE(read(R"(, "allowRemoteVnetTraffic": true)").allow_remote_vnet_traffic);
}

TEST(Gateways, OneApipaAddressWhenOneInstanceIsActive) {
  const auto out = imported(kHub + vpn("gw", "hub", R"("bgpSettings": {"asn": 65515, "bgpPeeringAddresses": [
 {"customBgpIpAddresses": ["169.254.21.2"], "defaultBgpIpAddresses": ["10.63.255.30"], "tunnelIpAddresses": ["198.51.100.77"]}]})"));
  EXPECT_EQ(topology_of(out).gateways.at(0).apipa.size(), 1U);
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("breaks a rule")));
}

struct Case {
  const char *what, *gateway_addresses;
  std::vector<std::string> devices;
};

class PublicAddresses : public testing::TestWithParam<Case> {};

/// The rules say whether the networks of the Internet's node are apart (T49, T17).
TEST_P(PublicAddresses, AreApart) {
  std::string text = kHub + vpn("gw1", "hub", GetParam().gateway_addresses, true) +
                     vnet("spoke", "10.64.0.0/16", subnet("GatewaySubnet", "10.64.255.0/27")) +
                     vpn("gw2", "spoke", "", true);
  int number = 0;
  for (const auto& address : GetParam().devices) text += device("d" + std::to_string(++number), address, "gw1");
  const auto out = imported(text);
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("breaks a rule"))) << out.topology;
  EXPECT_EQ(topology_of(out).gateways.at(0).public_addresses.size(), 2U);
}

constexpr const char* kFarApart =
    R"("bgpSettings": {"bgpPeeringAddresses": [{"tunnelIpAddresses": ["20.50.1.1"]}, {"tunnelIpAddresses": ["52.3.4.5"]}]})";

INSTANTIATE_TEST_SUITE_P(Sets, PublicAddresses,
                         testing::Values(Case{"none said", "", {}}, Case{"far apart", kFarApart, {"198.51.100.1"}},
                                         Case{"neighbours", "", {"203.0.113.1", "203.0.113.2"}},
                                         Case{"in the block of made ones", "", {"203.0.113.20", "203.0.113.3"}},
                                         Case{"names only", "", {"", ""}}));

TEST(Gateways, BetweenVnetsIsExplained) {
  const auto out =
      imported(kHub + vpn("gw", "hub", "") +
               resource("Microsoft.Network/connections", "across",
                        R"("connectionType": "Vnet2Vnet", "virtualNetworkGateway1": )" + reference(kGateways, "gw") +
                            R"(, "virtualNetworkGateway2": )" + reference(kGateways, "far")));
  EXPECT_THAT(text_of(out.notes), HasSubstr("a VNet peering joins the two VNets"));
}

struct Device {
  const char* settings;
  std::uint32_t asn;
};

class SpeakingDevice : public testing::TestWithParam<Device> {};

/// What a connection with BGP needs of it, and no file says or no lab can have.
TEST_P(SpeakingDevice, HasAnAsNumberAndAnAddress) {
  auto text = device("d1", "198.51.100.9", "gw");
  const std::string connection = R"("connectionType": "IPsec")", local = R"("gatewayIpAddress": )";
  text.replace(text.find(connection), connection.size(), connection + R"(, "enableBgp": true)");
  text.replace(text.find(local), local.size(), GetParam().settings + local);
  const auto out = imported(kHub + vpn("gw", "hub", R"("bgpSettings": {"asn": 65001})") + text);
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("breaks a rule"))) << out.topology;
  const auto local_gateway = topology_of(out).local_gateways.at(0);
  EXPECT_EQ(local_gateway.asn->value(), GetParam().asn);
  EXPECT_TRUE(local_gateway.bgp_address.has_value());
  EXPECT_THAT(text_of(out.notes), HasSubstr("is in none of the files, and a connection speaks BGP"));
}

INSTANTIATE_TEST_SUITE_P(
    Files, SpeakingDevice,
    testing::Values(Device{"", 65002}, Device{R"("bgpSettings": {"asn": 65050, "bgpPeeringAddress": ""}, )", 65050},
                    Device{R"("bgpSettings": {"asn": 65515, "bgpPeeringAddress": "10.9.0.9"}, )", 65002}));

}  // namespace
}  // namespace xconn::importing
