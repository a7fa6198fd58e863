// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <thread>
#include <vector>

#include "probes/run_delay.hh"
#include "sys/clock.hh"

namespace xconn::probes {
namespace {

using namespace std::chrono_literals;

TEST(RunDelay, IsTheSecondNumberOfTheKernelsLine) {
  const auto count = parse_run_delay("4021733 134851 17\n");
  ASSERT_TRUE(count);
  EXPECT_EQ(count->waited, 134851ns);
  EXPECT_EQ(count->turns, 17U);
}

TEST(RunDelay, OtherTextIsNone) {
  for (const auto* text : {"", "1 2", "1 2 ", "a b c", "1 -2 3", "1 99999999999999999999 3"})
    EXPECT_FALSE(parse_run_delay(text)) << text;
}

TEST(RunDelay, OneWaitIsKnownExactly) { EXPECT_EQ(longest_wait({1s, 5}, {1s + 103ms, 6}, 10ms), 103ms); }

/// Nineteen turns of a daemon that catches up do not hide the wait before them.
TEST(RunDelay, WaitsAfterTheFirstFitBetweenTheReadings) {
  EXPECT_EQ(longest_wait({1s, 5}, {1s + 103ms, 25}, 10ms), 93ms);
}

TEST(RunDelay, ManyShortWaitsAreNoLongOne) { EXPECT_EQ(longest_wait({1s, 0}, {1s + 40ms, 20}, 1s), 2ms); }

TEST(RunDelay, WhoDidNotRunHasNotWaitedYet) { EXPECT_EQ(longest_wait({1s, 5}, {1s, 5}, 10ms), 0ms); }

/// A process that ends with its parent, so that a failed test leaves none.
class Hog {
 public:
  explicit Hog(int processor) : pid_(fork()) {
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    sched_setaffinity(0, sizeof one, &one);
    for (volatile bool busy = true; busy;) {
    }
  }
  ~Hog() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Hog(const Hog&) = delete;
  Hog& operator=(const Hog&) = delete;

 private:
  pid_t pid_;
};

/// Two children share a processor: each waits for the other's slices, whatever the test itself feels.
TEST(RunDelays, ADescendantThatWaitsIsSeen) {
  const int processor = sched_getcpu();
  std::vector<std::unique_ptr<Hog>> hogs;
  for (int i = 0; i < 8; ++i) hogs.push_back(std::make_unique<Hog>(processor));
  RunDelays delays(getpid());
  const Duration patience = sys::now() + 30s;
  while (delays.so_far().empty() && sys::now() < patience) std::this_thread::sleep_for(10ms);
  delays.stop();
  const auto longest = delays.longest();
  ASSERT_FALSE(delays.so_far().empty());
  EXPECT_GE(delays.so_far().front().end - delays.so_far().front().start, kWaitFloor);
  ASSERT_TRUE(longest);
  EXPECT_GE(longest->end - longest->start, kWaitFloor);
  EXPECT_EQ(longest->who, "probes_unit_tes");  // the kernel keeps 15 characters
}

}  // namespace
}  // namespace xconn::probes
