// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cli/chatter.hh"

namespace xconn::cli {
namespace {

using namespace std::chrono_literals;

TEST(Chatter, TellsAFewASecondOfEachSpeakerAndCountsTheRest) {
  Chatter chatter;
  int told = 0;
  for (int i = 0; i < 4000; ++i) told += chatter.line({5s, "fib", "er1", "10.0.0.0/24 installed"}).has_value() ? 1 : 0;
  EXPECT_EQ(told, 3);
  EXPECT_EQ(chatter.line({5s, "bfd", "er1", "peer down"}), "bfd er1: peer down");
  EXPECT_EQ(chatter.line({5s, "fib", "er2", "x"}), "fib er2: x");
  EXPECT_EQ(chatter.line({6s, "fib", "er1", "y"}), "fib er1: y (after 3997 more like it)");
  EXPECT_EQ(chatter.line({6s, "fib", "er1", "z"}), "fib er1: z");
}

}  // namespace
}  // namespace xconn::cli
