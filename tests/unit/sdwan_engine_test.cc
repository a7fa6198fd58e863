// SPDX-License-Identifier: Apache-2.0
// The engine: members, rules, hold-down, routes, roles; and the events that explain them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "nodes/edge/daemon/engine.hh"

namespace xconn::sdwan {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kConfig = R"({
  "node": "hq", "routes": ["172.16.136.0/22"], "zones": {"overlay": ["vpn"]},
  "members": [{"name": "er", "interface": "er0", "gateway": "172.16.251.254", "cost": 5},
              {"name": "vpn", "interface": "vpn0", "cost": 10}],
  "health_checks": [
    {"name": "over-er", "members": ["er"], "server": "172.16.137.4", "failtime": 5, "recoverytime": 5,
     "sla": {"latency": "100ms", "jitter": "50ms", "loss": 0.02}},
    {"name": "over-vpn", "members": ["vpn"], "server": "198.18.1.1", "failtime": 5, "recoverytime": 5,
     "sla": {"latency": "100ms", "jitter": "50ms", "loss": 0.02}}],
  "rules": [{"name": "to-azure", "to": ["172.16.136.0/22"], "strategy": "lowest-cost", "members": ["er", "vpn"],
             "hold_down": "5000ms"}]
})";

class EngineTest : public testing::Test {
 protected:
  void make(const std::string& json = kConfig) {
    engine_ = std::make_unique<Engine>(parse_config(json), now_);
    engine_->set_link("er0", true, now_);
    engine_->set_link("vpn0", true, now_);
    engine_->take_events();
  }
  /// One probe on each check, half a second later.
  void probes(std::optional<Duration> er, std::optional<Duration> vpn, int times = 1) {
    for (int i = 0; i < times; ++i) {
      now_ += 500ms;
      engine_->tick(now_);
      engine_->record(0, 0, er, now_);
      engine_->record(1, 1, vpn, now_);
    }
  }
  std::vector<int> chosen() const { return engine_->rules()[0].choice.members; }
  std::vector<std::string> texts() {
    std::vector<std::string> result;
    for (const auto& event : engine_->take_events()) result.push_back(event.text);
    return result;
  }
  Instant now_{1000s};
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, nothing_is_alive_before_the_first_answer) {
  make();
  EXPECT_THAT(chosen(), IsEmpty());
  EXPECT_THAT(engine_->steering().implicit, IsEmpty());
  EXPECT_THAT(engine_->steering().returning, IsEmpty());
  probes(1ms, 1ms);
  EXPECT_THAT(chosen(), ElementsAre(0));
  EXPECT_THAT(engine_->steering().returning, ElementsAre(0, 1));
}

/// The same with another strategy.
std::string with_strategy(const std::string& strategy) {
  std::string json = kConfig;
  const std::string word = "lowest-cost";
  return json.replace(json.find(word), word.size(), strategy);
}

TEST_F(EngineTest, moves_after_failtime_losses_and_tells_why) {
  make(with_strategy("manual"));
  probes(1ms, 1ms, 3);
  engine_->take_events();
  probes(std::nullopt, 1ms, 4);
  EXPECT_TRUE(engine_->members()[0].alive);
  engine_->take_events();
  probes(std::nullopt, 1ms);
  EXPECT_THAT(chosen(), ElementsAre(1));
  const auto events = engine_->take_events();
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].text, "check over-er on er: dead, 5 probes lost");
  EXPECT_EQ(events[1].text, "member er dead: 5 probes lost");
  EXPECT_EQ(events[2].kind, "decision");
  EXPECT_EQ(events[2].text, "rule to-azure: er -> vpn (vpn: first usable in order; er dead: 5 probes lost)");
  EXPECT_EQ(events[3].subject, "implicit");
}

TEST_F(EngineTest, one_loss_of_a_few_probes_is_out_of_sla) {
  make();
  probes(1ms, 1ms, 30);
  probes(std::nullopt, 1ms);
  EXPECT_THAT(chosen(), ElementsAre(1));
  EXPECT_THAT(texts(),
              Contains("rule to-azure: er -> vpn (vpn: lowest cost 10 in SLA; er out of SLA: loss 3.33% > 2%)"));
}

TEST_F(EngineTest, a_recovered_member_waits_for_its_hold_down) {
  make();
  probes(1ms, 1ms, 3);
  probes(std::nullopt, 1ms, 5);
  EXPECT_THAT(chosen(), ElementsAre(1));
  probes(1ms, 1ms, 5);
  EXPECT_TRUE(engine_->members()[0].alive);
  EXPECT_THAT(chosen(), ElementsAre(1)) << "hold-down";
  ASSERT_TRUE(engine_->next_deadline());
  EXPECT_EQ(*engine_->next_deadline(), now_ + 5s);
  engine_->tick(now_ + 5s - 1ns);
  EXPECT_THAT(chosen(), ElementsAre(1));
  engine_->tick(now_ + 5s);
  EXPECT_THAT(chosen(), ElementsAre(0));
  EXPECT_FALSE(engine_->next_deadline());
}

TEST_F(EngineTest, sessions_stay_on_members_in_sla_where_the_rule_is_sticky) {
  make();
  probes(1ms, 1ms, 30);
  EXPECT_THAT(engine_->steering().staying, ElementsAre(IsEmpty()));
  auto sticky = nlohmann::json::parse(kConfig);
  sticky["rules"][0]["sla_stickiness"] = true;
  make(sticky.dump());
  probes(1ms, 1ms, 30);
  EXPECT_THAT(engine_->steering().staying, ElementsAre(ElementsAre(0, 1)));
  probes(1ms, std::nullopt);
  EXPECT_THAT(engine_->steering().staying, ElementsAre(ElementsAre(0))) << "vpn is out of SLA";
  probes(std::nullopt, 1ms, 5);
  EXPECT_THAT(engine_->steering().staying, ElementsAre(IsEmpty())) << "er is dead, vpn still out of SLA";
}

TEST_F(EngineTest, says_what_is_still_to_be_decided) {
  make();
  EXPECT_THAT(engine_->pending(now_), testing::Optional(HasSubstr("check over-er on er has no outcome yet")));
  probes(2ms, 12ms);
  EXPECT_EQ(engine_->pending(now_), std::nullopt);
  probes(std::nullopt, 12ms, 5);
  probes(2ms, 12ms, 5);
  EXPECT_THAT(engine_->pending(now_), testing::Optional(HasSubstr("hold-down ends in")));
  probes(2ms, 12ms, 20);
  EXPECT_EQ(engine_->pending(now_), std::nullopt);
}

TEST_F(EngineTest, hold_down_starts_again_when_it_fails_again) {
  make();
  probes(1ms, 1ms);
  probes(std::nullopt, 1ms, 5);
  probes(1ms, 1ms, 5 + 8);  // alive for 4 s
  probes(std::nullopt, 1ms, 5);
  probes(1ms, 1ms, 5);
  EXPECT_EQ(*engine_->next_deadline(), now_ + 5s);
  EXPECT_THAT(chosen(), ElementsAre(1));
}

TEST_F(EngineTest, a_held_member_is_used_when_it_is_the_only_one) {
  make();
  probes(1ms, 1ms);
  probes(std::nullopt, 1ms, 5);
  probes(1ms, std::nullopt, 5);
  EXPECT_THAT(chosen(), ElementsAre(0));
}

TEST_F(EngineTest, all_dead_then_one_back) {
  make();
  probes(1ms, 1ms);
  probes(std::nullopt, std::nullopt, 5);
  EXPECT_THAT(chosen(), IsEmpty());
  EXPECT_THAT(engine_->steering().implicit, IsEmpty());
  EXPECT_THAT(engine_->steering().returning, IsEmpty());
  probes(std::nullopt, 1ms, 5);
  EXPECT_THAT(chosen(), ElementsAre(1));
}

TEST_F(EngineTest, brownout_moves_by_average_latency) {
  make();
  probes(1ms, 1ms, 30);
  probes(200ms, 1ms, 30);
  EXPECT_THAT(chosen(), ElementsAre(1));
  EXPECT_TRUE(engine_->members()[0].alive);
  EXPECT_NE(engine_->members()[0].sla_miss, "");
}

TEST_F(EngineTest, carrier_loss_is_seen_without_probes) {
  make();
  probes(1ms, 1ms);
  engine_->set_link("er0", false, now_ + 1ms);
  EXPECT_THAT(chosen(), ElementsAre(1));
  EXPECT_THAT(texts(), Contains("member er dead: interface er0 is down"));
}

TEST_F(EngineTest, without_a_check_the_interface_decides) {
  make(
      R"({"routes": ["10.0.0.0/8"], "members": [{"name": "a", "interface": "er0"}, {"name": "b", "interface": "x0"}]})");
  EXPECT_TRUE(engine_->members()[0].alive);
  EXPECT_FALSE(engine_->members()[1].alive);
  EXPECT_THAT(engine_->steering().implicit, ElementsAre(0));
}

TEST_F(EngineTest, dead_only_when_all_checks_fail) {
  make(R"({"routes": ["10.0.0.0/8"], "members": [{"name": "a", "interface": "er0"}],
    "health_checks": [{"name": "x", "members": ["a"], "server": "10.0.0.1", "failtime": 2},
                      {"name": "y", "members": ["a"], "server": "10.0.0.2", "failtime": 2}]})");
  const auto feed = [&](std::optional<Duration> x, std::optional<Duration> y) {
    now_ += 500ms;
    engine_->record(0, 0, x, now_);
    engine_->record(1, 0, y, now_);
  };
  feed(1ms, 1ms);
  feed(std::nullopt, 1ms);
  feed(std::nullopt, 1ms);
  EXPECT_EQ(engine_->members()[0].checks[0].health(), Health::kDead);
  EXPECT_TRUE(engine_->members()[0].alive);
  feed(std::nullopt, std::nullopt);
  feed(std::nullopt, std::nullopt);
  EXPECT_FALSE(engine_->members()[0].alive);
}

std::string with(std::string json, const std::string& addition) {
  json.insert(json.rfind('}'), "," + addition);
  return json;
}

TEST_F(EngineTest, require_route_follows_the_main_table) {
  make(with(kConfig, R"("require_route": true)"));
  probes(1ms, 1ms);
  EXPECT_THAT(chosen(), ElementsAre(1)) << "er has no route; vpn is a tunnel";
  EXPECT_THAT(engine_->steering().returning, ElementsAre(1));
  const MainRoute learned{*Prefix::parse("172.16.136.0/22"), "er0", true};
  engine_->set_routes({learned}, now_);
  EXPECT_THAT(chosen(), ElementsAre(0));
  engine_->take_events();
  engine_->set_routes({}, now_);
  EXPECT_THAT(chosen(), ElementsAre(1));
  EXPECT_THAT(texts(), Contains(HasSubstr("er has no route to the destination")));
  EXPECT_TRUE(engine_->members()[0].alive);
}

TEST_F(EngineTest, require_route_needs_a_route_that_covers) {
  make(with(kConfig, R"("require_route": true)"));
  probes(1ms, 1ms);
  engine_->set_routes({{*Prefix::parse("172.16.137.0/24"), "er0", true}}, now_);
  EXPECT_THAT(chosen(), ElementsAre(1)) << "a part is not all";
  engine_->set_routes({{*Prefix::parse("172.16.136.0/22"), "vpn0", true}}, now_);
  EXPECT_THAT(chosen(), ElementsAre(1)) << "another interface";
  engine_->set_routes({{*Prefix::parse("0.0.0.0/0"), "er0", false}}, now_);
  EXPECT_THAT(chosen(), ElementsAre(0));
}

TEST_F(EngineTest, better_known_destinations_are_not_steered) {
  make();
  engine_->set_routes({{*Prefix::parse("172.16.136.0/22"), "er0", true},
                       {*Prefix::parse("172.16.137.0/24"), "er0", true},   // learned over a member: steered
                       {*Prefix::parse("172.16.138.0/24"), "lan", false},  // connected elsewhere
                       {*Prefix::parse("172.16.139.4/32"), "er0", false},  // the user's own host route
                       {*Prefix::parse("10.0.0.0/8"), "lan", false}},
                      now_);
  EXPECT_THAT(engine_->bypass(), ElementsAre(*Prefix::parse("172.16.138.0/24"), *Prefix::parse("172.16.139.4/32")));
}

TEST_F(EngineTest, a_pair_acts_only_while_master) {
  make(with(kConfig, R"("ha": {"fifo": "/tmp/f", "probe_port": 8008})"));
  EXPECT_EQ(engine_->role(), Role::kBackup);
  probes(1ms, 1ms);
  EXPECT_FALSE(engine_->steering().active);
  EXPECT_THAT(chosen(), IsEmpty());
  engine_->set_role(Role::kMaster, now_);
  EXPECT_THAT(chosen(), IsEmpty()) << "looks for itself first";
  probes(1ms, 1ms);
  EXPECT_THAT(chosen(), ElementsAre(0));
  engine_->set_role(Role::kBackup, now_);
  EXPECT_THAT(chosen(), IsEmpty());
  EXPECT_THAT(texts(), testing::IsSupersetOf(
                           {"BACKUP -> MASTER", "MASTER -> BACKUP", "member er dead: this node is not MASTER"}));
}

TEST_F(EngineTest, same_role_twice_changes_nothing) {
  make(with(kConfig, R"("ha": {"fifo": "/tmp/f", "probe_port": 8008})"));
  engine_->set_role(Role::kMaster, now_);
  probes(1ms, 1ms);
  engine_->take_events();
  engine_->set_role(Role::kMaster, now_);
  EXPECT_THAT(chosen(), ElementsAre(0));
  EXPECT_THAT(texts(), IsEmpty());
}

}  // namespace
}  // namespace xconn::sdwan
