// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hh"
#include "tests/kernel/lb_network.hh"
#include "tests/kernel/lb_sockets.hh"

namespace xconn::lb {
namespace {

using nlohmann::json;

struct Internal : testing::Test {
  Internal() { network.balance_internal(); }
  Udp udp() { return Udp(network.netns("client"), kServer, 7); }

  /// Which backend's echo sees this flow: "a" or "b".
  std::string seen_by(Udp& flow) {
    const auto before = network.udp_seen("a");
    EXPECT_TRUE(flow.echoes());
    return network.udp_seen("a") > before ? "a" : "b";
  }
  std::string other(const std::string& node) { return node == "a" ? "b" : "a"; }

  LbNetwork network;
};

TEST_F(Internal, SpreadsFlowsAndKeepsEachWhereItIs) {
  std::vector<Udp> flows;
  for (int n = 0; n < 40; ++n) flows.push_back(udp());
  for (auto& flow : flows) ASSERT_TRUE(flow.echoes());
  const auto a = network.udp_seen("a"), b = network.udp_seen("b");
  EXPECT_EQ(a + b, 40U);
  EXPECT_GE(a, 8U);
  EXPECT_GE(b, 8U);
  for (auto& flow : flows) ASSERT_TRUE(flow.echoes());
  EXPECT_EQ(network.udp_seen("a"), 2 * a);
  EXPECT_EQ(network.backend("a")["flows"]["udp"], a);
  EXPECT_EQ(network.backend("b")["new_flows"], b);
}

struct Translated : testing::Test {
  Translated() {
    network.balance({{"frontend", kFrontend},
                     {"public", false},
                     {"rules",
                      {{{"protocol", 17}, {"port", 53}, {"backend_port", 7}},
                       {{"protocol", 6}, {"port", 70}, {"backend_port", 7}}}}});
  }
  LbNetwork network;
};

/// Rules of a balancer that forgets flows soon.
struct Idle : testing::Test {
  void balance(const nlohmann::json& rules, bool tcp_reset) {
    network.balance({{"frontend", kFrontend},
                     {"public", false},
                     {"idle_timeout", "600ms"},
                     {"tcp_reset", tcp_reset},
                     {"rules", rules}});
  }
  /// Connections that the backends have open; what the load balancer says is not asked.
  bool is_open() const {
    for (const char* node : {"a", "b"}) {
      try {
        network.sh(node, "test -z \"$(ss -Htn state established '( sport = :7 )')\"");
      } catch (const Error&) {
        return true;
      }
    }
    return false;
  }
  LbNetwork network;
  const json translated = json::array({{{"protocol", 6}, {"port", 70}, {"backend_port", 7}}});
  const json ha_ports = json::array({{{"ha_ports", true}, {"floating_ip", true}}});
};

TEST_F(Idle, AResetTellsBothEndsOfAForgottenFlow) {
  balance(translated, true);
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kFrontend, 70));
  ASSERT_TRUE(tcp.echoes());
  EXPECT_TRUE(is_open());
  EXPECT_TRUE(tcp.is_reset(3000));
  network.wait_for("the backend's end", [&] { return !is_open(); });
}

TEST_F(Idle, AResetOfHaPortsHasTheServersAddress) {
  balance(ha_ports, true);
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kServer, 7));
  ASSERT_TRUE(tcp.echoes(std::string(1400, 'x')));
  EXPECT_TRUE(tcp.is_reset(3000));
  network.wait_for("the backend's end", [&] { return !is_open(); });
}

TEST_F(Idle, ABusyFlowGetsNone) {
  balance(translated, true);
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kFrontend, 70));
  for (int n = 0; n < 10; ++n) {
    ASSERT_TRUE(tcp.echoes());
    EXPECT_FALSE(tcp.is_reset(200));
  }
}

TEST_F(Idle, WithoutResetsItIsForgottenInSilence) {
  balance(translated, false);
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kFrontend, 70));
  ASSERT_TRUE(tcp.echoes());
  EXPECT_FALSE(tcp.is_reset(1500));
  EXPECT_TRUE(is_open());
}

TEST_F(Translated, AnswersComeFromTheFrontendAndItsPort) {
  std::vector<Udp> flows;  // a connected socket takes answers from the frontend only
  for (int n = 0; n < 30; ++n) flows.emplace_back(network.netns("client"), kFrontend, 53);
  for (auto& flow : flows) ASSERT_TRUE(flow.echoes());
  EXPECT_GE(network.udp_seen("a"), 5U);
  EXPECT_GE(network.udp_seen("b"), 5U);
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kFrontend, 70));
  EXPECT_TRUE(tcp.echoes(std::string(1400, 'x')));
}

TEST_F(Translated, WhatGoesToABackendItselfStaysAsItIs) {
  Udp direct(network.netns("client"), "10.2.0.5", 7);
  EXPECT_TRUE(direct.echoes());
  Udp other(network.netns("client"), kFrontend, 54);
  EXPECT_FALSE(other.echoes()) << "no rule has this port";
}

TEST_F(Internal, TcpWorksThoughItsAnswersPassElsewhere) {
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kServer, 7));
  EXPECT_TRUE(tcp.echoes(std::string(1400, 'x')));
  EXPECT_EQ(network.tcp_seen("a") + network.tcp_seen("b"), 1U);
}

TEST_F(Internal, FailedProbeMovesUdpAndNewFlowsButNotTcp) {
  Udp flow = udp();
  const auto first = seen_by(flow), second = other(first);
  Socket tcp(network.netns("client"), SOCK_STREAM);  // one that is pinned to the backend that will fail
  std::vector<Socket> tries;
  for (int n = 0; n < 30; ++n) {
    tries.emplace_back(network.netns("client"), SOCK_STREAM);
    const auto before = network.tcp_seen(first);
    ASSERT_TRUE(tries.back().connect(kServer, 7));
    ASSERT_TRUE(tries.back().echoes());
    if (network.tcp_seen(first) > before) break;
    ASSERT_LT(n, 29) << "no TCP flow went to " << first;
  }
  network.answer_probes(first, false);
  network.wait_healthy(first, false);

  EXPECT_EQ(seen_by(flow), second);
  const auto accepted = network.tcp_seen(first);
  EXPECT_TRUE(tries.back().echoes("still here")) << "established TCP stays";
  for (int n = 0; n < 10; ++n) {
    Udp fresh = udp();
    EXPECT_EQ(seen_by(fresh), second);
    Socket connection(network.netns("client"), SOCK_STREAM);
    EXPECT_TRUE(connection.connect(kServer, 7));
  }
  EXPECT_EQ(network.tcp_seen(first), accepted) << "no new TCP to a failed backend";
  EXPECT_GE(network.state()["repinned"], 1);

  network.answer_probes(first, true);
  network.wait_healthy(first, true);
  EXPECT_EQ(seen_by(flow), second) << "a flow does not go back by itself";
}

TEST_F(Internal, AllDownLetsTcpGoOnAndDropsTheRest) {
  Udp flow = udp();
  ASSERT_TRUE(flow.echoes());
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kServer, 7));
  ASSERT_TRUE(tcp.echoes());
  for (const char* node : {"a", "b"}) network.answer_probes(node, false);
  for (const char* node : {"a", "b"}) network.wait_healthy(node, false);
  EXPECT_TRUE(tcp.echoes("pinned"));
  EXPECT_FALSE(flow.echoes());
  Socket late(network.netns("client"), SOCK_STREAM);
  EXPECT_FALSE(late.connect(kServer, 7, 300));
  EXPECT_GE(network.state()["drops"]["no_backend"], 2);

  network.answer_probes("b", true);
  network.wait_healthy("b", true);
  EXPECT_EQ(seen_by(flow), "b");
}

TEST_F(Internal, FragmentsFollowTheirFlow) {
  for (int n = 0; n < 8; ++n) {
    Udp big = udp();
    EXPECT_TRUE(big.echoes(std::string(2000, 'f')));
  }
}

TEST_F(Internal, FrontendAnswersNoPingButPassesPings) {
  EXPECT_EQ(sys::run({"ping", "-qc1", "-W1", kFrontend}, {.netns = network.netns("client").fd()}).status, 1);
  EXPECT_EQ(sys::run({"ping", "-qc1", "-W1", kServer}, {.netns = network.netns("client").fd()}).status, 0);
}

TEST_F(Internal, SaysWhatHappensOnItsSocket) {
  std::vector<nlohmann::json> events;
  sys::Subscription subscription(network.loop(), sys::LineClient(network.socket("lb-lb")), R"({"get":"subscribe"})",
                                 [&](std::string line) { events.push_back(nlohmann::json::parse(line)); });
  network.wait_for("subscription", [&] { return network.state()["healthy"] == 2; });
  network.answer_probes("a", false);
  network.wait_for("an event", [&] { return !events.empty(); });
  EXPECT_EQ(events[0]["event"], "backend");
  EXPECT_EQ(events[0]["backend"], "a:eth0");
  EXPECT_EQ(events[0]["healthy"], false);
  EXPECT_EQ(events[0]["text"], "a:eth0 unhealthy: 2 probes unanswered (refused)");
}

TEST_F(Internal, ProbesByHttp) {
  network.probe_by_http();
  network.balance_internal();
  EXPECT_TRUE(udp().echoes());
  network.answer_probes("a", false);
  const nlohmann::json probe = network.backend("a")["probe"];
  EXPECT_TRUE(probe["answered"]) << "8008 is not asked any more: " << probe;
  network.sh("a",
             "nft 'add table ip t; add chain ip t in { type filter hook input priority 0; };"
             "add rule ip t in tcp dport 80 reject with tcp reset'");
  network.wait_healthy("a", false);
  EXPECT_EQ(network.backend("a")["probe"]["text"], "refused");
}

TEST_F(Internal, AnotherPortToProbeTakesNoFlowAway) {
  Socket tcp(network.netns("client"), SOCK_STREAM);
  ASSERT_TRUE(tcp.connect(kServer, 7));
  ASSERT_TRUE(tcp.echoes());
  const auto counted = network.state();
  EXPECT_EQ(network.configure({{"probe", {{"port", 8009}}}}), json({{"configured", true}}));
  for (const char* node : {"a", "b"}) network.wait_healthy(node, false);
  EXPECT_TRUE(tcp.echoes("pinned"));
  Socket late(network.netns("client"), SOCK_STREAM);
  EXPECT_FALSE(late.connect(kServer, 7, 300));
  for (const int n : {0, 1})
    EXPECT_EQ(network.state()["backends"][n]["new_flows"], counted["backends"][n]["new_flows"]);

  network.configure({{"probe", {{"port", 8008}}}});
  for (const char* node : {"a", "b"}) network.wait_healthy(node, true);
  EXPECT_TRUE(tcp.echoes("still"));
  Socket again(network.netns("client"), SOCK_STREAM);
  EXPECT_TRUE(again.connect(kServer, 7));
}

TEST_F(Internal, TakesAnotherKindOfProbe) {
  network.configure({{"probe", {{"protocol", "http"}, {"port", 80}, {"path", "/health"}, {"threshold", 4}}}});
  network.answer_probes("a", false);
  network.sh("a",
             "nft 'add table ip t; add chain ip t in { type filter hook input priority 0; };"
             "add rule ip t in tcp dport 8008 counter; add rule ip t in tcp dport 80 counter drop'");
  network.wait_healthy("a", false);
  EXPECT_EQ(network.backend("a")["failures"], 4);
  network.sh("a", "nft list ruleset | grep -q 'dport 8008 counter packets 0 '");
  network.sh("a", "nft delete table ip t");
  network.wait_healthy("a", true);
}

TEST_F(Internal, TakesAnotherInterval) {
  network.configure({{"probe", {{"interval", "1s"}}}});
  const auto next = [&](std::int64_t before) {
    const auto at = [&] { return network.backend("a")["probe"]["at"].get<std::int64_t>(); };
    network.wait_for("a probe", [&] { return at() > before; });
    return at();
  };
  const auto first = next(next(0));  // one may have been under way
  EXPECT_GT(next(first) - first, 500'000'000) << "it was 100 ms";
}

TEST_F(Internal, NothingButTheProbeIsTakenInPlace) {
  const auto before = network.state();
  EXPECT_EQ(network.configure({{"idle_timeout", "5m"}, {"probe", {{"port", 8009}}}})["error"],
            "only the probe can be changed in place");
  EXPECT_THAT(network.configure({{"probe", {{"port", 0}}}})["error"], testing::HasSubstr("port"));
  EXPECT_EQ(network.state()["probe"], before["probe"]);
}

TEST_F(Internal, GoesOnThroughACrashAndStartsAgain) {
  Udp flow = udp();
  ASSERT_TRUE(flow.echoes());
  network.crash_balancer();
  EXPECT_TRUE(flow.echoes()) << "the data path is the kernel's";
  network.balance_internal();
  EXPECT_TRUE(flow.echoes());
}

TEST_F(Internal, SilentBackendFailsItsProbes) {
  network.sh("a",
             "nft 'add table ip t; add chain ip t in { type filter hook input priority 0; };"
             "add rule ip t in tcp dport 8008 drop'");
  network.wait_healthy("a", false);
  EXPECT_EQ(network.backend("a")["probe"]["text"], "no answer within 95ms");
}

}  // namespace
}  // namespace xconn::lb
