// SPDX-License-Identifier: Apache-2.0
// Balancers as Azure makes them by default, and who answers behind them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;

constexpr const char* kBalancers = "Microsoft.Network/loadBalancers";

std::string balancer(const std::string& probe, const std::string& rule) {
  return resource(kBalancers, "ilb",
                  R"("frontendIPConfigurations": [{"name": "fe", "id": ")" +
                      id_of(kBalancers, "ilb/frontendIPConfigurations/fe") +
                      R"(", "privateIPAddress": "10.65.1.100", "subnet": )" + subnet_reference("hub", "app") +
                      R"(}], "backendAddressPools": [{"name": "pool"}], "probes": [{"name": "p", )" + probe +
                      R"(}], "loadBalancingRules": [{"name": "r", )" + rule + R"(, "frontendIPConfiguration": )" +
                      reference(kBalancers, "ilb/frontendIPConfigurations/fe") + R"(, "backendAddressPool": )" +
                      reference(kBalancers, "ilb/backendAddressPools/pool") + R"(, "probe": )" +
                      reference(kBalancers, "ilb/probes/p") + "}]");
}

std::string backend(const std::string& forwards) {
  return resource("Microsoft.Network/networkInterfaces", "web",
                  R"("enableIPForwarding": )" + forwards +
                      R"(, "ipConfigurations": [{"name": "a", "privateIPAddress": "10.65.1.11",
 "subnet": )" + subnet_reference("hub", "app") +
                      R"(, "loadBalancerBackendAddressPools": [)" +
                      reference(kBalancers, "ilb/backendAddressPools/pool") + "]}]");
}

const std::string kHub = vnet("hub", "10.65.0.0/16", subnet("app", "10.65.1.0/24"));
constexpr const char* kTcp443 = R"("protocol": "Tcp", "port": 443)";

const network::Node& web_of(const model::Topology& topology) {
  return *std::ranges::find(topology.nodes, "web", &network::Node::name);
}

TEST(Balancers, ABackendAnswersOnTheProbesPort) {
  const auto out = imported(kHub + backend("false") +
                            balancer(kTcp443, R"("protocol": "Tcp", "frontendPort": 8443, "backendPort": 443)"));
  const auto topology = topology_of(out);
  EXPECT_EQ(web_of(topology).files.at(0).content, "{\"tcp\": [7, 443], \"udp\": [7], \"http\": [80]}\n");
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("machine web: which programs it runs is in no file; it answers on the ports"));
}

TEST(Balancers, HttpAndUdpPortsAreTheirOwn) {
  const auto out = imported(kHub + backend("false") +
                            balancer(R"("protocol": "Http", "port": 8080, "requestPath": "/up")",
                                     R"("protocol": "Udp", "frontendPort": 53, "backendPort": 53)"));
  EXPECT_EQ(web_of(topology_of(out)).files.at(0).content, "{\"tcp\": [7], \"udp\": [7, 53], \"http\": [80, 8080]}\n");
}

TEST(Balancers, AnApplianceBehindOneForwardsAndAnswers) {
  const auto out =
      imported(kHub + backend("true") + balancer(kTcp443, R"("protocol": "All", "frontendPort": 0, "backendPort": 0)"));
  const auto topology = topology_of(out);
  EXPECT_EQ(web_of(topology).role, "host");
  EXPECT_EQ(web_of(topology).sysctls.at("net.ipv4.ip_forward"), "1");
  EXPECT_TRUE(web_of(topology).interfaces.at(0).ip_forwarding.value_or(false));
}

TEST(Balancers, FloatingIpIsWhatTheFileSays) {
  const auto rule = [](const std::string& more) {
    const auto out =
        imported(kHub + backend("false") +
                 balancer(kTcp443, R"("protocol": "Tcp", "frontendPort": 443, "backendPort": 443)" + more));
    return topology_of(out).load_balancers.at(0).rules.at(0);
  };
  EXPECT_FALSE(rule("").floating_ip);
  EXPECT_TRUE(rule(R"(, "enableFloatingIP": true)").floating_ip);
}

TEST(Balancers, IdleTimeoutAndResetsAreThoseOfTheRule) {
  const auto read = [](const std::string& more) {
    return topology_of(
               imported(kHub + backend("false") +
                        balancer(kTcp443, R"("protocol": "Tcp", "frontendPort": 443, "backendPort": 443)" + more)))
        .load_balancers.at(0);
  };
  EXPECT_EQ(read("").idle_timeout, std::chrono::minutes(4));
  EXPECT_FALSE(read("").tcp_reset);
  const auto balancer = read(R"(, "idleTimeoutInMinutes": 30, "enableTcpReset": true)");
  EXPECT_EQ(balancer.idle_timeout, std::chrono::minutes(30));
  EXPECT_TRUE(balancer.tcp_reset);
}

TEST(Balancers, WhatWasCarriedIsListed) {
  const auto out = imported(kHub + backend("false") +
                            balancer(kTcp443, R"("protocol": "Tcp", "frontendPort": 443, "backendPort": 443)"));
  std::string all;
  for (const auto& [what, names] : out.carried) all += what + ":" + std::to_string(names.size()) + " ";
  EXPECT_THAT(all, HasSubstr("VNet:1"));
  EXPECT_THAT(all, HasSubstr("load balancer:1"));
}

}  // namespace
}  // namespace xconn::importing
