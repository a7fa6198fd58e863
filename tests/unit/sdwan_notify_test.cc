// SPDX-License-Identifier: Apache-2.0
// keepalived's notify lines.
#include <gtest/gtest.h>

#include "nodes/edge/daemon/notify.hh"

namespace xconn::sdwan {
namespace {

struct Line {
  const char* text;
  std::optional<Role> role;
};
void PrintTo(const Line& value, std::ostream* out) { *out << value.text; }
class NotifyLine : public testing::TestWithParam<Line> {};

TEST_P(NotifyLine, gives_a_role_or_none) { EXPECT_EQ(parse_notify(GetParam().text), GetParam().role); }

INSTANTIATE_TEST_SUITE_P(Table, NotifyLine,
                         testing::Values(Line{R"(INSTANCE "fgt" MASTER 200)", Role::kMaster},
                                         Line{R"(INSTANCE "fgt" BACKUP 100)", Role::kBackup},
                                         Line{R"(INSTANCE "fgt" FAULT 100)", Role::kBackup},
                                         Line{R"(INSTANCE "fgt" STOP 100)", Role::kBackup},
                                         Line{R"(GROUP "pair" MASTER 0)", Role::kMaster},
                                         Line{R"(INSTANCE "a MASTER b" BACKUP 1)", Role::kBackup},
                                         Line{R"(INSTANCE "fgt" MASTER)", Role::kMaster},
                                         Line{R"(INSTANCE "fgt" MASTER_PRIORITY 200)", std::nullopt},
                                         Line{R"(INSTANCE "fgt" MASTER_RX_LOWER_PRI 200)", std::nullopt},
                                         Line{R"(INSTANCE "fgt")", std::nullopt},
                                         Line{R"(INSTANCE MASTER)", std::nullopt}, Line{"INSTANCE \"", std::nullopt},
                                         Line{"", std::nullopt}, Line{R"(SOMETHING "fgt" MASTER 1)", std::nullopt}));

}  // namespace
}  // namespace xconn::sdwan
