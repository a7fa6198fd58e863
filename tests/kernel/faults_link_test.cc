// SPDX-License-Identifier: Apache-2.0
// Faults on real links: near --- far, two namespaces and one veth, with a sub-network behind far.
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "datapath/impair.hh"
#include "faults/registry.hh"
#include "faults/site.hh"
#include "kernel/dump.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"
#include "tests/faults_told.hh"

namespace xconn::faults {
namespace {

using namespace std::chrono_literals;

struct Wires : Site {
  Wires() {
    nodes.emplace("near", sys::Netns::create());
    nodes.emplace("far", sys::Netns::create());
    const std::string target = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(nodes.at("far").fd());
    sh("near",
       "ip link add e type veth peer name e netns " + target + "; ip addr add 10.0.0.1/24 dev e; ip link set e up");
    sh("far", "ip addr add 10.0.0.2/24 dev e; ip link set e up");
    sh("near", "ip route add 10.5.0.0/16 via 10.0.0.2; ip route add 10.6.0.0/16 via 10.0.0.2 table 77 metric 10");
    sh("near", "ip route add 10.7.0.0/16 dev e proto 186");
    sh("near", "ip neigh replace 10.0.0.9 lladdr 02:00:00:00:00:09 dev e nud permanent");
    ping_until_answered();
  }
  const Inventory& inventory() const override { return inventory_; }
  const sys::Netns& netns(const std::string& node) override { return nodes.at(node); }
  void impair(const End& from, const Impairment& impairment) override {
    wires.erase(from.node);
    if (impairment == Impairment{}) return;
    const std::string other = from.node == "near" ? "far" : "near";
    wires.emplace(from.node, datapath::Impaired(nodes.at(from.node), "e", nodes.at(other), "e", impairment));
  }
  void signal(const std::string& node, const std::string& daemon, int) override {
    killed.push_back(node + ":" + daemon);
  }
  int edit(const std::string&, network::SpeakerEdit, sys::Pending) override { return 0; }
  void undo_edit(const std::string&, int, sys::Pending) override {}
  int edit_probe(const Daemon&, network::ProbeEdit, sys::Pending) override { return 0; }
  void undo_probe(const Daemon&, int, sys::Pending) override {}
  int overlay(const Tunnel&, std::string, bool, sys::Pending) override { return 0; }
  void take_back(const Tunnel&, int, sys::Pending) override {}
  void restart(const std::string& node, const std::string& daemon) override {
    restarted.push_back(node + ":" + daemon);
  }

  void sh(const std::string& node, const std::string& command) {
    sys::run_checked({"sh", "-ec", command}, {.netns = nodes.at(node).fd()});
  }
  /// `count` pings of `size` payload bytes; how many were answered.
  int ping(int count = 1, int size = 56, const std::string& wait = "0.3") {
    const auto out = sys::run({"ping", "-q", "-c", std::to_string(count), "-i", "0.005", "-W", wait, "-s",
                               std::to_string(size), "10.0.0.2"},
                              {.netns = nodes.at("near").fd()})
                         .out;
    const auto at = out.find(" received");
    if (at == std::string::npos) return 0;
    return std::stoi(out.substr(out.rfind(' ', at - 1) + 1));
  }
  void ping_until_answered() {
    sys::run_checked({"ping", "-q", "-c", "1", "-i", "0.02", "-w", "5", "10.0.0.2"}, {.netns = nodes.at("near").fd()});
  }
  kernel::Link link(const std::string& node) { return *kernel::Reader(nodes.at(node)).link("e"); }
  std::size_t routes(std::uint32_t table, std::uint8_t protocol) {
    return kernel::Reader(nodes.at("near")).routes(table, protocol).size();
  }

  Inventory inventory_ = {{"near", "far"},
                          {{{"near", "e"}, {"far", "e"}, {}, {}, {}, {}}},
                          {{"near", "bgpd"}, {"near", "zebra"}},
                          {{"near", "er", "e"}}};
  std::map<std::string, sys::Netns> nodes;
  std::map<std::string, datapath::Impaired> wires;
  std::vector<std::string> killed, restarted;
};

struct LinkFaults : testing::Test {
  int apply(const std::vector<std::string>& words) { return applied(registry, loop, words); }
  void heal(int id) { faults::heal(registry, loop, id); }
  sys::Loop loop;
  Wires site;
  Registry registry{loop, site};
};

TEST_F(LinkFaults, BlackholeKeepsCarrier) {
  const int id = apply({"blackhole", "near:e"});
  EXPECT_EQ(site.ping(), 0);
  EXPECT_TRUE(site.link("near").carrier && site.link("far").carrier);
  heal(id);
  EXPECT_EQ(site.ping(), 1);
}

TEST_F(LinkFaults, OneFaultLessIsNotNone) {
  const int one = apply({"blackhole", "near:e"}), two = apply({"oneway", "far:e"});
  heal(one);
  EXPECT_EQ(site.ping(), 0);
  heal(two);
  EXPECT_EQ(site.ping(), 1);
}

TEST_F(LinkFaults, CarrierGoesAtBothEndsAndComesBackWithItsRoutes) {
  const int id = apply({"carrier", "near:e"});
  for (const char* node : {"near", "far"}) EXPECT_FALSE(site.link(node).carrier) << node;
  EXPECT_EQ(site.routes(254, 3) + site.routes(77, 3), 0U);
  heal(id);
  for (const char* node : {"near", "far"}) EXPECT_TRUE(site.link(node).carrier) << node;
  EXPECT_EQ(site.routes(254, 3), 1U);
  EXPECT_EQ(site.routes(77, 3), 1U);
  EXPECT_EQ(site.routes(254, 186), 0U) << "what BGP knew is BGP's to bring back";
  EXPECT_EQ(kernel::Reader(site.netns("near")).neighbours().size() > 0, true);
  site.ping_until_answered();
}

TEST_F(LinkFaults, DownFaultsComposeInAnyOrder) {
  const int cut = apply({"carrier", "near:e"}), admin = apply({"admin-down", "near:e"}),
            member = apply({"member-down", "near:er"});
  heal(cut);
  EXPECT_TRUE(site.link("far").up);
  EXPECT_FALSE(site.link("far").carrier);
  EXPECT_FALSE(site.link("near").up);
  heal(member);
  EXPECT_FALSE(site.link("near").up);
  heal(admin);
  EXPECT_TRUE(site.link("near").up && site.link("far").carrier);
  EXPECT_EQ(site.routes(254, 3), 1U);
  site.ping_until_answered();
}

TEST_F(LinkFaults, LossLosesItsShare) {
  const int id = apply({"loss", "near:e", "50%", "direction=out"});
  const int answered = site.ping(400);
  EXPECT_GT(answered, 140);
  EXPECT_LT(answered, 260);
  heal(id);
  EXPECT_EQ(site.ping(20), 20);
}

TEST_F(LinkFaults, MtuHoleSwallowsTheBigOnly) {
  apply({"mtu-hole", "near:e", "1000", "direction=out"});
  EXPECT_EQ(site.ping(1, 972), 1);  // 28 bytes of headers: 1000 on the wire
  EXPECT_EQ(site.ping(1, 973), 0);
}

TEST_F(LinkFaults, DropTakesItsTrafficOnly) {
  const int udp = apply({"drop", "near:e", "udp/4500"});
  EXPECT_EQ(site.ping(), 1);
  const int icmp = apply({"drop", "near:e", "icmp"});
  EXPECT_EQ(site.ping(), 0);
  heal(udp);
  EXPECT_EQ(site.ping(), 0);
  heal(icmp);
  EXPECT_EQ(site.ping(), 1);
}

TEST_F(LinkFaults, DelayDelaysAndGoes) {
  const int id = apply({"delay", "near:e", "60ms"});
  const auto before = sys::now();
  EXPECT_EQ(site.ping(1, 56, "2"), 1);
  EXPECT_GE(sys::now() - before, 120ms);
  EXPECT_TRUE(site.link("near").carrier);
  heal(id);
  EXPECT_EQ(site.ping(1, 56, "0.05"), 1);
}

TEST_F(LinkFaults, FlapGoesDownAndUpUntilHealed) {
  const int id = apply({"flap", "near:e", "80ms", "duty=50%"});
  for (const bool carrier : {false, true, false, true}) {
    loop.wait(carrier ? "carrier" : "no carrier", 2s, [&]() -> std::optional<std::string> {
      if (site.link("far").carrier == carrier) return std::nullopt;
      return "not yet";
    });
  }
  heal(id);
  EXPECT_TRUE(site.link("near").carrier);
  site.ping_until_answered();
}

TEST_F(LinkFaults, KilledNodeIsSilentAndTheOtherEndLosesCarrier) {
  const int id = apply({"kill-node", "near"});
  EXPECT_EQ(site.killed, (std::vector<std::string>{"near:bgpd", "near:zebra"}));
  EXPECT_TRUE(site.link("far").up);
  EXPECT_FALSE(site.link("far").carrier);
  heal(id);
  EXPECT_EQ(site.restarted.size(), 2U);
  EXPECT_TRUE(site.link("far").carrier);
  site.ping_until_answered();
}

TEST_F(LinkFaults, BrownoutIsSlowAndLossy) {
  apply({"brownout", "near:e", "delay=30ms", "loss=30%"});
  const auto before = sys::now();
  const int answered = site.ping(60, 56, "1");
  EXPECT_GE(sys::now() - before, 60ms);
  EXPECT_GT(answered, 10);
  EXPECT_LT(answered, 50);
}

}  // namespace
}  // namespace xconn::faults
