// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/bgp.hh"
#include "network/fields.hh"

namespace xconn::network {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Speaker speaker() {
  return {.asn = *Asn::of(65001),
          .networks = {{*Prefix::parse("10.0.0.0/16")}},
          .neighbors = {{.address = *Address::parse("192.0.2.1"), .asn = *Asn::of(12076), .bfd = true}}};
}

TEST(NetworkChanges, AreToldInTheWordsOfTheField) {
  auto after = speaker();
  after.hold = std::chrono::seconds(10);
  after.networks = {{*Prefix::parse("10.1.0.0/16")}};
  after.neighbors[0].bfd = false;
  after.neighbors[0].shutdown = true;
  after.neighbors[0].out.prepend = 2;
  after.neighbors[0].in.accept = {*Prefix::parse("10.0.0.0/8")};
  after.neighbors.push_back({.address = *Address::parse("192.0.2.5"), .asn = *Asn::of(65515)});
  EXPECT_THAT(changes(speaker(), after),
              ElementsAre("~ bgp hold 0s -> 10s", "- bgp network 10.0.0.0/16", "+ bgp network 10.1.0.0/16",
                          "- bgp neighbour 192.0.2.1 bfd", "+ bgp neighbour 192.0.2.1 in accept 10.0.0.0/8",
                          "~ bgp neighbour 192.0.2.1 out prepend none -> 2", "+ bgp neighbour 192.0.2.1 shutdown",
                          "+ bgp neighbour 192.0.2.5 AS 65515"));
}

TEST(NetworkChanges, NoneForTheSameAndAllOfANewSpeaker) {
  EXPECT_THAT(changes(speaker(), speaker()), IsEmpty());
  EXPECT_THAT(changes({}, {}), IsEmpty());
  EXPECT_THAT(changes({}, speaker()),
              ElementsAre("+ bgp AS 65001", "+ bgp network 10.0.0.0/16", "+ bgp neighbour 192.0.2.1 AS 12076"));
}

TEST(NetworkChanges, AListThatBecomesEmptyOrIsReorderedIsTold) {
  auto before = speaker(), after = speaker();
  after.neighbors[0].out.communities.emplace();
  EXPECT_THAT(changes(before, after), ElementsAre("~ bgp neighbour 192.0.2.1 out communities all -> none"));
  before.neighbors[0].in.communities = {"65001:1", "65001:2"};
  after = before;
  std::swap(after.neighbors[0].in.communities[0], after.neighbors[0].in.communities[1]);
  EXPECT_THAT(changes(before, after), ElementsAre("~ bgp neighbour 192.0.2.1 in communities in another order"));
}

TEST(NetworkChanges, APasswordIsNotTold) {
  auto after = speaker();
  after.neighbors[0].password = "hunter2";
  EXPECT_THAT(changes(speaker(), after), ElementsAre("~ bgp neighbour 192.0.2.1 password (secret)"));
}

TEST(NetworkFields, WhatIsWrittenIsRead) {
  auto whole = speaker();
  whole.neighbors[0] = {
      .address = *Address::parse("fd00::1"),
      .asn = *Asn::of(4200000000),
      .password = "x",
      .source = Address::parse("fd00::2"),
      .bfd = true,
      .is_far = true,
      .multihop = true,
      .passive = true,
      .shutdown = true,
      .next_hop_self = true,
      .route_reflector_client = true,
      .remove_private_as = true,
      .as_override = true,
      .maximum_prefix = 4000,
      .in = {{*Prefix::parse("::/0")}, {*Prefix::parse("fd01::/64")}, {"1:2"}, 200},
      .out = {{*Prefix::parse("fd00::/64")}, std::vector<std::string>{}, {"1:3"}, {*Asn::of(7)}, {"1:4"}, 3}};
  Speaker read;
  fields::decode(fields::encode(whole), read);
  EXPECT_EQ(read, whole);
}

}  // namespace
}  // namespace xconn::network
