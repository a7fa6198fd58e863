// SPDX-License-Identifier: Apache-2.0
// Private addresses that only Azure would give: templates and plans say whose they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string vnet_of(const std::string& name, const std::string& octet) {
  return R"({"type": "Microsoft.Network/virtualNetworks", "name": ")" + name +
         R"(", "location": "northeurope", "properties": {
 "addressSpace": {"addressPrefixes": ["10.)" +
         octet + R"(.0.0/16"]}, "subnets": [
 {"name": "AzureFirewallSubnet", "properties": {"addressPrefix": "10.)" +
         octet + R"(.0.0/26"}},
 {"name": "app", "properties": {"addressPrefix": "10.)" +
         octet + R"(.1.0/24", "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 'via-)" + name +
         R"(')]"}}}]}})";
}

std::string subnet_id(const std::string& vnet_name, const std::string& subnet_name) {
  return R"({"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', ')" + vnet_name + "', '" + subnet_name +
         R"(')]"})";
}

std::string firewall_of(const std::string& name) {
  return R"({"type": "Microsoft.Network/azureFirewalls", "name": "wall-)" + name +
         R"(", "properties": {"ipConfigurations": [
 {"name": "a", "properties": {"subnet": )" +
         subnet_id(name, "AzureFirewallSubnet") + "}}]}}";
}

std::string table_to(const std::string& name, const std::string& address) {
  return R"({"type": "Microsoft.Network/routeTables", "name": "via-)" + name + R"(", "properties": {"routes": [
 {"name": "all", "properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": ")" +
         address + "\"}}]}}";
}

std::string address_in(const std::string& type, const std::string& name, const std::string& list) {
  return "[reference(resourceId('Microsoft.Network/" + type + "', '" + name + "'))." + list +
         "[0].properties.privateIPAddress]";
}

std::string hop_of(const Imported& out, const std::string& table) {
  for (const auto& each : topology_of(out).route_tables)
    if (each.name == table && !each.routes.empty() && each.routes[0].next_hop) return each.routes[0].next_hop->text();
  return {};
}

TEST(OpenAddresses, EachRouteGoesToTheFirewallThatItNames) {
  const auto out = imported(arm_template(
      "", vnet_of("one", "80") + "," + vnet_of("two", "81") + "," + firewall_of("one") + "," + firewall_of("two") +
              "," + table_to("one", address_in("azureFirewalls", "wall-one", "ipConfigurations")) + "," +
              table_to("two", address_in("azureFirewalls", "wall-two", "ipConfigurations"))));
  EXPECT_EQ(hop_of(out, "via-one"), "10.80.0.4") << text_of(out.notes);
  EXPECT_EQ(hop_of(out, "via-two"), "10.81.0.4");
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("nextHopIpAddress: is known only once it is deployed; it is wall-one's, 10.80.0.4"));
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("which is not there")));
}

TEST(OpenAddresses, ANicWithoutAnAddressIsANextHop) {
  const auto nic =
      R"({"type": "Microsoft.Network/networkInterfaces", "name": "nva", "properties": {"enableIPForwarding": true,
 "ipConfigurations": [{"name": "a", "properties": {"privateIPAllocationMethod": "Dynamic", "subnet": )" +
      subnet_id("one", "app") + "}}]}}";
  const auto out =
      imported(arm_template("", vnet_of("one", "80") + "," + firewall_of("one") + "," + nic + "," +
                                    table_to("one", address_in("networkInterfaces", "nva", "ipConfigurations"))));
  EXPECT_EQ(hop_of(out, "via-one"), "10.80.1.4") << "not the only firewall's";
}

TEST(OpenAddresses, InARuleItIsNoAny) {
  const auto nsg =
      R"({"type": "Microsoft.Network/networkSecurityGroups", "name": "guard", "properties": {"securityRules": [
 {"name": "from-wall", "properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "destinationPortRange": "443",
 "destinationAddressPrefix": "*", "sourcePortRange": "*", "sourceAddressPrefix": ")" +
      address_in("azureFirewalls", "wall-one", "ipConfigurations") + R"("}}]}})";
  const auto out = imported(arm_template(
      "", vnet_of("one", "80") + "," + firewall_of("one") + "," + table_to("one", "10.80.0.4") + "," + nsg));
  EXPECT_TRUE(topology_of(out).nsgs.at(0).rules.empty());
}

/// The deployment that declares the VNet stands behind the one that asks for its address space.
TEST(OpenAddresses, AnExistingResourceOfALaterDeploymentIsThere) {
  const std::string asking = R"({"type": "Microsoft.Resources/deployments", "name": "routes", "properties": {
 "expressionEvaluationOptions": {"scope": "inner"}, "template": {"resources": [
 {"type": "Microsoft.Network/routeTables", "name": "via-one", "properties": {"routes": [{"name": "all", "properties": {
 "addressPrefix": "[reference(resourceId('Microsoft.Network/virtualNetworks', 'one')).addressSpace.addressPrefixes[0]]",
 "nextHopType": "None"}}]}}]}}})";
  const std::string declaring = R"({"type": "Microsoft.Resources/deployments", "name": "net", "properties": {
 "expressionEvaluationOptions": {"scope": "inner"}, "template": {"resources": [)" +
                                vnet_of("one", "80") + "]}}}";
  const auto out = imported(arm_template("", asking + "," + declaring));
  ASSERT_EQ(topology_of(out).route_tables.at(0).routes.size(), 1U) << text_of(out.notes);
  EXPECT_EQ(topology_of(out).route_tables[0].routes[0].to.text(), "10.80.0.0/16");
}

/// A linked template asks for what its caller deploys beside it.
TEST(OpenAddresses, AnOutputOfADeploymentOfTheCallerIsThere) {
  const auto deployment = [](const std::string& name, const std::string& content) {
    return R"({"type": "Microsoft.Resources/deployments", "name": ")" + name + R"(", "properties": {
 "expressionEvaluationOptions": {"scope": "inner"}, "template": {)" +
           content + "}}}";
  };
  const auto out = imported(arm_template(
      "", deployment("guard", R"("resources": [{"type": "Microsoft.Network/networkSecurityGroups", "name": "guard"}],
 "outputs": {"id": {"type": "string", "value": "[resourceId('Microsoft.Network/networkSecurityGroups', 'guard')]"}})") +
              ", " +
              deployment("net",
                         R"("resources": [{"type": "Microsoft.Network/virtualNetworks", "name": "one", "properties": {
 "addressSpace": {"addressPrefixes": ["10.80.0.0/16"]}, "subnets": [{"name": "app", "properties": {"addressPrefix": "10.80.1.0/24",
 "networkSecurityGroup": {"id": "[reference(resourceId('Microsoft.Resources/deployments', 'guard')).outputs.id.value]"}}}]}}])")));
  EXPECT_EQ(topology_of(out).vnets.at(0).subnets.at(0).nsg, "guard") << text_of(out.notes);
}

constexpr const char* kPlan = R"({"format_version": "1.2", "planned_values": {"root_module": {"resources": [
 {"address": "azurerm_virtual_network.one", "mode": "managed", "type": "azurerm_virtual_network", "name": "one",
  "values": {"name": "one", "location": "northeurope", "address_space": ["10.80.0.0/16"]}},
 {"address": "azurerm_subnet.app", "mode": "managed", "type": "azurerm_subnet", "name": "app",
  "values": {"name": "app", "virtual_network_name": "one", "address_prefixes": ["10.80.1.0/24"]}},
 {"address": "azurerm_network_interface.nva", "mode": "managed", "type": "azurerm_network_interface", "name": "nva",
  "values": {"name": "nva", "ip_forwarding_enabled": true, "ip_configuration": [{"name": "a"}]}},
 {"address": "azurerm_route_table.via", "mode": "managed", "type": "azurerm_route_table", "name": "via", "values": {"name": "via"}},
 {"address": "azurerm_route.all", "mode": "managed", "type": "azurerm_route", "name": "all",
  "values": {"name": "all", "route_table_name": "via", "address_prefix": "0.0.0.0/0", "next_hop_type": "VirtualAppliance"}}]}},
 "resource_changes": [{"address": "azurerm_route.all", "change": {"after_unknown": {"next_hop_in_ip_address": true}}}],
 "configuration": {"root_module": {"resources": [
 {"address": "azurerm_network_interface.nva", "expressions": {"ip_configuration": [{"subnet_id": {"references": ["azurerm_subnet.app.id", "azurerm_subnet.app"]}}]}},
 {"address": "azurerm_route.all", "expressions": {"next_hop_in_ip_address": {"references":
  ["azurerm_network_interface.nva.private_ip_address", "azurerm_network_interface.nva"]}}}]}}})";

TEST(OpenAddresses, APlanNamesTheNic) {
  const auto out = imported(kPlan);
  EXPECT_EQ(hop_of(out, "via"), "10.80.1.4") << text_of(out.notes);
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("known only after apply")));
}

}  // namespace
}  // namespace xconn::importing
