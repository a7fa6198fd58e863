// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "sys/debug_log.hh"
#include "sys/file.hh"
#include "sys/loop.hh"

namespace xconn::sys {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

/// The log is the process's, and once begun it goes on: what needs none comes first.
TEST(DebugLog, CostsNothingUntilItIsBegunAndThenHasWhatIsSaid) {
  bool called = false;
  const auto text = [&] {
    called = true;
    return std::string("one\ntwo\x1b[31m");
  };
  debug("topic", text);
  EXPECT_FALSE(called);
  const auto file = (std::filesystem::temp_directory_path() / ("debug-log." + std::to_string(::getpid()))).string();
  begin_debug_log(file);
  debug("topic", text);
  EXPECT_THAT(read_file(file), MatchesRegex("[0-9/]+ [0-9:]+\\.[0-9]+ topic: one\\\\ntwo\\\\x1b\\[31m\n"));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);

  Loop loop;
  int looks = 0;
  loop.wait("the fifth look", std::chrono::seconds(5), [&]() -> std::optional<std::string> {
    if (++looks == 5) return std::nullopt;
    return looks < 3 ? "early" : "late";
  });
  const auto all = read_file(file);
  EXPECT_THAT(all, HasSubstr("wait: for the fifth look: early\n"));
  EXPECT_THAT(all, HasSubstr("wait: for the fifth look: late\n"));
  EXPECT_THAT(all, HasSubstr("wait: for the fifth look: it is so\n"));
  EXPECT_THAT(all.substr(all.find("early") + 1), Not(HasSubstr("early"))) << "once is enough";
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace xconn::sys
