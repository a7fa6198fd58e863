// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "model/geography.hh"

namespace xconn::model {
namespace {

TEST(Geography, RegionsInBothSpellings) {
  EXPECT_EQ(geography_of_region("westeurope"), Geography::kEurope);
  EXPECT_EQ(geography_of_region("West Europe"), Geography::kEurope);
  EXPECT_EQ(geography_of_region("eastus2"), Geography::kNorthAmerica);
  EXPECT_EQ(geography_of_region("qatarcentral"), Geography::kQatar) << "the table's last row";
}

TEST(Geography, LocationsAndTheirSecondSites) {
  for (const auto* name : {"Amsterdam", "Amsterdam2", "Amsterdam Metro", "Newport(Wales)", "Zurich2"})
    EXPECT_EQ(geography_of_location(name), Geography::kEurope) << name;
  EXPECT_EQ(geography_of_location("Washington DC2"), Geography::kNorthAmerica);
}

TEST(Geography, WhatIsInventedIsUnknown) {
  for (const auto* name : {"useast", "", "2", "metro"}) {
    EXPECT_EQ(geography_of_region(name), Geography::kUnknown) << name;
    EXPECT_EQ(geography_of_location(name), Geography::kUnknown) << name;
  }
  EXPECT_EQ(local_reach("Amsterdam", "useast"), LocalReach::kUnknown);
  EXPECT_EQ(local_reach("Atlantis", "westeurope"), LocalReach::kUnknown);
}

TEST(Geography, Local) {
  EXPECT_EQ(local_reach("Amsterdam2", "westeurope"), LocalReach::kYes);
  EXPECT_EQ(local_reach("Washington DC", "eastus2"), LocalReach::kYes);
  EXPECT_EQ(local_reach("Auckland", "newzealandnorth"), LocalReach::kYes);
  EXPECT_EQ(local_reach("Amsterdam", "northeurope"), LocalReach::kNo);
  EXPECT_EQ(local_reach("Atlanta", "eastus"), LocalReach::kNo) << "there is no Local";
}

TEST(Geography, Names) {
  EXPECT_EQ(name_of(Geography::kQatar), "Qatar");
  EXPECT_EQ(name_of(Geography::kUnknown), "an unknown region");
  EXPECT_TRUE(is_same_place("Silicon Valley", "silicon valley"));
  EXPECT_FALSE(is_same_place("Silicon Valley", "Silicon Valley2"));
}

}  // namespace
}  // namespace xconn::model
