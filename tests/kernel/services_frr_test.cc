// SPDX-License-Identifier: Apache-2.0
// FRR routers: BGP with MD5 and BFD over a veth, their events, and their daemons' crashes.
#include <gmock/gmock.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "kernel/dump.hh"
#include "services/frr.hh"
#include "services/nftables.hh"
#include "services/vty.hh"
#include "services_ground.hh"

namespace xconn::services {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::vector<plan::Service> kRouter{
    {.kind = "frr", .name = "zebra", .config = "frr.conf"},
    {.kind = "frr", .name = "bgpd", .config = "frr.conf", .after = {"zebra"}},
    {.kind = "frr", .name = "bfdd", .config = "frr.conf", .after = {"zebra"}},
};

plan::Node router(const std::string& name, std::uint32_t asn, const char* peer, std::uint32_t peer_asn,
                  const char* network) {
  plan::Node node{.name = name, .services = kRouter};
  node.bgp = {
      .asn = *Asn::of(asn),
      .keepalive = 3s,
      .hold = 10s,
      .bfd = {"fast", 100ms, 3},
      .networks = {{*Prefix::parse(network)}},
      .neighbors = {
          {.address = *Address::parse(peer), .asn = *Asn::of(peer_asn), .password = "md5-secret", .bfd = true}}};
  return node;
}

plan::Node first_router(const std::string& name = "r1") {
  return router(name, 65001, "10.0.0.2", 65002, "10.1.0.0/24");
}

class Frr : public Ground {
 protected:
  void make_pair_of_routers() {
    r1_ = &node(first_router());
    r2_ = &node(router("r2", 65002, "10.0.0.1", 65001, "10.2.0.0/24"));
    link(*r1_, "10.0.0.1/30", *r2_, "10.0.0.2/30");
    start();
  }
  void wait_converged() {
    wait_fact({"r1", "bgp", "10.0.0.2", "Established"});
    wait_fact({"r2", "bgp", "10.0.0.1", "Established"});
    wait_fact({"r1", "bfd", "10.0.0.2", "up"});
  }
  /// A session comes up at a packet a second; the two agree on their own pace only then (RFC 5880, 6.8.3).
  void wait_fast_bfd() {
    loop_.wait("BFD at its own pace", 10s, [&]() -> std::optional<std::string> {
      const auto told = ask(vty_socket("r1", "bfdd"), "show bfd peers json");
      if (nlohmann::json::parse(told).at(0).at("remote-transmit-interval") == 100) return std::nullopt;
      return told;
    });
  }
  bool r1_has_route() { return has_route(*r1_, "10.2.0.0/24"); }
  static bool has_route(const TestNode& node, const std::string& prefix) {
    for (const auto& entry : kernel::Reader(node.netns).routes())
      if (entry.route.to.text() == prefix) return true;
    return false;
  }
  void wait_route(bool wanted) {
    loop_.wait("the route of r2 in r1", 20s, [&]() -> std::optional<std::string> {
      if (r1_has_route() == wanted) return std::nullopt;
      return wanted ? "absent" : "still there";
    });
  }
  TestNode *r1_ = nullptr, *r2_ = nullptr;
};

TEST_F(Frr, SilentLossIsSeenByBfdThenBgp) {
  make_pair_of_routers();
  wait_converged();
  EXPECT_THAT(wait_event("r1", "bgp", "neighbor 10.0.0.2 up").text, HasSubstr("up"));
  wait_event("r1", "bfd", "10.0.0.2 up");
  wait_fast_bfd();
  wait_route(true);

  const auto cut = sys::now();
  apply_ruleset(r2_->netns,
                "table inet cut { chain in { type filter hook input priority 0; iifname eth0 drop; }; "
                "chain out { type filter hook output priority 0; oifname eth0 drop; }; }");
  const auto bfd = wait_event("r1", "bfd", "10.0.0.2 down (control detection time expired)", cut);
  const auto bgp = wait_event("r1", "bgp", "neighbor 10.0.0.2 down", cut);
  EXPECT_THAT(bgp.text, HasSubstr("(sent Cease/BFD Down)"));
  EXPECT_GT(bfd.at - cut, 150ms);
  EXPECT_LT(bfd.at - cut, 3s);
  // bgpd acts on bfdd's word, which reaches us by another way: the order holds up to the scheduling of three processes.
  EXPECT_GT(bgp.at, bfd.at - 20ms);
  wait_route(false);
  wait_fact({"r1", "bfd", "10.0.0.2", "down"});
  RecordProperty("bfd_after_ms", static_cast<int>((bfd.at - cut) / 1ms));
  RecordProperty("bgp_after_ms", static_cast<int>((bgp.at - cut) / 1ms));
}

TEST_F(Frr, StateIsReadFromTheDaemonAndAFrozenOneIsATimeout) {
  make_pair_of_routers();
  wait_converged();
  auto& bgpd = r1_->services->at("bgpd");
  const auto told = state(bgpd);
  EXPECT_EQ(told["as"], 65001);
  EXPECT_EQ(told["neighbors"]["10.0.0.2"]["remoteAs"], 65002);
  EXPECT_TRUE(told["running"].get<bool>());
  EXPECT_THAT(ask(vty_socket("r1", "zebra"), "show ip route 10.0.0.0/30 json"), HasSubstr("\"10.0.0.0/30\""));
  EXPECT_THROW(ask(vty_socket("r1", "bgpd"), "show nonsense"), Error);

  bgpd.signal(SIGSTOP);
  EXPECT_THROW(state(bgpd, 100ms), TimeoutError);
  const auto asked = sys::now();
  bool elsewhere = false;
  const auto meanwhile = sys::Timer::once(loop_, 5ms, [&] { elsewhere = sys::now() - asked < 100ms; });
  const auto all = states(*r1_, 300ms);
  EXPECT_TRUE(elsewhere) << "the loop stood still";
  EXPECT_TRUE(all["bgpd"].contains("error"));
  EXPECT_TRUE(all["bgpd"]["running"].get<bool>());
  EXPECT_TRUE(all["bfdd"].contains("peers"));
  bgpd.signal(SIGCONT);
  EXPECT_EQ(state(bgpd)["as"], 65001);
}

TEST_F(Frr, AKilledBgpdComesBackByItselfAndTheNextTimeLater) {
  make_pair_of_routers();
  wait_converged();
  const auto killed = sys::now();
  r1_->services->at("bgpd").signal(SIGKILL);
  EXPECT_EQ(wait_event("r1", "service", "bgpd", killed).text, "bgpd ended: killed by SIGKILL; it starts again");
  wait_event("r2", "bgp", "neighbor 10.0.0.1 down", killed);
  wait_ready();
  wait_converged();
  wait_route(true);

  const auto again = sys::now();
  r1_->services->at("bgpd").signal(SIGKILL);
  EXPECT_THAT(wait_event("r1", "service", "bgpd", again).text, HasSubstr("; it starts again in "));
  EXPECT_THAT(r1_->services->missing().value_or(""), HasSubstr("r1: bgpd: killed by SIGKILL; it starts again in "));
  wait_route(false);
  r1_->services->restart("bgpd");
  wait_ready();
  wait_converged();
}

TEST_F(Frr, AKilledZebraLeavesItsRoutesAndComesBackWithItsClients) {
  make_pair_of_routers();
  wait_converged();
  wait_route(true);
  const auto bgpd = r1_->services->at("bgpd").process_ids();
  const auto killed = sys::now();
  r1_->services->at("zebra").signal(SIGKILL);
  wait_event("r1", "service", "zebra", killed);
  EXPECT_TRUE(r1_has_route());
  wait_ready();
  wait_converged();
  wait_route(true);
  EXPECT_NE(r1_->services->at("bgpd").process_ids(), bgpd);
}

TEST_F(Frr, OneThatIsNeverToComeBackIsAnErrorAtOnce) {
  auto made = first_router();
  made.services[1].restart = network::RestartPolicy::kNever;
  auto& router = node(made);
  start();
  const auto killed = sys::now();
  router.services->at("bgpd").signal(SIGKILL);
  EXPECT_EQ(wait_event("r1", "service", "bgpd", killed).text,
            "bgpd ended: killed by SIGKILL; it stays down (restart: never)");
  try {
    router.services->missing();
    FAIL() << "somebody would wait for it";
  } catch (const ServiceError& error) {
    EXPECT_THAT(error.status(), HasSubstr("xconn restart r1:bgpd"));
  }
  router.services->mend();
  wait_ready();
  EXPECT_TRUE(router.services->at("bgpd").running());
}

TEST_F(Frr, OneThatIsHeldStaysDownWhateverHappensAroundIt) {
  auto& router = node(first_router());
  start();
  auto& bgpd = router.services->at("bgpd");
  const auto killed = sys::now();
  bgpd.hold(true);
  bgpd.signal(SIGKILL);
  EXPECT_EQ(wait_event("r1", "service", "bgpd", killed).text, "bgpd ended: killed by SIGKILL; a fault keeps it down");
  router.services->restart("zebra");
  router.services->mend();
  loop_.wait("zebra", 10s, [&]() -> std::optional<std::string> {
    const auto missing = router.services->missing();
    if (missing == "r1: bgpd: a fault keeps it down") return std::nullopt;
    return missing.value_or("nothing");
  });
  EXPECT_FALSE(bgpd.running());
  bgpd.hold(false);
  router.services->restart("bgpd");
  wait_ready();
  EXPECT_TRUE(bgpd.running());
}

TEST_F(Frr, AFrozenDaemonCanBeRestarted) {
  make_pair_of_routers();
  wait_converged();
  r1_->services->at("bgpd").signal(SIGSTOP);
  const auto before = sys::now();
  r1_->services->restart("bgpd");
  EXPECT_LT(sys::now() - before, 1s);
  wait_ready();
  wait_fact({"r1", "bgp", "10.0.0.2", "Established"});
}

void shut(network::Speaker& speaker) { speaker.neighbors[0].shutdown = true; }

TEST_F(Frr, AnEditIsInForceAfterARestartAndAChangeOfThePlanAndThenUndone) {
  make_pair_of_routers();
  wait_converged();
  r1_->services->edit_router(1, shut, {});
  wait_fact({"r1", "bgp", "10.0.0.2", "Idle (Admin)"});
  r1_->services->at("bgpd").signal(SIGKILL);
  wait_event("r1", "service", "bgpd ended");
  wait_ready();
  wait_fact({"r1", "bgp", "10.0.0.2", "Idle (Admin)"});
  auto changed = r1_->plan;
  changed.bgp->networks.push_back({*Prefix::parse("10.7.0.0/24")});
  r1_->services->change(changed, {"frr.conf"});
  wait_ready();
  wait_fact({"r1", "bgp", "10.0.0.2", "Idle (Admin)"});
  r1_->services->undo_edit(1, {});
  wait_converged();
  loop_.wait("the new network in r2", 20s, [&]() -> std::optional<std::string> {
    if (has_route(*r2_, "10.7.0.0/24")) return std::nullopt;
    return "absent";
  });
}

TEST_F(Frr, AnEditThatBgpdRefusesIsToldAndBgpdStartsAgain) {
  make_pair_of_routers();
  wait_converged();
  std::optional<std::exception_ptr> failure;
  const auto reflects = [](network::Speaker& speaker) { speaker.neighbors[0].route_reflector_client = true; };
  r1_->services->edit_router(1, reflects, sys::Join::begin(loop_, [&](const auto& end) { failure = end.failure; }));
  EXPECT_THAT(wait_event("r1", "service", "bgpd is started again").text, HasSubstr("Not an internal neighbor"));
  loop_.wait("an answer", 10s, [&] { return failure ? std::nullopt : std::optional<std::string>("none"); });
  ASSERT_TRUE(*failure);
  EXPECT_THROW(std::rethrow_exception(*failure), Error);
  r1_->services->undo_edit(1, {});
  wait_ready();
  wait_converged();
}

TEST_F(Frr, ARefusedLineOfTheConfigurationIsAServiceError) {
  auto& router = node(
      {.name = "bad", .frr_lines = "router bgp 65001\n neighbour 10.0.0.2 remote-as 65002\n", .services = kRouter});
  try {
    start();
    FAIL() << "bgpd took it";
  } catch (const ServiceError& error) {
    EXPECT_THAT(error.status(), HasSubstr("neighbour 10.0.0.2 remote-as 65002"));
    EXPECT_THAT(error.argv().at(0), HasSubstr("bgpd"));
    EXPECT_FALSE(error.last_log_lines().empty());
  }
  EXPECT_TRUE(router.services->at("zebra").ready());
}

TEST_F(Frr, ThirtyDaemonsStartTogether) {
  for (int number = 1; number <= 10; ++number) node(first_router("m" + std::to_string(number)));
  const auto before = sys::now();
  for (auto& node : nodes_) node.services->start();
  const auto returned = sys::now() - before;
  wait_ready();
  const auto ready = sys::now() - before;
  RecordProperty("start_returned_ms", static_cast<int>(returned / 1ms));
  RecordProperty("all_ready_ms", static_cast<int>(ready / 1ms));
  std::printf("30 FRR daemons: start() returned after %d ms, all ready after %d ms\n", static_cast<int>(returned / 1ms),
              static_cast<int>(ready / 1ms));
  EXPECT_LT(ready, 10s);
}

}  // namespace
}  // namespace xconn::services
