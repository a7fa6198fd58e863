// SPDX-License-Identifier: Apache-2.0
// Circuits lowered: VRFs of Microsoft's routers, shared pairs, ports of ExpressRoute Direct, providers that route,
// Microsoft peering and Global Reach.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "azure/guards.hh"
#include "tests/unit/azure_network.hh"

namespace xconn::azure {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

model::Topology incident(const std::string& name) {
  return model::read(std::string(kSourceDir) + "/tests/e2e/incidents/" + name + ".yaml");
}

bool has_node(const network::Network& topology, const std::string& name) {
  return std::ranges::count(topology.nodes, name, &network::Node::name) > 0;
}

const network::Link* link(const network::Network& topology, const End& a, const End& b) {
  const auto found =
      std::ranges::find_if(topology.links, [&](const network::Link& one) { return one.a == a && one.b == b; });
  return found == topology.links.end() ? nullptr : &*found;
}

TEST(Circuit, DualStackHasASessionOfEachFamilyOnEveryLeg) {
  const auto topology = expand(shipped("private-peering/dual-stack.yaml"));
  EXPECT_EQ(neighbor(node(topology, "msee1"), "2001:db8:c0::1").maximum_prefix, 100U);
  EXPECT_EQ(neighbor(node(topology, "msee1"), "2001:db8:4::c").asn.value(), 65515U) << "the instance at .12";
  EXPECT_EQ(neighbor(node(topology, "msee1"), "2001:db8:4::c").maximum_prefix, 100U);
  EXPECT_EQ(neighbor(node(topology, "erspvnetcust1gw1-0"), "2001:db8:4::4").asn.value(), 12076U) << "the MSEE at .4";
  EXPECT_TRUE(neighbor(node(topology, "erspvnetcust1gw1-0"), "2001:db8:4::1").next_hop_self) << "the fabric";
  EXPECT_EQ(interface(node(topology, "hub-vm"), "eth0").addresses.back().text(), "2001:db8:4:80::84/128");
}

TEST(Circuit, ThatRunsKeepsTheNamesOfItsRoutersWhenAnotherOneComes) {
  const std::string path = std::string(kSourceDir) + "/topologies/two-circuits";
  auto running = model::read(path);
  running.circuits.resize(1);
  const auto document = carried_over(running, model::Document::load(path + "/topology.yaml"));
  const auto after = expand(model::read(document));
  EXPECT_TRUE(has_node(after, "msee1")) << "er-ams";
  EXPECT_FALSE(has_node(after, "er-ams-msee1"));
  EXPECT_TRUE(has_node(after, "er-lon-msee1"));
  const auto again = carried_over(model::read(document), model::Document::load(path + "/topology.yaml"));
  EXPECT_EQ(again.json(), document.json()) << "the file itself, applied again";
}

/// What a link takes in one direction; 0 is everything.
std::uint64_t rate_of(const network::Network& topology, const End& a, const End& b) {
  const auto* found = link(topology, a, b);
  if (found == nullptr) throw std::runtime_error("no link " + a.node + ":" + a.interface);
  EXPECT_EQ(found->a_to_b, found->b_to_a);
  return found->a_to_b.rate;
}

using Lanes = std::vector<std::vector<Tag>>;

/// The tags by which a trunk's interfaces lead into the link to `out`.
Lanes lanes(const network::Network& topology, const std::string& trunk, const std::string& out) {
  Lanes found;
  for (const auto& inner : node(topology, trunk).interfaces)
    for (const auto& outer : node(topology, trunk).interfaces)
      if (inner.parent == out && outer.parent == "prov" && outer.bridge == inner.bridge) {
        EXPECT_EQ(inner.tags, outer.tags);
        found.push_back(outer.tags);
      }
  return found;
}

TEST(Circuit, MicrosoftPeeringHangsBehindTheRouterThatHasTheTrunk) {
  const auto plain = expand(shipped("microsoft-peering"));
  EXPECT_EQ(interface(node(plain, "msee1"), "prov.29.28").addresses.front().text(), "192.168.251.2/30");
  EXPECT_EQ(interface(node(plain, "msee1"), "prov.29.300").tags, (std::vector<Tag>{{29}, {300}}));
  EXPECT_EQ(interface(node(plain, "msee1"), "prov.29.300").bridge, interface(node(plain, "msee1"), "msee1-ms").bridge);
  EXPECT_THAT(interface(node(plain, "msee1"), "prov.29.300").addresses, IsEmpty());
  EXPECT_EQ(interface(node(plain, "msee1-ms"), "prov.29.300").addresses.front().text(), "203.0.113.2/30");
  EXPECT_THAT(interface(node(plain, "msee1-ms"), "prov.29.300").tags, IsEmpty()) << "popped where the trunk is";
  EXPECT_NE(link(plain, {"msee1", "msee1-ms"}, {"msee1-ms", "prov.29.300"}), nullptr);
  EXPECT_EQ(rate_of(plain, {"exchange", "msee1"}, {"msee1", "prov"}), 1'000'000'000U)
      << "the peerings share the circuit's bandwidth";
}

TEST(Circuit, MicrosoftPeeringTakesNothingFromPrivatePeering) {
  const auto both = shipped("microsoft-peering");
  auto alone = both;
  alone.circuits[0].microsoft_peering.reset();
  const auto before = expand(alone), after = expand(both);
  for (const auto& old : before.links) EXPECT_NE(link(after, old.a, old.b), nullptr) << old.a.node;
  for (const auto& old : before.nodes)
    for (const auto& had : old.interfaces) {
      const auto& now = interface(node(after, old.name), had.name);
      EXPECT_EQ(now.addresses, had.addresses) << old.name << ":" << had.name;
      EXPECT_EQ(std::pair(now.parent, now.bridge), std::pair(had.parent, had.bridge));
    }
}

TEST(Circuit, ALonePeeringHasTheTrunkWhicheverItIs) {
  auto topology = shipped("microsoft-peering");
  topology.circuits[0].private_peering.reset();
  topology.connections.clear();
  const auto plain = expand(topology);
  EXPECT_EQ(interface(node(plain, "msee1-ms"), "prov.29.300").tags, (std::vector<Tag>{{29}, {300}}));
  EXPECT_FALSE(has_node(plain, "msee1"));
}

TEST(Circuit, NothingIsAnnouncedOnMicrosoftPeeringWithoutAFilter) {
  EXPECT_THAT(*neighbor(node(expand(shipped("microsoft-peering")), "msee1-ms"), "203.0.113.1").announce_communities,
              IsEmpty());
  const auto filtered = expand(shipped("microsoft-peering/filtered.yaml"));
  EXPECT_THAT(*neighbor(node(filtered, "msee2-ms"), "203.0.113.5").announce_communities, ElementsAre("12076:51004"));
  EXPECT_EQ(neighbor(node(filtered, "msee2-ms"), "203.0.113.5").maximum_prefix, 200U);
  EXPECT_THAT(neighbor(node(filtered, "msee2-ms"), "203.0.113.5").refuse, Contains(*Prefix::parse("0.0.0.0/0")));
  EXPECT_FALSE(neighbor(node(filtered, "msee1"), "192.168.251.1").announce_communities)
      << "private peering has no filter";
}

TEST(Circuit, PrefixesThatWaitForValidationKeepTheSessionDown) {
  const auto plain = expand(shipped("microsoft-peering/unvalidated.yaml"));
  EXPECT_TRUE(neighbor(node(plain, "msee1-ms"), "203.0.113.1").shutdown);
  EXPECT_FALSE(neighbor(node(plain, "msee1"), "192.168.251.1").shutdown);
}

TEST(Circuit, AServiceStandsBehindAllMicrosoftPeerings) {
  const auto plain = expand(shipped("microsoft-peering"));
  const auto& service = node(plain, "storage-eastus");
  EXPECT_EQ(service.bgp->advertise.front().text(), "20.60.0.0/24");
  ASSERT_EQ(service.bgp->neighbors.size(), 2U);
  EXPECT_THAT(service.bgp->neighbors[0].set_communities, ElementsAre("12076:51004", "12076:5050"));
  EXPECT_TRUE(neighbor(node(plain, "msee1-ms"), service.interfaces[1].addresses[0].address().text()).remove_private_as);
}

TEST(Circuit, AServiceMayHangOnTheInternetToo) {
  const auto plain = expand(incident("one-pool"));
  const auto& service = node(plain, "storage-eastus");
  EXPECT_EQ(service.routes.back().to, Prefix{});
  EXPECT_EQ(service.routes.back().next_hops.front(), (NextHop{Address::parse("192.0.2.1"), "internet", true}));
  EXPECT_EQ(node(plain, "net").routes.back().next_hops.front(), (NextHop{{}, "east", false}));
  EXPECT_NE(link(plain, {"net", "east"}, {"storage-eastus", "internet"}), nullptr);
  EXPECT_EQ(node(plain, "storage-westeurope").interfaces.size(), 2U) << "not there";
  auto topology = incident("one-pool");
  for (auto& circuit : topology.circuits) circuit.microsoft_peering.reset();
  EXPECT_FALSE(has_node(expand(topology), "storage-westeurope")) << "nothing leads there";
  EXPECT_FALSE(node(expand(topology), "storage-eastus").bgp);
}

TEST(Circuit, TwoVnetsMeetAtTheMseesWhereTheGatewayTakesIt) {
  auto topology = incident("two-vnets");
  topology.gateways[1].allow_remote_vnet_traffic = false;
  const auto plain = expand(topology);
  EXPECT_TRUE(neighbor(node(plain, "msee1"), "10.20.255.12").as_override);
  EXPECT_THAT(neighbor(node(plain, "gw-a-0"), "10.20.255.4").refuse, ElementsAre(*Prefix::parse("10.20.0.0/16")));
  EXPECT_FALSE(neighbor(node(plain, "msee1"), "10.30.255.12").as_override);
  EXPECT_THAT(neighbor(node(plain, "gw-b-0"), "10.30.255.4").refuse, IsEmpty());
}

TEST(Circuit, InstancesOfAGatewayArePeersInBothFamilies) {
  const auto plain = expand(shipped("private-peering/dual-stack.yaml"));
  EXPECT_EQ(neighbor(node(plain, "erspvnetcust1gw1-0"), "10.0.4.13").asn.value(), 65515U);
  EXPECT_EQ(neighbor(node(plain, "erspvnetcust1gw1-1"), "2001:db8:4::c").asn.value(), 65515U);
  EXPECT_FALSE(neighbor(node(plain, "erspvnetcust1gw1-0"), "10.0.4.13").next_hop_self) << "it leads to the MSEE";
}

TEST(Circuit, CircuitsOnOnePairShareItsTrunk) {
  auto topology = shipped("two-circuits");
  for (auto& circuit : topology.circuits) circuit.msee = "edge";
  const auto plain = expand(topology);
  EXPECT_EQ(lanes(plain, "edge1", "er-ams-msee1"), (Lanes{{{110}}}));
  EXPECT_EQ(lanes(plain, "edge1", "er-lon-msee1"), (Lanes{{{120}}}));
  EXPECT_EQ(interface(node(plain, "er-ams-msee1"), "prov.110.10").tags, (std::vector<Tag>{{110}, {10}}));
  EXPECT_EQ(rate_of(plain, {"exchange", "edge1"}, {"edge1", "prov"}), 0U);
  EXPECT_EQ(rate_of(plain, {"edge1", "er-ams-msee1"}, {"er-ams-msee1", "prov"}), 200'000'000U);
  EXPECT_EQ(rate_of(plain, {"edge1", "er-lon-msee1"}, {"er-lon-msee1", "prov"}), 50'000'000U);
  EXPECT_EQ(std::ranges::count(node(plain, "exchange").interfaces, "edge1", &network::Interface::name), 1);
  EXPECT_EQ(interface(node(plain, "er-lon-msee2"), "prov.120.20").addresses.front().text(), "192.0.2.14/30");
}

TEST(Circuit, GlobalReachIsInternalToMicrosoftAndAsWideAsTheSmallerCircuit) {
  const auto plain = expand(shipped("two-circuits"));
  const auto* leg = link(plain, {"er-ams-msee2", "gr-er-lon"}, {"er-lon-msee2", "gr-er-ams"});
  ASSERT_NE(leg, nullptr);
  EXPECT_EQ(leg->a_to_b.rate, 50'000'000U);
  const auto& peer = neighbor(node(plain, "er-ams-msee2"), "192.168.9.6");
  EXPECT_EQ(peer.asn, *Asn::of(12076));
  EXPECT_FALSE(peer.route_reflector_client) << "or it would be transitive";
  EXPECT_THAT(peer.withhold_asns, ElementsAre(*Asn::of(65515)));
  EXPECT_EQ(neighbor(node(plain, "er-ams-msee2"), "10.1.0.12").withhold_communities, peer.set_communities);
}

TEST(Circuit, ASharedPairHasItsTrunkForOneCircuitToo) {
  auto topology = shipped("private-peering");
  topology.circuits[0].msee = "edge";
  const auto plain = expand(topology);
  EXPECT_NE(link(plain, {"exchange", "edge1"}, {"edge1", "prov"}), nullptr);
  EXPECT_EQ(rate_of(plain, {"edge1", "msee1"}, {"msee1", "prov"}), 1'000'000'000U);
}

TEST(Circuit, DirectPortsAreTheTrunkAndHoldEachCircuitToItsBandwidth) {
  const auto plain = expand(shipped("er-direct"));
  EXPECT_NE(link(plain, {"ce", "pri"}, {"direct1", "prov"}), nullptr);
  EXPECT_EQ(rate_of(plain, {"direct1", "er-test-msee1"}, {"er-test-msee1", "prov"}), 1'000'000'000U);
  const auto dot1q = expand(shipped("er-direct/dot1q.yaml"));
  EXPECT_EQ(interface(node(dot1q, "direct2"), "prov.12").tags, (std::vector<Tag>{{12}}));
  EXPECT_EQ(interface(node(dot1q, "er-test-msee2"), "prov.12").tags, (std::vector<Tag>{{12}}));
  auto unlimited = shipped("er-direct");
  unlimited.circuits[1].rate_limit = false;
  EXPECT_EQ(rate_of(expand(unlimited), {"direct1", "er-test-msee1"}, {"er-test-msee1", "prov"}), 0U);
}

TEST(Circuit, BothPeeringsOfADirectCircuitShareItsBandwidth) {
  for (const char* encapsulation : {"QinQ", "Dot1Q"}) {
    const bool is_qinq = std::string(encapsulation) == "QinQ";
    auto topology = shipped(is_qinq ? "er-direct" : "er-direct/dot1q.yaml");
    auto& circuit = topology.circuits[1];
    circuit.microsoft_peering = circuit.private_peering;
    circuit.microsoft_peering->vlan = 300;
    circuit.microsoft_peering->primary = *Prefix::parse("203.0.113.0/30");
    const auto plain = expand(topology);
    const auto is_limited = [](const network::Link& one) {  // the gateways' SKUs limit links of their own
      return one.a_to_b.rate == 1'000'000'000U && one.a.interface != "vnet";
    };
    EXPECT_EQ(std::ranges::count_if(plain.links, is_limited), 2) << "one for each path, in " << encapsulation;
    EXPECT_EQ(rate_of(plain, {"direct1", "er-test-msee1"}, {"er-test-msee1", "prov"}), 1'000'000'000U);
    const auto name = is_qinq ? "prov.102.300" : "prov.300";
    EXPECT_EQ(rate_of(plain, {"er-test-msee1", "er-test-mse~2bc"}, {"er-test-msee1-ms", name}), 0U);
    EXPECT_EQ(interface(node(plain, "er-test-msee1-ms"), name).addresses.front().text(), "203.0.113.2/30");
    EXPECT_EQ(lanes(plain, "direct1", "er-test-msee1"), is_qinq ? Lanes{{{102}}} : (Lanes{{{12}}, {{300}}}));
  }
}

TEST(Circuit, APointToPointProviderIsACableForEachPath) {
  auto topology = shipped("private-peering");
  topology.providers[0].connectivity = model::Connectivity::kL2PointToPoint;
  const auto plain = expand(topology);
  EXPECT_EQ(rate_of(plain, {"ce1-cust1", "er"}, {"msee1", "prov"}), 1'000'000'000U) << "what cuts it, both sides see";
  EXPECT_EQ(interface(node(plain, "msee1"), "prov.28").tags, (std::vector<Tag>{{28}}));
  EXPECT_FALSE(has_node(plain, "exchange"));
}

/// private-peering over a provider that routes; the customer's routers know its own as BGP neighbours.
model::Topology routed(model::Connectivity model) {
  auto topology = shipped("private-peering");
  topology.providers[0].connectivity = model;
  topology.providers[0].asn = Asn::of(65300);
  for (const char* name : {"ce1-cust1", "ce2-cust1"}) {
    auto& ce = *std::ranges::find(topology.nodes, name, &network::Node::name);
    ce.interfaces = {ce.interfaces[0], {.name = "er", .addresses = {*InterfaceAddress::parse("172.30.0.1/30")}}};
    ce.bgp->neighbors.push_back({.address = *Address::parse("172.30.0.2"), .asn = *Asn::of(65300)});
  }
  return topology;
}

TEST(Circuit, AProviderThatRoutesPeersWithMicrosoftItself) {
  const auto plain = expand(routed(model::Connectivity::kManagedL3));
  const auto& router = node(plain, "useasterc1cust1-pe1");
  EXPECT_EQ(router.bgp->asn, *Asn::of(65300));
  EXPECT_EQ(interface(router, "cust").addresses.front().text(), "172.30.0.2/30");
  EXPECT_EQ(interface(router, "msee.29.28").addresses.front().text(), "192.0.2.97/30");
  EXPECT_EQ(neighbor(router, "172.30.0.1").asn, *Asn::of(65001));
  EXPECT_NE(link(plain, {router.name, "msee"}, {"msee1", "prov"}), nullptr);
  EXPECT_FALSE(has_node(plain, "exchange"));
}

TEST(Circuit, AProviderThatRoutesSpeaksForMicrosoftPeeringToo) {
  auto topology = routed(model::Connectivity::kManagedL3);
  auto peering = *topology.circuits[0].private_peering;
  peering.vlan = 300;
  peering.secondary = *Prefix::parse("203.0.113.4/30");
  peering.advertised_prefixes = {*Prefix::parse("203.0.113.64/28")};
  topology.circuits[0].microsoft_peering = peering;
  const auto plain = expand(topology);
  EXPECT_EQ(interface(node(plain, "useasterc1cust1-pe2"), "msee.29.300").addresses.front().text(), "203.0.113.5/30");
  const auto& msee = neighbor(node(plain, "useasterc1cust1-pe2"), "203.0.113.6");
  EXPECT_EQ(msee.asn, *Asn::of(12076));
  EXPECT_EQ(msee.password, peering.md5);
  EXPECT_EQ(msee.announce, peering.advertised_prefixes) << "Microsoft hears of no private network";
}

TEST(Circuit, ARouterWithoutBgpHasItsNetworksRoutedToIt) {
  auto topology = routed(model::Connectivity::kManagedL3);
  std::ranges::find(topology.nodes, "ce1-cust1", &network::Node::name)->bgp->neighbors.pop_back();
  const auto plain = expand(topology);
  const auto& router = node(plain, "useasterc1cust1-pe1");
  ASSERT_EQ(router.routes.size(), 1U);
  EXPECT_EQ(router.routes[0].to.text(), "172.20.0.0/30");
  EXPECT_EQ(router.routes[0].next_hops[0].via->text(), "172.30.0.1");
  EXPECT_THAT(router.bgp->advertise, ElementsAre(router.routes[0].to));
}

TEST(Circuit, AnIpVpnJoinsItsSitesAndCircuitsAnyToAny) {
  auto topology = routed(model::Connectivity::kIpVpn);
  topology.nodes.push_back({.name = "branch2", .role = "router"});
  topology.nodes.back().interfaces = {{.name = "wan", .addresses = {*InterfaceAddress::parse("172.30.1.2/30")}}};
  topology.providers[0].sites = {{"branch2", "wan"}};
  const auto plain = expand(topology);
  EXPECT_EQ(node(plain, "exchange").role, "switch");
  EXPECT_NE(link(plain, {"branch2", "wan"}, {"exchange-site1", "cust"}), nullptr);
  EXPECT_EQ(interface(node(plain, "exchange-site1"), "cust").addresses.front().text(), "172.30.1.1/30");
  std::vector<std::string> routers{"useasterc1cust1-pe1", "useasterc1cust1-pe2", "exchange-site1"};
  for (const auto& one : routers)
    for (const auto& other : routers) {
      if (one == other) continue;
      const auto address = interface(node(plain, other), "core").addresses.front().address();
      const auto& peer = neighbor(node(plain, one), address.text());
      EXPECT_EQ(peer.asn, *Asn::of(65300));
      EXPECT_TRUE(peer.next_hop_self) << "the other's customer is not on the provider's own network";
    }
}

TEST(Circuit, IsJoinedToNothingUntilItIsProvisioned) {
  auto topology = shipped("private-peering");
  topology.circuits[0].provider_state = model::ProviderState::kNotProvisioned;
  const auto plain = expand(topology);
  EXPECT_EQ(std::ranges::count(node(plain, "exchange").interfaces, "msee1.29", &network::Interface::name), 0);
  EXPECT_EQ(node(plain, "msee1").bgp->neighbors.size(), 2U) << "the gateway's instances";
}

TEST(Circuit, HasAPairOfNetworksForEachAddressFamily) {
  auto topology = shipped("private-peering");
  topology.circuits[0].private_peering->primary_v6 = Prefix::parse("2001:db8::/126");
  topology.circuits[0].private_peering->secondary_v6 = Prefix::parse("2001:db8::4/126");
  const auto plain = expand(topology);
  EXPECT_EQ(interface(node(plain, "msee2"), "prov.29.28").addresses[1].text(), "2001:db8::6/126");
  EXPECT_EQ(neighbor(node(plain, "msee2"), "2001:db8::5").maximum_prefix, 100U);
}

TEST(Circuit, DisabledPeeringIsShutAtMicrosoft) {
  auto topology = shipped("private-peering");
  topology.circuits[0].private_peering->state = model::PeeringState::kDisabled;
  EXPECT_TRUE(neighbor(node(expand(topology), "msee1"), "192.0.2.97").shutdown);
}

}  // namespace
}  // namespace xconn::azure
