// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/errors.hh"
#include "sys/clock.hh"
#include "sys/file.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"
#include "sys/process.hh"

namespace xconn::sys {
namespace {

using namespace std::chrono_literals;
using Difference = std::optional<std::string>;

class ProcessTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { remove_tree(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  ProcessSpec shell(const std::string& script) const {
    ProcessSpec spec;
    spec.argv = {"sh", "-c", script};
    spec.output = path("output");
    return spec;
  }
  std::string output_of(const ProcessSpec& spec) {
    Process process(loop_, spec);
    wait_for(process);
    return read_file(path("output"));
  }
  void wait_for(const Process& process) {
    loop_.wait("the process to end", 10s, [&] { return process.running() ? Difference("running") : Difference(); });
  }
  /// Until the script has said so: it has set its traps.
  void wait_for_output(const std::string& text) {
    loop_.wait("output " + text, 10s, [&] {
      const auto content = read_file(path("output"));
      return content.find(text) != std::string::npos ? Difference() : Difference(content);
    });
  }
  Loop loop_;
  std::string folder_ = "/tmp/xconn-process-test.XXXXXX";
};

TEST_F(ProcessTest, TellsItsExitStatusOnceOnTheLoop) {
  Process process(loop_, shell("exit 7"));
  int calls = 0, status = 0;
  process.on_exit([&](int wait_status) { ++calls, status = wait_status; });
  loop_.wait("the callback", 10s, [&] { return calls > 0 ? Difference() : "not called"; });
  loop_.poll();
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7) << describe_exit(status);
  EXPECT_EQ(process.exit_status(), status);
  EXPECT_FALSE(process.signal(SIGTERM));
  EXPECT_EQ(describe_exit(status), "exit status 7");
}

TEST_F(ProcessTest, StopIsPoliteFirst) {
  Process process(loop_, shell("trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.01; done"));
  wait_for_output("ready");
  const auto status = process.stop(5s);
  EXPECT_EQ(describe_exit(status), "exit status 3");
  EXPECT_EQ(read_file(path("output")), "ready\nasked\n");
}

TEST_F(ProcessTest, StopKillsWhoDoesNotObeyWithHisChildren) {
  Process process(loop_, shell("trap '' TERM; sleep 1000 & echo child=$! ready; wait; while :; do sleep 0.1; done"));
  wait_for_output("ready");
  const auto start = now();
  EXPECT_EQ(describe_exit(process.stop(100ms)), "killed by SIGKILL");
  EXPECT_GE(now() - start, 100ms);
  EXPECT_LT(now() - start, 5s);
  const auto child = std::atoi(read_file(path("output")).c_str() + std::string("child=").size());
  ASSERT_GT(child, 1);
  loop_.wait("the grandchild to die", 5s, [&] {
    const auto state = read_file_if_present("/proc/" + std::to_string(child) + "/stat");
    return !state || state->find(") Z ") != std::string::npos ? Difference() : Difference("alive");
  });
}

TEST_F(ProcessTest, StopReachesAFrozenProcess) {
  Process process(loop_, shell("trap 'exit 4' TERM; echo ready; while :; do sleep 0.01; done"));
  wait_for_output("ready");
  ASSERT_TRUE(process.signal(SIGSTOP));
  EXPECT_EQ(describe_exit(process.stop(5s)), "exit status 4");
}

TEST_F(ProcessTest, TheDestructorStops) {
  pid_t pid = 0;
  {
    const Process process(loop_, shell("sleep 1000"));
    pid = process.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(ProcessTest, InheritsNoVariableAndNoFile) {
  ::setenv("XCONN_LEAK", "1", 1);
  const int leak = ::open("/dev/null", O_RDONLY);
  auto spec = shell("env | sort; ls /proc/self/fd | wc -l");
  spec.environment = {{"GIVEN", "yes"}};
  const auto output = output_of(spec);
  ::close(leak);
  EXPECT_EQ(output.find("XCONN_LEAK"), std::string::npos) << output;
  EXPECT_NE(output.find("GIVEN=yes"), std::string::npos) << output;
  EXPECT_NE(output.find("\n4\n"), std::string::npos) << "0, 1, 2 and ls's own: " << output;
}

TEST_F(ProcessTest, StartsInItsNetworkNamespace) {
  const auto netns = Netns::create();
  auto spec = shell("readlink /proc/self/ns/net");
  spec.netns = netns.fd();
  EXPECT_EQ(output_of(spec), "net:[" + std::to_string(netns.id()) + "]\n");
  EXPECT_NE(Netns::current().id(), netns.id());
}

TEST_F(ProcessTest, BindsAreItsOwnView) {
  write_file(path("mine"), "private\n");
  write_file(path("seen"), "public\n");
  auto spec = shell("cat " + path("seen"));
  spec.binds = {{path("mine"), path("seen")}};
  EXPECT_EQ(output_of(spec), "private\n");
  EXPECT_EQ(read_file(path("seen")), "public\n");
}

TEST_F(ProcessTest, RunsAsAnotherUserWithItsGroupsAndStillDiesWithUs) {
  auto spec = shell("id -un; id -gn; grep -c '^CapEff:.0*$' /proc/self/status");
  spec.user = "nobody";
  EXPECT_EQ(output_of(spec), "nobody\nnogroup\n1\n");
}

TEST_F(ProcessTest, TheFailingStepIsNamed) {
  auto spec = shell("true");
  spec.binds = {{path("not there"), path("nor there")}};
  try {
    Process process(loop_, spec);
    FAIL() << "bound what is not there";
  } catch (const KernelError& error) {
    EXPECT_EQ(error.operation(), "bind " + path("not there") + " over " + path("nor there"));
    EXPECT_EQ(error.error_number(), ENOENT);
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a zombie was left";
}

TEST_F(ProcessTest, OutOfFileDescriptorsLeavesNoChildBehind) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const auto spec = shell("sleep 1000");
  { const Process first(loop_, spec); }  // makes what is made only once
  int failures = 0;
  // One more free descriptor at each try, until it works: every step must fail cleanly.
  const int used = ::dup(0);
  ::close(used);
  for (rlim_t most = static_cast<rlim_t>(used) + 1; failures < 64; ++most, ++failures) {
    const rlimit tight{most, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    bool works = false;
    try {
      const Process process(loop_, spec);
      works = true;
    } catch (const std::exception&) {
    }
    ::setrlimit(RLIMIT_NOFILE, &limit);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was left with a limit of " << most;
    if (works) break;
  }
  EXPECT_GE(failures, 3);
  EXPECT_LT(failures, 64);
}

TEST_F(ProcessTest, AMissingProgramIsTheHostsFault) {
  ProcessSpec spec;
  spec.argv = {"no-such-program-anywhere"};
  EXPECT_THROW(Process(loop_, spec), HostError);
  EXPECT_THROW(run({"no-such-program-anywhere"}), HostError);
}

TEST_F(ProcessTest, OutputIsAppendedAndPrivate) {
  output_of(shell("echo one"));
  EXPECT_EQ(output_of(shell("echo two >&2")), "one\ntwo\n");
  struct stat status {};
  ASSERT_EQ(::stat(path("output").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(Run, GivesStatusOutputAndErrors) {
  const auto output = run({"sh", "-c", "cat; echo bad >&2; exit 5"}, {.input = "given"});
  EXPECT_EQ(output.status, 5);
  EXPECT_EQ(output.out, "given");
  EXPECT_EQ(output.err, "bad\n");
}

TEST(Run, SurvivesMuchInAndOutAndACommandThatReadsNothing) {
  const std::string much(3'000'000, 'x');
  EXPECT_EQ(run({"cat"}, {.input = much}).out.size(), much.size());
  EXPECT_EQ(run({"true"}, {.input = much}).status, 0);
}

TEST(Run, KillsAtTheDeadline) {
  const auto start = now();
  EXPECT_THROW(run({"sleep", "1000"}, {.deadline = 50ms}), TimeoutError);
  EXPECT_LT(now() - start, 5s);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was left";
}

TEST(Run, EndsWithTheCommandEvenWhenAGrandchildKeepsThePipe) {
  const auto start = now();
  EXPECT_EQ(run({"sh", "-c", "sleep 2 & echo done"}).out, "done\n");
  EXPECT_LT(now() - start, 1900ms);
}

TEST(Run, CheckedThrowsWithTheLastLines) {
  try {
    run_checked({"sh", "-c", "echo why >&2; exit 2"});
    FAIL() << "status 2 passed";
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.status(), "exit status 2");
    EXPECT_EQ(error.last_log_lines(), std::vector<std::string>{"why"});
  }
}

TEST(ReaperTest, ReapsOrphansAndLeavesOurChildren) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  Loop loop;
  std::vector<std::pair<pid_t, int>> reaped;
  const Reaper reaper(loop, [&](pid_t pid, int status) { reaped.emplace_back(pid, status); });
  ProcessSpec spec;
  spec.argv = {"sh", "-c", "exit 9"};
  Process ours(loop, spec);
  EXPECT_EQ(run({"sh", "-c", "(sleep 0.05; exit 6) >/dev/null 2>&1 & exit 0"}).status, 0);
  loop.wait("the orphan", 10s, [&] { return reaped.empty() ? Difference("none reaped") : Difference(); });
  loop.wait("ours", 10s, [&] { return ours.running() ? Difference("running") : Difference(); });
  EXPECT_EQ(describe_exit(reaped.front().second), "exit status 6");
  EXPECT_EQ(reaped.size(), 1U);
  EXPECT_EQ(describe_exit(*ours.exit_status()), "exit status 9");
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

}  // namespace
}  // namespace xconn::sys
