// SPDX-License-Identifier: Apache-2.0
// The SD-WAN edge in real namespaces: who carries the traffic, when it moves, and that nothing leaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/control/conntrack.hh"
#include "nodes/edge/daemon/mark.hh"
#include "sys/clock.hh"
#include "tests/kernel/sdwan_two_sites.hh"

namespace xconn::sdwan::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 7777;
constexpr const char* kForward = "udp dport 7777";
constexpr const char* kReverse = "udp sport 7777";
/// failtime x interval + timeout of the checks, and room for a busy machine.
constexpr Duration kDetection = 5 * 40ms + 120ms, kRoom = 300ms;

class SdwanFailover : public testing::Test {
 protected:
  void start(const json& patch_a = json::object(), const json& patch_b = json::object()) {
    sites_.start_a(patch_a);
    sites_.start_b(patch_b);
    ASSERT_TRUE(sites_.wait([&] { return all_alive(*sites_.edge_a) && all_alive(*sites_.edge_b); }));
  }
  static bool all_alive(RunningEdge& edge) { return edge.alive("m1") && edge.alive("m2"); }
  void watch() {
    for (const char* path : {"m1", "m2"}) {
      sites_.b.watch(path, kForward);
      sites_.a.watch(path, kReverse);
    }
  }
  /// Which path the packets took since watch(): forward at b, reverse at a.
  std::string forward() { return taken(sites_.b); }
  std::string reverse() { return taken(sites_.a); }
  static std::string taken(Site& site) {
    std::string paths;
    for (const char* path : {"m1", "m2"}) {
      if (site.seen(path) > 0) paths += (paths.empty() ? "" : "+") + std::string(path);
    }
    return paths;
  }
  Flow flow(std::uint16_t port = kPort, int dscp = 0) {
    return Flow(sites_.client, "10.1.0.10", sites_.server, "10.2.0.10", port, dscp);
  }
  static json rules(const json& list) { return {{"rules", list}}; }

  TwoSites sites_;
};

TEST_F(SdwanFailover, both_directions_take_the_cheaper_member) {
  start();
  watch();
  auto probe = flow();
  probe.run(200ms);
  EXPECT_GT(probe.received(), 40);
  EXPECT_EQ(forward(), "m1");
  EXPECT_EQ(reverse(), "m1");
  EXPECT_EQ(sites_.leaked(), 0u);
}

TEST_F(SdwanFailover, a_silent_cut_moves_the_running_flow_both_ways) {
  start();
  auto probe = flow();
  probe.run(200ms);
  sites_.cut("m1");
  const auto outage = probe.run(kDetection + kRoom + 300ms);
  EXPECT_LE(outage, kDetection + kRoom);
  EXPECT_GE(outage, 40ms) << "the cut was not felt: this test proves nothing";
  watch();
  probe.run(100ms);
  EXPECT_EQ(forward(), "m2");
  EXPECT_EQ(reverse(), "m2");
  EXPECT_GT(probe.received(), 0);
  EXPECT_EQ(sites_.leaked(), 0u);
}

TEST_F(SdwanFailover, comes_back_after_recovery_and_hold_down_without_a_second_outage) {
  const auto patch =
      rules({{{"name", "main"}, {"strategy", "lowest-cost"}, {"members", {"m1", "m2"}}, {"hold_down", "400ms"}}});
  start(patch, patch);
  auto probe = flow();
  sites_.cut("m1");
  ASSERT_TRUE(
      probe.run_until([&] { return sites_.edge_a->chosen("main") == "m2" && !sites_.edge_b->alive("m1"); }, 3s));
  sites_.heal("m1");
  ASSERT_TRUE(probe.run_until([&] { return sites_.edge_a->alive("m1"); }, 3s));
  const auto recovered = sys::now();
  EXPECT_EQ(sites_.edge_a->chosen("main"), "m2") << "held down";
  ASSERT_TRUE(probe.run_until([&] { return sites_.edge_a->chosen("main") == "m1"; }, 3s));
  EXPECT_GE(sys::now() - recovered, 300ms);
  EXPECT_LE(probe.run(300ms), 100ms);
  watch();
  probe.run(100ms);
  EXPECT_EQ(forward(), "m1");
  EXPECT_EQ(reverse(), "m1");
}

TEST_F(SdwanFailover, a_sticky_session_stays_on_its_member_while_that_is_in_sla) {
  const auto patch =
      rules({{{"name", "main"}, {"strategy", "lowest-cost"}, {"members", {"m1", "m2"}}, {"sla_stickiness", true}}});
  start(patch, patch);
  auto old = flow();
  sites_.cut("m1");
  ASSERT_TRUE(old.run_until([&] { return sites_.edge_a->chosen("main") == "m2"; }, 3s));
  ASSERT_TRUE(old.run_until([&, before = old.received()] { return old.received() > before + 10; }, 3s));
  sites_.heal("m1");
  ASSERT_TRUE(old.run_until([&] { return sites_.edge_a->chosen("main") == "m1"; }, 3s));
  watch();
  old.run(100ms);
  EXPECT_EQ(forward(), "m2") << "it began there";
  for (const char* path : {"m1", "m2"}) sites_.b.watch(path, "udp dport 7778");
  auto fresh = flow(kPort + 1);
  fresh.run(100ms);
  EXPECT_EQ(forward(), "m1") << "and a new one does not";
  sites_.cut("m2");
  ASSERT_TRUE(old.run_until([&] { return !sites_.edge_a->alive("m2"); }, 3s));
  watch();
  old.run(100ms);
  EXPECT_EQ(forward(), "m1") << "its member is dead";
}

TEST_F(SdwanFailover, nothing_leaks_when_all_are_dead_and_flows_return_with_one) {
  start();
  auto probe = flow();
  probe.run(100ms);
  sites_.cut("m1");
  sites_.cut("m2");
  ASSERT_TRUE(probe.run_until([&] { return sites_.edge_a->chosen("main").empty(); }, 3s));
  const auto before = probe.received();
  sites_.b.watch("m1", kForward);
  sites_.b.watch("m2", kForward);
  probe.run(300ms);
  EXPECT_EQ(probe.received(), before);
  EXPECT_EQ(sites_.leaked(), 0u);
  EXPECT_EQ(forward(), "");
  EXPECT_GT(sites_.edge_a->state()["dropped"]["packets"], 50);
  sites_.heal("m2");
  EXPECT_TRUE(probe.run_until([&] { return probe.received() > before + 20; }, 3s));
  EXPECT_EQ(sites_.leaked(), 0u);
}

TEST_F(SdwanFailover, what_the_edge_itself_sends_does_not_leak) {
  start();
  sites_.cut("m1");
  sites_.cut("m2");
  ASSERT_TRUE(sites_.wait([&] { return sites_.edge_a->chosen("main").empty(); }));
  Flow own(sites_.a, "10.1.0.1", sites_.server, "10.2.0.10", kPort);
  own.run(100ms);
  EXPECT_EQ(own.received(), 0);
  EXPECT_EQ(sites_.leaked(), 0u);
  sites_.heal("m1");
  EXPECT_TRUE(own.run_until([&] { return own.received() > 10; }, 3s));
}

TEST_F(SdwanFailover, replies_go_back_by_the_member_they_came_by) {
  const auto other = rules({{{"name", "main"}, {"strategy", "manual"}, {"members", {"m2", "m1"}}}});
  start(json::object(), other);
  watch();
  auto probe = flow();
  probe.run(100ms);
  EXPECT_EQ(forward(), "m1");
  EXPECT_EQ(reverse(), "m1") << "b itself prefers m2";
  sites_.cut("m1");
  ASSERT_TRUE(probe.run_until([&] { return sites_.edge_a->chosen("main") == "m2"; }, 3s));
  watch();
  probe.run(100ms);
  EXPECT_EQ(forward(), "m2");
  EXPECT_EQ(reverse(), "m2") << "the session moved, its replies follow";
}

TEST_F(SdwanFailover, idle_connections_forget_a_dead_member) {
  start();
  auto probe = flow();
  probe.run(50ms);
  auto conntrack = sites_.b.netns.run([] { return control::Conntrack(); });
  const auto pinned = [&] { return conntrack.clear_marks(kPathMask, path_mark(member_path(0))); };
  EXPECT_GE(pinned(), 1);
  probe.run(50ms);  // marked again
  sites_.cut("m1");
  ASSERT_TRUE(sites_.wait([&] { return !sites_.edge_b->alive("m1"); }));
  EXPECT_EQ(pinned(), 0);
}

TEST_F(SdwanFailover, ports_and_dscp_choose_members) {
  start(rules(
      {{{"name", "voice"}, {"strategy", "manual"}, {"dscp", 46}, {"members", {"m2"}}},
       {{"name", "bulk"}, {"strategy", "manual"}, {"protocol", 17}, {"ports", {{9000, 9010}}}, {"members", {"m2"}}},
       {{"name", "main"}, {"strategy", "manual"}, {"members", {"m1", "m2"}}}}));
  auto plain = flow(), voice = flow(7778, 46), bulk = flow(9005);
  const auto path_of = [&](Flow& probe, const std::string& port) {
    for (const char* path : {"m1", "m2"}) sites_.b.watch(path, "udp dport " + port);
    probe.run(60ms);
    return forward();
  };
  EXPECT_EQ(path_of(plain, "7777"), "m1");
  EXPECT_EQ(path_of(voice, "7778"), "m2");
  EXPECT_EQ(path_of(bulk, "9005"), "m2");
  EXPECT_GT(bulk.received(), 10);
}

TEST_F(SdwanFailover, a_rule_without_a_live_member_is_void) {
  start(rules({{{"name", "only"}, {"strategy", "manual"}, {"members", {"m1"}}}}));
  auto probe = flow();
  sites_.cut("m1");
  ASSERT_TRUE(probe.run_until([&] { return sites_.edge_a->chosen("only").empty(); }, 3s));
  watch();
  probe.run(100ms);
  EXPECT_EQ(forward(), "m2") << "the implicit rule has it";
}

TEST_F(SdwanFailover, maximize_bandwidth_spreads_flows_and_keeps_each_on_its_member) {
  start(rules({{{"name", "main"}, {"strategy", "maximize-bandwidth"}, {"members", {"m1", "m2"}}}}));
  int on_both = 0, on_m1 = 0, on_m2 = 0;
  for (std::uint16_t port = 7000; port < 7012; ++port) {
    auto probe = flow(port);
    for (const char* path : {"m1", "m2"}) sites_.b.watch(path, "udp dport " + std::to_string(port));
    probe.run(20ms);
    const auto path = forward();
    on_both += path == "m1+m2" ? 1 : 0;
    on_m1 += path == "m1" ? 1 : 0;
    on_m2 += path == "m2" ? 1 : 0;
  }
  EXPECT_EQ(on_both, 0);
  EXPECT_GT(on_m1, 0);
  EXPECT_GT(on_m2, 0);
}

TEST_F(SdwanFailover, a_member_that_appears_later_is_found_and_leaves_at_once) {
  sites_.start_b();
  sites_.a.netlink.commit(kernel::link_set("m1", {.up = false}));
  sites_.a.netlink.commit(kernel::link_set("m1", {.name = "tun9"}));
  auto& edge = sites_.start_a();
  ASSERT_TRUE(sites_.wait([&] { return edge.alive("m2"); }));
  EXPECT_EQ(edge.chosen("main"), "m2");
  sites_.a.netlink.commit(kernel::link_set("tun9", {.name = "m1", .up = true}));
  ASSERT_TRUE(sites_.wait([&] { return edge.alive("m1"); }));
  auto probe = flow();
  ASSERT_TRUE(sites_.wait([&] { return edge.chosen("main") == "m1" && sites_.edge_b->alive("m1"); }));
  probe.run(50ms);
  sites_.a.netlink.commit(kernel::link_delete("m1"));
  const auto outage = probe.run(300ms);
  EXPECT_LE(outage, 150ms) << "no waiting for probes";
  EXPECT_EQ(edge.chosen("main"), "m2");
  EXPECT_EQ(sites_.leaked(), 0u);
}

TEST_F(SdwanFailover, require_route_moves_with_the_routing_table) {
  const std::uint8_t bgp = 186;
  sites_.a.route("10.2.0.0/16", "m1", "192.0.2.2", bgp);
  sites_.a.route("10.2.0.0/15", "m2", "198.51.100.2", bgp);
  start({{"require_route", true}});
  EXPECT_EQ(sites_.edge_a->chosen("main"), "m1");
  auto probe = flow();
  probe.run(50ms);
  sites_.cut("m1");
  sites_.a.unroute("10.2.0.0/16", bgp);  // as BFD and BGP do, long before the health check
  EXPECT_LE(probe.run(150ms), 100ms);
  EXPECT_EQ(sites_.edge_a->chosen("main"), "m2");
  EXPECT_TRUE(sites_.edge_a->alive("m1"));
}

TEST_F(SdwanFailover, takes_everything_back_when_it_ends) {
  start();
  const auto ours = [&] {
    int count = 0;
    for (const auto& entry : kernel::Reader(sites_.a.netns).rules()) count += entry.rule.priority / 1000 == 1 ? 1 : 0;
    for (const auto& entry : kernel::Reader(sites_.a.netns).all_routes())
      count += entry.route.table / 1000 == 1 ? 1 : 0;
    return count;
  };
  EXPECT_GT(ours(), 0);
  sites_.edge_a->stop();
  EXPECT_EQ(ours(), 0);
  EXPECT_THROW(sites_.a.nft("list table ip xconn_sdwan"), KernelError);
}

}  // namespace
}  // namespace xconn::sdwan::test
