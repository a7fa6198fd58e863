// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/duration.hh"
#include "base/errors.hh"

namespace xconn {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("0"), Duration(0));
  EXPECT_EQ(parse_duration("7ns"), Duration(7ns));
  EXPECT_EQ(parse_duration("300us"), Duration(300us));
  EXPECT_EQ(parse_duration("500ms"), Duration(500ms));
  EXPECT_EQ(parse_duration("1.5s"), Duration(1500ms));
  EXPECT_EQ(parse_duration("2m"), Duration(2min));
  EXPECT_EQ(parse_duration("1h"), Duration(1h));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text :
       {"", "5", "s", "-1s", "+1s", "1 s", "1s ", "1e3s", "1x", "nan s", "inf", "1.5", "-0s", "9999999h"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, WritesTheShortestExactSpelling) {
  EXPECT_EQ(to_string(1500ms), "1.5s");
  EXPECT_EQ(to_string(250us), "250us");
  EXPECT_EQ(to_string(Duration(0)), "0s");
  EXPECT_EQ(to_string(1234567ns), "1234.567us");
  EXPECT_EQ(to_string(60s), "1m");
}

TEST(Duration, WhatIsWrittenReadsBack) {
  for (const Duration duration : {Duration(1ns), Duration(999ns), Duration(1001us), Duration(45s), Duration(90s),
                                  Duration(3601s), Duration(123456789ns)})
    EXPECT_EQ(parse_duration(to_string(duration)), duration) << to_string(duration);
}

TEST(Errors, SayEverythingThatTheyHold) {
  const KernelError error("add route", "192.0.2.0/24", "hq", 101, "Nexthop has invalid gateway");
  EXPECT_STREQ(error.what(), "add route 192.0.2.0/24 in hq: Network is unreachable (Nexthop has invalid gateway)");
  const TimeoutError timeout("bgp 192.0.2.1", 3s, "Active");
  EXPECT_STREQ(timeout.what(), "waited 3s for bgp 192.0.2.1; last seen: Active");
}

TEST(Errors, AFindingPrintsItsPlaceFirstAndItsSourceLast) {
  Finding finding;
  finding.where = Where{"t.yaml", 3, 7};
  finding.object = "node hq";
  finding.field = "asn";
  finding.value = "0";
  finding.rule = "an ASN is 1 to 4294967294";
  finding.remedy = "use 65001";
  finding.code = "V15";
  EXPECT_EQ(to_string(finding), "t.yaml:3:7: node hq: asn = '0': an ASN is 1 to 4294967294; use 65001 [V15]");
  finding.source = "RFC 6996";
  finding.where = {};
  EXPECT_EQ(to_string(finding), "node hq: asn = '0': an ASN is 1 to 4294967294; use 65001 [V15] (RFC 6996)");
  EXPECT_EQ(TopologyError({finding, finding}).findings().size(), 2U);
}

}  // namespace
}  // namespace xconn
