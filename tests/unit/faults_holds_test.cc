// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <set>

#include "faults/holds.hh"
#include "faults/kinds.hh"
#include "faults/registry.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "tests/faults_told.hh"

namespace xconn::faults {
namespace {

using namespace std::chrono_literals;

/// Records what is done to it.
struct Recorder : Site {
  const Inventory& inventory() const override { return inventory_; }
  const sys::Netns& netns(const std::string&) override { throw KernelError("open namespace", "", "", ENOENT); }
  void impair(const End& from, const Impairment& impairment) override {
    impaired.erase(from.node);
    if (impairment.rate > most) throw KernelError("set qdisc tbf", from.interface, from.node, EOPNOTSUPP);
    impaired[from.node] = impairment;
  }
  void signal(const std::string& node, const std::string& daemon, int number) override {
    acts.push_back(node + ":" + daemon + " " + std::to_string(number));
  }
  int edit(const std::string& node, network::SpeakerEdit edit, sys::Pending pending) override {
    edits.push_back({++last_edit, node, std::move(edit)});
    told(node, std::move(pending));
    return last_edit;
  }
  void undo_edit(const std::string& node, int number, sys::Pending pending) override {
    std::erase_if(edits, [&](const Edit& one) { return one.number == number; });
    told(node, std::move(pending));
  }
  void told(const std::string& node, sys::Pending pending) {
    acts.push_back(node + " edited");
    if (slow) telling.push_back(std::move(pending));
  }
  int overlay(const Tunnel& tunnel, std::string lines, bool ends_sas, sys::Pending) override {
    acts.push_back(tunnel.node + ":" + tunnel.name + (ends_sas ? " overlaid and ended" : " overlaid"));
    overlays[++last_edit] = std::move(lines);
    return last_edit;
  }
  void take_back(const Tunnel&, int number, sys::Pending) override { overlays.erase(number); }
  int edit_probe(const Daemon&, network::ProbeEdit edit, sys::Pending) override {
    probes[++last_edit] = std::move(edit);
    return last_edit;
  }
  void undo_probe(const Daemon&, int number, sys::Pending) override { probes.erase(number); }
  void restart(const std::string& node, const std::string& daemon) override {
    acts.push_back(node + ":" + daemon + " restart");
  }

  Inventory inventory_ = {{"r", "s"}, {{{"r", "e"}, {"s", "e"}, {}, {}, {.delay = 5ms}, {}}}, {{"r", "bgpd"}}, {}};
  std::map<std::string, Impairment> impaired;
  std::uint64_t most = 1'000'000'000;
  std::vector<std::string> acts;
  bool slow = false;  ///< routers answer when `telling` is cleared
  std::vector<sys::Pending> telling;
  struct Edit {
    int number;
    std::string node;
    network::SpeakerEdit edit;
  };
  std::vector<Edit> edits;
  int last_edit = 0;
  std::map<int, std::string> overlays;
  std::map<int, network::ProbeEdit> probes;

  /// What a node's bgpd runs: the plan, edited.
  network::Speaker running(const std::string& node) const {
    auto bgp = std::ranges::find(inventory_.speakers, node, &Speaker::node)->bgp;
    for (const auto& one : edits)
      if (one.node == node) one.edit(bgp);
    return bgp;
  }
};

network::Neighbor neighbor(const char* address, std::uint32_t asn, std::optional<std::string> password = {}) {
  return {.address = *Address::parse(address), .asn = *Asn::of(asn), .password = std::move(password)};
}

Speaker speaker(const char* node, const char* role, const char* router, std::uint32_t asn,
                std::vector<network::Neighbor> neighbors) {
  return {node, role, router, {.asn = *Asn::of(asn), .neighbors = std::move(neighbors)}};
}

struct Faults : testing::Test {
  int apply(const std::vector<std::string>& words) { return applied(registry, loop, words); }
  void heal(int id) { faults::heal(registry, loop, id); }

  sys::Loop loop;
  Recorder site;
  std::vector<std::string> events;
  Registry registry{loop, site, [this](const Event& event) { events.push_back(event.text); }};
};

using Acts = std::vector<std::string>;
const std::string kStop = "r:bgpd " + std::to_string(SIGSTOP), kContinue = "r:bgpd " + std::to_string(SIGCONT),
                  kKill = "r:bgpd " + std::to_string(SIGKILL), kRestart = "r:bgpd restart";

TEST_F(Faults, FreezeThaws) {
  const int id = apply({"freeze", "r:bgpd"});
  EXPECT_EQ(site.acts, Acts{kStop});
  heal(id);
  EXPECT_EQ(site.acts, (Acts{kStop, kContinue}));
  EXPECT_THROW(heal(id), NotFoundError);
}

TEST_F(Faults, RoutersRunSomethingElseAndThenThePlanAgain) {
  site.inventory_.speakers = {
      speaker("r", "msee", "", 12076, {neighbor("10.0.0.1", 65001), neighbor("10.0.0.9", 65515)})};
  const auto planned = site.running("r");
  const int disabled = apply({"peering-disable", "r"});
  EXPECT_TRUE(site.running("r").neighbors[0].shutdown);
  EXPECT_FALSE(site.running("r").neighbors[1].shutdown) << "the gateway is no customer";
  const int advertised = apply({"advertise", "r", "2", "network=100.64.0.0/16"});
  EXPECT_EQ(site.running("r").networks,
            (std::vector<network::Origin>{{*Prefix::parse("100.64.0.0/24")}, {*Prefix::parse("100.64.1.0/24")}}));
  EXPECT_TRUE(site.running("r").neighbors[0].shutdown) << "faults add up";
  heal(disabled);
  EXPECT_FALSE(site.running("r").neighbors[0].shutdown);
  heal(advertised);
  EXPECT_EQ(site.running("r"), planned);
}

TEST_F(Faults, MaintenanceIsOfTheWholeRouterAndPrependsToEverybody) {
  site.inventory_.speakers = {
      speaker("r", "msee", "one", 12076, {neighbor("10.0.0.1", 65001), neighbor("10.0.0.9", 65515)}),
      speaker("r-ms", "msee", "one", 12076, {neighbor("10.0.0.5", 65001)}),
      speaker("s", "msee", "other", 12076, {neighbor("10.0.0.9", 65001)})};
  const int id = apply({"msee-maintenance", "r"});
  for (const auto* node : {"r", "r-ms"})
    for (const auto& one : site.running(node).neighbors) EXPECT_EQ(one.out.prepend, 8) << node;
  EXPECT_EQ(site.running("s").neighbors[0].out.prepend, 0);
  heal(id);
  EXPECT_EQ(site.running("r").neighbors[1].out.prepend, 0);
}

TEST_F(Faults, APasswordIsAnotherAndThenAsItWas) {
  site.inventory_.speakers = {
      speaker("r", "router", "", 65001, {neighbor("10.0.0.1", 12076, "secret"), neighbor("10.0.0.5", 12076)})};
  const int one = apply({"mismatch", "r:10.0.0.1", "md5"}), same = apply({"mismatch", "r:10.0.0.1", "md5"});
  const auto other = site.running("r").neighbors[0].password;
  EXPECT_TRUE(other && other != "secret");
  heal(one);
  EXPECT_EQ(site.running("r").neighbors[0].password, other) << "the second is still in force";
  heal(same);
  EXPECT_EQ(site.running("r").neighbors[0].password, "secret");
  heal(apply({"mismatch", "r:10.0.0.5", "md5"}));
  EXPECT_FALSE(site.running("r").neighbors[1].password) << "there was none";
}

TEST_F(Faults, AnAsNumberIsAnotherAndThenAsItWas) {
  site.inventory_.speakers = {
      speaker("r", "router", "", 65001, {neighbor("10.0.0.1", 12076), neighbor("10.0.0.5", 64999)})};
  for (const auto* address : {"10.0.0.1", "10.0.0.5"}) {
    const auto planned = site.running("r").find_neighbor(*Address::parse(address))->asn;
    const int id = apply({"mismatch", std::string("r:") + address, "asn"});
    EXPECT_NE(site.running("r").find_neighbor(*Address::parse(address))->asn, planned);
    heal(id);
    EXPECT_EQ(site.running("r").find_neighbor(*Address::parse(address))->asn, planned);
  }
}

TEST_F(Faults, AKeyIsNoticedNowOrWhenSomebodyAuthenticates) {
  site.inventory_.tunnels = {{"r", "vpn", "charon"}};
  const int id = apply({"mismatch", "r:vpn", "psk"});
  ASSERT_EQ(site.overlays.size(), 1U);
  EXPECT_EQ(site.overlays.begin()->second, "secrets {\nike-vpn {\nsecret = not-what-the-other-side-has\n}\n\n}\n");
  heal(id);
  EXPECT_TRUE(site.overlays.empty());
  heal(apply({"mismatch", "r:vpn", "psk", "notice=at-reauth"}));
  EXPECT_EQ(site.acts, (Acts{"r:vpn overlaid and ended", "r:vpn overlaid"}));
}

TEST_F(Faults, EveryMismatchOfATunnelLaysSomethingOverIt) {
  site.inventory_.tunnels = {{"r", "vpn", "charon"}};
  std::set<std::string> seen;
  for (const auto& row : mismatches())
    if (row.target == TargetKind::kTunnel) {
      const int id = apply({"mismatch", "r:vpn", std::string(row.what)});
      EXPECT_TRUE(seen.insert(site.overlays.begin()->second).second) << row.what;
      heal(id);
    }
  EXPECT_EQ(seen.size(), 6U);
}

TEST_F(Faults, APortThatIsProbedInsteadHasNoRule) {
  network::Balancer balancer{.probe = {.port = 65534}, .rules = {{.port = 65535}, {.port = 80, .backend_port = 1}}};
  site.inventory_.balancers = {{"r", "lb", balancer}};
  const int id = apply({"mismatch", "r", "probe-port"});
  ASSERT_EQ(site.probes.size(), 1U);
  site.probes.begin()->second(balancer.probe);
  EXPECT_EQ(balancer.probe.port, 2);
  heal(id);
  EXPECT_TRUE(site.probes.empty());
}

TEST_F(Faults, OnlyAnMseeHasMaintenance) {
  site.inventory_.speakers = {speaker("r", "router", "", 65001, {})};
  EXPECT_THROW(apply({"msee-maintenance", "r"}), NotFoundError);
  EXPECT_THROW(apply({"advertise", "s", "1"}), NotFoundError) << "it speaks no BGP";
}

TEST_F(Faults, KilledAndFrozenIsBothUntilEachIsHealed) {
  const int frozen = apply({"freeze", "r:bgpd"}), killed = apply({"kill", "r:bgpd"});
  heal(killed);
  EXPECT_EQ(site.acts, (Acts{kStop, kKill, kRestart, kStop})) << "it comes back frozen";
  heal(frozen);
  EXPECT_EQ(site.acts.back(), kContinue);
}

TEST_F(Faults, ThawingTheDeadDoesNothing) {
  const int frozen = apply({"freeze", "r:bgpd"}), killed = apply({"kill", "r:bgpd"});
  heal(frozen);
  heal(killed);
  EXPECT_EQ(site.acts, (Acts{kStop, kKill, kRestart}));
}

TEST_F(Faults, TwoKillsRestartOnce) {
  const int one = apply({"kill", "r:bgpd"}), two = apply({"kill", "r:bgpd"});
  heal(one);
  heal(two);
  EXPECT_EQ(site.acts, (Acts{kKill, kKill, kRestart}));
}

TEST_F(Faults, DelaysAddUpWithThePlanAndGoInAnyOrder) {
  const int delay = apply({"delay", "r:e", "100ms", "direction=out"});
  const int rate = apply({"rate", "r:e", "1Mbps"});
  const int more = apply({"delay", "r:e", "20ms"});
  EXPECT_EQ(site.impaired["r"].delay, 125ms);
  EXPECT_EQ(site.impaired["s"].delay, 20ms);
  EXPECT_EQ(site.impaired["r"].rate, 1'000'000U);
  heal(delay);
  EXPECT_EQ(site.impaired["r"].delay, 25ms);
  heal(rate);
  EXPECT_EQ(site.impaired["r"].rate, 0U);
  heal(more);
  EXPECT_EQ(site.impaired["r"], Impairment{.delay = 5ms}) << "the plan's own stays";
}

TEST_F(Faults, AFaultThatCannotBeAppliedLeavesNothing) {
  EXPECT_THROW(apply({"brownout", "r:e", "delay=10ms", "loss=5%"}),
               KernelError);  // filter: no namespace
  EXPECT_EQ(site.impaired["r"], Impairment{.delay = 5ms});
  EXPECT_TRUE(registry.list().empty());
  EXPECT_TRUE(events.empty());
}

TEST_F(Faults, OneThatTheKernelRefusesLeavesTheOthersInForce) {
  apply({"delay", "r:e", "100ms"});
  site.most = 1;
  EXPECT_THROW(apply({"rate", "r:e", "1Mbps"}), KernelError);
  EXPECT_EQ(site.impaired["r"].delay, 105ms);
  EXPECT_EQ(site.impaired["s"].delay, 100ms);
}

TEST_F(Faults, TimeHealsAndTheTimelineKnows) {
  const auto before = sys::now();
  apply({"freeze", "r:bgpd", "--for", "300ms"});
  ASSERT_EQ(registry.list().size(), 1U);
  EXPECT_GE(registry.list()[0].applied_at, before);
  EXPECT_EQ(*registry.list()[0].heals_at, registry.list()[0].applied_at + 300ms);
  loop.wait("the end of the fault", 2s, [&]() -> std::optional<std::string> {
    if (events.size() > 1) return std::nullopt;
    return "nobody has told of it";
  });
  EXPECT_TRUE(registry.list().empty());
  EXPECT_GE(sys::now() - before, 300ms);
  EXPECT_EQ(events, (Acts{"freeze r:bgpd for 300ms applied", "freeze r:bgpd for 300ms healed"}));
}

TEST_F(Faults, IsInForceWhenTheRouterHasAnsweredAndNotBefore) {
  site.inventory_.speakers = {speaker("r", "msee", "", 12076, {neighbor("10.0.0.1", 65001)})};
  site.slow = true;
  std::optional<int> id;
  registry.apply(parse({"peering-disable", "r", "--for", "1s"}), [&](auto outcome) { id = outcome.get(); });
  loop.poll();
  EXPECT_FALSE(id);
  EXPECT_TRUE(registry.list().empty());
  const auto answered = sys::now();
  site.telling.clear();
  loop.poll();
  ASSERT_TRUE(id);
  EXPECT_GE(registry.list().at(0).applied_at, answered);
  EXPECT_EQ(events, Acts{"peering-disable r for 1s applied"});

  bool healed = false;
  registry.heal(*id, [&](const auto& failure) { healed = !failure; });
  loop.poll();
  EXPECT_FALSE(healed);
  site.telling.clear();
  loop.poll();
  EXPECT_TRUE(healed);
  EXPECT_EQ(events.back(), "peering-disable r for 1s healed");
}

TEST_F(Faults, WhatTheRouterDoesNotAnswerIsTakenBackAndTold) {
  site.inventory_.speakers = {speaker("r", "msee", "", 12076, {neighbor("10.0.0.1", 65001)})};
  site.slow = true;
  std::optional<sys::Outcome<int>> outcome;
  registry.apply(parse(std::vector<std::string>{"peering-disable", "r"}), [&](const auto& told) { outcome = told; });
  site.telling.at(0)->failed(std::make_exception_ptr(TimeoutError("an answer", 10s, "nothing")));
  site.telling.clear();
  loop.poll();
  EXPECT_THROW(outcome.value().get(), TimeoutError);
  EXPECT_FALSE(site.running("r").neighbors[0].shutdown);
  EXPECT_TRUE(registry.list().empty());
  EXPECT_TRUE(events.empty());
}

TEST_F(Faults, HealedBeforeItWasInForceIsNoFault) {
  site.inventory_.speakers = {speaker("r", "msee", "", 12076, {neighbor("10.0.0.1", 65001)})};
  site.slow = true;
  int answers = 0;
  const int id = registry.apply(parse(std::vector<std::string>{"peering-disable", "r"}), [&](const auto& told) {
    ++answers;
    EXPECT_TRUE(told.failure());
  });
  registry.heal_all();
  site.telling.clear();
  loop.poll();
  EXPECT_EQ(answers, 1);
  EXPECT_FALSE(registry.has(id));
  EXPECT_FALSE(site.running("r").neighbors[0].shutdown);
}

TEST_F(Faults, HealAllGoesBackwards) {
  apply({"kill", "r:bgpd"});
  apply({"delay", "r:e", "1ms"});
  registry.heal_all();
  loop.poll();
  EXPECT_EQ(events[2], "delay r:e delay=1ms healed");
  EXPECT_EQ(events[3], "kill r:bgpd healed");
}

TEST(FaultImpairments, Combine) {
  const auto both = combine({.delay = 1ms, .jitter = 2ms, .loss = 0.5, .rate = 100}, {.delay = 3ms, .loss = 0.5});
  EXPECT_EQ(both.delay, 4ms);
  EXPECT_EQ(both.jitter, 2ms);
  EXPECT_DOUBLE_EQ(both.loss, 0.75);
  EXPECT_EQ(both.rate, 100U);
  EXPECT_EQ(combine({.rate = 100}, {.rate = 50}).rate, 50U);
}

}  // namespace
}  // namespace xconn::faults
