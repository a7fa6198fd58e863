// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "plan/difference.hh"
#include "plan/plan.hh"

namespace xconn::plan {
namespace {

/// Every field at a value that is not its default.
Plan full_plan() {
  Interface vlan{"pri.28",
                 InterfaceKind::kVlan,
                 Mac::parse("02:00:00:00:00:01"),
                 1400,
                 {*InterfaceAddress::parse("192.0.2.1/30")},
                 "pri",
                 {{29, 0x88a8}, {28}},
                 "br0",
                 false,
                 true};
  Route route{
      *Prefix::parse("198.51.100.0/24"), RouteKind::kUnicast, {{*Address::parse("192.0.2.2"), "pri.28", true}}, 100, 20,
      *Address::parse("192.0.2.1")};
  Rule rule{500, "pri.28", 1, 0xff, *Prefix::parse("192.0.2.0/30"), *Prefix::parse("0.0.0.0/0"), 100};
  Node node{"a",
            "router",
            "on-prem",
            "r1",
            {vlan},
            {route},
            {rule},
            {{"net.ipv4.ip_forward", "1"}},
            "table inet t {}\n",
            {{"other", 254, 186, {100, 101}, 20, "e", {*Prefix::parse("10.0.0.0/8")}}},
            network::Speaker{.neighbors = {{.address = *Address::parse("192.0.2.2"), .password = "password x"}}},
            "! password x\n",
            network::Sdwan{.members = {{.name = "er", .interface = "pri.28"}}},
            network::Balancer{.name = "lb", .probe = {.port = 80}},
            {*Address::parse("192.0.2.9")},
            {{"frr.conf", "password x", true}, {"plain", "text", false}},
            {{"frr", "bgpd", {"--flag"}, "frr.conf", {"zebra"}}}};
  Impairment worse{std::chrono::milliseconds(5), std::chrono::microseconds(250), 0.5, 0.25, 0.125, 0.0625, 1'000'000};
  Node other;
  other.name = "b";
  other.role = "host";
  return {"lab",
          "Title",
          "fast",
          "Try",
          {node, other},
          {{"a:pri--b:e", {"a", "pri"}, {"b", "e"}, worse, {}}},
          {{"a", "bgp", "192.0.2.2", "Established"}}};
}

TEST(PlanJson, ReadsBackWhatItWrote) {
  const Plan plan = full_plan();
  EXPECT_EQ(from_json(to_json(plan, true)), plan);
}

TEST(PlanJson, SecretsAreHiddenUnlessAskedFor) {
  const auto shown = to_json(full_plan()).dump();
  EXPECT_THAT(shown, testing::Not(testing::HasSubstr("password x")));
  EXPECT_THAT(shown, testing::HasSubstr("(secret)"));
  EXPECT_THAT(to_json(full_plan(), true).dump(), testing::HasSubstr("password x"));
}

TEST(PlanJson, DefaultsAreLeftOut) {
  const auto node = to_json(full_plan())["nodes"][1];
  EXPECT_EQ(node.dump(), R"({"name":"b","role":"host"})");
  Plan plan = full_plan();
  plan.nodes[1].interfaces.push_back({});
  plan.nodes[1].interfaces[0].name = "e";
  EXPECT_EQ(to_json(plan)["nodes"][1]["interfaces"][0].dump(), R"({"kind":"end","name":"e"})");
}

TEST(PlanJson, RefusesWhatItCannotHaveWritten) {
  auto json = to_json(full_plan(), true);
  json["surprise"] = 1;
  EXPECT_THROW(from_json(json), Error);
  json = to_json(full_plan(), true);
  json["nodes"][0]["interfaces"][0]["kind"] = "dummy";
  EXPECT_THROW(from_json(json), Error);
  json = to_json(full_plan(), true);
  json["nodes"][0]["routes"][0]["to"] = "198.51.100.1/24";
  EXPECT_THROW(from_json(json), Error);
}

TEST(Plan, FindsNodesAndLinks) {
  const Plan plan = full_plan();
  ASSERT_NE(plan.find_node("b"), nullptr);
  EXPECT_EQ(plan.find_node("b")->role, "host");
  EXPECT_EQ(plan.find_node("c"), nullptr);
  ASSERT_NE(plan.find_link({"b", "e"}), nullptr);
  EXPECT_EQ(plan.find_link({"b", "e"}), plan.find_link({"a", "pri"}));
  EXPECT_EQ(plan.find_link({"b", "pri"}), nullptr);
}

TEST(PlanDifference, NoneBetweenEqualPlans) { EXPECT_TRUE(difference(full_plan(), full_plan()).empty()); }

TEST(PlanDifference, NamesWhatChanged) {
  const Plan before = full_plan();
  Plan after = full_plan();
  after.nodes[0].interfaces[0].mtu = 9000;
  after.nodes[0].files[0].content = "password y";
  after.nodes[0].bgp->neighbors[0].password = "password y";
  after.nodes[0].services[0].after.clear();
  after.nodes[1].name = "c";
  after.links[0].a_to_b.delay = {};
  after.facts[0].expected = "Idle";
  std::vector<std::string> lines;
  for (const auto& change : difference(before, after)) lines.push_back(to_string(change));
  EXPECT_THAT(lines,
              testing::ElementsAre(
                  "~ node a\n    ~ interface pri.28 192.0.2.1/30\n    ~ bgp neighbour 192.0.2.2 password (secret)"
                  "\n    ~ service bgpd",
                  "- node b", "+ node c",
                  "~ link a:pri--b:e: from a: delay 5ms jitter 250us rate 1 Mbit/s loss 50 % reorder 25 % duplicate "
                  "12.5 % corrupt 6.25 % -> jitter 250us rate 1 Mbit/s loss 50 % reorder 25 % "
                  "duplicate 12.5 % corrupt 6.25 %",
                  "~ fact a bgp 192.0.2.2: Established -> Idle"));
}

}  // namespace
}  // namespace xconn::plan
