// SPDX-License-Identifier: Apache-2.0
// Firewalls and next hops; where a machine may be invented.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kFirewalls = "Microsoft.Network/azureFirewalls";

std::string firewall(const std::string& more = {}) {
  return resource(kFirewalls, "wall",
                  R"("ipConfigurations": [{"name": "a", )" + more + R"("subnet": )" +
                      subnet_reference("hub", "AzureFirewallSubnet") + "}, {\"name\": \"further\"}]");
}

/// The one in the Azure Firewall's subnet, or nullptr.
const network::Node* at(const model::Topology& topology, const std::string& address) {
  for (const auto& node : topology.nodes)
    for (const auto& nic : node.interfaces)
      if (!nic.addresses.empty() && nic.addresses[0].address().text() == address) return &node;
  return nullptr;
}

struct Case {
  const char *what, *configuration, *hop, *address;
};

class Firewall : public testing::TestWithParam<Case> {};

TEST_P(Firewall, IsARouterAtItsAddress) {
  const auto& [what, configuration, hop, address] = GetParam();
  const auto out = imported(vnet("hub", "10.60.0.0/22", subnet("AzureFirewallSubnet", "10.60.0.0/26")) +
                            route_table("via", hop) + firewall(configuration));
  const auto topology = topology_of(out);
  const auto* node = at(topology, address);
  ASSERT_NE(node, nullptr) << what << "\n" << out.topology;
  EXPECT_EQ(node->name, "wall");
  EXPECT_EQ(node->role, "router");
  EXPECT_EQ(topology.nodes.size(), 1U) << "nobody is invented beside it";
  EXPECT_THAT(text_of(out.notes), HasSubstr("rules and policies of a firewall are not modelled"));
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("route table via")));
}

INSTANTIATE_TEST_SUITE_P(Addresses, Firewall,
                         testing::Values(Case{"said", R"("privateIPAddress": "10.60.0.5", )", "10.60.0.5", "10.60.0.5"},
                                         Case{"first usable", "", "10.60.0.4", "10.60.0.4"},
                                         Case{"where routes go", "", "10.60.0.6", "10.60.0.6"}));

TEST(Appliances, AFirewallWithoutItsVnetMakesItsSubnet) {
  const auto out = imported(route_table("via", "10.60.0.4") + firewall(R"("privateIPAddress": "10.60.0.4", )"));
  const auto topology = topology_of(out);
  EXPECT_NE(at(topology, "10.60.0.4"), nullptr);
  EXPECT_EQ(topology.vnets.at(0).subnets.at(0).prefix.text(), "10.60.0.0/26");
}

TEST(Appliances, NobodyIsInventedInAzuresOwnSubnets) {
  const auto out = imported(vnet(
      "hub", "10.60.0.0/20",
      subnet("AzureFirewallSubnet", "10.60.0.0/26") + "," + subnet("AzureFirewallManagementSubnet", "10.60.0.64/26") +
          "," + subnet("azurebastionsubnet", "10.60.0.128/26") + "," + subnet("GatewaySubnet", "10.60.0.192/26") + "," +
          subnet("RouteServerSubnet", "10.60.1.0/26") + "," +
          subnet("sql", "10.60.2.0/24",
                 R"("delegations": [{"name": "d", "serviceName": "Microsoft.Sql/managedInstances"}])")));
  EXPECT_TRUE(topology_of(out).nodes.empty()) << out.topology;
}

TEST(Appliances, NobodyIsInventedOnANextHop) {
  const auto out =
      imported(vnet("hub", "10.60.0.0/22", subnet("app", "10.60.1.0/24")) + route_table("via", "10.60.1.4"));
  const auto topology = topology_of(out);
  EXPECT_EQ(at(topology, "10.60.1.4"), nullptr);
  EXPECT_NE(at(topology, "10.60.1.5"), nullptr);
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("route table via: nextHopIpAddress: 10.60.1.4 belongs to nothing in the files"));
}

std::string nic(const std::string& name, const std::string& forwards, const std::string& address) {
  return resource("Microsoft.Network/networkInterfaces", name,
                  R"("enableIPForwarding": )" + forwards + R"(, "ipConfigurations": [{"name": "a", )" + address +
                      R"("subnet": )" + subnet_reference("hub", "app") + "}]");
}

TEST(Appliances, ANextHopThatDoesNotForwardIsSaid) {
  const auto out =
      imported(vnet("hub", "10.60.0.0/22", subnet("app", "10.60.1.0/24")) + route_table("via", "10.60.1.9") +
               nic("proxy", "false", R"("privateIPAddress": "10.60.1.9", )"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("10.60.1.9 is proxy, which does not forward"));
}

TEST(Appliances, AForwardingNicWithoutAddressIsTheNextHop) {
  const auto out = imported(vnet("hub", "10.60.0.0/22", subnet("app", "10.60.1.0/24")) +
                            route_table("via", "10.60.1.9") + nic("nva", "true", ""));
  const auto topology = topology_of(out);
  ASSERT_NE(at(topology, "10.60.1.9"), nullptr);
  EXPECT_EQ(at(topology, "10.60.1.9")->name, "nva");
}

TEST(Appliances, ARouteWithoutAddressGoesToTheOnlyFirewall) {
  const auto hub = vnet("hub", "10.60.0.0/22", subnet("AzureFirewallSubnet", "10.60.0.0/26"));
  auto table = route_table("via", "");
  const auto out = imported(hub + table + firewall());
  EXPECT_EQ(topology_of(out).route_tables.at(0).routes.at(0).next_hop->text(), "10.60.0.4");
  EXPECT_THAT(text_of(out.notes), HasSubstr("nextHopIpAddress: has no address in the files; it is the firewall's"));
  const auto without = imported(hub + table);
  EXPECT_TRUE(topology_of(without).route_tables.at(0).routes.empty());
  EXPECT_THAT(text_of(without.notes), HasSubstr("the route was left out"));
}

/// The rules would refuse it [V29], and Azure takes it.
TEST(Appliances, ARouteToWhereNobodyReachesGoesNowhere) {
  const auto out = imported(
      vnet("hub", "10.60.0.0/22",
           subnet("app", "10.60.1.0/24", R"("routeTable": )" + reference("Microsoft.Network/routeTables", "via"))) +
      route_table("via", "10.99.1.4"));
  const auto topology = topology_of(out);
  EXPECT_EQ(topology.route_tables.at(0).routes.at(0).type, model::NextHopType::kNone);
  EXPECT_THAT(
      text_of(out.notes),
      HasSubstr("nextHopIpAddress = 10.99.1.4: is in no VNet that its subnets reach, so what goes there is lost"));
}

}  // namespace
}  // namespace xconn::importing
