// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/azure_network.hh"

namespace xconn::azure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

model::Topology reference() { return shipped("sdwan-expressroute"); }

const network::FabricSubnet& subnet(const network::Network& topology, std::string_view name) {
  return *std::ranges::find(node(topology, "hub").fabric->subnets, name, &network::FabricSubnet::name);
}

/// The reference topology with a second circuit, connected to the same gateway.
model::Topology two_circuits() {
  auto topology = reference();
  auto second = topology.circuits.front();
  second.name = "er2";
  second.s_tag = 30;
  second.sku = model::CircuitSku::kPremium;
  second.customer_primary.interface = "pri2";
  second.customer_secondary.interface = "sec2";
  second.private_peering->primary = *Prefix::parse("192.168.252.0/30");
  second.private_peering->secondary = *Prefix::parse("192.168.252.4/30");
  topology.circuits.push_back(second);
  auto connection = topology.connections.front();
  connection.circuit = "er2";
  connection.weight = 50;
  topology.connections.push_back(connection);
  return topology;
}

TEST(Expand, LeavesPlainNodesAsTheyAre) {
  auto topology = reference();
  const auto plain = expand(topology);
  EXPECT_EQ(node(plain, "hq-client").interfaces.size(), 1U);
  EXPECT_EQ(node(plain, "hq-er").bgp->neighbors.size(), 2U);
}

TEST(Expand, ProviderPushesTheSTagBetweenCustomerAndMsee) {
  const auto plain = expand(reference());
  const auto& provider = node(plain, "provider");
  const auto& pushes = interface(provider, "msee1.29");
  EXPECT_EQ(pushes.parent, "msee1");
  EXPECT_THAT(pushes.tags, ElementsAre(Tag{29, 0x8100}));
  EXPECT_EQ(pushes.bridge, interface(provider, "er1-pri").bridge);
  EXPECT_NE(pushes.bridge, interface(provider, "msee2.29").bridge) << "the two paths must not meet";
  EXPECT_TRUE(linked(plain, {"hq-er", "pri"}, {"provider", "er1-pri"}));
  EXPECT_TRUE(linked(plain, {"provider", "msee1"}, {"msee1", "prov"}));
}

TEST(Expand, MseeHasTheSecondAddressBehindBothTags) {
  const auto plain = expand(reference());
  const auto& inner = interface(node(plain, "msee2"), "prov.29.28");
  EXPECT_THAT(inner.tags, ElementsAre(Tag{29, 0x8100}, Tag{28, 0x8100}));
  EXPECT_EQ(inner.addresses.front().text(), "192.168.251.6/30");
  EXPECT_EQ(interface(node(plain, "msee1"), "core").addresses.front().text(), "172.16.139.4/27");
  EXPECT_EQ(interface(node(plain, "msee2"), "core").addresses.front().text(), "172.16.139.5/27");
}

TEST(Expand, MseeHidesPrivateNumbersAndLimitsRoutesOfBothSides) {
  const auto plain = expand(reference());
  const auto& neighbors = node(plain, "msee1").bgp->neighbors;
  ASSERT_EQ(neighbors.size(), 3U);
  EXPECT_EQ(neighbors[0].asn.value(), 65001U);
  EXPECT_TRUE(neighbors[0].remove_private_as);
  EXPECT_EQ(neighbors[0].maximum_prefix, 4000U);
  EXPECT_EQ(neighbors[1].asn.value(), 65515U);
  EXPECT_FALSE(neighbors[1].remove_private_as);
  EXPECT_EQ(neighbors[1].maximum_prefix, 1000U);
}

TEST(Expand, SeveralCircuitsHaveRoutersAndAddressesOfTheirOwn) {
  const auto plain = expand(two_circuits());
  EXPECT_EQ(interface(node(plain, "er1-msee1"), "core").addresses.front().text(), "172.16.139.4/27");
  EXPECT_EQ(interface(node(plain, "er2-msee1"), "core").addresses.front().text(), "172.16.139.6/27");
  EXPECT_EQ(node(plain, "er2-msee1").bgp->neighbors.front().maximum_prefix, 10000U);
  EXPECT_EQ(node(plain, "er-gw-0").bgp->neighbors.size(), 6U);
}

TEST(Expand, MseesTakeAddressesThatNoInstanceHas) {
  auto topology = two_circuits();
  topology.gateways.front().instances = {*Address::parse("172.16.139.7"), *Address::parse("172.16.139.8")};
  const auto plain = expand(topology);
  EXPECT_EQ(interface(node(plain, "er2-msee1"), "core").addresses.front().text(), "172.16.139.6/27");
  EXPECT_EQ(interface(node(plain, "er2-msee2"), "core").addresses.front().text(), "172.16.139.9/27");
  EXPECT_EQ(node(plain, "er-gw-0").bgp->neighbors[3].address.text(), "172.16.139.9");
}

TEST(Expand, TheGatewaysSkuLimitsItsRoutesAndItsBandwidth) {
  auto topology = reference();
  topology.gateways.front().sku = GatewaySku::kErGw2AZ;
  const auto plain = expand(topology);
  EXPECT_EQ(node(plain, "er-gw-0").bgp->neighbors.front().maximum_prefix, 9500U);
  const auto link = std::ranges::find(plain.links, End{"er-gw-0", "vnet"}, &network::Link::a);
  ASSERT_NE(link, plain.links.end());
  EXPECT_EQ(link->a_to_b.rate, 2'000'000'000U);
  EXPECT_EQ(link->b_to_a.rate, 2'000'000'000U);
}

TEST(Expand, AVnetIsAnnouncedWithItsOwnCommunityAndItsRegions) {
  auto topology = reference();
  topology.vnets.front().bgp_community = "12076:20031";
  topology.vnets.front().region = "Spain Central";
  const auto plain = expand(topology);
  EXPECT_THAT(node(plain, "er-gw-0").bgp->communities.at(*Prefix::parse("172.16.136.0/22")),
              ElementsAre("12076:20031", "12076:50057"));
  const auto unmarked = expand(reference());
  EXPECT_THAT(node(unmarked, "er-gw-0").bgp->communities, IsEmpty());
}

TEST(Expand, ConnectionWeightIsLocalPreference) {
  const auto plain = expand(two_circuits());
  const auto& neighbors = node(plain, "er-gw-1").bgp->neighbors;
  EXPECT_FALSE(neighbors[0].local_preference);
  EXPECT_EQ(neighbors[2].local_preference, 150U);
}

TEST(Expand, CircuitWithoutConnectionReachesNoGateway) {
  auto topology = reference();
  topology.connections.clear();
  const auto plain = expand(topology);
  EXPECT_EQ(node(plain, "msee1").bgp->neighbors.size(), 1U);
  EXPECT_THAT(node(plain, "er-gw-0").bgp->neighbors, testing::SizeIs(2)) << "the other instance and the fabric";
}

TEST(Expand, GatewayInstancesAnnounceTheAddressSpaceOnlyAndRouteIntoTheFabric) {
  const auto plain = expand(reference());
  const auto& instance = node(plain, "er-gw-0");
  const Prefix space = *Prefix::parse("172.16.136.0/22");
  EXPECT_THAT(instance.bgp->advertise, ElementsAre(space));
  EXPECT_THAT(instance.bgp->neighbors[0].announce, ElementsAre(space));
  EXPECT_EQ(instance.bgp->neighbors[2].address.text(), "172.16.139.13") << "the other one";
  EXPECT_TRUE(instance.bgp->neighbors.back().next_hop_self) << "the fabric";
  EXPECT_TRUE(linked(plain, {"er-gw-0", "vnet"}, {"hub", "er-gw-0.0"}));
  EXPECT_TRUE(linked(plain, {"er-gw-1", "core"}, {"er-gw-core", "er-gw-1"}));
}

TEST(Expand, EveryNicIsALinkIntoTheFabricWithTheSubnetsRouter) {
  const auto plain = expand(reference());
  EXPECT_TRUE(linked(plain, {"fgt-b", "port3"}, {"hub", "fgt-b.2"}));
  const auto& side = interface(node(plain, "hub"), "fgt-b.2");
  EXPECT_EQ(side.addresses.front().text(), "172.16.136.129/32");
  EXPECT_TRUE(side.hide_hop);
  EXPECT_EQ(node(plain, "app").gateway->text(), "172.16.137.1");
}

TEST(Expand, AMachinesRoutesAreItsOwn) {
  auto topology = reference();
  EXPECT_EQ(node(expand(topology), "fgt-a").rules.size(), 2U);  // as it says: the way back of the platform's probes
  for (auto& machine : topology.nodes) machine.rules.clear();
  EXPECT_THAT(node(expand(topology), "fgt-a").rules, IsEmpty());
}

TEST(Expand, UserRoutesPointAtTheNicOfTheirNextHop) {
  const auto plain = expand(reference());
  const auto& routes = subnet(plain, "protected-a").routes;
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].next_hops.front(), (NextHop{*Address::parse("172.16.136.68"), "ilb-internal.0", true}));
  EXPECT_FALSE(subnet(plain, "protected-a").propagate_bgp);
  EXPECT_TRUE(subnet(plain, "external").propagate_bgp);
}

TEST(Expand, UserRoutesOfOtherKinds) {
  auto topology = reference();
  const Prefix to = *Prefix::parse("203.0.113.0/24");
  topology.route_tables[0].routes = {{to, model::NextHopType::kNone, {}},
                                     {to, model::NextHopType::kVnetLocal, {}},
                                     {to, model::NextHopType::kInternet, {}},
                                     {to, model::NextHopType::kVirtualAppliance, Address::parse("172.16.136.99")}};
  const auto plain = expand(topology);
  const auto& routes = subnet(plain, "protected-a").routes;
  ASSERT_EQ(routes.size(), 4U);
  EXPECT_EQ(routes[0].kind, RouteKind::kBlackhole);
  EXPECT_EQ(routes[1].kind, RouteKind::kThrow);
  EXPECT_EQ(routes[2].next_hops.front().interface, "elb.0");
  EXPECT_EQ(routes[3].kind, RouteKind::kBlackhole) << "nobody has that address";
}

TEST(Expand, AUserRouteToTheGatewayIsForVpnOnly) {
  auto topology = reference();
  topology.connections.clear();
  topology.route_tables[0].routes = {
      {*Prefix::parse("203.0.113.0/24"), model::NextHopType::kVirtualNetworkGateway, {}}};
  EXPECT_EQ(subnet(expand(topology), "protected-a").routes[0].kind, RouteKind::kBlackhole) << "of ExpressRoute";
  auto& gateway = topology.gateways.front();
  gateway.type = model::GatewayType::kVpn;
  gateway.internet = {"internet", "azure"};
  gateway.public_addresses = {*Address::parse("40.114.187.147"), *Address::parse("40.114.187.148")};
  gateway.active_active = true;
  EXPECT_THAT(subnet(expand(topology), "protected-a").routes[0].next_hops,
              ElementsAre(NextHop{Address::parse("172.16.139.12"), "er-gw-0.0", true},
                          NextHop{Address::parse("172.16.139.13"), "er-gw-1.0", true}));
  gateway.active_active = false;
  EXPECT_THAT(subnet(expand(topology), "protected-a").routes[0].next_hops, testing::SizeIs(1));
}

TEST(Expand, EachBackendHasALinkThatLeadsToItsNicOnly) {
  const auto plain = expand(reference());
  const auto& balancer = *node(plain, "ilb-internal").balancer;
  ASSERT_EQ(balancer.backends.size(), 2U);
  EXPECT_EQ(balancer.backends[1].name, "fgt-b:port2");
  EXPECT_EQ(balancer.backends[1].fabric_interface, "fgt-b.1");
  const auto& hub = node(plain, "hub");
  const auto rule = std::ranges::find(hub.rules, "ilb-internal.2", &Rule::in_interface);
  ASSERT_NE(rule, hub.rules.end());
  const auto route = std::ranges::find(hub.routes, rule->table, &Route::table);
  EXPECT_EQ(route->next_hops.front(), (NextHop{*Address::parse("172.16.136.70"), "fgt-b.1", true}));
}

TEST(Expand, PublicBalancerIsTheWayToTheInternet) {
  const auto plain = expand(reference());
  const auto& elb = node(plain, "elb");
  EXPECT_EQ(interface(elb, "inet").addresses.front().text(), "40.114.187.146/30");
  EXPECT_EQ(elb.gateway->text(), "40.114.187.145");
  EXPECT_EQ(node(plain, "hub").fabric->internet_interface, "elb.0");
}

TEST(Expand, NoInterfaceNameIsTooLongOrTwiceThere) {
  auto topology = reference();
  for (auto& node : topology.nodes)
    if (node.name == "app") node.name = "a-rather-long-machine-name";
  topology.circuits[0].name = "circuit-of-a-long-name";
  topology.connections[0].circuit = topology.circuits[0].name;
  for (const auto& node : expand(topology).nodes) {
    std::vector<std::string> names;
    for (const auto& interface : node.interfaces) {
      EXPECT_TRUE(is_interface_name(interface.name)) << node.name << " " << interface.name;
      EXPECT_EQ(std::ranges::count(names, interface.name), 0) << node.name << " " << interface.name;
      names.push_back(interface.name);
    }
  }
}

}  // namespace
}  // namespace xconn::azure
