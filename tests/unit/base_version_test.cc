// SPDX-License-Identifier: Apache-2.0
// Which releases of a program can be used.
#include <gtest/gtest.h>

#include "base/version.hh"

namespace xconn {
namespace {

TEST(Version, IsTheFirstOneInWhatAProgramSays) {
  EXPECT_EQ(Version::in("zebra version 8.4.4\nCopyright 1996-2005 Kunihiro Ishiguro"), (Version{8, 4}));
  EXPECT_EQ(Version::in("zebra version 10.3-dev-my-manual-build"), (Version{10, 3}));
  EXPECT_EQ(Version::in("Linux strongSwan U6.0.1/K6.12.0"), (Version{6, 0}));
  EXPECT_FALSE(Version::in("usage: zebra [-d], 4 options"));
  EXPECT_FALSE(Version::in("99999999999999999999.1"));
  EXPECT_FALSE(Version::in(""));
}

TEST(Version, ReleasesOfFrr) {
  for (const auto* known : {"8.4.4", "8.5", "9.1", "10.0", "10.3", "10.12"})
    EXPECT_FALSE(unknown_release(kFrr, std::string("bgpd version ") + known)) << known;
  EXPECT_EQ(unknown_release(kFrr, "bgpd version 8.3.1"), "FRR 8.3 is not one of 8.4 to 10, which labs can run");
  EXPECT_EQ(unknown_release(kFrr, "bgpd version 11.0"), "FRR 11.0 is not one of 8.4 to 10, which labs can run");
  EXPECT_EQ(unknown_release(kFrr, ""), "FRR of an unknown release is not one of 8.4 to 10, which labs can run");
}

}  // namespace
}  // namespace xconn
