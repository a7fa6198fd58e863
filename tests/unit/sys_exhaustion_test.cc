// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "sys/exhaustion.hh"

namespace xconn::sys {
namespace {

using testing::HasSubstr;

TEST(Exhausted, IsToldByWhatTheKernelWasAskedFor) {
  const auto namespaces = exhausted({"create network namespace", "", "", ENOSPC});
  ASSERT_TRUE(namespaces);
  EXPECT_EQ(namespaces->remedy(), "sysctl -w user.max_net_namespaces=65536");
  const auto disk = exhausted({"write", "/run/xconn/lab/plan.json", "", ENOSPC});
  ASSERT_TRUE(disk);
  EXPECT_THAT(disk->missing(), HasSubstr("no space left on a disk"));
  EXPECT_THAT(disk->missing(), HasSubstr("/run/xconn/lab/plan.json"));
}

TEST(Exhausted, IsNothingElse) {
  EXPECT_FALSE(exhausted({"create network namespace", "", "", EPERM}));
  EXPECT_FALSE(exhausted({"read", "a file", "", EAGAIN}));
}

}  // namespace
}  // namespace xconn::sys
