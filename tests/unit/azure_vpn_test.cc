// SPDX-License-Identifier: Apache-2.0
// Several tunnels on one node, and VPN gateways, as plain nodes and links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/azure_network.hh"

namespace xconn::azure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

model::Topology backup() { return shipped("er-vpn-backup"); }

model::Gateway& vpn_gateway(model::Topology& topology) {
  return *std::ranges::find(topology.gateways, model::GatewayType::kVpn, &model::Gateway::type);
}

TEST(Tunnels, EachOfSeveralHasANodeOfItsOwn) {
  const auto plain = expand(backup());
  const auto& owner = node(plain, "hq-ce");
  EXPECT_THAT(owner.tunnels, IsEmpty());
  for (const std::string name : {"vpn0", "vpn1"}) {
    const auto& room = node(plain, "hq-ce-" + name);
    EXPECT_EQ(room.role, "tunnel");
    EXPECT_EQ(room.site, "on-prem");
    ASSERT_EQ(room.tunnels.size(), 1U);
    EXPECT_EQ(room.tunnels.front().name, name);
    EXPECT_TRUE(linked(plain, {"hq-ce", name}, {room.name, "inner"}));
    EXPECT_TRUE(linked(plain, {"hq-ce", name + ".ike"}, {room.name, "outer"}));
    const auto& played = *std::ranges::find(owner.interfaces, name, &network::Interface::name);
    EXPECT_EQ(played.addresses.at(0).text(), "192.168.11.88/32");
    EXPECT_EQ(played.mtu, 1400);
  }
}

TEST(Tunnels, WhatEachPeerSendsIsHandedOverBeforeTheNodeTakesItForItself) {
  const auto plain = expand(backup());
  const auto& rules = node(plain, "hq-ce").rules;
  ASSERT_EQ(rules.size(), 5U);
  EXPECT_EQ(rules[0].from->text(), "198.51.100.2/32");
  EXPECT_EQ(rules[0].to->text(), "203.0.113.2/32");
  EXPECT_EQ(rules[0].udp_port, 500U) << "all else is for the node, ARP's questions too";
  EXPECT_EQ(rules[1].udp_port, 4500U);
  EXPECT_EQ(rules[1].table, rules[0].table);
  EXPECT_EQ(rules[2].from->text(), "198.51.100.3/32");
  EXPECT_NE(rules[2].table, rules[0].table);
  EXPECT_EQ(rules[4].table, 255U) << "the node's own";
  EXPECT_GT(rules[4].priority, rules[0].priority);
}

TEST(Tunnels, OneStaysWhereItIs) {
  auto topology = backup();
  auto& tunnels = std::ranges::find(topology.nodes, "hq-ce", &network::Node::name)->tunnels;
  tunnels.pop_back();
  const auto plain = expand(topology);
  EXPECT_EQ(node(plain, "hq-ce").tunnels.size(), 1U);
  EXPECT_THROW(node(plain, "hq-ce-vpn0"), std::runtime_error);
}

TEST(VpnGateway, EachInstanceOfAnActiveActiveOneHasItsPublicAddress) {
  const auto plain = expand(backup());
  const auto& second = node(plain, "vpn-gw-1");
  EXPECT_EQ(second.interfaces.at(0).addresses.at(0).text(), "198.51.100.3/29");
  EXPECT_FALSE(second.ha);
  const auto& tunnel = second.tunnels.at(0);
  EXPECT_EQ(tunnel.local.text(), "198.51.100.3");
  EXPECT_EQ(tunnel.remote.text(), "203.0.113.2");
  EXPECT_EQ(tunnel.address.text(), "10.17.11.77/32");
  EXPECT_FALSE(tunnel.initiate) << "on-prem calls already";
  EXPECT_EQ(tunnel.dpd.interval * tunnel.dpd.retries, std::chrono::seconds(45));
  EXPECT_TRUE(linked(plain, {"internet", "azure"}, {"vpn-gw-front", "internet"}));
}

TEST(VpnGateway, CallsAsItsConnectionSays) {
  using enum model::ConnectionMode;
  const auto tunnel_with = [](model::ConnectionMode mode) {
    auto topology = backup();
    std::ranges::find(topology.connections, "hq-hub", &model::Connection::name)->mode = mode;
    return node(expand(topology), "vpn-gw-0").tunnels.at(0);
  };
  EXPECT_TRUE(tunnel_with(kDefault).answers);
  EXPECT_TRUE(tunnel_with(kInitiatorOnly).initiate) << "though on-prem calls";
  EXPECT_FALSE(tunnel_with(kInitiatorOnly).answers);
  EXPECT_FALSE(tunnel_with(kResponderOnly).initiate);
  EXPECT_TRUE(tunnel_with(kResponderOnly).answers);
}

TEST(VpnGateway, AnActiveStandbyOneIsOneToItsPeers) {
  auto topology = backup();
  auto& gateway = vpn_gateway(topology);
  gateway.active_active = false;
  gateway.public_addresses.pop_back();
  const auto plain = expand(topology);
  for (const std::string name : {"vpn-gw-0", "vpn-gw-1"}) {
    const auto& instance = node(plain, name);
    EXPECT_THAT(instance.interfaces.at(0).addresses, IsEmpty()) << "the active one gets it from keepalived";
    EXPECT_EQ(instance.tunnels.at(0).address.text(), "10.17.11.76/32");
    ASSERT_TRUE(instance.ha);
    EXPECT_EQ(instance.ha->addresses.at(0).address.text(), "198.51.100.2/29");
    const auto planned = instance.ha->heartbeat, unplanned = instance.ha->heartbeat * instance.ha->lost_threshold;
    EXPECT_GE(planned, std::chrono::seconds(10));
    EXPECT_LE(planned, std::chrono::seconds(15));
    EXPECT_GE(unplanned, std::chrono::seconds(60));
    EXPECT_LE(unplanned + planned, std::chrono::seconds(90));
    EXPECT_TRUE(linked(plain, {name, "platform"}, {"vpn-gw-platform", name})) << "it outlives the other one's carrier";
  }
}

TEST(VpnGateway, TheStandbyAttractsNothingWhileTheActiveOneLives) {
  auto topology = backup();
  const auto preferences = [&] {
    const auto plain = expand(topology);
    const auto& fabric = node(plain, vpn_gateway(topology).vnet);
    return std::pair{*neighbor(fabric, "10.17.11.76").local_preference,
                     *neighbor(fabric, "10.17.11.77").local_preference};
  };
  EXPECT_EQ(preferences().first, preferences().second) << "both are active";
  auto& gateway = vpn_gateway(topology);
  gateway.active_active = false;
  gateway.public_addresses.pop_back();
  EXPECT_GT(preferences().first, preferences().second);
}

TEST(VpnGateway, PrefersExpressRouteAndIsNoTransit) {
  const auto plain = expand(backup());
  const auto vnet = *Prefix::parse("10.17.11.0/25");
  const auto& on_prem = neighbor(node(plain, "vpn-gw-0"), "192.168.11.88");
  EXPECT_THAT(on_prem.announce, ElementsAre(vnet));
  EXPECT_THAT(on_prem.refuse, ElementsAre(vnet)) << "a device cannot claim the VNet's own prefix";
  EXPECT_TRUE(on_prem.ebgp_multihop);
  EXPECT_EQ(on_prem.source, Address::parse("10.17.11.76"));
  EXPECT_LT(*on_prem.local_preference, 100U);
  EXPECT_LT(*neighbor(node(plain, "hub"), "10.17.11.76").local_preference, 100U);
  EXPECT_FALSE(neighbor(node(plain, "hub"), "10.17.11.72").local_preference);
  EXPECT_LT(*neighbor(node(plain, "er-gw-1"), "10.17.11.77").local_preference, 100U);
  EXPECT_THAT(neighbor(node(plain, "er-gw-0"), "10.17.11.68").announce, ElementsAre(vnet));
}

TEST(VpnGateway, AnApipaAddressWaitsForOnPremToCall) {
  auto topology = backup();
  vpn_gateway(topology).apipa = {*Address::parse("169.254.21.2"), *Address::parse("169.254.21.6")};
  const auto plain = expand(topology);
  const auto& on_prem = neighbor(node(plain, "vpn-gw-1"), "192.168.11.88");
  EXPECT_TRUE(on_prem.passive);
  EXPECT_EQ(on_prem.source, Address::parse("169.254.21.6"));
  EXPECT_EQ(node(plain, "vpn-gw-1").tunnels.at(0).address.text(), "169.254.21.6/32");
}

TEST(VpnGateway, WithoutBgpTheLocalGatewaysAddressSpaceIsRouted) {
  auto topology = backup();
  topology.local_gateways.front().address_space = {*Prefix::parse("10.1.11.0/25")};
  std::ranges::find(topology.connections, "hq-hub", &model::Connection::name)->bgp = false;
  const auto plain = expand(topology);
  const auto& instance = node(plain, "vpn-gw-0");
  EXPECT_THAT(instance.bgp->advertise, testing::Contains(*Prefix::parse("10.1.11.0/25")));
  EXPECT_TRUE(std::ranges::any_of(instance.routes, [](const Route& route) {
    return route.to == *Prefix::parse("10.1.11.0/25") && route.next_hops.at(0).interface == "hq-hub";
  }));
}

/// What a device claims of the VNet, or of one that uses the gateway, stays in Azure; a wider prefix does not.
TEST(VpnGateway, TheVnetsOwnRouteWins) {
  auto topology = backup();
  const auto own = topology.vnets.front().address_space.front();
  const auto inside = Prefix::of(own.host(1), 28), around = *Prefix::parse("10.0.0.0/8");
  topology.local_gateways.front().address_space = {own, inside, around};
  std::ranges::find(topology.connections, "hq-hub", &model::Connection::name)->bgp = false;
  const auto plain = expand(topology);
  const auto& instance = node(plain, "vpn-gw-0");
  const auto is_tunnelled = [&](const Prefix& prefix) {
    return std::ranges::any_of(instance.routes, [&](const Route& route) {
      return route.to == prefix && !route.next_hops.empty() && route.next_hops.front().interface == "hq-hub";
    });
  };
  EXPECT_FALSE(is_tunnelled(own));
  EXPECT_FALSE(is_tunnelled(inside));
  EXPECT_TRUE(is_tunnelled(around));
  EXPECT_THAT(instance.bgp->advertise, testing::Not(testing::Contains(inside)));
}

/// Else the tunnel's own packets would go into the tunnel.
TEST(VpnGateway, AForcedTunnelIsReachedByTheInternet) {
  auto topology = backup();
  topology.local_gateways.front().address_space = {Prefix{}};
  std::ranges::find(topology.connections, "hq-hub", &model::Connection::name)->bgp = false;
  const auto plain = expand(topology);
  const auto way_to = [&](const Prefix& prefix) {
    std::vector<std::string> interfaces;
    for (const auto& route : node(plain, "vpn-gw-0").routes)
      if (route.to == prefix) interfaces.push_back(route.next_hops.front().interface);
    return interfaces;
  };
  const auto& device = topology.local_gateways.front().address;
  EXPECT_THAT(way_to(Prefix{}), testing::ElementsAre("hq-hub"));
  EXPECT_THAT(way_to(Prefix::of(device, device.bits())), testing::ElementsAre("internet"));
}

TEST(VpnGateway, AConnectionOverPrivatePeeringEndsAtTheInstance) {
  auto topology = backup();
  auto& connection = *std::ranges::find(topology.connections, "hq-hub", &model::Connection::name);
  connection.use_local_azure_address = true;
  const auto plain = expand(topology);
  EXPECT_EQ(node(plain, "vpn-gw-1").tunnels.at(0).local.text(), "10.17.11.77");
  EXPECT_TRUE(std::ranges::any_of(node(plain, "vpn-gw-1").routes, [](const Route& route) {
    return route.to == *Prefix::parse("203.0.113.2/32") && route.next_hops.at(0).interface == "vnet";
  }));
}

}  // namespace
}  // namespace xconn::azure
