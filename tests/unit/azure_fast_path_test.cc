// SPDX-License-Identifier: Apache-2.0
// FastPath and the delay of a gateway's data path, lowered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/azure_network.hh"

namespace xconn::azure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

network::Network expanded(const std::string& name) { return expand(shipped(name)); }

const network::FabricNic& nic(const network::Network& topology, std::string_view vnet, std::string_view interface) {
  return *std::ranges::find(node(topology, vnet).fabric->nics, interface, &network::FabricNic::interface);
}

TEST(FastPath, OnlyWhatComesFromTheCustomerAndGoesToTheVnetTakesIt) {
  const auto topology = expanded("er-direct/fast-path.yaml");
  const auto& msee = node(topology, "er-prod-msee1");
  ASSERT_THAT(msee.mirrors, SizeIs(1));
  EXPECT_EQ(msee.mirrors[0].interface, "fast-prod-gw");
  EXPECT_THAT(msee.mirrors[0].accept, ElementsAre(*Prefix::parse("10.1.0.0/16")));
  ASSERT_THAT(msee.rules, SizeIs(1));
  EXPECT_EQ(msee.rules[0].in_interface, "prov.101.10");
  EXPECT_THAT(msee.mirrors[0].to_tables, ElementsAre(msee.rules[0].table));
  EXPECT_THAT(node(topology, "er-test-msee1").mirrors, IsEmpty());
}

/// The fabric's side of the link from an MSEE: in GatewaySubnet, its user routes hold for what enters.
std::string subnet_of_fast_path(const network::Network& topology) {
  for (const auto& link : topology.links)
    if (link.a == End{"er-prod-msee1", "fast-prod-gw"}) return nic(topology, "prod", link.b.interface).subnet;
  return "no link";
}

TEST(FastPath, FollowsUserRoutesOnDirectSince2025Only) {
  EXPECT_EQ(subnet_of_fast_path(expanded("er-direct/fast-path.yaml")), "GatewaySubnet");
  EXPECT_EQ(subnet_of_fast_path(expanded("er-direct/fast-path-2020.yaml")), "");
}

TEST(ConvergenceDelay, TheInstanceAndTheVnetForgetLate) {
  const auto topology = expanded("private-peering/late-gateway.yaml");
  const auto& instance = node(topology, "erspvnetcust1gw1-0");
  ASSERT_THAT(instance.mirrors, SizeIs(1));
  EXPECT_THAT(instance.mirrors[0].late_interfaces, ElementsAre("core"));
  EXPECT_EQ(instance.mirrors[0].delay, std::chrono::seconds(5));
  ASSERT_THAT(instance.rules, SizeIs(1));
  EXPECT_EQ(instance.rules[0].in_interface, "vnet") << "what the MSEEs send goes on at once";
  const auto& nics = node(topology, "erspvnetcust1").fabric->nics;
  EXPECT_EQ(std::ranges::count(nics, Duration(std::chrono::seconds(5)), &network::FabricNic::withdraw_delay), 2);
}

TEST(ConvergenceDelay, IsNothingUnlessAskedFor) {
  EXPECT_THAT(node(expanded("private-peering/topology.yaml"), "erspvnetcust1gw1-0").mirrors, IsEmpty());
}

}  // namespace
}  // namespace xconn::azure
