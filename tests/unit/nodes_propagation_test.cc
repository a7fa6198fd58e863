// SPDX-License-Identifier: Apache-2.0
// What each router will have of a prefix, told beforehand: all next hops of the paths that it counts as equal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "azure/expand.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"
#include "nodes/routing/propagation.hh"
#include "tests/source_dir.hh"

namespace xconn::nodes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Address address(const char* text) { return *Address::parse(text); }
const Prefix kPrefix = *Prefix::parse("10.9.0.0/24");

/// A router whose first interface is "loop", so that its router id is 192.0.2.NUMBER.
network::Node router(const std::string& name, int number, std::uint32_t asn) {
  network::Node node;
  node.name = name;
  node.role = "router";
  network::Interface loop;
  loop.name = "loop";
  loop.addresses.emplace_back(address("192.0.2.0").plus(static_cast<std::uint32_t>(number)), 32);
  node.interfaces.push_back(loop);
  node.bgp.emplace(network::Bgp{*Asn::of(asn), {}, {}, {}, {}, {}});
  return node;
}

/// A link 10.0.NUMBER.0/24 with `a` at .1 and `b` at .2, and a session over it.
void join(network::Node& a, network::Node& b, int number) {
  const auto network = address("10.0.0.0").plus(static_cast<std::uint32_t>(number) << 8);
  const auto add = [&](network::Node& node, std::uint32_t own, const network::Node& other, std::uint32_t there) {
    network::Interface end;
    end.name = "to-" + other.name + std::to_string(number);
    end.addresses.emplace_back(network.plus(own), 24);
    node.interfaces.push_back(end);
    network::BgpNeighbor neighbor{network.plus(there), other.bgp->asn};
    node.bgp->neighbors.push_back(neighbor);
  };
  add(a, 1, b, 2);
  add(b, 2, a, 1);
}

/// far -- up, down -- near: two ways of the same length.
struct Diamond {
  network::Node near = router("near", 1, 64501), up = router("up", 20, 64502), down = router("down", 10, 64503),
                far = router("far", 4, 64504);
  Diamond() {
    join(near, up, 1);
    join(near, down, 2);
    join(up, far, 3);
    join(down, far, 4);
    far.bgp->advertise = {kPrefix};
  }
  network::Network topology() const {
    network::Network all;
    all.nodes = {near, up, down, far};
    return all;
  }
  std::set<Address> next_hops(const network::Node& node) const {
    const auto all = topology();
    const Propagation propagation(all);
    for (const auto& learned : propagation.learned(*std::ranges::find(all.nodes, node.name, &network::Node::name)))
      if (learned.prefix == kPrefix) return learned.next_hops;
    ADD_FAILURE() << "it does not reach " << node.name;
    return {};
  }
};

TEST(Propagation, TakesAllPathsOfOneLength) {
  const Diamond net;
  EXPECT_THAT(net.next_hops(net.near), ElementsAre(address("10.0.1.2"), address("10.0.2.2")));
  EXPECT_THAT(net.next_hops(net.up), ElementsAre(address("10.0.3.2")));
}

TEST(Propagation, PrefersTheShorterPath) {
  Diamond net;
  net.down.bgp->neighbors[0].prepend = 1;
  EXPECT_THAT(net.next_hops(net.near), ElementsAre(address("10.0.1.2")));
}

TEST(Propagation, PrefersTheHigherLocalPreferenceToTheShorterPath) {
  Diamond net;
  net.down.bgp->neighbors[0].prepend = 3;
  net.near.bgp->neighbors[1].local_preference = 200;
  EXPECT_THAT(net.next_hops(net.near), ElementsAre(address("10.0.2.2")));
}

TEST(Propagation, PrefersWhatAnExternalNeighbourSays) {
  Diamond net;
  net.up.bgp->asn = net.near.bgp->asn;
  net.near.bgp->neighbors[0].asn = net.far.bgp->neighbors[0].asn = net.up.bgp->neighbors[0].asn = net.near.bgp->asn;
  net.down.bgp->asn = net.far.bgp->asn;
  net.near.bgp->neighbors[1].asn = net.far.bgp->neighbors[1].asn = net.down.bgp->neighbors[1].asn = net.far.bgp->asn;
  EXPECT_THAT(net.next_hops(net.near), ElementsAre(address("10.0.2.2"))) << "both paths are one AS long";
}

TEST(Propagation, KeepsTheNextHopAmongInternalNeighbours) {
  Diamond net;
  net.up.bgp->asn = net.near.bgp->asn;
  net.near.bgp->neighbors[0].asn = net.far.bgp->neighbors[0].asn = net.up.bgp->neighbors[0].asn = net.near.bgp->asn;
  net.near.bgp->neighbors.erase(net.near.bgp->neighbors.begin() + 1);
  EXPECT_THAT(net.next_hops(net.near), ElementsAre(address("10.0.3.2")));
  net.up.bgp->neighbors[0].next_hop_self = true;
  EXPECT_THAT(net.next_hops(net.near), ElementsAre(address("10.0.1.2")));
}

TEST(Propagation, LeavesOpenWhatIsMoreThanARouterUsesAtOnce) {
  Diamond net;
  net.near.bgp->maximum_paths = 1;
  EXPECT_THAT(net.next_hops(net.near), IsEmpty());
}

TEST(Propagation, ToldToAThirdOneIsTheBestOfEqualPathsByRouterId) {
  Diamond net;
  auto behind = router("behind", 5, 64505);
  join(net.near, behind, 5);
  behind.bgp->neighbors[0].accept = {kPrefix};
  auto all = net.topology();
  all.nodes.push_back(behind);
  all.nodes[0] = net.near;
  // `down` has the lower router id: withholding its AS is withholding the route
  all.nodes[0].bgp->neighbors[2].withhold_asns = {net.up.bgp->asn};
  EXPECT_EQ(Propagation(all).learned(behind).size(), 1U);
  all.nodes[0].bgp->neighbors[2].withhold_asns = {net.down.bgp->asn};
  EXPECT_THAT(Propagation(all).learned(behind), IsEmpty());
}

TEST(Propagation, LeavesOpenWhatAUserMayHaveRewritten) {
  Diamond net;
  net.up.files = {{"frr.conf", "route-map X permit 10\n", false}};
  EXPECT_THAT(net.next_hops(net.near), IsEmpty());
}

TEST(RouterId, IsTheGivenOneTheLoopbacksOrTheFirstInterfaces) {
  auto node = router("r", 7, 64501);
  EXPECT_EQ(router_id_of(node), address("192.0.2.7"));
  network::Interface loopback;
  loopback.name = "lo";
  loopback.addresses.emplace_back(address("192.0.2.99"), 32);
  node.interfaces.push_back(loopback);
  EXPECT_EQ(router_id_of(node), address("192.0.2.99"));
  node.bgp->router_id = address("203.0.113.1");
  EXPECT_EQ(router_id_of(node), address("203.0.113.1"));
}

/// Every tie of every reference topology is decided: no two speakers have one router id.
TEST(RouterId, IsAnotherOneForEachRouterOfAReferenceTopology) {
  for (const char* name :
       {"aviatrix-encryption", "bfd-on-off", "chain", "connectivity", "er-direct", "er-vpn-backup", "microsoft-peering",
        "private-peering", "sdwan-expressroute", "transit-vnet", "two-circuits", "vpn-over-er"}) {
    const auto plain = azure::expand(model::read(std::string(kSourceDir) + "/topologies/" + name));
    std::map<Address, std::string> owners;
    for (const auto& node : plain.nodes) {
      if (!node.bgp) continue;
      const auto id = router_id_of(node);
      ASSERT_TRUE(id) << name << " " << node.name;
      const auto [known, is_new] = owners.emplace(*id, node.name);
      EXPECT_TRUE(is_new) << name << ": " << node.name << " and " << known->second << " are both " << id->text();
    }
  }
}

TEST(RouteFacts, NameAllNextHopsThatTheKernelWillHave) {
  const auto plan = make_plan(model::read(std::string(kSourceDir) + "/topologies/two-circuits/equal.yaml"));
  const auto fact = std::ranges::find_if(plan.facts, [](const plan::Fact& one) {
    return one.node == "er-gw-0" && one.kind == "route" && one.subject == "10.11.0.0/24";
  });
  ASSERT_NE(fact, plan.facts.end());
  EXPECT_EQ(std::ranges::count(fact->expected, ' '), 3) << "four MSEEs of two circuits: " << fact->expected;
}

}  // namespace
}  // namespace xconn::nodes
