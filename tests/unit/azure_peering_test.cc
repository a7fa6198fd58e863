// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "azure/guards.hh"
#include "azure/peering.hh"
#include "model/halves.hh"
#include "tests/unit/azure_network.hh"

namespace xconn::azure {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

model::Topology transit(const std::string& file = "topology.yaml") { return shipped("transit-vnet/" + file); }

model::Vnet& vnet(model::Topology& topology, const std::string& name) {
  return *std::ranges::find(topology.vnets, name, &model::Vnet::name);
}

const network::FabricPeer& peer(const network::Network& topology, std::string_view vnet, std::string_view remote) {
  const auto& peers = node(topology, vnet).fabric->peers;
  const auto found = std::ranges::find(peers, remote, &network::FabricPeer::vnet);
  if (found == peers.end()) throw std::runtime_error(std::string(vnet) + " has no peer " + std::string(remote));
  return *found;
}

TEST(VnetPeering, IsConnectedWhenTheOtherHalfIsThere) {
  auto topology = transit();
  const auto half = vnet(topology, "spoke1").peerings.front();
  EXPECT_EQ(peering_state(topology, "spoke1", half), "Connected");
  EXPECT_TRUE(uses_remote_gateways(topology, "spoke1", half));
  vnet(topology, "transit").peerings.clear();
  EXPECT_EQ(peering_state(topology, "spoke1", half), "Initiated");
  EXPECT_FALSE(uses_remote_gateways(topology, "spoke1", half));
  const auto plain = expand(topology);
  EXPECT_THAT(node(plain, "spoke1").fabric->peers, IsEmpty());
}

TEST(VnetPeering, IsDisconnectedWhenItsOtherHalfGoes) {
  using testing::Pair;
  const auto before = transit();
  auto after = before;
  vnet(after, "spoke1").peerings.clear();
  EXPECT_THAT(left_alone(before, after), testing::ElementsAre(Pair("transit", "to-spoke1")));
  EXPECT_THAT(left_alone(after, after), IsEmpty()) << "it was Initiated";
  auto& left = *std::ranges::find(vnet(after, "transit").peerings, "to-spoke1", &model::VnetPeering::name);
  left.disconnected = true;
  EXPECT_EQ(peering_state(after, "transit", left), "Disconnected");
  auto untouched = before;
  vnet(after, "spoke1").peerings = vnet(untouched, "spoke1").peerings;
  EXPECT_EQ(peering_state(after, "spoke1", vnet(after, "spoke1").peerings.front()), "Initiated");
  EXPECT_THAT(node(expand(after), "spoke1").fabric->peers, IsEmpty()) << "until both are made anew";
}

// Microsoft Learn, "Update the address space for a peered virtual network": until it is synced, the peer does not know.
TEST(VnetPeering, DoesNotKnowWhatWasAddedUntilItIsSynced) {
  const auto added = *Prefix::parse("10.7.0.0/24");
  auto before = transit(), after = before;
  vnet(after, "spoke1").address_space.push_back(added);
  const auto left = left_unsynced(before, after);
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].vnet + "/" + left[0].half, "transit/to-spoke1");
  EXPECT_EQ(left[0].known, vnet(before, "spoke1").address_space);
  auto& half = *std::ranges::find(vnet(after, "transit").peerings, "to-spoke1", &model::VnetPeering::name);
  half.remote_address_space = left[0].known;
  EXPECT_EQ(sync_level(after, "transit", half), "RemoteNotInSync");
  EXPECT_EQ(sync_level(after, "spoke1", vnet(after, "spoke1").peerings.front()), "LocalNotInSync");
  EXPECT_THAT(peer(expand(after), "transit", "spoke1").address_space, Not(Contains(added)));
  EXPECT_THAT(node(expand(after), "transit-gw-0").bgp->advertise, Not(Contains(added)))
      << "nor does the circuit announce it";
  half.remote_address_space = vnet(after, "spoke1").address_space;
  EXPECT_EQ(sync_level(after, "transit", half), "FullyInSync");
  EXPECT_THAT(node(expand(after), "transit-gw-0").bgp->advertise, Contains(added));
}

TEST(VnetPeering, IsCarriedOverAsOutOfSyncAndSyncedByAVerb) {
  const auto path = std::string(kSourceDir) + "/topologies/transit-vnet/topology.yaml";
  auto wanted = model::Document::load(path);
  wanted.put({"vnets", "spoke1", "address-space"}, model::parse_value("[10.0.100.32/27, 10.7.0.0/24]"));
  auto document = carried_over(transit(), wanted);
  const auto known = [&] {
    auto topology = model::read(document);
    return std::ranges::find(vnet(topology, "transit").peerings, "to-spoke1", &model::VnetPeering::name)
        ->remote_address_space;
  };
  EXPECT_THAT(known(), ElementsAre(*Prefix::parse("10.0.100.32/27")));
  const auto running = model::read(document);
  EXPECT_THAT(left_unsynced(running, model::read(wanted)), SizeIs(1)) << "the file again does not sync";
  model::sync_half(document, "transit", "to-spoke1");
  EXPECT_THAT(known(), SizeIs(2));
}

TEST(VnetPeering, JoinsTwoFabricsOnceAndHidesTheHop) {
  const auto plain = expand(transit());
  EXPECT_THAT(node(plain, "transit").fabric->peers, SizeIs(2));
  const auto& hub = peer(plain, "spoke1", "transit");
  EXPECT_TRUE(linked(plain, {"spoke1", "transit"}, {"transit", "spoke1"}));
  EXPECT_EQ(hub.interface, "transit");
  EXPECT_EQ(hub.router.text(), "10.0.4.1");
  EXPECT_THAT(hub.address_space, ElementsAre(*Prefix::parse("10.0.4.0/26")));
  const auto& interfaces = node(plain, "spoke1").interfaces;
  const auto side = std::ranges::find(interfaces, "transit", &network::Interface::name);
  ASSERT_NE(side, interfaces.end());
  EXPECT_TRUE(side->hide_hop);
  EXPECT_EQ(side->addresses.front().text(), "10.0.100.33/32");
}

TEST(VnetPeering, OnlyASpokeThatUsesThemHasALinkToTheGateways) {
  auto topology = transit();
  vnet(topology, "spoke2").peerings.front().use_remote_gateways = false;
  const auto plain = expand(topology);
  EXPECT_TRUE(linked(plain, {"spoke1", "transit-gw"}, {"transit", "spoke1-gw"}));
  EXPECT_TRUE(peer(plain, "spoke1", "transit").remote_gateways);
  EXPECT_FALSE(peer(plain, "transit", "spoke1").remote_gateways);
  EXPECT_EQ(peer(plain, "transit", "spoke1").transit_interface, "spoke1-gw");
  EXPECT_EQ(peer(plain, "spoke2", "transit").transit_interface, "");
}

TEST(VnetPeering, GatewaysAnnounceTheSpokesThatUseThem) {
  auto topology = transit();
  const Prefix hub = *Prefix::parse("10.0.4.0/26"), one = *Prefix::parse("10.0.100.32/27"),
               two = *Prefix::parse("10.0.100.64/27");
  EXPECT_THAT(node(expand(topology), "transit-gw-0").bgp->advertise, ElementsAre(hub, one, two));
  vnet(topology, "transit").peerings[1].allow_gateway_transit = false;
  const auto plain = expand(topology);
  EXPECT_THAT(node(plain, "transit-gw-1").bgp->advertise, ElementsAre(hub, one));
  EXPECT_THAT(node(plain, "transit-gw-1").bgp->neighbors.front().announce, ElementsAre(hub, one));
}

TEST(VnetPeering, AnApplianceInThePeeredVnetHasALinkOfItsOwn) {
  const auto plain = expand(transit("via-nva.yaml"));
  const auto& routes = node(plain, "spoke1").fabric->subnets.front().routes;
  ASSERT_THAT(routes, SizeIs(1));
  ASSERT_THAT(routes[0].next_hops, SizeIs(1));
  EXPECT_EQ(routes[0].next_hops[0], (NextHop{Address::parse("10.0.4.36"), "transit-nva.0", true}));
  const auto& hub = node(plain, "transit");
  ASSERT_THAT(peer(plain, "transit", "spoke1").appliance_interfaces, ElementsAre("spoke1-nva.0"));
  const auto rule = std::ranges::find(hub.rules, "spoke1-nva.0", &Rule::in_interface);
  ASSERT_NE(rule, hub.rules.end());
  const auto way = std::ranges::find(hub.routes, rule->table, &Route::table);
  EXPECT_EQ(way->next_hops.front(), (NextHop{Address::parse("10.0.4.36"), "nva.0", true}));
}

TEST(VnetPeering, AHubsVpnGatewayIsANextHopOfASpokesUserRoutes) {
  auto topology = model::read(std::string(kSourceDir) + "/tests/e2e/incidents/spoke-to-vpn.yaml");
  auto plain = expand(topology);
  const auto& route = node(plain, "spoke").fabric->subnets.front().routes.front();
  ASSERT_THAT(route.next_hops, SizeIs(1)) << "the second instance stands by";
  EXPECT_EQ(route.next_hops.front().via, Address::parse("10.1.255.14"));
  EXPECT_THAT(peer(plain, "hub", "spoke").appliance_interfaces, SizeIs(1)) << "what enters there goes to it only";
  topology.gateways.front().active_active = true;
  topology.gateways.front().public_addresses.push_back(*Address::parse("198.51.100.3"));
  plain = expand(topology);
  EXPECT_THAT(node(plain, "spoke").fabric->subnets.front().routes.front().next_hops, SizeIs(2));
}

TEST(VnetPeering, OneNextHopHasOneLinkHoweverManyRoutesUseIt) {
  auto topology = transit("via-nva.yaml");
  auto& routes = std::ranges::find(topology.route_tables, "spoke1", &model::RouteTable::name)->routes;
  routes.push_back(routes.front());
  routes.back().to = *Prefix::parse("0.0.0.0/0");
  const auto plain = expand(topology);
  EXPECT_THAT(peer(plain, "transit", "spoke1").appliance_interfaces, SizeIs(1));
  EXPECT_EQ(node(plain, "spoke1").fabric->subnets.front().routes[1].next_hops.front().interface, "transit-nva.0");
}

TEST(VnetPeering, AnApplianceBeyondTwoPeeringsIsNoNextHop) {
  auto topology = transit("via-nva.yaml");
  topology.route_tables.front().routes.front().next_hop = Address::parse("10.0.100.68");  // of the other spoke
  const auto plain = expand(topology);
  EXPECT_EQ(node(plain, "spoke1").fabric->subnets.front().routes.front().kind, RouteKind::kBlackhole);
}

}  // namespace
}  // namespace xconn::azure
