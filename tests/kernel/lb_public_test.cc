// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/kernel/lb_network.hh"
#include "tests/kernel/lb_sockets.hh"

namespace xconn::lb {
namespace {

const nlohmann::json kIpsec = {{{"protocol", 17}, {"port", 500}, {"backend_port", 500}, {"floating_ip", false}},
                               {{"protocol", 17}, {"port", 4500}, {"backend_port", 4500}, {"floating_ip", false}}};

struct Public : testing::Test {
  Udp natt(int own_port = 0) { return Udp(network.netns("client"), kPublic, 4500, own_port); }
  LbNetwork network;
};

TEST_F(Public, TranslatesInAndBack) {
  network.balance_public(kIpsec);
  std::vector<Udp> flows;
  for (int n = 0; n < 30; ++n) flows.push_back(natt());
  // A connected socket takes answers from the frontend only.
  for (auto& flow : flows) EXPECT_TRUE(flow.echoes());
  EXPECT_GE(network.udp_seen("a"), 5U);
  EXPECT_GE(network.udp_seen("b"), 5U);
  EXPECT_EQ(network.backend("a")["flows"]["udp"], network.udp_seen("a"));
  EXPECT_EQ(network.backend("a")["new_flows"], network.udp_seen("a"));
  for (auto& flow : flows) EXPECT_TRUE(flow.echoes());
  EXPECT_EQ(network.backend("b")["new_flows"].get<int>() + network.backend("a")["new_flows"].get<int>(), 30);
}

TEST_F(Public, FailedProbeMovesUdpAtOnce) {
  network.balance_public(kIpsec);
  Udp flow = natt(4600);
  ASSERT_TRUE(flow.echoes());
  const std::string first = network.udp_seen("a") > 0 ? "a" : "b", second = first == "a" ? "b" : "a";
  network.answer_probes(first, false);
  network.wait_healthy(first, false);
  EXPECT_TRUE(flow.echoes());
  EXPECT_EQ(network.udp_seen(second), 1U);
  EXPECT_GE(network.state()["repinned"], 1);

  network.answer_probes(second, false);
  network.wait_healthy(second, false);
  EXPECT_FALSE(flow.echoes()) << "nobody is left";
  network.answer_probes(first, true);
  network.wait_healthy(first, true);
  EXPECT_TRUE(flow.echoes());
}

TEST_F(Public, AnotherPortToProbeLetsTcpGoOn) {
  network.balance_public({{{"protocol", 6}, {"port", 70}, {"backend_port", 7}}});
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kPublic, 70));
  ASSERT_TRUE(tcp.echoes());
  network.configure({{"probe", {{"port", 8009}}}});
  for (const char* node : {"a", "b"}) network.wait_healthy(node, false);
  EXPECT_TRUE(tcp.echoes("pinned"));
  Socket late(network.netns("client"), SOCK_STREAM);
  EXPECT_FALSE(late.connect(kPublic, 70, 300));
  network.configure({{"probe", {{"port", 8008}}}});
  network.wait_healthy("a", true);
  Socket again(network.netns("client"), SOCK_STREAM);
  EXPECT_TRUE(again.connect(kPublic, 70));
}

TEST_F(Public, HidesBackendsOutboundAndKeepsTheirPort) {
  network.balance_public(kIpsec);
  Socket internet(network.netns("client"), SOCK_DGRAM, 7000);
  Udp inside(network.netns("a"), kClient, 7000, 4501);
  inside.send("out");
  const auto seen = internet.receive();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->address, kPublic);
  EXPECT_EQ(seen->port, 4501);
  internet.answer(*seen, "back");
  const auto answer = inside.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text, "back");
}

TEST_F(Public, AnswersNothingElse) {
  network.balance_public(kIpsec);
  Udp other(network.netns("client"), kPublic, 7);
  EXPECT_FALSE(other.echoes());
  Socket tcp(network.netns("client"), SOCK_STREAM);
  EXPECT_FALSE(tcp.connect(kPublic, 7, 300));
  EXPECT_EQ(sys::run({"ping", "-qc1", "-W1", kPublic}, {.netns = network.netns("client").fd()}).status, 1);
  EXPECT_EQ(network.udp_seen("a") + network.udp_seen("b"), 0U);
  EXPECT_GE(network.state()["drops"]["unmatched"], 2);
}

TEST_F(Public, FloatingIpLeavesTheAddress) {
  for (const char* node : {"a", "b"}) network.sh(node, std::string("ip addr add ") + kPublic + "/32 dev lo");
  network.balance_public(
      {{{"protocol", 17}, {"port", 7}, {"floating_ip", true}}, {{"protocol", 6}, {"port", 7}, {"floating_ip", true}}});
  for (int n = 0; n < 10; ++n) {
    Udp flow(network.netns("client"), kPublic, 7);
    EXPECT_TRUE(flow.echoes());
  }
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kPublic, 7));
  EXPECT_TRUE(tcp.echoes());
  EXPECT_EQ(network.udp_seen("a") + network.udp_seen("b"), 10U);
}

TEST_F(Public, TranslatesPorts) {
  network.balance_public({{{"protocol", 17}, {"port", 9000}, {"backend_port", 4500}, {"floating_ip", false}}});
  Udp flow(network.netns("client"), kPublic, 9000);
  EXPECT_TRUE(flow.echoes());
}

TEST_F(Public, FindsItsBackendsAgainAfterALinkWasDown) {
  network.balance_public(kIpsec);
  network.sh("lb", "ip link set be.a down; ip link set be.b down; ip link set be.a up; ip link set be.b up");
  network.wait_for("an echo", [&] {
    Udp flow = natt();
    return flow.echoes();
  });
}

}  // namespace
}  // namespace xconn::lb
