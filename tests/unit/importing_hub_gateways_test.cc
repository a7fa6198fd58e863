// SPDX-License-Identifier: Apache-2.0
// Gateways in Virtual WAN hubs, VPN sites and their links, and Terraform's words for all of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/importing_hubs.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kHub = wan() + hub("hub1", "10.60.0.0/23") + spoke("hub1", "blue", "10.61.0.0/24");

std::string site_reference(const std::string& name) {
  return R"("remoteVpnSite": )" + reference("Microsoft.Network/vpnSites", name);
}

std::string link(const std::string& name, const std::string& address, const std::string& bgp = {}) {
  return R"({"name": ")" + name + R"(", "properties": {"ipAddress": ")" + address + "\"" +
         (bgp.empty() ? "" : R"(, "bgpProperties": )" + bgp) + "}}";
}

std::string site(const std::string& name, const std::string& space, const std::string& links) {
  return resource("Microsoft.Network/vpnSites", name,
                  R"("addressSpace": {"addressPrefixes": [)" + space + R"(]}, "vpnSiteLinks": [)" + links + "]");
}

std::string connection(const std::string& name, const std::string& more) {
  return resource("Microsoft.Network/vpnGateways", "hub1-vpn/vpnConnections/" + name, more);
}

/// As Azure makes them now: a connection of each link of the site.
std::string link_connection(const std::string& site_name, const std::string& name) {
  return R"({"name": ")" + name + R"(", "properties": {"enableBgp": true, "sharedKey": "Abc123", "vpnSiteLink": )" +
         reference("Microsoft.Network/vpnSites", site_name + "/vpnSiteLinks/" + name) + "}}";
}

const network::Node& node_of(const model::Topology& topology, const std::string& name) {
  return *std::ranges::find(topology.nodes, name, &network::Node::name);
}

TEST(HubGateways, AVpnGatewayIsActiveActive) {
  const auto gateway =
      topology_of(imported(kHub + vpn_gateway_in("hub1", R"("vpnGatewayScaleUnit": 2)"))).gateways.at(0);
  EXPECT_TRUE(gateway.active_active);
  EXPECT_EQ(gateway.sku, azure::GatewaySku::kVpnGw2AZ) << "1 Gbps";
  EXPECT_EQ(gateway.vnet, "hub1");
  EXPECT_EQ(gateway.instances.at(0).text(), "10.60.0.12") << "where Azure has them";
}

TEST(HubGateways, ItsAddressesAreThoseOfTheFile) {
  const auto bgp = R"("bgpSettings": {"asn": 65515, "bgpPeeringAddresses": [
      {"ipconfigurationId": "Instance0", "defaultBgpIpAddresses": ["10.60.0.14"], "tunnelIpAddresses": ["20.4.4.4", "10.60.0.4"]},
      {"ipconfigurationId": "Instance1", "defaultBgpIpAddresses": ["10.60.0.15"], "tunnelIpAddresses": ["20.4.4.5", "10.60.0.5"]}]})";
  const auto out = imported(kHub + resource("Microsoft.Network/vpnGateways", "v", hub_reference("hub1") + ", " + bgp));
  const auto gateway = topology_of(out).gateways.at(0);
  EXPECT_EQ(gateway.instances.at(1).text(), "10.60.0.15");
  EXPECT_EQ(gateway.public_addresses.at(1).text(), "20.4.4.5");
}

TEST(HubGateways, ItsAddressesInTerraformsStateAreTheSame) {
  const std::string state = R"({"version": 4, "terraform_version": "1.9", "resources": [
    {"mode": "managed", "type": "azurerm_virtual_hub", "name": "h", "instances": [{"attributes": {"name": "hub1", "resource_group_name": "net-rg", "location": "northeurope", "address_prefix": "10.60.0.0/23", "virtual_wan_id": ")" +
                            id_of("Microsoft.Network/virtualWans", "wan") + R"("}}]},
    {"mode": "managed", "type": "azurerm_vpn_gateway", "name": "g", "instances": [{"attributes": {"name": "g", "resource_group_name": "net-rg", "virtual_hub_id": ")" +
                            id_of("Microsoft.Network/virtualHubs", "hub1") + R"(", "bgp_settings": [{"asn": 65515,
      "instance_0_bgp_peering_address": [{"default_ips": ["10.60.0.14"], "tunnel_ips": ["20.4.4.4", "10.60.0.4"]}],
      "instance_1_bgp_peering_address": [{"default_ips": ["10.60.0.15"], "tunnel_ips": ["20.4.4.5", "10.60.0.5"]}]}]}}]}]})";
  const auto gateway = topology_of(imported(state)).gateways.at(0);
  EXPECT_EQ(gateway.instances.at(1).text(), "10.60.0.15");
  EXPECT_EQ(gateway.public_addresses.at(0).text(), "20.4.4.4");
}

TEST(HubGateways, ALinkIsADevice) {
  const auto bgp = R"({"asn": 65010, "bgpPeeringAddress": "192.168.5.1"})";
  const auto out = imported(
      kHub + vpn_gateway_in("hub1") +
      site("office", R"("192.168.5.0/24")", link("isp1", "20.1.1.1", bgp) + ", " + link("isp2", "20.2.2.2", bgp)) +
      connection("c", site_reference("office") + R"(, "vpnLinkConnections": [)" + link_connection("office", "isp1") +
                          ", " + link_connection("office", "isp2") + "]"));
  const auto topology = topology_of(out);
  EXPECT_THAT(text_of(out.notes), HasSubstr("bgpPeeringAddress = 192.168.5.1: is another link's as well"));
  ASSERT_EQ(topology.local_gateways.size(), 2U);
  EXPECT_EQ(topology.local_gateways[1].name, "isp2");
  EXPECT_EQ(topology.local_gateways[1].address.text(), "20.2.2.2");
  ASSERT_EQ(topology.connections.size(), 2U);
  EXPECT_EQ(topology.connections[1].local_gateway, "isp2");
  EXPECT_TRUE(topology.connections[1].bgp);
  EXPECT_EQ(topology.connections[1].psk, "Abc123");
}

TEST(HubGateways, ASiteOfBeforeThereWereLinks) {
  const auto text = kHub + vpn_gateway_in("hub1") +
                    resource("Microsoft.Network/vpnSites", "office",
                             R"("addressSpace": {"addressPrefixes": ["192.168.5.0/24"]}, "ipAddress": "20.1.1.1")") +
                    connection("c", site_reference("office") + R"(, "sharedKey": "Abc123")");
  const auto topology = topology_of(imported(text));
  EXPECT_EQ(topology.connections.at(0).local_gateway, "office");
  EXPECT_FALSE(topology.connections.at(0).bgp);
}

/// Without BGP nobody tells the device which VNets are behind the gateway's.
TEST(HubGateways, ADeviceWithoutBgpKnowsTheSpokes) {
  const auto text = kHub + vpn_gateway_in("hub1") + site("office", R"("192.168.5.0/24")", link("isp", "20.1.1.1")) +
                    connection("c", site_reference("office") + R"(, "sharedKey": "Abc123")");
  const auto topology = topology_of(imported(text));
  std::string routes;
  for (const auto& route : node_of(topology, "onprem-vpn").routes) routes += route.to.text() + " ";
  EXPECT_THAT(routes, HasSubstr("10.61.0.0/24"));
}

TEST(HubGateways, EachSiteIsOneCustomer) {
  const auto text = kHub + vpn_gateway_in("hub1") + site("a", R"("192.168.5.0/24")", link("a", "20.1.1.1")) +
                    site("b", R"("192.168.6.0/24")", link("b", "20.2.2.2")) +
                    connection("ca", site_reference("a") + R"(, "sharedKey": "Abc123")") +
                    connection("cb", site_reference("b") + R"(, "sharedKey": "Abc123")");
  const auto topology = topology_of(imported(text));
  EXPECT_EQ(node_of(topology, "onprem1-client").interfaces.at(0).addresses.at(0).network().text(), "192.168.5.0/24");
  EXPECT_EQ(node_of(topology, "onprem2-client").interfaces.at(0).addresses.at(0).network().text(), "192.168.6.0/24");
}

TEST(HubGateways, ASiteInAVnetOfTheFilesAnnouncesNothingOfIt) {
  const auto bgp = R"({"asn": 65010, "bgpPeeringAddress": "10.61.0.30"})";
  const auto out =
      imported(kHub + vpn_gateway_in("hub1") + site("sim", R"("10.61.0.0/24")", link("l", "20.1.1.1", bgp)) +
               connection("c", site_reference("sim") + R"(, "enableBgp": true, "sharedKey": "Abc123")"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("10.61.0.0/24 is of a VNet or a peering in the files, and a lab's on-prem "
                                            "cannot have it; it was left out of what it announces"));
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("breaks a rule (V13)")));
}

const std::string kCircuit = resource(
    "Microsoft.Network/expressRouteCircuits", "er1",
    R"("sku": {"tier": "Premium", "family": "MeteredData"}, "serviceProviderProperties": {"serviceProviderName": "Equinix", "peeringLocation": "Amsterdam", "bandwidthInMbps": 100}, "peerings": [{"name": "AzurePrivatePeering", "peeringType": "AzurePrivatePeering", "vlanId": 100, "peerASN": 65001, "primaryPeerAddressPrefix": "192.168.9.0/30", "secondaryPeerAddressPrefix": "192.168.9.4/30"}])");

TEST(HubGateways, AnExpressRouteConnectionLeadsToACircuit) {
  const auto gateway = resource(
      "Microsoft.Network/expressRouteGateways", "ergw",
      hub_reference("hub1") +
          R"(, "autoScaleConfiguration": {"bounds": {"min": 2}}, "allowNonVirtualWanTraffic": true, "expressRouteConnections": [{"name": "to-er1", "properties": {"routingWeight": 10, "expressRouteCircuitPeering": )" +
          reference("Microsoft.Network/expressRouteCircuits", "er1/peerings/AzurePrivatePeering") + "}}]");
  const auto out = imported(kHub + kCircuit + gateway);
  const auto topology = topology_of(out);
  EXPECT_EQ(topology.connections.at(0).circuit, "er1");
  EXPECT_EQ(topology.connections.at(0).weight, 10);
  EXPECT_EQ(topology.gateways.at(0).sku, azure::GatewaySku::kErGw3AZ) << "4 Gbps";
  EXPECT_TRUE(topology.gateways.at(0).allow_remote_vnet_traffic);
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("between branches"))) << "there is one";
}

TEST(HubGateways, WhatGoesBetweenBranchesIsSaid) {
  const auto gateway = resource("Microsoft.Network/expressRouteGateways", "ergw", hub_reference("hub1"));
  EXPECT_THAT(text_of(imported(kHub + vpn_gateway_in("hub1") + gateway).notes),
              HasSubstr("what a hub's router passes on between branches, and between branches and the VNets of another "
                        "hub, is not played; branches reach the VNets of their own hub"));
}

TEST(HubGateways, APreferenceIsSaidWhereItMatters) {
  const auto preferred = wan() + hub("hub1", "10.60.0.0/23", R"("hubRoutingPreference": "ASPath")") +
                         spoke("hub1", "blue", "10.61.0.0/24") + vpn_gateway_in("hub1");
  const auto gateway = resource("Microsoft.Network/expressRouteGateways", "ergw", hub_reference("hub1"));
  constexpr const char* kSaid = "hubRoutingPreference = ASPath: is not modelled; where both gateways learn a prefix";
  EXPECT_THAT(text_of(imported(preferred + gateway).notes), HasSubstr(kSaid));
  EXPECT_THAT(text_of(imported(preferred).notes), Not(HasSubstr(kSaid)));
}

TEST(HubGateways, PointToSiteIsOneLine) {
  const auto gateway = resource("Microsoft.Network/p2sVpnGateways", "p2s", hub_reference("hub1"));
  EXPECT_THAT(text_of(imported(kHub + gateway).notes), HasSubstr("a lab has sites, not single machines that dial in"));
}

// --- Terraform -------------------------------------------------------------------------------------------------------

std::string planned(const std::string& type, const std::string& name, const std::string& values) {
  return R"({"address": ")" + type + "." + name + R"(", "mode": "managed", "type": ")" + type +
         R"(", "values": {"name": ")" + name + R"(", "resource_group_name": "rg")" +
         (values.empty() ? "" : ", " + values) + "}}";
}

/// What only the plan's configuration knows: KEY refers to WHOM.
std::string configured(const std::string& address, const std::string& expressions) {
  return R"({"address": ")" + address + R"(", "expressions": {)" + expressions + "}}";
}

std::string refers(const std::string& key, const std::string& whom) {
  return "\"" + key + R"(": {"references": [")" + whom + "\"]}";
}

TEST(HubGateways, APlanIsRead) {
  const auto vnet_of_plan = R"("location": "northeurope", "address_space": ["10.61.0.0/24"])";
  const std::string resources =
      planned("azurerm_virtual_wan", "wan", R"("type": "Standard")") + ", " +
      planned("azurerm_virtual_hub", "hub1", R"("address_prefix": "10.60.0.0/23", "location": "northeurope")") + ", " +
      planned("azurerm_virtual_network", "blue", vnet_of_plan) + ", " +
      planned("azurerm_subnet", "app", R"("virtual_network_name": "blue", "address_prefixes": ["10.61.0.0/25"])") +
      ", " +
      planned(
          "azurerm_virtual_hub_connection", "to-blue",
          R"("internet_security_enabled": true, "routing": [{"static_vnet_propagate_static_routes_enabled": true, "static_vnet_route": [{"name": "s", "address_prefixes": ["10.80.0.0/16"], "next_hop_ip_address": "10.61.0.9"}]}])") +
      ", " + planned("azurerm_firewall", "fw", R"("sku_name": "AZFW_Hub", "virtual_hub": [{"public_ip_count": 1}])") +
      ", " +
      planned("azurerm_virtual_hub_routing_intent", "ri",
              R"("routing_policy": [{"name": "i", "destinations": ["Internet"]}])") +
      ", " + planned("azurerm_vpn_gateway", "vpn", R"("scale_unit": 1)") + ", " +
      planned(
          "azurerm_vpn_site", "office",
          R"("address_cidrs": ["192.168.5.0/24"], "link": [{"name": "l", "ip_address": "20.1.1.1", "bgp": [{"asn": 65010, "peering_address": "192.168.5.1"}]}])") +
      ", " +
      planned("azurerm_vpn_gateway_connection", "c",
              R"("vpn_link": [{"name": "l", "bgp_enabled": true, "shared_key": "Abc123"}])");
  const std::string configuration =
      configured("azurerm_virtual_hub.hub1", refers("virtual_wan_id", "azurerm_virtual_wan.wan.id")) + ", " +
      configured("azurerm_virtual_hub_connection.to-blue",
                 refers("virtual_hub_id", "azurerm_virtual_hub.hub1.id") + ", " +
                     refers("remote_virtual_network_id", "azurerm_virtual_network.blue.id")) +
      ", " +
      configured("azurerm_firewall.fw",
                 R"("virtual_hub": [{)" + refers("virtual_hub_id", "azurerm_virtual_hub.hub1.id") + "}]") +
      ", " +
      configured("azurerm_virtual_hub_routing_intent.ri", refers("virtual_hub_id", "azurerm_virtual_hub.hub1.id") +
                                                              R"(, "routing_policy": [{)" +
                                                              refers("next_hop", "azurerm_firewall.fw.id") + "}]") +
      ", " + configured("azurerm_vpn_gateway.vpn", refers("virtual_hub_id", "azurerm_virtual_hub.hub1.id")) + ", " +
      configured("azurerm_vpn_gateway_connection.c",
                 refers("vpn_gateway_id", "azurerm_vpn_gateway.vpn.id") + ", " +
                     refers("remote_vpn_site_id", "azurerm_vpn_site.office.id") + R"(, "vpn_link": [{)" +
                     refers("vpn_site_link_id", "azurerm_vpn_site.office.link[0].id") + "}]");
  const auto out =
      imported(R"({"format_version": "1.2", "planned_values": {"root_module": {"resources": [)" + resources +
               R"(]}}, "configuration": {"root_module": {"resources": [)" + configuration + "]}}}");
  const auto topology = topology_of(out);
  EXPECT_EQ(carried_of(out),
            "VNet:1 subnet:1 Virtual WAN:1 hub:1 hub connection:1 routing intent:1 gateway:1 VPN site:1 "
            "connection:1 firewall:1 ");
  EXPECT_EQ(routes_of(topology, "blue"), "0.0.0.0/0>10.60.0.132 ") << "an appliance of its own is on no other way";
  EXPECT_EQ(routes_of(topology, "hub1", "GatewaySubnet"), "10.80.0.0/16>10.61.0.9 ");
  EXPECT_TRUE(uses_gateways(topology, "blue"));
  EXPECT_EQ(topology.local_gateways.at(0).asn->text(), "65010");
  EXPECT_EQ(topology.connections.at(0).local_gateway, "office");
}

}  // namespace
}  // namespace xconn::importing
