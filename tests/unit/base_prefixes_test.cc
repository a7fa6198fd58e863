// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "base/prefixes.hh"

namespace xconn {
namespace {

bool overlap(const std::vector<const char*>& all, const char* asked) {
  Prefixes prefixes;
  for (const auto* text : all) prefixes.add(*Prefix::parse(text));
  return prefixes.overlaps(*Prefix::parse(asked));
}

TEST(Prefixes, OverlapWithWhatTheyContainAndLieIn) {
  EXPECT_FALSE(overlap({}, "10.0.0.0/8"));
  EXPECT_TRUE(overlap({"10.1.2.0/24"}, "10.1.2.0/24"));
  EXPECT_TRUE(overlap({"10.1.2.0/24"}, "10.0.0.0/8"));
  EXPECT_TRUE(overlap({"10.0.0.0/8"}, "10.1.2.0/24"));
  EXPECT_TRUE(overlap({"10.0.0.0/8", "10.1.0.0/16"}, "10.2.0.0/16"));  // not only in the nearest
  EXPECT_FALSE(overlap({"10.1.0.0/16", "10.3.0.0/16"}, "10.2.0.0/16"));
}

TEST(Prefixes, FamiliesAreApart) {
  EXPECT_FALSE(overlap({"::/8"}, "0.0.0.0/8"));
  EXPECT_TRUE(overlap({"2001:db8::/32"}, "2001:db8:1::/48"));
  EXPECT_TRUE(overlap({"10.0.0.0/8", "2001:db8::/32"}, "::/0"));
  EXPECT_FALSE(overlap({"10.0.0.0/8"}, "::/0"));
}

TEST(Prefixes, SayWhatOneByOneComparisonSays) {
  std::mt19937 random(1);
  const auto any = [&] { return Prefix::of(Address::v4(0x0a000000U + random() % 65536), 16 + random() % 17); };
  for (int round = 0; round < 50; ++round) {
    Prefixes prefixes;
    std::vector<Prefix> all;
    for (int i = 0; i < 20; ++i) prefixes.add(all.emplace_back(any()));
    for (int i = 0; i < 50; ++i) {
      const auto asked = any();
      EXPECT_EQ(prefixes.overlaps(asked),
                std::ranges::any_of(all, [&](const auto& one) { return one.overlaps(asked); }))
          << asked.text();
    }
  }
}

}  // namespace
}  // namespace xconn
