#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "faults/holds.hh"
#include "faults/registry.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"

namespace xconn::faults {
namespace {

using namespace std::chrono_literals;

/// Records what is done to it.
struct Recorder : Site {
  const Inventory& inventory() const override { return inventory_; }
  const sys::Netns& netns(const std::string&) override { throw KernelError("open namespace", "", "", ENOENT); }
  void impair(const End& from, const Impairment& impairment) override { impaired[from.node] = impairment; }
  void signal(const std::string& node, const std::string& daemon, int number) override {
    acts.push_back(node + ":" + daemon + " " + std::to_string(number));
  }
  void configure(const std::string& node, const std::vector<std::string>& section,
                 const std::vector<std::string>& lines) override {
    for (const auto& line : lines) acts.push_back(node + ": " + (section.empty() ? "" : section.back() + ": ") + line);
  }
  void restart(const std::string& node, const std::string& daemon) override {
    acts.push_back(node + ":" + daemon + " restart");
  }

  Inventory inventory_ = {{"r", "s"}, {{{"r", "e"}, {"s", "e"}, {}, {}, {.delay = 5ms}, {}}}, {{"r", "bgpd"}}, {}};
  std::map<std::string, Impairment> impaired;
  std::vector<std::string> acts;
};

struct Faults : testing::Test {
  int apply(const std::vector<std::string>& words) { return registry.apply(parse(words)); }

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
  registry.heal(id);
  EXPECT_EQ(site.acts, (Acts{kStop, kContinue}));
  EXPECT_THROW(registry.heal(id), NotFoundError);
}

TEST_F(Faults, RoutersAreToldAndToldOtherwise) {
  site.inventory_.speakers = {{"r", "msee", "", 12076, {{"10.0.0.1", 65001}, {"10.0.0.9", 65515}}}};
  const int disabled = apply({"peering-disable", "r"});
  EXPECT_EQ(site.acts, Acts{"r: router bgp 12076: neighbor 10.0.0.1 shutdown"}) << "the gateway is no customer";
  registry.heal(disabled);
  EXPECT_EQ(site.acts.back(), "r: router bgp 12076: no neighbor 10.0.0.1 shutdown");
  site.acts.clear();
  const int advertised = apply({"advertise", "r", "2", "network=100.64.0.0/16"});
  EXPECT_EQ(site.acts.back(), "r: address-family ipv4 unicast: network 100.64.1.0/24");
  registry.heal(advertised);
  EXPECT_EQ(site.acts.back(), "r: address-family ipv4 unicast: no network 100.64.1.0/24");
}

TEST_F(Faults, MaintenancePrependsToEverybodyAndLooksAgainLast) {
  site.inventory_.speakers = {{"r", "msee", "", 12076, {{"10.0.0.1", 65001}, {"10.0.0.9", 65515}}}};
  const int id = apply({"msee-maintenance", "r"});
  ASSERT_EQ(site.acts.size(), 3U);
  EXPECT_EQ(site.acts[1],
            "r: route-map OUT-10.0.0.9 permit 10: set as-path prepend 12076 12076 12076 12076 12076 12076 12076 12076");
  EXPECT_EQ(site.acts[2], "r: do clear bgp * soft out");
  registry.heal(id);
  EXPECT_EQ(site.acts[3], "r: route-map OUT-10.0.0.9 permit 10: no set as-path prepend");
  EXPECT_EQ(site.acts.back(), "r: do clear bgp * soft out");
}

TEST_F(Faults, MaintenanceIsOfTheWholeRouter) {
  site.inventory_.speakers = {{"r", "msee", "one", 12076, {{"10.0.0.1", 65001}}},
                              {"r-ms", "msee", "one", 12076, {{"10.0.0.5", 65001}}},
                              {"s", "msee", "other", 12076, {{"10.0.0.9", 65001}}}};
  apply({"msee-maintenance", "r"});
  EXPECT_EQ(site.acts.size(), 4U) << "two VRFs, each told and made to look again";
  EXPECT_EQ(std::ranges::count(site.acts, "r-ms: do clear bgp * soft out"), 1);
}

TEST_F(Faults, OnlyAnMseeHasMaintenance) {
  site.inventory_.speakers = {{"r", "router", "", 65001, {}}};
  EXPECT_THROW(apply({"msee-maintenance", "r"}), NotFoundError);
  EXPECT_THROW(apply({"advertise", "s", "1"}), NotFoundError) << "it speaks no BGP";
}

TEST_F(Faults, KilledAndFrozenIsBothUntilEachIsHealed) {
  const int frozen = apply({"freeze", "r:bgpd"}), killed = apply({"kill", "r:bgpd"});
  registry.heal(killed);
  EXPECT_EQ(site.acts, (Acts{kStop, kKill, kRestart, kStop})) << "it comes back frozen";
  registry.heal(frozen);
  EXPECT_EQ(site.acts.back(), kContinue);
}

TEST_F(Faults, ThawingTheDeadDoesNothing) {
  const int frozen = apply({"freeze", "r:bgpd"}), killed = apply({"kill", "r:bgpd"});
  registry.heal(frozen);
  registry.heal(killed);
  EXPECT_EQ(site.acts, (Acts{kStop, kKill, kRestart}));
}

TEST_F(Faults, TwoKillsRestartOnce) {
  const int one = apply({"kill", "r:bgpd"}), two = apply({"kill", "r:bgpd"});
  registry.heal(one);
  registry.heal(two);
  EXPECT_EQ(site.acts, (Acts{kKill, kKill, kRestart}));
}

TEST_F(Faults, DelaysAddUpWithThePlanAndGoInAnyOrder) {
  const int delay = apply({"delay", "r:e", "100ms", "direction=out"});
  const int rate = apply({"rate", "r:e", "1Mbps"});
  const int more = apply({"delay", "r:e", "20ms"});
  EXPECT_EQ(site.impaired["r"].delay, 125ms);
  EXPECT_EQ(site.impaired["s"].delay, 20ms);
  EXPECT_EQ(site.impaired["r"].rate, 1'000'000U);
  registry.heal(delay);
  EXPECT_EQ(site.impaired["r"].delay, 25ms);
  registry.heal(rate);
  EXPECT_EQ(site.impaired["r"].rate, 0U);
  registry.heal(more);
  EXPECT_EQ(site.impaired["r"], Impairment{.delay = 5ms}) << "the plan's own stays";
}

TEST_F(Faults, AFaultThatCannotBeAppliedLeavesNothing) {
  EXPECT_THROW(apply({"brownout", "r:e", "delay=10ms", "loss=5%"}),
               KernelError);  // filter: no namespace
  EXPECT_EQ(site.impaired["r"], Impairment{.delay = 5ms});
  EXPECT_TRUE(registry.list().empty());
  EXPECT_TRUE(events.empty());
}

TEST_F(Faults, TimeHealsAndTheTimelineKnows) {
  const auto before = sys::now();
  apply({"freeze", "r:bgpd", "--for", "30ms"});
  ASSERT_EQ(registry.list().size(), 1U);
  EXPECT_GE(registry.list()[0].applied_at, before);
  EXPECT_EQ(*registry.list()[0].heals_at, registry.list()[0].applied_at + 30ms);
  loop.wait("the end of the fault", 2s, [&]() -> std::optional<std::string> {
    if (registry.list().empty()) return std::nullopt;
    return "still there";
  });
  EXPECT_GE(sys::now() - before, 30ms);
  EXPECT_EQ(events, (Acts{"freeze r:bgpd for 30ms applied", "freeze r:bgpd for 30ms healed"}));
}

TEST_F(Faults, HealAllGoesBackwards) {
  apply({"kill", "r:bgpd"});
  apply({"delay", "r:e", "1ms"});
  registry.heal_all();
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
