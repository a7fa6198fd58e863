// SPDX-License-Identifier: Apache-2.0
// What the role of an edge writes is what its daemon reads: from the words of a topology to the daemon's configuration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/applications.hh"
#include "model/read.hh"
#include "nodes/edge/daemon/classifier.hh"
#include "nodes/edge/daemon/config.hh"
#include "nodes/make_plan.hh"

namespace xconn::sdwan {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

/// Every key of `sdwan`, none at its default.
constexpr const char* kTopology = R"(
name: seam
nodes:
  edge:
    role: edge
    interfaces: {lan: 10.9.0.1/24, er: 192.0.2.1/30, wan: 198.51.100.1/30}
    sdwan:
      routes: [10.1.0.0/16, 10.2.0.0/16]
      zones: {under: [er], over: [wan]}
      members:
        er: {interface: er, gateway: 192.0.2.2, cost: 5, priority: 7, weight: 3}
        wan: {interface: wan, gateway: 198.51.100.2, cost: 9, priority: 2, weight: 4}
      health-checks:
        web:
          {members: [er, wan], server: 10.1.0.10, protocol: http, port: 8080, path: /health, interval: 250ms, timeout: 1s,
           failtime: 3, recoverytime: 4, probe-count: 20, sla: {latency: 100ms, jitter: 20ms, loss: 2%}}
        echo: {members: [er], server: 10.1.0.11, protocol: tcp-echo}
      rules:
        calls:
          {from: [10.9.0.0/25], to: [10.1.0.0/24], protocol: udp, ports: [5060, 16384-32767], dscp: 46, applications: [SIP, RTP],
           strategy: best-quality, factor: jitter, factor-threshold: 15, members: [er, wan], health-check: web, hold-down: 7s}
        bulk: {to: [10.2.0.0/16], strategy: lowest-cost, zones: [over, under]}
        first: {strategy: manual, zones: [over, under]}
        spread: {strategy: maximize-bandwidth, factor: loss, members: [er]}
      implicit: weight
      require-route: true
  r: {role: router, interfaces: {er: 192.0.2.2/30, wan: 198.51.100.2/30}}
  pc: {role: host, interfaces: {eth0: 10.9.0.10/24}}
links: [[edge:er, r:er], [edge:wan, r:wan], [edge:lan, pc:eth0]]
)";

plan::Plan planned() { return nodes::make_plan(model::read_text(kTopology, "seam.yaml")); }

Config seen(const plan::Plan& plan) {
  for (const auto& file : plan.find_node("edge")->files)
    if (file.name == "sdwan.json") return parse_config(file.content);
  return {};
}

TEST(Seam, MembersAndZones) {
  const auto config = seen(planned());
  EXPECT_EQ(config.node, "edge");
  EXPECT_FALSE(config.ha);
  const auto& sdwan = config.sdwan;
  EXPECT_THAT(sdwan.routes, ElementsAre(*Prefix::parse("10.1.0.0/16"), *Prefix::parse("10.2.0.0/16")));
  EXPECT_THAT(sdwan.zones, ElementsAre(Pair("over", ElementsAre("wan")), Pair("under", ElementsAre("er"))));
  EXPECT_EQ(sdwan.implicit, network::Implicit::kWeight);
  EXPECT_TRUE(sdwan.require_route);
  ASSERT_EQ(sdwan.members.size(), 2u);
  const auto& er = sdwan.members[0];
  EXPECT_EQ(er.name, "er");
  EXPECT_EQ(er.interface, "er");
  EXPECT_EQ(er.gateway, Address::parse("192.0.2.2"));
  EXPECT_THAT((std::array{er.cost, er.priority, er.weight}), ElementsAre(5, 7, 3));
}

TEST(Seam, AnSlaTargetThatIsNotGivenDoesNotCount) {
  std::string text = kTopology;
  const std::string all = "sla: {latency: 100ms, jitter: 20ms, loss: 2%}";
  text.replace(text.find(all), all.size(), "sla: {latency: 100ms}");
  const auto config = seen(nodes::make_plan(model::read_text(text, "seam.yaml")));
  const auto& sla = *config.sdwan.health_checks.at(0).sla;
  EXPECT_EQ(sla.latency, 100ms);
  EXPECT_FALSE(sla.jitter);
  EXPECT_FALSE(sla.loss);
}

TEST(Seam, HealthChecks) {
  const auto config = seen(planned());
  const auto& checks = config.sdwan.health_checks;
  ASSERT_EQ(checks.size(), 2u);
  const auto& web = checks[0];
  EXPECT_EQ(web.name, "web");
  EXPECT_THAT(web.members, ElementsAre("er", "wan"));
  EXPECT_EQ(web.server, Address::parse("10.1.0.10"));
  EXPECT_EQ(web.protocol, network::ProbeProtocol::kHttp);
  EXPECT_EQ(web.path, "/health");
  EXPECT_THAT((std::array{web.interval, web.timeout}), ElementsAre(Duration{250ms}, Duration{1s}));
  EXPECT_THAT((std::array{web.port, web.failtime, web.recoverytime, web.probe_count}), ElementsAre(8080, 3, 4, 20));
  ASSERT_TRUE(web.sla);
  EXPECT_THAT((std::array{web.sla->latency, web.sla->jitter}),
              ElementsAre(std::optional<Duration>{100ms}, std::optional<Duration>{20ms}));
  EXPECT_DOUBLE_EQ(web.sla->loss.value(), 0.02);
  EXPECT_EQ(checks[1].protocol, network::ProbeProtocol::kTcpEcho);
  EXPECT_EQ(checks[1].port, 7);
  EXPECT_FALSE(checks[1].sla);
}

TEST(Seam, Rules) {
  const auto config = seen(planned());
  const auto& rules = config.sdwan.rules;
  ASSERT_EQ(rules.size(), 4u);
  const auto& calls = rules[0];
  EXPECT_EQ(calls.name, "calls");
  EXPECT_THAT(calls.from, ElementsAre(*Prefix::parse("10.9.0.0/25")));
  EXPECT_THAT(calls.to, ElementsAre(*Prefix::parse("10.1.0.0/24")));
  EXPECT_EQ(calls.protocol, 17);
  EXPECT_THAT(calls.ports, ElementsAre(Pair(5060, 5060), Pair(16384, 32767)));
  EXPECT_EQ(calls.dscp, 46);
  EXPECT_THAT(calls.applications, ElementsAre("SIP", "RTP"));
  EXPECT_EQ(calls.strategy, network::Strategy::kBestQuality);
  EXPECT_EQ(calls.factor, network::LinkCostFactor::kJitter);
  EXPECT_EQ(calls.factor_threshold, 15);
  EXPECT_THAT(calls.members, ElementsAre("er", "wan"));
  EXPECT_EQ(calls.health_check, "web");
  EXPECT_EQ(calls.hold_down, Duration{7s});
  EXPECT_EQ(rules[1].strategy, network::Strategy::kLowestCost);
  EXPECT_THAT(rules[1].members, ElementsAre("wan", "er"));
  EXPECT_FALSE(rules[1].protocol || rules[1].dscp);
  EXPECT_EQ(rules[2].strategy, network::Strategy::kManual);
  EXPECT_EQ(rules[3].strategy, network::Strategy::kMaximizeBandwidth);
  EXPECT_EQ(rules[3].factor, network::LinkCostFactor::kLoss);
}

TEST(Seam, ARuleByZonesHasItsFact) {
  const auto facts = planned().facts;
  const auto count = [&](const char* rule, const char* member) {
    return std::ranges::count(facts, plan::Fact{"edge", "sdwan-rule", rule, member});
  };
  EXPECT_EQ(count("bulk", "er"), 1) << "the cheapest of both zones";
  EXPECT_EQ(count("first", "wan"), 1) << "the first of the first zone";
  EXPECT_EQ(count("calls", "er") + count("calls", "wan"), 0) << "measurements decide";
}

TEST(Seam, WhatIsSteeredDoesNotFollowTheDefaultRouteWithoutADaemon) {
  const auto plan = planned();
  std::vector<std::string> held;
  for (const auto& route : plan.find_node("edge")->routes)
    if (route.kind == RouteKind::kBlackhole && route.metric == 254u << 24) held.push_back(route.to.text());
  EXPECT_THAT(held, ElementsAre("10.1.0.0/16", "10.2.0.0/16"));
}

TEST(Seam, TheModelKnowsTheApplicationsOfTheLibrary) {
  EXPECT_GT(model::applications().size(), 100u);
  EXPECT_TRUE(model::is_application("http"));
  EXPECT_FALSE(model::is_application("NoSuchApp"));
  Config all;
  all.sdwan.rules.emplace_back().name = "all";
  for (const auto name : model::applications()) all.sdwan.rules[0].applications.emplace_back(name);
  EXPECT_NO_THROW(Classifier{all});
}

}  // namespace
}  // namespace xconn::sdwan
