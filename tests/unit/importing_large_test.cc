// SPDX-License-Identifier: Apache-2.0
// What is right for two VNets is right for thousands; that it is also quick is a figure of docs/performance.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;

/// The n-th /26 of 10.0.0.0/8.
Prefix space(int n) { return Prefix::of(Address::v4(0x0a000000U + static_cast<std::uint32_t>(n) * 64), 26); }

std::string vnets(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += vnet("v" + std::to_string(i), space(i).text(), subnet("app", Prefix::of(space(i).network(), 27).text()));
  return text;
}

TEST(ImportOfManyVnets, EachHasItsMachine) {
  constexpr int kVnets = 5000;
  const auto topology = topology_of(imported(vnets(kVnets)));
  ASSERT_EQ(topology.vnets.size(), kVnets);
  ASSERT_EQ(topology.nodes.size(), kVnets);
  std::set<Address> addresses;
  for (const auto& node : topology.nodes) addresses.insert(node.interfaces.at(0).addresses.at(0).address());
  for (int i = 0; i < kVnets; ++i) EXPECT_TRUE(addresses.contains(space(i).host(4))) << i;
}

TEST(ImportOfManyVnets, OneThatOverlapsWithAnyOfThemIsLeftOut) {
  const auto out = imported(vnets(300) + vnet("wide", "10.0.0.0/18", "") + vnet("narrow", "10.0.48.16/28", "") +
                            vnet("beside", space(300).text(), ""));
  EXPECT_THAT(text_of(out.notes), HasSubstr("VNet wide: addressSpace: 10.0.0.0/18 overlaps"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("VNet narrow: addressSpace: 10.0.48.16/28 overlaps"));
  const auto topology = topology_of(out);
  ASSERT_EQ(topology.vnets.size(), 301U);
  EXPECT_EQ(topology.vnets.back().name, "beside");
}

}  // namespace
}  // namespace xconn::importing
