// SPDX-License-Identifier: Apache-2.0
// Probe window and the state machine of a health check.
#include <gtest/gtest.h>

#include "nodes/edge/daemon/health.hh"

namespace xconn::sdwan {
namespace {

using namespace std::chrono_literals;

network::HealthCheck check(int failtime = 3, int recoverytime = 2, int probe_count = 10) {
  network::HealthCheck result;
  result.name = "c";
  result.timeout = 500ms;
  result.failtime = failtime;
  result.recoverytime = recoverytime;
  result.probe_count = probe_count;
  return result;
}

TEST(ProbeWindow, averages_only_what_it_holds) {
  ProbeWindow window(3);
  EXPECT_FALSE(window.quality().latency);
  EXPECT_EQ(window.quality().loss, 0);
  for (const auto round_trip : {Duration(100ms), Duration(10ms), Duration(20ms), Duration(40ms)})
    window.add(round_trip);
  const auto quality = window.quality();
  EXPECT_EQ(quality.probes, 3);
  EXPECT_EQ(*quality.latency, Duration(70ms) / 3);
  EXPECT_EQ(*quality.jitter, Duration(15ms));  // (10 + 20) / 2
}

TEST(ProbeWindow, loss_is_a_share_and_jitter_skips_the_lost) {
  ProbeWindow window(4);
  window.add(10ms);
  window.add(std::nullopt);
  window.add(30ms);
  window.add(std::nullopt);
  EXPECT_DOUBLE_EQ(window.quality().loss, 0.5);
  EXPECT_EQ(*window.quality().jitter, Duration(20ms));
  window.keep_newest(1);
  EXPECT_DOUBLE_EQ(window.quality().loss, 1.0);
  EXPECT_FALSE(window.quality().latency);
}

/// '.' an answer, 'x' a loss, 'l' an answer later than the timeout; expected: health after each.
struct Sequence {
  const char* probes;
  const char* health;  // u unknown, a alive, d dead
};

class CheckStateSequence : public testing::TestWithParam<Sequence> {};

TEST_P(CheckStateSequence, follows) {
  const auto configured = check();
  CheckState state(configured);
  std::string seen;
  Instant now{0};
  for (const char* probe = GetParam().probes; *probe; ++probe) {
    now += 500ms;
    const std::optional<Duration> answer =
        *probe == 'x' ? std::nullopt : std::optional<Duration>(*probe == 'l' ? 501ms : 10ms);
    const auto before = state.health();
    const auto since = state.since();
    const bool changed = state.record(answer, now);
    EXPECT_EQ(changed, before != state.health());
    EXPECT_EQ(state.since(), changed ? now : since);
    seen += to_string(state.health())[0];
  }
  EXPECT_EQ(seen, GetParam().health) << GetParam().probes;
}

INSTANTIATE_TEST_SUITE_P(Table, CheckStateSequence,
                         testing::Values(Sequence{"..", "aa"},                // the first answer is enough at first
                                         Sequence{"xx.", "uua"},              //
                                         Sequence{"xxx.", "uuda"},            // dead, but was never alive: one answer
                                         Sequence{".xx.xx.", "aaaaaaa"},      // losses must be in a row
                                         Sequence{".xxx", "aaad"},            //
                                         Sequence{".lll", "aaad"},            // late is lost
                                         Sequence{".xxx.x..", "aaadddda"},    // answers must be in a row
                                         Sequence{".xxx..xx.", "aaaddaaaa"},  //
                                         Sequence{".xxxxxx..", "aaaddddda"}));

TEST(CheckState, says_why) {
  const auto configured = check();
  CheckState state(configured);
  state.record(1ms, 1s);
  for (int i = 0; i < 3; ++i) state.record(std::nullopt, 2s);
  EXPECT_EQ(state.reason(), "3 probes lost");
  state.record(1ms, 3s);
  state.record(1ms, 4s);
  EXPECT_EQ(state.reason(), "2 probes answered");
}

TEST(CheckState, interface_down_is_dead_at_once_and_must_recover) {
  const auto configured = check();
  CheckState state(configured);
  state.record(1ms, 1s);
  EXPECT_TRUE(state.fail("interface er is down", 2s));
  EXPECT_FALSE(state.fail("interface er is down", 3s));
  EXPECT_EQ(state.health(), Health::kDead);
  EXPECT_EQ(state.since(), Instant(2s));
  EXPECT_FALSE(state.record(1ms, 4s));
  EXPECT_TRUE(state.record(1ms, 5s));
}

TEST(CheckState, reset_forgets_all) {
  const auto configured = check();
  CheckState state(configured);
  state.record(1ms, 1s);
  state.reset(2s);
  EXPECT_EQ(state.health(), Health::kUnknown);
  EXPECT_EQ(state.quality().probes, 0);
  EXPECT_TRUE(state.record(1ms, 3s));
}

TEST(CheckState, recovery_is_not_judged_by_the_dead_time) {
  auto configured = check();
  configured.sla = network::Sla{100ms, 50ms, 0.02};
  CheckState state(configured);
  state.record(1ms, 1s);
  for (int i = 0; i < 5; ++i) state.record(std::nullopt, 2s);
  EXPECT_EQ(state.sla_miss(), "loss 83.3% > 2%");
  state.record(1ms, 3s);
  state.record(1ms, 4s);
  EXPECT_EQ(state.sla_miss(), "");
}

TEST(CheckState, names_the_missed_target) {
  auto configured = check(5, 5, 30);
  configured.sla = network::Sla{100ms, 50ms, 0.5};
  CheckState slow(configured), nervous(configured);
  slow.record(200ms, 1s);
  EXPECT_EQ(slow.sla_miss(), "latency 200 ms > 100 ms");
  nervous.record(1ms, 1s);
  nervous.record(80ms, 1s);
  EXPECT_EQ(nervous.sla_miss(), "jitter 79 ms > 50 ms");
}

TEST(CheckState, without_targets_is_in_sla) {
  const auto configured = check();
  CheckState state(configured);
  state.record(499ms, 1s);
  EXPECT_EQ(state.sla_miss(), "");
}

}  // namespace
}  // namespace xconn::sdwan
