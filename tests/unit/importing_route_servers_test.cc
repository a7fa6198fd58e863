// SPDX-License-Identifier: Apache-2.0
// Azure Route Server: BGP speakers that change no path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/importing_hubs.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;

const std::string kVnet =
    vnet("hub", "10.70.0.0/22", subnet("nva", "10.70.1.0/24") + ", " + subnet("RouteServerSubnet", "10.70.0.0/26"));
const std::string kServer = resource("Microsoft.Network/virtualHubs", "rs",
                                     R"("sku": "Standard", "virtualRouterIps": ["10.70.0.5", "10.70.0.4"])") +
                            resource("Microsoft.Network/virtualHubs", "rs/ipConfigurations/a",
                                     R"("subnet": )" + subnet_reference("hub", "RouteServerSubnet"));

std::string peer(const std::string& name, const std::string& address, int asn = 65010) {
  return resource("Microsoft.Network/virtualHubs", "rs/bgpConnections/" + name,
                  R"("peerIp": ")" + address + R"(", "peerAsn": )" + std::to_string(asn));
}

std::string nic(const std::string& name, const std::string& address) {
  return resource("Microsoft.Network/networkInterfaces", name,
                  R"("enableIPForwarding": true, "ipConfigurations": [{"name": "a", "privateIPAddress": ")" + address +
                      R"(", "subnet": )" + subnet_reference("hub", "nva") + "}]");
}

const network::Node* node_of(const model::Topology& topology, const std::string& name) {
  const auto found = std::ranges::find(topology.nodes, name, &network::Node::name);
  return found == topology.nodes.end() ? nullptr : &*found;
}

TEST(RouteServers, ItIsTwoSpeakersInItsSubnet) {
  const auto out = imported(kVnet + kServer + peer("nva", "10.70.1.4") + nic("fw", "10.70.1.4"));
  const auto topology = topology_of(out);
  for (const auto* name : {"rs-0", "rs-1"}) {
    const auto* speaker = node_of(topology, name);
    ASSERT_NE(speaker, nullptr);
    EXPECT_EQ(speaker->bgp->asn.text(), "65515");
    EXPECT_EQ(speaker->bgp->advertise.at(0).text(), "10.70.0.0/22") << "its VNet";
    EXPECT_EQ(speaker->bgp->neighbors.at(0).address.text(), "10.70.1.4");
    EXPECT_EQ(speaker->interfaces.at(0).ip_forwarding, false) << "no packet passes";
  }
  EXPECT_EQ(node_of(topology, "rs-0")->interfaces.at(0).addresses.at(0).address().text(), "10.70.0.5");
  EXPECT_THAT(text_of(out.notes), HasSubstr("what it learns is programmed into no VNet here; it is two BGP speakers "
                                            "beside all paths; write what it teaches as a route table, and what its "
                                            "peers announce as their `bgp: advertise`: fw"));
}

TEST(RouteServers, TheApplianceSpeaksWithBoth) {
  const auto topology = topology_of(imported(kVnet + kServer + peer("nva", "10.70.1.4") + nic("fw", "10.70.1.4")));
  const auto& appliance = *node_of(topology, "fw");
  EXPECT_EQ(appliance.bgp->asn.text(), "65010");
  ASSERT_EQ(appliance.bgp->neighbors.size(), 2U);
  EXPECT_EQ(appliance.bgp->neighbors[0].asn.text(), "65515");
  EXPECT_TRUE(appliance.bgp->neighbors[0].ebgp_multihop);
  EXPECT_TRUE(appliance.bgp->advertise.empty()) << "nobody says what it announces";
}

TEST(RouteServers, APeerThatIsInNoFileIsMade) {
  const auto out = imported(kVnet + kServer + peer("nva", "10.70.1.4"));
  EXPECT_EQ(node_of(topology_of(out), "nva")->role, "router");
  EXPECT_THAT(text_of(out.notes), HasSubstr("BGP peer nva: peerIp = 10.70.1.4: belongs to nothing in the files; router "
                                            "nva was made there"));
}

TEST(RouteServers, NobodyElseIsInventedAtAPeersAddress) {
  const auto topology = topology_of(imported(kVnet + kServer + peer("nva", "10.70.1.4")));
  const auto* made = node_of(topology, "hub-vm");
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->interfaces.at(0).addresses.at(0).address().text(), "10.70.1.5");
}

TEST(RouteServers, APeerOutsideAllSubnetsHasNoSession) {
  const auto out = imported(kVnet + kServer + peer("far", "10.99.1.4"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("BGP peer far: peerIp = 10.99.1.4: is in no subnet of the files; its "
                                            "sessions were left out"));
  EXPECT_TRUE(node_of(topology_of(out), "rs-0")->bgp->neighbors.empty());
}

TEST(RouteServers, OneApplianceOfTwoServersHasOneAsn) {
  const auto out = imported(kVnet + kServer + peer("one", "10.70.1.4") + peer("two", "10.70.1.4", 65011));
  EXPECT_THAT(text_of(out.notes), HasSubstr("has another AS number already; its sessions were left out"));
}

/// Azure's own number would make its sessions internal ones.
TEST(RouteServers, APeerHasANumberOfItsOwn) {
  const auto out = imported(kVnet + kServer + peer("nva", "10.70.1.4", 65515) + nic("fw", "10.70.1.4"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("BGP peer rs/nva: peerAsn = 65515: is an AS number that Azure or IANA "
                                            "reserves; the session was left out"));
  EXPECT_TRUE(node_of(topology_of(out), "rs-0")->bgp->neighbors.empty());
}

TEST(RouteServers, WhatItTellsGatewaysIsSaid) {
  const auto joins = resource("Microsoft.Network/virtualHubs", "rs", R"("allowBranchToBranchTraffic": true)") +
                     resource("Microsoft.Network/virtualHubs", "rs/ipConfigurations/a",
                              R"("subnet": )" + subnet_reference("hub", "RouteServerSubnet"));
  const auto with_gateway =
      vnet("hub", "10.70.0.0/22",
           subnet("nva", "10.70.1.0/24") + ", " + subnet("RouteServerSubnet", "10.70.0.0/26") + ", " +
               subnet("GatewaySubnet", "10.70.2.0/26")) +
      resource("Microsoft.Network/virtualNetworkGateways", "gw",
               R"("gatewayType": "Vpn", "sku": {"name": "VpnGw1AZ"}, "ipConfigurations": [{"name": "a", "subnet": )" +
                   subnet_reference("hub", "GatewaySubnet") + "}]");
  const auto said = HasSubstr(
      "allowBranchToBranchTraffic = true: what it tells gateways and appliances of each "
      "other's routes is not played");
  EXPECT_THAT(text_of(imported(with_gateway + joins).notes), said);
  EXPECT_THAT(text_of(imported(with_gateway + kServer).notes), testing::Not(said)) << "false is the default";
  EXPECT_THAT(text_of(imported(kVnet + joins).notes), testing::Not(said)) << "there is no gateway";
}

TEST(RouteServers, WithoutItsSubnetItIsLeftOut) {
  const auto out = imported(kVnet + resource("Microsoft.Network/virtualHubs", "rs", R"("sku": "Standard")"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("Route Server rs: subnet: is in none of the files; it was left out"));
  EXPECT_EQ(node_of(topology_of(out), "rs-0"), nullptr);
}

/// What uses it as a gateway is announced to appliances too.
TEST(RouteServers, SpokesThatUseItAreAnnounced) {
  const auto half = [](const std::string& remote, const std::string& flag) {
    return R"("virtualNetworkPeerings": [{"name": "p", ")" + flag + R"(": true, "remoteVirtualNetwork": )" +
           reference("Microsoft.Network/virtualNetworks", remote) + "}]";
  };
  const auto text = kVnet + kServer + peer("nva", "10.70.1.4") +
                    vnet("spoke", "10.71.0.0/24", subnet("app", "10.71.0.0/24")) +
                    resource("Microsoft.Network/virtualNetworks", "spoke", half("hub", "useRemoteGateways")) +
                    resource("Microsoft.Network/virtualNetworks", "hub", half("spoke", "allowGatewayTransit"));
  const auto out = imported(text);
  EXPECT_EQ(node_of(topology_of(out), "rs-0")->bgp->advertise.at(1).text(), "10.71.0.0/24");
}

TEST(RouteServers, APeerOfAHubIsSaid) {
  const auto text = wan() + hub("hub1", "10.60.0.0/23") + spoke("hub1", "blue", "10.61.0.0/24") +
                    resource("Microsoft.Network/virtualHubs", "hub1/bgpConnections/nva",
                             R"("peerIp": "10.61.0.4", "peerAsn": 65010)");
  EXPECT_THAT(text_of(imported(text).notes),
              HasSubstr("BGP peer hub1/nva: its hub, whose router it speaks with, is not "
                        "played; it was left out; write what it announces as routes"));
}

TEST(RouteServers, TerraformsOneIsTheSame) {
  const auto planned = [](const std::string& type, const std::string& values) {
    return R"({"address": ")" + type + R"(.x", "mode": "managed", "type": ")" + type +
           R"(", "values": {"resource_group_name": "rg", )" + values + "}}";
  };
  const auto id = [](const std::string& tail) {
    return "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/" + tail;
  };
  const auto out = imported(
      R"({"format_version": "1.0", "values": {"root_module": {"resources": [)" +
      planned("azurerm_virtual_network",
              R"("name": "hub", "location": "northeurope", "address_space": ["10.70.0.0/22"])") +
      ", " +
      planned("azurerm_subnet",
              R"("name": "RouteServerSubnet", "virtual_network_name": "hub", "address_prefixes": ["10.70.0.0/26"])") +
      ", " +
      planned("azurerm_route_server",
              R"("name": "rs", "subnet_id": ")" + id("virtualNetworks/hub/subnets/RouteServerSubnet") + "\"") +
      ", " +
      planned("azurerm_route_server_bgp_connection",
              R"("name": "p", "peer_asn": 65010, "peer_ip": "10.70.0.40", "route_server_id": ")" +
                  id("virtualHubs/rs") + "\"") +
      "]}}}");
  EXPECT_EQ(node_of(topology_of(out), "rs-1")->bgp->neighbors.size(), 1U);
}

}  // namespace
}  // namespace xconn::importing
