// SPDX-License-Identifier: Apache-2.0
// Balancers as Azure makes them by default, and who answers behind them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

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
  EXPECT_THAT(carried_of(out), HasSubstr("VNet:1"));
  EXPECT_THAT(carried_of(out), HasSubstr("load balancer:1"));
}

constexpr const char* kWeb = R"("protocol": "Tcp", "frontendPort": 443, "backendPort": 443)";

/// Whoever has the address is the backend; the portal writes NICs so too.
TEST(Balancers, APoolOfAddressesHasTheMachinesThere) {
  auto nic = backend("false"), text = balancer(kTcp443, kWeb);
  nic.erase(nic.find(R"(, "loadBalancerBackendAddressPools")"),
            nic.rfind("}]}") - nic.find(R"(, "loadBalancerBackendAddressPools")"));
  const std::string pool = R"({"name": "pool")";
  const auto with = [&](const std::string& member) {
    auto changed = text;
    changed.replace(changed.find(pool), pool.size(),
                    pool + R"(, "loadBalancerBackendAddresses": [{"name": "m", "properties": {)" + member + "}}]");
    return topology_of(imported(kHub + nic + changed)).load_balancers;
  };
  for (const auto& member : {std::string(R"("ipAddress": "10.65.1.11")"),
                             R"("networkInterfaceIPConfiguration": )" +
                                 reference("Microsoft.Network/networkInterfaces", "web/ipConfigurations/a")}) {
    const auto balancers = with(member);
    ASSERT_EQ(balancers.size(), 1U) << member;
    EXPECT_EQ(balancers.front().backends.at(0).node, "web");
  }
}

TEST(Balancers, AGatewayLoadBalancerIsNoInternalOne) {
  auto text = balancer(kTcp443, R"("protocol": "All", "frontendPort": 0, "backendPort": 0)");
  text.insert(text.find(R"("frontendIPConfigurations")"), R"("sku": {"name": "Gateway"}, )");
  const auto out = imported(kHub + backend("true") + text);
  EXPECT_TRUE(topology_of(out).load_balancers.empty());
  EXPECT_THAT(text_of(out.notes), HasSubstr("load balancer ilb: sku: is Gateway: it hands packets over in VXLAN"));
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("its frontend or pool")));
}

/// A plan's resource of that type and name.
std::string planned(const std::string& type, const std::string& name, const std::string& values) {
  return R"({"address": ")" + type + "." + name + R"(", "mode": "managed", "type": ")" + type + R"(", "name": ")" +
         name + R"(", "values": {)" + values + "}}, ";
}

std::string in_group(const std::string& name) {
  return R"("name": ")" + name + R"(", "resource_group_name": "net-rg")";
}

std::string azure_id(const std::string& type, const std::string& name) {
  return "\"" + id_of("Microsoft.Network/" + type, name) + "\"";
}

std::string planned_nic(const std::string& name, const std::string& address) {
  return planned("azurerm_network_interface", name,
                 in_group(name) + R"(, "ip_configuration": [{"name": "a", "private_ip_address": ")" + address +
                     R"(", "subnet_id": )" + azure_id("virtualNetworks", "hub/subnets/app") + "}]");
}

/// Members of a pool are separate resources: one of them does not stand for the whole pool.
TEST(Balancers, TerraformsHasAllItsBackends) {
  const auto pool = R"("backend_address_pool_id": )" + azure_id("loadBalancers", "ilb/backendAddressPools/pool");
  const auto of_balancer = R"("loadbalancer_id": )" + azure_id("loadBalancers", "ilb") + ", ";
  auto resources =
      planned(
          "azurerm_virtual_network", "hub",
          in_group("hub") +
              R"(, "address_space": ["10.65.0.0/16"], "subnet": [{"name": "app", "address_prefix": "10.65.1.0/24"}])") +
      planned_nic("a", "10.65.1.11") + planned_nic("b", "10.65.1.12") + planned_nic("c", "10.65.1.13") +
      planned(
          "azurerm_lb", "ilb",
          in_group("ilb") +
              R"(, "frontend_ip_configuration": [{"name": "fe", "private_ip_address": "10.65.1.100", "subnet_id": )" +
              azure_id("virtualNetworks", "hub/subnets/app") + "}]") +
      planned("azurerm_lb_backend_address_pool", "pool", of_balancer + R"("name": "pool")") +
      planned(
          "azurerm_network_interface_backend_address_pool_association", "a",
          pool + R"(, "ip_configuration_name": "a", "network_interface_id": )" + azure_id("networkInterfaces", "a")) +
      planned(
          "azurerm_network_interface_backend_address_pool_association", "b",
          pool + R"(, "ip_configuration_name": "a", "network_interface_id": )" + azure_id("networkInterfaces", "b")) +
      planned("azurerm_lb_backend_address_pool_address", "c", pool + R"(, "name": "c", "ip_address": "10.65.1.13")") +
      planned("azurerm_lb_probe", "p", of_balancer + R"("name": "p", "port": 443, "protocol": "Tcp")") +
      planned("azurerm_lb_rule", "r",
              of_balancer + R"("name": "r", "protocol": "Tcp", "frontend_port": 443, "backend_port": 443,
 "frontend_ip_configuration_name": "fe", "probe_id": )" +
                  azure_id("loadBalancers", "ilb/probes/p") + R"(, "backend_address_pool_ids": [)" +
                  azure_id("loadBalancers", "ilb/backendAddressPools/pool") + "]");
  resources.resize(resources.size() - 2);
  const auto out =
      imported(R"({"format_version": "1.2", "planned_values": {"root_module": {"resources": [)" + resources + "]}}}");
  const auto topology = topology_of(out);
  ASSERT_EQ(topology.load_balancers.size(), 1U) << text_of(out.notes);
  EXPECT_EQ(topology.load_balancers.front().backends.size(), 3U);
  EXPECT_EQ(topology.load_balancers.front().rules.at(0).port, 443);
}

/// Else the answer leaves by the first NIC, and the lab never converges.
TEST(Balancers, AnApplianceOfTwoNicsAnswersByTheOneThatIsAsked) {
  const auto machine = resource("Microsoft.Compute/virtualMachines", "fw",
                                R"("networkProfile": {"networkInterfaces": [)" +
                                    reference("Microsoft.Network/networkInterfaces", "out") + ", " +
                                    reference("Microsoft.Network/networkInterfaces", "web") + "]}");
  auto out = backend("true");
  for (const auto& [from, to] :
       {std::pair{"Interfaces/web", "Interfaces/out"}, {"\"web\"", "\"out\""}, {"10.65.1.11", "10.65.1.12"}})
    out.replace(out.find(from), std::string(from).size(), to);
  out.erase(out.find(R"(, "loadBalancerBackendAddressPools")"),
            out.rfind("}]}") - out.find(R"(, "loadBalancerBackendAddressPools")"));
  const auto topology = topology_of(imported(kHub + machine + out + backend("true") + balancer(kTcp443, kWeb)));
  const auto& node = *std::ranges::find(topology.nodes, "fw", &network::Node::name);
  ASSERT_EQ(node.rules.size(), 1U);
  EXPECT_EQ(node.rules.at(0).from->text(), "10.65.1.11/32");
  EXPECT_EQ(node.rules.at(0).to->text(), "168.63.129.16/32");
  EXPECT_EQ(node.routes.at(0).table, node.rules.at(0).table);
  EXPECT_EQ(node.routes.at(0).next_hops.at(0).via->text(), "10.65.1.1");
}

}  // namespace
}  // namespace xconn::importing
