// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"
#include "nodes/roles.hh"
#include "tests/source_dir.hh"

namespace xconn::nodes {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

model::Topology reference() { return model::read(std::string(kSourceDir) + "/topologies/sdwan-expressroute"); }

network::Node& node(model::Topology& topology, const std::string& name) {
  return *std::ranges::find(topology.nodes, name, &network::Node::name);
}

std::string file(const plan::Plan& plan, const std::string& node, const std::string& name) {
  for (const auto& file : plan.find_node(node)->files)
    if (file.name == name) return file.content;
  return "no such file";
}

bool has_fact(const plan::Plan& plan, const plan::Fact& fact) { return std::ranges::count(plan.facts, fact) > 0; }

/// By whatever next hops.
bool has_route(const plan::Plan& plan, const std::string& node, const std::string& prefix) {
  return std::ranges::any_of(plan.facts, [&](const plan::Fact& fact) {
    return fact.node == node && fact.kind == "route" && fact.subject == prefix;
  });
}

std::string refusal(const model::Topology& topology) {
  try {
    make_plan(topology);
  } catch (const TopologyError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Roles, EveryRowIsComplete) {
  for (const auto& role : roles()) {
    EXPECT_FALSE(role.description.empty()) << role.name;
    EXPECT_NE(role.make, nullptr) << role.name;
    EXPECT_EQ(find_role(role.name), &role);
  }
  EXPECT_EQ(find_role("toaster"), nullptr);
}

const Route& route_to(const plan::Plan& plan, const std::string& node, const std::string& prefix) {
  const auto& routes = plan.find_node(node)->routes;
  return *std::ranges::find(routes, *Prefix::parse(prefix), &Route::to);
}

TEST(Compose, BesideBgpTheMetricOfAStaticRouteIsItsDistance) {
  constexpr std::uint32_t kDistance = 1U << 24;  // as FRR reads it
  auto topology = reference();
  auto& route = node(topology, "hq-er").routes.at(0);
  EXPECT_EQ(route_to(make_plan(topology), "hq-er", "172.16.248.0/24").metric, 0U);
  route.metric = 200;
  EXPECT_EQ(route_to(make_plan(topology), "hq-er", "172.16.248.0/24").metric, 200 * kDistance);
  node(topology, "fgt-a").routes.at(0).metric = 200;
  EXPECT_EQ(route_to(make_plan(topology), "fgt-a", "172.16.137.0/24").metric, 200U) << "without BGP it is a metric";
}

TEST(Compose, RefusesAnUnknownRoleAndASectionThatARoleHasNot) {
  auto topology = reference();
  node(topology, "hq-client").role = "toaster";
  node(topology, "hq-printer").bgp = node(topology, "hq-er").bgp;
  EXPECT_THAT(refusal(topology), AllOf(HasSubstr("toaster"), HasSubstr("hq-printer"), HasSubstr("bgp")));
}

TEST(Compose, FilesAreAppendedToReplacedAndAdded) {
  auto topology = reference();
  node(topology, "hq-er").files = {{"frr.conf", "! mine\n", false}, {"notes", "text", true}};
  node(topology, "hq-client").files = {{"echo.json", "{}", true}};
  const auto plan = make_plan(topology);
  EXPECT_THAT(file(plan, "hq-er", "frr.conf"), AllOf(HasSubstr("router bgp 65001"), testing::EndsWith("! mine\n")));
  EXPECT_EQ(file(plan, "hq-er", "notes"), "text");
  EXPECT_EQ(file(plan, "hq-client", "echo.json"), "{}");
  EXPECT_EQ(plan.find_node("hq-er")->frr_lines, "! mine\n");
  node(topology, "hq-er").files = {{"bird.conf", "x", false}};
  EXPECT_THAT(refusal(topology), AllOf(HasSubstr("bird.conf"), HasSubstr("frr.conf")));
}

TEST(Compose, UsersSysctlsRulesAndCommandsAreAdded) {
  auto topology = reference();
  auto& client = node(topology, "hq-client");
  client.sysctls["net.ipv4.ip_forward"] = "1";
  client.nftables = "table inet mine {}\n";
  client.commands = {{"sleep", "1"}, {"sleep", "2"}};
  const auto plan = make_plan(topology);
  const auto* made = plan.find_node("hq-client");
  EXPECT_EQ(made->sysctls.at("net.ipv4.ip_forward"), "1");
  EXPECT_THAT(made->nftables, HasSubstr("table inet mine"));
  EXPECT_EQ(made->services.back(), (plan::Service{"command", "command-2", {"sleep", "2"}, "", {}}));
}

TEST(Compose, EveryNameOfAPlanIsThere) {
  const auto plan = make_plan(reference());
  for (const auto& link : plan.links)
    for (const End& end : {link.a, link.b}) {
      ASSERT_NE(plan.find_node(end.node), nullptr) << link.name;
      EXPECT_EQ(std::ranges::count(plan.find_node(end.node)->interfaces, end.interface, &plan::Interface::name), 1)
          << link.name;
    }
  for (const auto& fact : plan.facts) EXPECT_NE(plan.find_node(fact.node), nullptr);
  for (const auto& node : plan.nodes)
    for (const auto& service : node.services)
      EXPECT_EQ(std::ranges::count(node.files, service.config, &plan::File::name), 1) << node.name;
}

TEST(Compose, EveryLinkEndIsAnEndAndEveryEndIsLinked) {
  const auto plan = make_plan(reference());
  for (const auto& node : plan.nodes)
    for (const auto& interface : node.interfaces)
      EXPECT_EQ(interface.kind == plan::InterfaceKind::kEnd, plan.find_link({node.name, interface.name}) != nullptr)
          << node.name << ":" << interface.name;
}

TEST(Compose, SecretsAreInSecretFilesOnly) {
  const auto plan = make_plan(reference());
  for (const auto& node : plan.nodes)
    for (const auto& file : node.files)
      for (const char* secret : {"crossconnect-lab-only", "er1md5"})
        EXPECT_TRUE(file.secret || file.content.find(secret) == std::string::npos) << node.name << " " << file.name;
}

TEST(Switch, PortsOfOneBridge) {
  const auto plan = make_plan(reference());
  const auto& interfaces = plan.find_node("hq-lan")->interfaces;
  ASSERT_EQ(interfaces.size(), 4U);
  EXPECT_EQ(interfaces[0].kind, plan::InterfaceKind::kBridge);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(interfaces[i].bridge, "br0");
}

TEST(Routing, TimersAreTheProfiles) {
  auto topology = reference();
  const auto azure = file(make_plan(topology), "msee1", "frr.conf");
  EXPECT_THAT(azure, AllOf(HasSubstr("timers bgp 60 180"), HasSubstr("receive-interval 300\n")));
  topology.timers = network::Timers::kFast;
  const auto fast = file(make_plan(topology), "msee1", "frr.conf");
  EXPECT_THAT(fast, AllOf(HasSubstr("timers bgp 3 10"), HasSubstr("receive-interval 100\n")));
}

TEST(Compose, AFileThatIsReplacedIsKnownByItsTextAlone) {
  auto topology = reference();
  node(topology, "hq-er").files = {{"frr.conf", "router bgp 1\n neighbor x password y\n", true}};
  node(topology, "hq-fgt").files = {{"sdwan.json", "{}", true}};
  const auto plan = make_plan(topology);
  const auto& router = *plan.find_node("hq-er");
  EXPECT_FALSE(router.bgp);
  EXPECT_EQ(router.frr_lines, file(plan, "hq-er", "frr.conf"));
  EXPECT_FALSE(plan.find_node("hq-fgt")->sdwan);
  EXPECT_THAT(plan::to_json(plan).dump(), Not(HasSubstr("password y"))) << "a user's password is a secret, too";
}

TEST(Routing, PolicyOfANeighbour) {
  auto topology = reference();
  auto& neighbor = node(topology, "hq-er").bgp->neighbors[1];
  neighbor.prepend = 2;
  neighbor.local_preference = 150;
  neighbor.accept = {*Prefix::parse("172.16.136.0/22")};
  neighbor.maximum_prefix = 200;
  const auto conf = file(make_plan(topology), "hq-er", "frr.conf");
  EXPECT_THAT(conf, AllOf(HasSubstr("set as-path prepend 65001 65001\n"), HasSubstr("set local-preference 150\n"),
                          HasSubstr("ip prefix-list IN-192.168.251.6 seq 5 permit 172.16.136.0/22\n"),
                          HasSubstr("neighbor 192.168.251.6 maximum-prefix 199 restart 1\n"),
                          HasSubstr("neighbor 192.168.251.6 route-map OUT-192.168.251.6 out\n"),
                          Not(HasSubstr("neighbor 192.168.251.2 route-map")), Not(HasSubstr("{{"))));
}

TEST(Routing, NothingIsExpectedOfASessionThatNobodyAnswers) {
  auto topology = reference();
  node(topology, "hq-er").bgp->neighbors.pop_back();
  node(topology, "hq-er").bgp->neighbors[0].bfd = false;
  auto plan = make_plan(topology);
  EXPECT_TRUE(has_fact(plan, {"msee1", "bgp", "192.168.251.1", "Established"}));
  EXPECT_FALSE(has_fact(plan, {"msee1", "bfd", "192.168.251.1", "up"}));
  EXPECT_FALSE(has_fact(plan, {"msee2", "bgp", "192.168.251.5", "Established"}));
  node(topology, "hq-er").bgp.reset();
  plan = make_plan(topology);
  EXPECT_FALSE(has_route(plan, "hq-er", "172.16.136.0/22"));
  EXPECT_FALSE(has_route(plan, "hub", "172.16.248.0/24"));
}

TEST(Routing, RoutesAreExpectedWhereTheyAreLearned) {
  const auto chain = make_plan(model::read(std::string(kSourceDir) + "/topologies/chain"));
  EXPECT_TRUE(has_route(chain, "r1", "10.0.3.0/24"));
  EXPECT_TRUE(has_fact(chain, {"r2", "route", "10.0.3.0/24", "192.0.2.6"}));
  EXPECT_FALSE(has_route(chain, "r1", "10.0.1.0/24")) << "its own";
  auto topology = model::read(std::string(kSourceDir) + "/topologies/chain");
  node(topology, "r2").bgp->asn = *Asn::of(64601);  // r1 and r2 are internal now, but r1 does not think so
  EXPECT_FALSE(has_route(make_plan(topology), "r1", "10.0.3.0/24"));
}

TEST(Routing, FiltersAndLoopsEndTheWayOfARoute) {
  auto topology = reference();
  auto plan = make_plan(topology);
  EXPECT_TRUE(has_route(plan, "hq-er", "172.16.136.0/22"));
  EXPECT_TRUE(has_route(plan, "hub", "172.16.251.0/24"));
  EXPECT_FALSE(has_route(plan, "hub", "172.16.136.0/22")) << "its own address space";
  for (auto& neighbor : node(topology, "hq-er").bgp->neighbors) neighbor.announce = {*Prefix::parse("172.16.248.0/24")};
  plan = make_plan(topology);
  EXPECT_TRUE(has_route(plan, "er-gw-1", "172.16.248.0/24"));
  EXPECT_FALSE(has_route(plan, "hub", "172.16.251.0/24"));
}

TEST(Vnet, RefusesItsOwnPrefixesFromTheGateway) {
  const auto conf = file(make_plan(reference()), "hub", "frr.conf");
  EXPECT_THAT(conf, AllOf(HasSubstr("ip prefix-list IN-172.16.139.12 seq 5 deny 172.16.136.0/22 le 32\n"),
                          HasSubstr("ip prefix-list IN-172.16.139.12 seq 10 permit any\n")));
}

TEST(Vnet, DefaultRouteOfTheUserRemovesNextHopNone) {
  const auto plan = make_plan(reference());
  const auto nowhere = [&](std::uint32_t table) {
    return std::ranges::count_if(plan.find_node("hub")->routes, [&](const Route& route) {
      return route.table == table && route.kind == RouteKind::kBlackhole && !route.to.is_default();
    });
  };
  EXPECT_EQ(nowhere(1001), 4) << "external has no user routes";
  EXPECT_EQ(nowhere(1005), 0) << "protected-a sends everything to the firewall";
}

TEST(Pair, HighestPriorityIsMasterAndTheOthersYield) {
  const auto plan = make_plan(reference());
  EXPECT_TRUE(has_fact(plan, {"fgt-a", "vrrp", "fgt", "MASTER"}));
  EXPECT_TRUE(has_fact(plan, {"fgt-b", "vrrp", "fgt", "BACKUP"}));
  EXPECT_TRUE(has_fact(plan, {"elb", "backend", "fgt-b:port1", "unhealthy"}));
  EXPECT_THAT(file(plan, "fgt-b", "keepalived.conf"), HasSubstr("vrrp_startup_delay"));
  EXPECT_THAT(file(plan, "fgt-a", "keepalived.conf"), Not(HasSubstr("vrrp_startup_delay")));
}

TEST(Pair, ExpectationsFollowThePriorities) {
  auto topology = reference();
  node(topology, "fgt-b").ha->priority = 250;
  const auto plan = make_plan(topology);
  EXPECT_TRUE(has_fact(plan, {"fgt-b", "vrrp", "fgt", "MASTER"}));
  EXPECT_TRUE(has_fact(plan, {"fgt-b", "sdwan-member", "er", "alive"}));
  EXPECT_FALSE(has_fact(plan, {"fgt-a", "sdwan-member", "er", "alive"}));
  EXPECT_TRUE(has_fact(plan, {"ilb-internal", "backend", "fgt-b:port2", "healthy"}));
}

std::string addresses(const plan::Plan& plan, const std::string& node, const std::string& name) {
  std::string text;
  for (const auto& interface : plan.find_node(node)->interfaces)
    if (interface.name == name)
      for (const auto& address : interface.addresses) text += address.text() + " ";
  return text;
}

TEST(Tunnels, TheAddressThatBgpSpeaksFromIsThereBeforeTheTun) {
  const auto plan = make_plan(model::read(std::string(kSourceDir) + "/topologies/er-vpn-backup/active-standby.yaml"));
  EXPECT_EQ(addresses(plan, "hq-ce", "lo"), "192.168.11.88/32 ");
  EXPECT_EQ(addresses(plan, "vpn-gw-1", "lo"), "10.17.11.76/32 ");
  EXPECT_EQ(addresses(plan, "vpn-gw-0", "lo"), "") << "its NIC has it already";
  EXPECT_EQ(addresses(plan, "vpn-gw-0", "vnet"), "10.17.11.76/32 ");
}

TEST(Tunnels, OnlyTheInitiatorStarts) {
  const auto plan = make_plan(reference());
  EXPECT_THAT(file(plan, "hq-fgt", "swanctl.conf"), HasSubstr("start_action = start"));
  EXPECT_THAT(file(plan, "fgt-a", "swanctl.conf"), HasSubstr("start_action = none"));
  EXPECT_TRUE(has_fact(plan, {"hq-fgt", "child-sa", "vpn/vpn", "INSTALLED"}));
  EXPECT_FALSE(has_fact(plan, {"fgt-a", "child-sa", "vpn/vpn", "INSTALLED"}));
}

TEST(Tunnels, DeadAfterRetriesTimesInterval) {
  auto topology = reference();
  EXPECT_THAT(file(make_plan(topology), "hq-fgt", "strongswan.conf"),
              HasSubstr("retransmit_tries = 7\n"));  // 8 x 0.5 s
  node(topology, "hq-fgt").tunnels[0].dpd = {std::chrono::seconds(20), 3};
  EXPECT_THAT(file(make_plan(topology), "hq-fgt", "strongswan.conf"),
              AllOf(HasSubstr("retransmit_tries = 29\n"), HasSubstr("retransmit_timeout = 2.0\n")));
}

}  // namespace
}  // namespace xconn::nodes
