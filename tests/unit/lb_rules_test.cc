// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "nodes/load-balancer/daemon/config.hh"
#include "nodes/load-balancer/daemon/health.hh"
#include "nodes/load-balancer/daemon/ruleset.hh"

namespace xconn::lb {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

json internal() {
  return json::parse(R"({"name":"ilb","frontend":"10.0.0.4","public":false,"front_interface":"front",
    "probe_netns":"/run/netns/hub","probe_source":"168.63.129.16","idle_timeout":"4m",
    "backends":[{"name":"a:p","address":"10.0.0.5","interface":"a.p","fabric_interface":"a.1"},
                {"name":"b:p","address":"10.0.0.6","interface":"b.p","fabric_interface":"b.1"}],
    "probe":{"protocol":"tcp","port":8008,"interval":"5s","threshold":2},"rules":[{"ha_ports":true,"floating_ip":true}]})");
}

json public_one() {
  json config = internal();
  config["public"] = true;
  config["internet_interface"] = "inet";
  config["rules"] = json::parse(R"([{"protocol":17,"port":500},{"protocol":17,"port":4500,"backend_port":4501}])");
  return config;
}

std::string refusal(const json& config) {
  try {
    parse_config(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(LbHealth, FailsAfterThresholdAndRecoversAtOnce) {
  Health health(2);
  EXPECT_FALSE(health.healthy()) << "down until a probe is answered";
  EXPECT_TRUE(health.note(true));
  EXPECT_FALSE(health.note(false));
  EXPECT_TRUE(health.healthy());
  EXPECT_FALSE(health.note(true)) << "the failures must be in a row";
  EXPECT_FALSE(health.note(false));
  EXPECT_TRUE(health.note(false));
  EXPECT_FALSE(health.healthy());
  EXPECT_FALSE(health.note(false));
  EXPECT_TRUE(health.note(true));
}

TEST(LbConfig, ReadsWhatTheNodeWrites) {
  const Config config = parse_config(internal());
  EXPECT_EQ(config.probe.interval, std::chrono::seconds(5));
  EXPECT_EQ(config.backends[1].fabric_interface, "b.1");
  EXPECT_TRUE(config.rules[0].ha_ports);
  EXPECT_EQ(parse_config(public_one()).rules[0].backend_port, 500);
}

TEST(LbConfig, RefusesWhatAzureDoesNotHave) {
  json config = public_one();
  config["rules"].push_back({{"ha_ports", true}});
  EXPECT_THAT(refusal(config), HasSubstr("internal"));
  config = internal();
  config["frontend"] = "10.0.0.400";
  EXPECT_THAT(refusal(config), HasSubstr("10.0.0.400"));
  config = internal();
  config.erase("backends");
  EXPECT_THAT(refusal(config), HasSubstr("backends"));
  config = internal();
  config["probe"]["port"] = 0;
  EXPECT_THAT(refusal(config), HasSubstr("port"));
}

TEST(LbConfig, TakesAnInternalRuleWithoutFloatingIp) {
  json config = internal();
  config["rules"][0] = json{{"protocol", 6}, {"port", 80}, {"backend_port", 8080}};
  EXPECT_FALSE(parse_config(config).rules[0].floating_ip);
}

TEST(LbRuleset, CountsTheFirstPacketOfEachFlow) {
  const auto base = base_ruleset(parse_config(public_one()));
  EXPECT_THAT(base,
              HasSubstr("type nat hook postrouting priority srcnat; policy accept;\n    ip daddr 10.0.0.5 counter "
                        "name begun_0\n"));
}

TEST(LbRuleset, BalancesOverTheHealthyOnly) {
  const Config config = parse_config(public_one());
  const auto both = balance_ruleset(config, {0, 1}), one = balance_ruleset(config, {1}),
             none = balance_ruleset(config, {});
  EXPECT_THAT(both, HasSubstr("udp dport 500 dnat ip to jhash ip saddr . udp sport mod 2 seed 0x58434f4e map { 0 : "
                              "10.0.0.5, 1 : 10.0.0.6 }"));
  EXPECT_THAT(both, HasSubstr("0 : 10.0.0.5 . 4501, 1 : 10.0.0.6 . 4501"));
  EXPECT_THAT(one, Not(HasSubstr("10.0.0.5")));
  EXPECT_EQ(none, "flush chain ip xconn_lb balance\n");
}

}  // namespace
}  // namespace xconn::lb
