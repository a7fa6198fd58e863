// SPDX-License-Identifier: Apache-2.0
// Configuration and the nftables text made of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/edge/daemon/ruleset.hh"

namespace xconn::sdwan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Config config_with(const std::string& more) {
  return parse_config(R"({"routes": ["10.0.0.0/8"], "zones": {"under": ["a"], "over": ["b", "c"]}, "members": [
      {"name": "a", "interface": "a0", "gateway": "192.0.2.1"}, {"name": "b", "interface": "b0", "weight": 2},
      {"name": "c", "interface": "c0", "weight": 4}])" +
                      more + "}");
}

TEST(Config, fills_in_defaults) {
  const auto seen =
      config_with(R"(, "health_checks": [{"name": "h", "members": ["a"], "server": "10.1.1.1", "protocol": "http"}])");
  const auto& check = seen.sdwan.health_checks.at(0);
  EXPECT_EQ(check.port, 80);
  EXPECT_EQ(check.interval, std::chrono::milliseconds(500));
  EXPECT_EQ(check.failtime, 5);
  EXPECT_FALSE(check.sla);
  EXPECT_EQ(seen.sdwan.implicit, network::Implicit::kSourceIp);
  EXPECT_FALSE(seen.ha);
}

TEST(Config, zones_become_members) {
  const auto seen =
      config_with(R"(, "rules": [{"name": "r", "zones": ["over", "under"], "members": ["c"]}, {"name": "s"}])");
  EXPECT_THAT(seen.sdwan.rules[0].members, ElementsAre("c", "b", "a"));
  EXPECT_THAT(seen.sdwan.rules[1].members, ElementsAre("a", "b", "c"));
}

struct Bad {
  const char* more;
  const char* says;
};
void PrintTo(const Bad& value, std::ostream* out) { *out << value.more; }
class BadConfig : public testing::TestWithParam<Bad> {};

TEST_P(BadConfig, is_refused_with_its_place) {
  try {
    config_with(GetParam().more);
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().says));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadConfig,
    testing::Values(Bad{R"(, "rules": [{"name": "r", "members": ["x"]}])", "no member is named 'x'"},
                    Bad{R"(, "rules": [{"name": "r"}, {"name": "r"}])", "rules[1].name: is there twice"},
                    Bad{R"(, "rules": [{"name": "r", "strategy": "best"}])", "rules[0].strategy: 'best' is none of"},
                    Bad{R"(, "rules": [{"name": "r", "dscp": 64}])", "rules[0].dscp"},
                    Bad{R"(, "rules": [{"name": "r", "to": ["10.0.0.1/8"]}])",
                        "rules[0].to[0]: cannot be '10.0.0.1/8'"},
                    Bad{R"(, "rules": [{"name": "r", "ports": [[9, 1]]}])", "rules[0].ports"},
                    Bad{R"(, "rules": [{"name": "r", "protocol": 1, "ports": [[1, 9]]}])", "rules[0].ports"},
                    Bad{R"(, "rules": [{"name": "r", "health_check": "h"}])", "no health check is named 'h'"},
                    Bad{R"(, "rules": [{"name": "implicit"}])", "rules[0].name"},
                    Bad{R"(, "rules": [{"name": 5}])", "has the wrong type"},
                    Bad{R"(, "health_checks": [{"name": "h", "members": []}])", "server: is required"},
                    Bad{R"(, "health_checks": [{"name": "h", "server": "10.1.1.1", "interval": "0ms"}])",
                        "health_checks[0].interval: is 1 to"},
                    Bad{R"(, "health_checks": [{"name": "h", "server": "10.1.1.1", "sla": {"loss": 2}}])", "0 to 1"},
                    Bad{R"(, "implicit": "volume")", "implicit"}, Bad{R"(, "ha": {})", "ha.fifo: is required"},
                    Bad{"]", "parse error"}));

TEST(Ruleset, ports_follow_the_direction_of_the_connection) {
  const auto text =
      table_text(config_with(R"(, "rules": [{"name": "r", "protocol": 17, "ports": [[53, 53]], "dscp": 46}])"));
  EXPECT_THAT(text, HasSubstr("ct direction reply meta l4proto 17 ip dscp 46 th sport { 53-53 } jump pick-r"));
  EXPECT_THAT(text, HasSubstr("ct direction original meta l4proto 17 ip dscp 46 th dport { 53-53 } jump pick-r"));
}

TEST(Ruleset, each_application_rule_has_its_bit) {
  const auto seen = config_with(R"(, "rules": [{"name": "r", "applications": ["DNS"]}, {"name": "s"},
                                          {"name": "t", "applications": ["HTTP"]}])");
  EXPECT_EQ(application_bit(seen, 0), 1u);
  EXPECT_EQ(application_bit(seen, 1), 0u);
  EXPECT_EQ(application_bit(seen, 2), 2u);
  EXPECT_THAT(table_text(seen), HasSubstr("ct mark and 0x00000002 != 0 jump pick-t"));
}

TEST(Ruleset, writes_only_what_changed) {
  const auto seen = config_with(R"(, "rules": [{"name": "r"}, {"name": "s"}])");
  const Steering before{true, {{0}, {1}}, {0, 1}, {0, 1}};
  EXPECT_EQ(steering_text(seen, before, before), "");
  auto after = before;
  after.rules[1] = {2};
  EXPECT_EQ(steering_text(seen, before, after),
            "flush chain ip xconn_sdwan pick-s\nadd rule ip xconn_sdwan pick-s goto use-s.c\n");
  const auto all = steering_text(seen, Steering{}, after);
  for (const char* part : {"pick-r", "pick-s", "pick-implicit", "returning"}) EXPECT_THAT(all, HasSubstr(part));
}

TEST(Ruleset, a_sticky_rule_asks_the_session_first) {
  const auto seen = config_with(R"(, "rules": [{"name": "r", "sla_stickiness": true}, {"name": "s"}])");
  const auto table = table_text(seen);
  EXPECT_THAT(table, HasSubstr("    jump stay-r\n    jump pick-s\n"));
  EXPECT_THAT(table, HasSubstr("ct direction original ct mark and 0xfe000000 vmap @staying-r\n    goto pick-r\n"));
  EXPECT_THAT(table,
              HasSubstr("chain use-r.b { ct direction original ct mark set ct mark and 0x01ffffff or 0x04000000; "
                        "counter name"));
  const Steering before{true, {{0}, {1}}, {0, 1}, {0, 1}, {{0}, {}}};
  auto after = before;
  after.staying[0] = {0, 1};
  EXPECT_EQ(steering_text(seen, before, after),
            "flush map ip xconn_sdwan staying-r\nadd element ip xconn_sdwan staying-r { 0x02000000 : goto use-r.a, "
            "0x04000000 : goto use-r.b }\n");
}

TEST(Ruleset, spreads_by_weight_with_the_common_divisor_taken_out) {
  const auto seen = config_with(R"(, "rules": [{"name": "r", "strategy": "maximize-bandwidth"}])");
  const auto text = steering_text(seen, Steering{}, Steering{true, {{1, 2}}, {0, 1}, {}});
  EXPECT_THAT(text,
              HasSubstr("th dport mod 3 seed 0x5eed vmap { 0 : goto use-r.b, 1 : goto use-r.c, 2 : goto use-r.c }"));
  EXPECT_THAT(text, HasSubstr("pick-implicit jhash ip saddr mod 2"));
}

TEST(Ruleset, no_member_leaves_the_chain_empty) {
  const auto text = steering_text(config_with(""), Steering{}, Steering{});
  EXPECT_EQ(text, "");
  const Steering one{true, {}, {0}, {0}};
  EXPECT_EQ(steering_text(config_with(""), one, Steering{}),
            "flush chain ip xconn_sdwan pick-implicit\nflush map ip xconn_sdwan returning\n");
}

}  // namespace
}  // namespace xconn::sdwan
