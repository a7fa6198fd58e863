// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "base/guid.hh"

namespace xconn {
namespace {

TEST(Guid, Form) {
  EXPECT_TRUE(is_guid("9d1e3c4a-0000-4abc-8def-0123456789aB"));
  for (const auto* text :
       {"", "9d1e3c4a", "9d1e3c4a-0000-4abc-8def-0123456789a", "9d1e3c4a-0000-4abc-8def-0123456789abc",
        "9d1e3c4a-0000-4abc-8def-0123456789ag", "9d1e3c4a00000-4abc-8def-0123456789ab"})
    EXPECT_FALSE(is_guid(text)) << text;
}

TEST(Guid, FromNamesIsStableAndSpread) {
  EXPECT_EQ(guid_from_name("er1"), guid_from_name("er1"));
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const auto guid = guid_from_name("circuit/er" + std::to_string(i));
    EXPECT_TRUE(is_guid(guid)) << guid;
    EXPECT_EQ(guid[14], '8') << "the version: " << guid;
    EXPECT_NE(std::string("89ab").find(guid[19]), std::string::npos) << "the variant: " << guid;
    EXPECT_TRUE(seen.insert(guid).second) << guid;
  }
}

}  // namespace
}  // namespace xconn
