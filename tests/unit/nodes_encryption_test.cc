// SPDX-License-Identifier: Apache-2.0
// Encryption gateways with and without HA, what the edge is told, and whose calls a tunnel does not answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/read.hh"
#include "nodes/make_plan.hh"
#include "tests/source_dir.hh"

namespace xconn::nodes {
namespace {

using testing::HasSubstr;
using testing::Not;

model::Topology reference(const std::string& name) {
  return model::read(std::string(kSourceDir) + "/topologies/" + name);
}

const plan::Node* find(const plan::Plan& plan, const std::string& name) {
  const auto found = std::ranges::find(plan.nodes, name, &plan::Node::name);
  return found == plan.nodes.end() ? nullptr : &*found;
}

std::string content(const plan::Plan& plan, const std::string& node, const std::string& file) {
  for (const auto& one : find(plan, node)->files)
    if (one.name == file) return one.content;
  return {};
}

TEST(EncryptionGateway, WithoutABackupIsOne) {
  auto topology = reference("aviatrix-encryption");
  topology.encryption_gateways.front().backup.reset();
  const auto plan = make_plan(topology);
  EXPECT_NE(find(plan, "enc-primary"), nullptr);
  EXPECT_EQ(find(plan, "enc-backup"), nullptr);
  const auto control = content(plan, "enc-controller", "encryption.json"),
             edge = content(plan, "enc-controller", "edge-configuration.txt");
  EXPECT_THAT(control, HasSubstr("enc-primary"));
  EXPECT_THAT(control, Not(HasSubstr("enc-backup")));
  EXPECT_THAT(edge, HasSubstr("10.17.1.4"));
  EXPECT_THAT(edge, Not(HasSubstr("10.17.1.5")));
}

TEST(EncryptionGateway, TellsTheEdgeWhatItsOwnTunnelsHave) {
  const auto plan = make_plan(reference("aviatrix-encryption"));
  const auto edge = content(plan, "enc-controller", "edge-configuration.txt");
  const auto own = content(plan, "enc-primary", "swanctl.conf");
  EXPECT_THAT(edge, HasSubstr("aes256-sha256-modp2048, 28800 s"));
  EXPECT_THAT(own, HasSubstr("proposals = aes256-sha256-modp2048\n"));
  EXPECT_THAT(edge, HasSubstr("aes256gcm16, tunnel mode, in UDP 4500, 27000 s"));
  EXPECT_THAT(own, HasSubstr("esp_proposals = aes256gcm16\n"));
  EXPECT_THAT(edge, HasSubstr("MTU, MSS         1400, 1350\n"));
  EXPECT_THAT(find(plan, "enc-primary")->nftables, HasSubstr("maxseg size set 1350"));
}

TEST(Tunnels, ACallThatIsNotAnsweredIsDropped) {
  auto topology = reference("er-vpn-backup");
  EXPECT_THAT(find(make_plan(topology), "vpn-gw-0")->nftables, Not(HasSubstr("a call")));
  std::ranges::find(topology.connections, "hq-hub", &model::Connection::name)->mode =
      model::ConnectionMode::kInitiatorOnly;
  const auto plan = make_plan(topology);
  EXPECT_THAT(find(plan, "vpn-gw-0")->nftables,
              HasSubstr("ip saddr 203.0.113.2 udp dport 500 @th,128,64 0 counter drop"));
  EXPECT_THAT(find(plan, "vpn-gw-0")->nftables, HasSubstr("maxseg size set 1350"));
}

}  // namespace
}  // namespace xconn::nodes
