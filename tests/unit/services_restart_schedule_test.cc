// SPDX-License-Identifier: Apache-2.0
// When a daemon that ended starts again.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>

#include "services/restart_schedule.hh"

namespace xconn::services {
namespace {

using namespace std::chrono_literals;
using network::RestartPolicy;

constexpr int kKilled = W_EXITCODE(0, SIGKILL), kTerminated = W_EXITCODE(0, SIGTERM), kFailed = W_EXITCODE(1, 0),
              kDone = W_EXITCODE(0, 0);

TEST(RestartSchedule, ARouterComesBackAsWatchfrrHasIt) {
  RestartSchedule bgpd("frr", {});
  EXPECT_EQ(bgpd.after_end(kKilled, 1000s), 1000s) << "at once";
  EXPECT_EQ(bgpd.after_end(kKilled, 1001s), 1060s) << "a minute after the start before";
  EXPECT_EQ(bgpd.after_end(kKilled, 1061s), 1180s) << "then two";
  EXPECT_EQ(bgpd.after_end(kKilled, 2000s), 2000s) << "the pause has passed already";
  EXPECT_EQ(bgpd.after_end(kKilled, 2001s), 2480s);
  EXPECT_EQ(bgpd.after_end(kKilled, 2481s), 3080s) << "ten minutes are the most";
  EXPECT_EQ(bgpd.after_end(kKilled, 5000s), 5000s);
  EXPECT_EQ(bgpd.after_end(kKilled, 5001s), 5060s) << "it has been well for twenty minutes: a minute again";
}

TEST(RestartSchedule, CharonComesBackAfterFiveSecondsEachTime) {
  RestartSchedule charon("strongswan", {});
  for (auto now = 100s; now < 200s; now += 10s) EXPECT_EQ(charon.after_end(kKilled, now), now + 5s);
}

TEST(RestartSchedule, AFirewallsDaemonThatKeepsDyingWaitsLongerAndLonger) {
  RestartSchedule edge("sdwan-edge", {});
  auto now = 100s;
  std::vector<Duration> pauses;
  for (int i = 0; i < 9; ++i) {
    const auto at = *edge.after_end(kFailed, now);
    pauses.push_back(at - now);
    now = std::chrono::duration_cast<std::chrono::seconds>(at);
  }
  EXPECT_EQ(pauses, (std::vector<Duration>{1s, 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}));
}

TEST(RestartSchedule, PoliciesAreSystemds) {
  EXPECT_FALSE(RestartSchedule("frr", RestartPolicy::kNever).after_end(kKilled, 0s));
  EXPECT_FALSE(RestartSchedule("command", {}).after_end(kFailed, 0s));
  EXPECT_TRUE(RestartSchedule("command", RestartPolicy::kOnFailure).after_end(kFailed, 0s));
  EXPECT_TRUE(RestartSchedule("command", RestartPolicy::kOnFailure).after_end(kKilled, 0s));
  EXPECT_FALSE(RestartSchedule("command", RestartPolicy::kOnFailure).after_end(kDone, 0s));
  EXPECT_FALSE(RestartSchedule("frr", RestartPolicy::kOnFailure).after_end(kTerminated, 0s));
  EXPECT_TRUE(RestartSchedule("frr", RestartPolicy::kAlways).after_end(kDone, 0s));
}

}  // namespace
}  // namespace xconn::services
