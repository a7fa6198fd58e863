#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/frr_change.hh"

namespace xconn::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kBefore = R"(hostname r
no zebra nexthop kernel enable
ip prefix-list IN-1 seq 5 permit 10.0.0.0/8
router bgp 65001
 bgp router-id 1.1.1.1
 no bgp ebgp-requires-policy
 neighbor 192.0.2.1 remote-as 12076
 neighbor 192.0.2.1 password one
 neighbor 192.0.2.5 remote-as 12076
 neighbor 192.0.2.5 bfd
 !
 address-family ipv4 unicast
  network 10.0.0.0/16
  neighbor 192.0.2.1 activate
  neighbor 192.0.2.1 prefix-list IN-1 in
  neighbor 192.0.2.5 activate
  maximum-paths 8
 exit-address-family
exit
)";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  if (at == std::string::npos) throw std::invalid_argument(what);
  return text.replace(at, what.size(), with);
}

TEST(FrrCommands, NoneForTheSame) { EXPECT_THAT(frr_commands(kBefore, kBefore), IsEmpty()); }

TEST(FrrCommands, ANewNeighbourIsSetInBothSections) {
  auto after = replaced(kBefore, " neighbor 192.0.2.5 remote-as 12076\n",
                        " neighbor 192.0.2.5 remote-as 12076\n neighbor 192.0.2.9 remote-as 65515\n");
  after = replaced(after, "  maximum-paths 8\n", "  neighbor 192.0.2.9 activate\n  maximum-paths 8\n");
  EXPECT_THAT(frr_commands(kBefore, after),
              ElementsAre("router bgp 65001", "neighbor 192.0.2.9 remote-as 65515", "address-family ipv4 unicast",
                          "neighbor 192.0.2.9 activate", "exit", "exit"));
}

TEST(FrrCommands, ANeighbourThatGoesTakesItsLinesWithIt) {
  auto after = replaced(kBefore, " neighbor 192.0.2.5 remote-as 12076\n neighbor 192.0.2.5 bfd\n", "");
  after = replaced(after, "  neighbor 192.0.2.5 activate\n", "");
  EXPECT_THAT(frr_commands(kBefore, after), ElementsAre("router bgp 65001", "no neighbor 192.0.2.5", "exit"));
}

TEST(FrrCommands, AValueIsSetAnewWithoutBeingTakenAway) {
  auto after = replaced(kBefore, "password one", "password two");
  after = replaced(after, "maximum-paths 8", "maximum-paths 4");
  after = replaced(after, "seq 5 permit 10.0.0.0/8", "seq 5 permit 10.0.0.0/7");
  EXPECT_THAT(
      frr_commands(kBefore, after),
      ElementsAre("ip prefix-list IN-1 seq 5 permit 10.0.0.0/7", "router bgp 65001", "neighbor 192.0.2.1 password two",
                  "address-family ipv4 unicast", "maximum-paths 4", "exit", "exit"));
}

TEST(FrrCommands, PolicyComesBeforeItIsUsedAndGoesAfter) {
  const auto without = replaced(replaced(kBefore, "  neighbor 192.0.2.1 prefix-list IN-1 in\n", ""),
                                "ip prefix-list IN-1 seq 5 permit 10.0.0.0/8\n", "");
  EXPECT_THAT(frr_commands(kBefore, without), ElementsAre("router bgp 65001", "address-family ipv4 unicast",
                                                          "no neighbor 192.0.2.1 prefix-list IN-1 in", "exit", "exit",
                                                          "no ip prefix-list IN-1 seq 5 permit 10.0.0.0/8"));
  EXPECT_THAT(frr_commands(without, kBefore),
              ElementsAre("ip prefix-list IN-1 seq 5 permit 10.0.0.0/8", "router bgp 65001",
                          "address-family ipv4 unicast", "neighbor 192.0.2.1 prefix-list IN-1 in", "exit", "exit"));
}

TEST(FrrCommands, AnEntryThatGetsAnotherNumberIsTakenFromItsOldOneFirst) {
  constexpr auto kThree =
      "ip prefix-list L seq 5 permit A\nip prefix-list L seq 10 permit B\nip prefix-list L seq 15 permit C\n";
  constexpr auto kTwo = "ip prefix-list L seq 5 permit B\nip prefix-list L seq 10 permit C\n";
  EXPECT_THAT(frr_commands(kThree, kTwo),
              ElementsAre("no ip prefix-list L seq 10 permit B", "ip prefix-list L seq 5 permit B",
                          "no ip prefix-list L seq 15 permit C", "ip prefix-list L seq 10 permit C"));
  EXPECT_THAT(frr_commands(kTwo, kThree),
              ElementsAre("ip prefix-list L seq 5 permit A", "ip prefix-list L seq 10 permit B",
                          "ip prefix-list L seq 15 permit C"))
      << "a number that was set anew has left its old entry";
}

TEST(FrrCommands, WhatWasSwitchedOffIsSwitchedOnAndASpeakerOfAnotherAsIsMadeAnew) {
  const auto on = replaced(kBefore, " no bgp ebgp-requires-policy\n", "");
  EXPECT_THAT(frr_commands(kBefore, on), ElementsAre("router bgp 65001", "bgp ebgp-requires-policy", "exit"));
  const auto other = frr_commands(kBefore, replaced(kBefore, "router bgp 65001", "router bgp 65002"));
  EXPECT_EQ(other.front(), "no router bgp 65001");
  EXPECT_EQ(other.at(1), "router bgp 65002");
}

TEST(FrrCommands, WhatAnInterfaceHadIsTakenFromIt) {
  EXPECT_THAT(frr_commands("interface e\n description x\nexit\n", ""),
              ElementsAre("interface e", "no description x", "exit"));
  EXPECT_THAT(frr_commands("", "bfd\n profile p\n  detect-multiplier 3\n exit\nexit\n"),
              ElementsAre("bfd", "profile p", "detect-multiplier 3", "exit", "exit"));
}

}  // namespace
}  // namespace xconn::services
