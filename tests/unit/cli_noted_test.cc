// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "cli/noted_verbs.hh"
#include "tests/golden.hh"

namespace xconn::cli {
namespace {

TEST(NotedVerbs, AreThoseWithALabAndThoseThatNameItOtherwise) {
  EXPECT_EQ(noted("inspect", true), Noted::kOfOption);
  EXPECT_EQ(noted("down", true), Noted::kByItself) << "its name may be another lab's than --lab";
  EXPECT_EQ(noted("mcp", true), Noted::kNever) << "the calls of its tools are noted";
}

TEST(NotedVerbs, OneWithoutALabNeedsItsReason) { EXPECT_THROW(noted("new-verb", false), std::logic_error); }

TEST(NotedVerbs, TheDocsHaveTheReasons) {
  EXPECT_NE(source_text("docs/training.md").find(unnoted_table()), std::string::npos) << unnoted_table();
}

}  // namespace
}  // namespace xconn::cli
