// SPDX-License-Identifier: Apache-2.0
// What a VNet's fabric is made of: tables, mirrors, and the ruleset of its security groups.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/read.hh"
#include "nodes/make_plan.hh"
#include "nodes/vnet/security_lines.hh"
#include "tests/source_dir.hh"

namespace xconn::nodes {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

model::Topology transit(const std::string& file = "topology.yaml") {
  return model::read(std::string(kSourceDir) + "/topologies/transit-vnet/" + file);
}

const Route& route(const plan::Plan& plan, std::string_view node, std::uint32_t table, std::string_view to) {
  const auto& routes = plan.find_node(std::string(node))->routes;
  const auto found = std::ranges::find_if(
      routes, [&](const Route& item) { return item.table == table && item.to == *Prefix::parse(to); });
  if (found == routes.end()) throw std::runtime_error(std::string(node) + " has no route to " + std::string(to));
  return *found;
}

TEST(Peers, ASubnetReachesAPeeredVnetBySystemRoute) {
  const auto plan = make_plan(transit());
  const auto& to_hub = route(plan, "spoke1", 1001, "10.0.4.0/26");
  EXPECT_EQ(to_hub.metric, 30U);
  EXPECT_EQ(to_hub.next_hops.front(), (NextHop{Address::parse("10.0.4.1"), "transit", true}));
  EXPECT_THROW(route(plan, "spoke1", 1001, "10.0.100.64/27"), std::runtime_error) << "peering is not transitive";
}

/// The VNet's route replaces Azure's default blackhole for the same prefix: a table holds one route for each.
TEST(Tables, AVnetThatIsAPrivateRangeIsThere) {
  const auto plan = make_plan(model::read_text(R"(
name: lab
nodes: {vm: {role: host, site: azure, interfaces: {eth0: {subnet: hub/app, address: 192.168.1.4}}}}
vnets:
  hub: {address-space: [192.168.0.0/16], subnets: {app: {prefix: 192.168.1.0/24}}, peerings: {a: {remote: spoke}}}
  spoke: {address-space: [10.0.0.0/8], subnets: {app: {prefix: 10.1.0.0/24}}, peerings: {a: {remote: hub}}}
)",
                                               "lab.yaml"));
  const auto count = [&](const char* to) {
    return std::ranges::count_if(plan.find_node("hub")->routes, [&](const Route& item) {
      return item.table == 1001 && item.to == *Prefix::parse(to);
    });
  };
  EXPECT_EQ(route(plan, "hub", 1001, "192.168.0.0/16").kind, RouteKind::kThrow);
  EXPECT_EQ(route(plan, "hub", 1001, "10.0.0.0/8").kind, RouteKind::kUnicast) << "the peer's";
  EXPECT_EQ(count("192.168.0.0/16"), 1);
  EXPECT_EQ(count("10.0.0.0/8"), 1);
  EXPECT_EQ(route(plan, "hub", 1001, "172.16.0.0/12").kind, RouteKind::kBlackhole);
}

TEST(Peers, WhatTheGatewaysPassOnTakesTheirOwnLink) {
  const auto plan = make_plan(transit());
  EXPECT_EQ(route(plan, "transit", 1001, "10.0.100.32/27").next_hops.front().interface, "spoke1-gw");
  EXPECT_EQ(route(plan, "transit", 1002, "10.0.100.32/27").next_hops.front().interface, "spoke1");
}

TEST(Peers, WhatComesFromAPeerGoesToMachinesOnly) {
  const auto plan = make_plan(transit());
  const auto& hub = *plan.find_node("transit");
  const auto rule = std::ranges::find(hub.rules, "spoke1", &Rule::in_interface);
  ASSERT_NE(rule, hub.rules.end());
  EXPECT_EQ(route(plan, "transit", rule->table, "0.0.0.0/0").kind, RouteKind::kBlackhole);
  EXPECT_EQ(route(plan, "transit", rule->table, "10.0.4.0/26").kind, RouteKind::kThrow);
  EXPECT_EQ(std::ranges::count(hub.rules, "spoke1-gw", &Rule::in_interface), 0) << "this one reaches the gateways";
}

TEST(Peers, ASpokeLearnsOfItsHub) {
  const auto plan = make_plan(transit());
  const auto& mirrors = plan.find_node("spoke1")->mirrors;
  ASSERT_THAT(mirrors, SizeIs(1));
  EXPECT_EQ(mirrors[0].from_node, "transit");
  EXPECT_EQ(mirrors[0].interface, "transit-gw");
  EXPECT_THAT(mirrors[0].to_tables, ElementsAre(1001, 254));
  EXPECT_THAT(mirrors[0].reject, ElementsAre(*Prefix::parse("10.0.100.32/27"), *Prefix::parse("10.0.4.0/26")));
  EXPECT_THAT(plan.facts, Contains(plan::Fact{"spoke1", "route", "198.51.100.0/25", "transit-gw"}));
}

TEST(Peers, WithoutPropagationOnlyTheVnetItselfLearns) {
  auto topology = transit("via-nva.yaml");
  for (auto& table : topology.route_tables) table.propagate_bgp = false;
  EXPECT_THAT(make_plan(topology).find_node("spoke1")->mirrors.front().to_tables, ElementsAre(254));
}

TEST(Peers, ForwardedTrafficAndAccessAreSwitches) {
  auto topology = transit();
  EXPECT_THAT(make_plan(topology).find_node("spoke1")->nftables, Not(HasSubstr("forwarded traffic")));
  auto& spoke = *std::ranges::find(topology.vnets, "spoke1", &model::Vnet::name);
  spoke.peerings.front().allow_forwarded_traffic = false;
  spoke.peerings.front().allow_vnet_access = false;
  const auto plan = make_plan(topology);
  EXPECT_THAT(plan.find_node("spoke1")->nftables,
              HasSubstr("iifname { \"transit\" } ip saddr != { 10.0.4.0/26 } counter drop"));
  EXPECT_THAT(plan.find_node("spoke1")->nftables, HasSubstr("oifname \"transit\" counter drop"));
}

// --- security rules ------------------------------------------------------------------------------------------------

network::SecurityRule rule() {
  network::SecurityRule made;
  made.name = "r";
  made.priority = 100;
  return made;
}

TEST(SecurityLines, EmptyMatchesAll) {
  EXPECT_THAT(security_lines(rule(), {}), ElementsAre("counter return comment \"r\""));
}

TEST(SecurityLines, ManyPrefixesAndPortsAreOneLookup) {
  auto made = rule();
  made.access = network::Access::kDeny;
  made.protocol = network::TrafficProtocol::kTcp;
  made.sources = {"10.1.0.0/16", "10.0.0.0/8", "192.0.2.1"};
  made.destination_ports = {{8000, 8100}, {443, 443}, {8050, 8200}};
  EXPECT_THAT(security_lines(made, {}),
              ElementsAre("meta l4proto tcp ip saddr { 10.0.0.0/8, 192.0.2.1/32 } th dport { 443, 8000-8200 } counter "
                          "drop comment \"r\""));
}

TEST(SecurityLines, APortWithoutProtocolIsOfTcpAndUdp) {
  auto made = rule();
  made.source_ports = {{53, 53}};
  EXPECT_THAT(security_lines(made, {}),
              ElementsAre("meta l4proto { tcp, udp } th sport { 53 } counter return comment \"r\""));
}

TEST(SecurityLines, ServiceTags) {
  auto made = rule();
  made.sources = {"VirtualNetwork", "192.0.2.0/24"};
  made.destinations = {"Internet"};
  EXPECT_THAT(security_lines(made, {}),
              ElementsAre("meta mark & 0x1 == 0x1 meta mark & 0x2 == 0x0 ip daddr != @not-internet counter return "
                          "comment \"r\"",
                          "ip saddr { 192.0.2.0/24 } meta mark & 0x2 == 0x0 ip daddr != @not-internet counter return "
                          "comment \"r\""));
  made.sources = {"Storage"};
  EXPECT_THAT(security_lines(made, {}), IsEmpty()) << "nobody has it";
  network::PublicService storage;
  storage.name = "Storage";
  storage.prefix = *Prefix::parse("203.0.113.0/24");
  made.destinations.clear();
  EXPECT_THAT(security_lines(made, {storage}), ElementsAre("ip saddr { 203.0.113.0/24 } counter return comment \"r\""));
}

// --- security groups and NICs --------------------------------------------------------------------------------------

model::Topology with_groups() {
  auto topology = transit();
  network::Nsg of_subnet, of_nic;
  of_subnet.name = "of-subnet";
  of_nic.name = "of-nic";
  of_nic.rules = {rule()};
  topology.nsgs = {of_subnet, of_nic};
  std::ranges::find(topology.vnets, "spoke1", &model::Vnet::name)->subnets.front().nsg = "of-subnet";
  std::ranges::find(topology.nodes, "spoke1-vm", &network::Node::name)->interfaces.front().nsg = "of-nic";
  return topology;
}

TEST(SecurityGroups, WithoutAnyNothingIsTracked) {
  EXPECT_THAT(make_plan(transit()).find_node("spoke1")->nftables, Not(HasSubstr("ct state")));
}

TEST(SecurityGroups, TheNicsIsAskedFirstOnTheWayOutAndLastOnTheWayIn) {
  const auto rules = make_plan(with_groups()).find_node("spoke1")->nftables;
  const auto at = [&](const std::string& text) { return rules.find(text, rules.find("chain forward")); };
  ASSERT_NE(at("ct state established,related accept"), std::string::npos);
  EXPECT_LT(at("ct state"), at("iifname vmap { \"spoke1-vm.0\" : jump tags-0 }"));
  EXPECT_LT(at("iifname vmap { \"spoke1-vm.0\" : jump nsg-of-nic-out }"),
            at("iifname vmap { \"spoke1-vm.0\" : jump nsg-of-subnet-out }"));
  EXPECT_LT(at("oifname vmap { \"spoke1-vm.0\" : jump nsg-of-subnet-in }"),
            at("oifname vmap { \"spoke1-vm.0\" : jump nsg-of-nic-in }"));
}

TEST(SecurityGroups, DefaultRulesComeLast) {
  const auto rules = make_plan(with_groups()).find_node("spoke1")->nftables;
  const auto chain = rules.find("chain nsg-of-nic-in {");
  ASSERT_NE(chain, std::string::npos);
  const auto at = [&](const std::string& text) { return rules.find(text, chain); };
  EXPECT_LT(at("comment \"r\""), at("AllowVnetInBound"));
  EXPECT_LT(at("AllowVnetInBound"), at("AllowAzureLoadBalancerInBound"));
  EXPECT_LT(at("AllowAzureLoadBalancerInBound"), at("DenyAllInBound"));
}

TEST(SecurityGroups, VirtualNetworkIsTheVnetItsPeersItsUserRoutesAndWhatGatewaysLearned) {
  const auto rules = make_plan(with_groups()).find_node("spoke1")->nftables;
  EXPECT_THAT(rules, HasSubstr("elements = { 10.0.4.0/26, 10.0.100.32/27, 168.63.129.16/32 }"));
  EXPECT_THAT(rules, HasSubstr("fib saddr oifname { \"transit-gw\" } meta mark set meta mark | 1"));
}

TEST(SecurityGroups, WithoutOneAPublicAddressIsClosed) {
  auto topology = model::read(std::string(kSourceDir) + "/topologies/sdwan-expressroute");
  EXPECT_THAT(make_plan(topology).find_node("hub")->nftables,
              HasSubstr("iifname { \"elb.1\", \"elb.2\" } oifname != { \"fgt-a.0\", \"fgt-b.0\" } counter drop"));
  for (auto& subnet : topology.vnets.front().subnets) subnet.nsg.clear();
  EXPECT_THAT(make_plan(topology).find_node("hub")->nftables,
              HasSubstr("iifname { \"elb.1\", \"elb.2\" } counter drop"));
}

TEST(Nics, WithoutIpForwardingOnlyTheirOwnPacketsPass) {
  auto topology = transit();
  EXPECT_THAT(make_plan(topology).find_node("transit")->nftables, Not(HasSubstr("no IP forwarding")))
      << "a router's is on";
  std::ranges::find(topology.nodes, "nva", &network::Node::name)->interfaces.front().ip_forwarding = false;
  const auto rules = make_plan(topology).find_node("transit")->nftables;
  EXPECT_THAT(rules, HasSubstr("iifname { \"nva.0\" } iifname . ip saddr != { \"nva.0\" . 10.0.4.36 } counter drop"));
  EXPECT_THAT(rules, HasSubstr("oifname { \"nva.0\" } oifname . ip daddr != { \"nva.0\" . 10.0.4.36 } counter drop"));
}

}  // namespace
}  // namespace xconn::nodes
