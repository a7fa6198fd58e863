// SPDX-License-Identifier: Apache-2.0
// Scale sets, and balancers in front of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;

constexpr const char* kSets = "Microsoft.Compute/virtualMachineScaleSets";
constexpr const char* kBalancers = "Microsoft.Network/loadBalancers";

const std::string kVnet = vnet("hub", "10.72.0.0/16", subnet("app", "10.72.1.0/24"));

std::string scale_set(const std::string& capacity) {
  return resource(kSets, "walls",
                  R"("sku": {"name": "Standard_B1s")" + (capacity.empty() ? "" : R"(, "capacity": )" + capacity) +
                      R"(}, "virtualMachineProfile": {"networkProfile": {"networkInterfaceConfigurations": [
 {"name": "n", "properties": {"primary": true, "enableIPForwarding": true, "ipConfigurations": [{"name": "a", "properties": {
 "loadBalancerBackendAddressPools": [)" +
                      reference(kBalancers, "lb/backendAddressPools/p") + R"(], "subnet": )" +
                      subnet_reference("hub", "app") + "}}]}}]}}");
}

const std::string kBalancer =
    resource(kBalancers, "lb",
             R"("frontendIPConfigurations": [{"name": "f", "privateIPAllocationMethod": "Dynamic", "subnet": )" +
                 subnet_reference("hub", "app") +
                 R"(}], "backendAddressPools": [{"name": "p"}],
 "probes": [{"name": "h", "protocol": "Tcp", "port": 8443}], "loadBalancingRules": [{"name": "r", "protocol": "All", "frontendPort": 0, "backendPort": 0,
 "frontendIPConfiguration": )" +
                 reference(kBalancers, "lb/frontendIPConfigurations/f") + R"(, "backendAddressPool": )" +
                 reference(kBalancers, "lb/backendAddressPools/p") + R"(, "probe": )" +
                 reference(kBalancers, "lb/probes/h") + "}]");

std::string nodes_of(const Imported& out) {
  std::string names;
  for (const auto& node : topology_of(out).nodes) names += node.name + " ";
  return names;
}

struct Case {
  const char *capacity, *nodes, *note;
};
class ScaleSet : public testing::TestWithParam<Case> {};

TEST_P(ScaleSet, IsItsFirstInstances) {
  const auto& [capacity, nodes, note] = GetParam();
  const auto out = imported(kVnet + scale_set(capacity));
  EXPECT_EQ(nodes_of(out), nodes);
  EXPECT_THAT(text_of(out.notes), HasSubstr(note));
  EXPECT_EQ(topology_of(out).nodes.at(0).role, "router");
}

INSTANTIATE_TEST_SUITE_P(
    Capacities, ScaleSet,
    testing::Values(Case{"1", "walls-0 ", ""}, Case{"2", "walls-0 walls-1 ", ""},
                    Case{"7", "walls-0 walls-1 ",
                         "sku.capacity = 7: a lab has one or two instances of a scale set; it has 2: walls-0, walls-1"},
                    Case{"0", "walls-0 ", "it has 1: walls-0"},
                    Case{"", "walls-0 walls-1 ",
                         "sku.capacity: the files leave its number of instances open; it has two"}));

TEST(ScaleSets, IsCarriedUnderWhateverNameItsInstancesHave) {
  const auto taken = resource("Microsoft.Compute/virtualMachines", "walls-0", "");
  EXPECT_THAT(carried_of(imported(kVnet + taken + scale_set("1"))), HasSubstr("scale set:1"));
}

TEST(ScaleSets, ABalancerHasTheirInstances) {
  const auto out = imported(kVnet + scale_set("2") + kBalancer);
  const auto topology = topology_of(out);
  ASSERT_EQ(topology.load_balancers.size(), 1U) << text_of(out.notes);
  EXPECT_EQ(topology.load_balancers[0].backends.size(), 2U);
  EXPECT_EQ(topology.load_balancers[0].frontend.text(), "10.72.1.6") << "the first free one after the instances";
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("load balancer lb: privateIPAddress: the file does not say it; it is 10.72.1.6"));
}

TEST(ScaleSets, ABalancerWithoutRulesLacksThem) {
  const auto bare = resource(kBalancers, "nat",
                             R"("frontendIPConfigurations": [{"name": "f", "publicIPAddress": )" +
                                 reference("Microsoft.Network/publicIPAddresses", "x") +
                                 R"(}], "backendAddressPools": [{"name": "p"}])");
  EXPECT_THAT(text_of(imported(kVnet + bare).notes),
              HasSubstr("load balancer nat: its load balancing rules: not in the files"));
}

TEST(ScaleSets, OneWithoutProfileIsSaid) {
  EXPECT_THAT(text_of(imported(kVnet + resource(kSets, "flexible", R"("orchestrationMode": "Flexible")")).notes),
              HasSubstr("scale set flexible: virtualMachineProfile: has no NICs; it was left out"));
}

TEST(ScaleSets, TerraformsOneIsTheSame) {
  const auto subnet_id =
      "/subscriptions/s/resourceGroups/net-rg/providers/Microsoft.Network/virtualNetworks/hub/subnets/app";
  const std::string resources =
      R"({"address": "azurerm_virtual_network.v", "mode": "managed", "type": "azurerm_virtual_network", "values": {"name": "hub", "resource_group_name": "net-rg", "location": "northeurope", "address_space": ["10.72.0.0/16"]}},
         {"address": "azurerm_subnet.s", "mode": "managed", "type": "azurerm_subnet", "values": {"name": "app", "resource_group_name": "net-rg", "virtual_network_name": "hub", "address_prefixes": ["10.72.1.0/24"]}},
         {"address": "azurerm_linux_virtual_machine_scale_set.w", "mode": "managed", "type": "azurerm_linux_virtual_machine_scale_set", "values": {"name": "walls", "resource_group_name": "net-rg", "sku": "Standard_B1s", "instances": 2,
          "network_interface": [{"name": "n", "primary": true, "enable_ip_forwarding": true, "ip_configuration": [{"name": "a", "primary": true, "subnet_id": ")" +
      std::string(subnet_id) + R"("}]}]}})";
  const auto out =
      imported(R"({"format_version": "1.2", "planned_values": {"root_module": {"resources": [)" + resources + "]}}}");
  EXPECT_EQ(nodes_of(out), "walls-0 walls-1 ");
  EXPECT_EQ(topology_of(out).nodes.at(0).role, "router");
}

}  // namespace
}  // namespace xconn::importing
