// Circuits lowered: VRFs of Microsoft's routers, shared pairs, ports of ExpressRoute Direct, providers that route,
// Microsoft peering and Global Reach.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "azure/expand.hh"
#include "azure/life.hh"
#include "model/read.hh"

namespace xconn::azure {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

model::Topology shipped(const std::string& name) {
  return model::read(std::string(XCONN_SOURCE_DIR) + "/topologies/" + name);
}

bool has_node(const model::Topology& topology, const std::string& name) {
  return std::ranges::count(topology.nodes, name, &model::Node::name) > 0;
}

const model::Node& node(const model::Topology& topology, const std::string& name) {
  return *std::ranges::find(topology.nodes, name, &model::Node::name);
}

const model::Interface& interface(const model::Topology& topology, const std::string& at, const std::string& name) {
  const auto& interfaces = node(topology, at).interfaces;
  const auto found = std::ranges::find(interfaces, name, &model::Interface::name);
  if (found == interfaces.end()) throw std::runtime_error(at + " has no " + name);
  return *found;
}

const model::BgpNeighbor& neighbor(const model::Topology& topology, const std::string& at, const std::string& address) {
  const auto& neighbors = node(topology, at).bgp->neighbors;
  const auto found = std::ranges::find(neighbors, *Address::parse(address), &model::BgpNeighbor::address);
  if (found == neighbors.end()) throw std::runtime_error(at + " has no neighbour " + address);
  return *found;
}

const model::Link* link(const model::Topology& topology, const End& a, const End& b) {
  const auto found =
      std::ranges::find_if(topology.links, [&](const model::Link& one) { return one.a == a && one.b == b; });
  return found == topology.links.end() ? nullptr : &*found;
}

TEST(Circuit, DualStackHasASessionOfEachFamilyOnEveryLeg) {
  const auto topology = expand(shipped("private-peering/dual-stack.yaml"));
  EXPECT_EQ(neighbor(topology, "msee1", "2001:db8:c0::1").maximum_prefix, 100U);
  EXPECT_EQ(neighbor(topology, "msee1", "2001:db8:4::c").asn.value(), 65515U) << "the instance at .12";
  EXPECT_EQ(neighbor(topology, "msee1", "2001:db8:4::c").maximum_prefix, 100U);
  EXPECT_EQ(neighbor(topology, "erspvnetcust1gw1-0", "2001:db8:4::4").asn.value(), 12076U) << "the MSEE at .4";
  EXPECT_TRUE(neighbor(topology, "erspvnetcust1gw1-0", "2001:db8:4::1").next_hop_self) << "the fabric";
  EXPECT_EQ(interface(topology, "hub-vm", "eth0").addresses.back().text(), "2001:db8:4:80::84/128");
}

TEST(Circuit, ThatRunsKeepsTheNamesOfItsRoutersWhenAnotherOneComes) {
  const std::string path = std::string(XCONN_SOURCE_DIR) + "/topologies/two-circuits";
  auto running = model::read(path);
  running.circuits.resize(1);
  const auto document = keeping_names(running, model::Document::load(path + "/topology.yaml"));
  const auto after = expand(model::read(document));
  EXPECT_TRUE(has_node(after, "msee1")) << "er-ams";
  EXPECT_FALSE(has_node(after, "er-ams-msee1"));
  EXPECT_TRUE(has_node(after, "er-lon-msee1"));
  const auto again = keeping_names(model::read(document), model::Document::load(path + "/topology.yaml"));
  EXPECT_EQ(again.json(), document.json()) << "the file itself, applied again";
}

TEST(Circuit, TwoPeeringsEndInTwoRoutersBehindOneTrunk) {
  const auto plain = expand(shipped("microsoft-peering"));
  EXPECT_EQ(interface(plain, "msee1-trunk", "prov.29.300").tags, (std::vector<Tag>{{29}, {300}}));
  EXPECT_EQ(interface(plain, "msee1-trunk", "prov.29.300").bridge, interface(plain, "msee1-trunk", "msee1-ms").bridge);
  EXPECT_EQ(interface(plain, "msee1-ms", "prov.29.300").addresses.front().text(), "203.0.113.2/30");
  EXPECT_THAT(interface(plain, "msee1-ms", "prov.29.300").tags, IsEmpty()) << "the trunk has popped them";
  const auto* cable = link(plain, {"exchange", "msee1"}, {"msee1-trunk", "prov"});
  ASSERT_NE(cable, nullptr);
  EXPECT_EQ(cable->a_to_b.rate, 1'000'000'000U) << "the peerings share the circuit's bandwidth";
}

TEST(Circuit, NothingIsAnnouncedOnMicrosoftPeeringWithoutAFilter) {
  EXPECT_THAT(*neighbor(expand(shipped("microsoft-peering")), "msee1-ms", "203.0.113.1").announce_communities,
              IsEmpty());
  const auto filtered = expand(shipped("microsoft-peering/filtered.yaml"));
  EXPECT_THAT(*neighbor(filtered, "msee2-ms", "203.0.113.5").announce_communities, ElementsAre("12076:51004"));
  EXPECT_EQ(neighbor(filtered, "msee2-ms", "203.0.113.5").maximum_prefix, 200U);
  EXPECT_THAT(neighbor(filtered, "msee2-ms", "203.0.113.5").refuse, Contains(*Prefix::parse("0.0.0.0/0")));
  EXPECT_FALSE(neighbor(filtered, "msee1", "192.168.251.1").announce_communities) << "private peering has no filter";
}

TEST(Circuit, PrefixesThatWaitForValidationKeepTheSessionDown) {
  const auto plain = expand(shipped("microsoft-peering/unvalidated.yaml"));
  EXPECT_TRUE(neighbor(plain, "msee1-ms", "203.0.113.1").shutdown);
  EXPECT_FALSE(neighbor(plain, "msee1", "192.168.251.1").shutdown);
}

TEST(Circuit, AServiceStandsBehindAllMicrosoftPeerings) {
  const auto plain = expand(shipped("microsoft-peering"));
  const auto& service = node(plain, "storage-eastus");
  EXPECT_EQ(service.bgp->advertise.front().text(), "20.60.0.0/24");
  ASSERT_EQ(service.bgp->neighbors.size(), 2U);
  EXPECT_THAT(service.bgp->neighbors[0].set_communities, ElementsAre("12076:51004", "12076:5050"));
  EXPECT_TRUE(neighbor(plain, "msee1-ms", service.interfaces[1].addresses[0].address().text()).remove_private_as);
}

TEST(Circuit, CircuitsOnOnePairShareItsTrunk) {
  auto topology = shipped("two-circuits");
  for (auto& circuit : topology.circuits) circuit.msee = "edge";
  const auto plain = expand(topology);
  EXPECT_EQ(interface(plain, "edge1", "prov.110.10").tags, (std::vector<Tag>{{110}, {10}}));
  EXPECT_EQ(interface(plain, "edge1", "prov.120.20").tags, (std::vector<Tag>{{120}, {20}}));
  EXPECT_NE(interface(plain, "edge1", "prov.110.10").bridge, interface(plain, "edge1", "prov.120.20").bridge);
  EXPECT_NE(link(plain, {"exchange", "edge1"}, {"edge1", "prov"}), nullptr);
  EXPECT_EQ(link(plain, {"ams", "pri"}, {"exchange", "er-ams-pri"})->a_to_b.rate, 200'000'000U);
  EXPECT_EQ(std::ranges::count(node(plain, "exchange").interfaces, "edge1", &model::Interface::name), 1);
  EXPECT_EQ(interface(plain, "er-lon-msee2", "prov.120.20").addresses.front().text(), "192.0.2.14/30");
}

TEST(Circuit, GlobalReachIsInternalToMicrosoftAndAsWideAsTheSmallerCircuit) {
  const auto plain = expand(shipped("two-circuits"));
  const auto* leg = link(plain, {"er-ams-msee2", "gr-er-lon"}, {"er-lon-msee2", "gr-er-ams"});
  ASSERT_NE(leg, nullptr);
  EXPECT_EQ(leg->a_to_b.rate, 50'000'000U);
  const auto& peer = neighbor(plain, "er-ams-msee2", "192.168.9.6");
  EXPECT_EQ(peer.asn, *Asn::of(12076));
  EXPECT_FALSE(peer.route_reflector_client) << "or it would be transitive";
  EXPECT_THAT(peer.withhold_asns, ElementsAre(*Asn::of(65515)));
  EXPECT_EQ(neighbor(plain, "er-ams-msee2", "10.1.0.12").withhold_communities, peer.set_communities);
}

TEST(Circuit, DirectPortsAreTheTrunkAndHoldEachCircuitToItsBandwidth) {
  const auto plain = expand(shipped("er-direct"));
  EXPECT_NE(link(plain, {"ce", "pri"}, {"direct1", "prov"}), nullptr);
  const auto* limited = link(plain, {"direct1", "er-test-msee1"}, {"er-test-msee1", "prov.102.20"});
  ASSERT_NE(limited, nullptr);
  EXPECT_EQ(limited->b_to_a.rate, 1'000'000'000U);
  const auto dot1q = expand(shipped("er-direct/dot1q.yaml"));
  EXPECT_EQ(interface(dot1q, "direct2", "prov.12").tags, (std::vector<Tag>{{12}}));
  auto unlimited = shipped("er-direct");
  unlimited.circuits[1].rate_limit = false;
  EXPECT_EQ(link(expand(unlimited), {"direct1", "er-test-msee1"}, {"er-test-msee1", "prov.102.20"})->b_to_a.rate, 0U);
}

TEST(Circuit, AProviderThatRoutesPeersWithMicrosoftItself) {
  auto topology = shipped("private-peering");
  topology.providers[0].connectivity = "managed-l3";
  topology.providers[0].asn = Asn::of(65300);
  for (const char* name : {"ce1-cust1", "ce2-cust1"}) {
    auto& ce = *std::ranges::find(topology.nodes, name, &model::Node::name);
    ce.interfaces = {ce.interfaces[0], {.name = "er", .addresses = {*InterfaceAddress::parse("172.30.0.1/30")}}};
  }
  const auto plain = expand(topology);
  const auto& router = node(plain, "useasterc1cust1-pe1");
  EXPECT_EQ(router.bgp->asn, *Asn::of(65300));
  EXPECT_EQ(interface(plain, router.name, "cust").addresses.front().text(), "172.30.0.2/30");
  EXPECT_EQ(interface(plain, router.name, "msee.29.28").addresses.front().text(), "192.0.2.97/30");
  EXPECT_EQ(neighbor(plain, router.name, "172.30.0.1").asn, *Asn::of(65001));
  EXPECT_NE(link(plain, {router.name, "msee"}, {"msee1", "prov"}), nullptr);
  EXPECT_FALSE(has_node(plain, "exchange"));
}

TEST(Circuit, IsJoinedToNothingUntilItIsProvisioned) {
  auto topology = shipped("private-peering");
  topology.circuits[0].provider_state = "NotProvisioned";
  const auto plain = expand(topology);
  EXPECT_EQ(std::ranges::count(node(plain, "exchange").interfaces, "msee1.29", &model::Interface::name), 0);
  EXPECT_EQ(node(plain, "msee1").bgp->neighbors.size(), 2U) << "the gateway's instances";
}

TEST(Circuit, HasAPairOfNetworksForEachAddressFamily) {
  auto topology = shipped("private-peering");
  topology.circuits[0].private_peering->primary_v6 = Prefix::parse("2001:db8::/126");
  topology.circuits[0].private_peering->secondary_v6 = Prefix::parse("2001:db8::4/126");
  const auto plain = expand(topology);
  EXPECT_EQ(interface(plain, "msee2", "prov.29.28").addresses[1].text(), "2001:db8::6/126");
  EXPECT_EQ(neighbor(plain, "msee2", "2001:db8::5").maximum_prefix, 100U);
}

TEST(Circuit, DisabledPeeringIsShutAtMicrosoft) {
  auto topology = shipped("private-peering");
  topology.circuits[0].private_peering->state = "Disabled";
  EXPECT_TRUE(neighbor(expand(topology), "msee1", "192.0.2.97").shutdown);
}

}  // namespace
}  // namespace xconn::azure
