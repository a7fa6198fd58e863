// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hh"
#include "frr/router.hh"
#include "tests/golden.hh"

namespace xconn::frr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Edit = std::function<void(network::Speaker&)>;

Prefix prefix(const char* text) { return *Prefix::parse(text); }

network::Neighbor neighbor(const char* address, std::uint32_t asn) {
  return {.address = *Address::parse(address), .asn = *Asn::of(asn)};
}

Router router(const Edit& edit = {}) {
  network::Speaker speaker{.asn = *Asn::of(65001),
                           .router_id = Address::parse("1.1.1.1"),
                           .keepalive = std::chrono::seconds(3),
                           .hold = std::chrono::seconds(10),
                           .maximum_paths = 8,
                           .bfd = {"fast", std::chrono::milliseconds(100), 3},
                           .networks = {{prefix("10.0.0.0/16")}},
                           .neighbors = {neighbor("192.0.2.1", 12076), neighbor("192.0.2.5", 12076)}};
  if (edit) edit(speaker);
  return {"r", speaker, {}};
}

std::vector<std::string> change(const Edit& before, const Edit& after, const char* daemon = "bgpd") {
  return commands_for(daemon, router(before), router(after));
}

void password_one(network::Speaker& speaker) { speaker.neighbors[0].password = "one"; }
void accepts_ten(network::Speaker& speaker) { speaker.neighbors[0].in.accept = {prefix("10.0.0.0/8")}; }

TEST(FrrCommands, NoneForTheSame) { EXPECT_THAT(change(accepts_ten, accepts_ten), IsEmpty()); }

TEST(FrrCommands, ANewNeighbourIsSetInBothSections) {
  const auto add = [](network::Speaker& speaker) { speaker.neighbors.push_back(neighbor("192.0.2.9", 65515)); };
  EXPECT_THAT(
      change({}, add),
      ElementsAre("router bgp 65001", "neighbor 192.0.2.9 remote-as 65515", "neighbor 192.0.2.9 timers connect 1",
                  "neighbor 192.0.2.9 advertisement-interval 0", "address-family ipv4 unicast",
                  "neighbor 192.0.2.9 activate", "neighbor 192.0.2.9 soft-reconfiguration inbound", "exit", "exit"));
}

TEST(FrrCommands, ANeighbourThatGoesTakesItsLinesWithIt) {
  EXPECT_THAT(change({}, [](network::Speaker& speaker) { speaker.neighbors.pop_back(); }),
              ElementsAre("router bgp 65001", "no neighbor 192.0.2.5", "exit"));
}

TEST(FrrCommands, AValueIsSetAnewWithoutBeingTakenAway) {
  EXPECT_THAT(change(password_one,
                     [](network::Speaker& speaker) {
                       speaker.neighbors[0].password = "two";
                       speaker.maximum_paths = 4;
                     }),
              ElementsAre("router bgp 65001", "neighbor 192.0.2.1 password two", "address-family ipv4 unicast",
                          "maximum-paths 4", "maximum-paths ibgp 4", "exit", "exit"));
  EXPECT_THAT(change(password_one, {}), ElementsAre("router bgp 65001", "no neighbor 192.0.2.1 password", "exit"));
}

TEST(FrrCommands, PolicyComesBeforeItIsUsedAndGoesAfterAndIsAppliedAtOnce) {
  EXPECT_THAT(change(accepts_ten, {}),
              ElementsAre("router bgp 65001", "address-family ipv4 unicast",
                          "no neighbor 192.0.2.1 prefix-list IN-192.0.2.1 in", "exit", "exit",
                          "no ip prefix-list IN-192.0.2.1 seq 5 permit 10.0.0.0/8", "do clear bgp * soft in"));
  EXPECT_THAT(change({}, accepts_ten),
              ElementsAre("ip prefix-list IN-192.0.2.1 seq 5 permit 10.0.0.0/8", "router bgp 65001",
                          "address-family ipv4 unicast", "neighbor 192.0.2.1 prefix-list IN-192.0.2.1 in", "exit",
                          "exit", "do clear bgp * soft in"));
}

TEST(FrrCommands, AnEntryThatGetsAnotherNumberIsTakenFromItsOldOneFirst) {
  const auto accepts = [](std::vector<Prefix> list) {
    return [list](network::Speaker& speaker) { speaker.neighbors[0].in.accept = list; };
  };
  const auto three = accepts({prefix("10.1.0.0/16"), prefix("10.2.0.0/16"), prefix("10.3.0.0/16")});
  const auto two = accepts({prefix("10.2.0.0/16"), prefix("10.3.0.0/16")});
  const std::string list = "ip prefix-list IN-192.0.2.1 seq ";
  EXPECT_THAT(change(three, two), ElementsAre("no " + list + "10 permit 10.2.0.0/16", list + "5 permit 10.2.0.0/16",
                                              "no " + list + "15 permit 10.3.0.0/16", list + "10 permit 10.3.0.0/16",
                                              "do clear bgp * soft in"));
  EXPECT_THAT(change(two, three), ElementsAre(list + "5 permit 10.1.0.0/16", list + "10 permit 10.2.0.0/16",
                                              list + "15 permit 10.3.0.0/16", "do clear bgp * soft in"))
      << "a number that was set anew has left its old entry";
}

TEST(FrrCommands, PrependsNeedNoMapBeforehand) {
  const auto prepend = [](network::Speaker& speaker) { speaker.neighbors[1].out.prepend = 2; };
  EXPECT_THAT(change({}, prepend),
              ElementsAre("route-map OUT-192.0.2.5 permit 65535", "set as-path prepend 65001 65001", "exit",
                          "router bgp 65001", "address-family ipv4 unicast",
                          "neighbor 192.0.2.5 route-map OUT-192.0.2.5 out", "exit", "exit", "do clear bgp * soft out"));
}

TEST(FrrCommands, ASpeakerOfAnotherAsIsMadeAnew) {
  const auto commands = change({}, [](network::Speaker& speaker) { speaker.asn = *Asn::of(65002); });
  EXPECT_EQ(commands.front(), "no router bgp 65001");
  EXPECT_EQ(commands.at(1), "router bgp 65002");
}

TEST(FrrCommands, ANeighbourOfAnotherAsIsMadeAnew) {
  const auto commands = change({}, [](network::Speaker& speaker) { speaker.neighbors[1].asn = *Asn::of(65515); });
  EXPECT_THAT(std::vector(commands.begin(), commands.begin() + 5),
              ElementsAre("router bgp 65001", "no neighbor 192.0.2.5", "exit", "router bgp 65001",
                          "neighbor 192.0.2.5 remote-as 65515"));
}

TEST(FrrCommands, BfdIsBfddsAndWithoutItItsSectionIsEmptied) {
  const auto bfd = [](network::Speaker& speaker) {
    speaker.neighbors[0].bfd = true;
    speaker.neighbors[0].source = Address::parse("192.0.2.2");
  };
  EXPECT_THAT(change({}, bfd, "bfdd"),
              ElementsAre("bfd", "profile fast", "transmit-interval 100", "receive-interval 100", "detect-multiplier 3",
                          "exit", "peer 192.0.2.1 local-address 192.0.2.2", "profile fast", "exit", "exit"));
  EXPECT_THAT(change(bfd, {}, "bfdd"),
              ElementsAre("bfd", "no peer 192.0.2.1 local-address 192.0.2.2", "no profile fast", "exit"));
}

Router with(const char* users_text) {
  auto made = router();
  made.users_text = users_text;
  return made;
}

constexpr auto kHeld = "router bgp 65001\n neighbor 192.0.2.1 shutdown\n";

TEST(FrrUsersText, IsToldAndTakenAwayAndWhatItCoveredIsToldAgain) {
  EXPECT_THAT(commands_for("bgpd", router(), with(kHeld)),
              ElementsAre("router bgp 65001", "bgp log-neighbor-changes", "neighbor 192.0.2.1 shutdown", "exit"));
  const auto back = commands_for("bgpd", with(kHeld), router());
  EXPECT_THAT(std::vector(back.begin(), back.begin() + 4),
              ElementsAre("router bgp 65001", "no neighbor 192.0.2.1 shutdown", "no bgp log-neighbor-changes", "exit"));
  EXPECT_THAT(back, testing::IsSupersetOf({"bgp log-neighbor-changes", "neighbor 192.0.2.1 remote-as 12076"}));
}

TEST(FrrUsersText, StandsAboveWhatTheTopologyChanges) {
  auto before = with("router bgp 65001\n neighbor 192.0.2.1 password mine\n"), after = before;
  password_one(*before.bgp);
  const auto commands = commands_for("bgpd", before, after);
  EXPECT_THAT(std::vector(commands.end() - 2, commands.end()), ElementsAre("neighbor 192.0.2.1 password mine", "exit"));
}

TEST(FrrUsersText, AReplacedFileKeepsWhatTheTimelineNeeds) {
  const Router replaced{"r", {}, "router bgp 65001\n neighbor 192.0.2.1 remote-as 12076\n"};
  for (const auto* daemon : {"bgpd", "bfdd", "zebra"})
    EXPECT_THAT(commands_for(daemon, router(), replaced), Not(testing::Contains(HasSubstr("timestamp"))));
  const auto commands = commands_for("bgpd", router(), replaced);
  EXPECT_THAT(
      std::vector(commands.end() - 4, commands.end()),
      ElementsAre("router bgp 65001", "bgp log-neighbor-changes", "neighbor 192.0.2.1 remote-as 12076", "exit"));
}

TEST(FrrUsersText, EachDaemonReadsItsOwnSections) {
  const auto mine = with("interface lan\n description x\nexit\n!\nbfd\n peer 10.9.9.9\n exit\nexit\nmistake of mine\n");
  EXPECT_THAT(text_for("zebra", mine), HasSubstr("interface lan\n description x\n!\nmistake of mine\n"));
  EXPECT_THAT(text_for("zebra", mine), Not(HasSubstr("peer")));
  EXPECT_THAT(text_for("bfdd", mine), HasSubstr("bfd\n peer 10.9.9.9\n exit\nmistake of mine\n"));
  EXPECT_THAT(
      commands_for("zebra", mine, router()),
      ElementsAre("no mistake of mine", "interface lan", "no description x", "exit", "no zebra nexthop kernel enable"));
}

TEST(FrrCommands, CommunitiesOfANetworkAreInForceAtOnce) {
  const auto marked = [](const char* community) {
    return [community](network::Speaker& speaker) { speaker.networks[0].communities = {community}; };
  };
  const auto commands = change(marked("65001:1"), marked("65001:2"));
  EXPECT_THAT(commands, testing::Contains("set community 65001:2"));
  EXPECT_THAT(std::vector(commands.end() - 5, commands.end()),
              ElementsAre("router bgp 65001", "address-family ipv4 unicast",
                          "network 10.0.0.0/16 route-map ORIGIN-10.0.0.0/16", "exit", "exit"));
}

TEST(FrrCommands, OtherTimesOpenTheSessionsAnew) {
  const auto held = [](int seconds) {
    return [seconds](network::Speaker& speaker) { speaker.hold = std::chrono::seconds{seconds}; };
  };
  EXPECT_EQ(change(held(180), held(3)).back(), "do clear bgp *");
  const auto marked = [](network::Speaker& speaker) { speaker.networks[0].communities = {"65001:1"}; };
  EXPECT_THAT(change([](network::Speaker&) {}, marked), testing::Not(testing::Contains("do clear bgp *")));
}

TEST(FrrText, HasWhatTheTimelineNeeds) {
  EXPECT_THAT(text_for("bfdd", router()), HasSubstr("debug bfd peer\n"));
  EXPECT_THAT(text_for("bgpd", with("router bgp 65009\n neighbor 10.0.0.2 remote-as 65002\n")),
              HasSubstr("router bgp 65009\n bgp log-neighbor-changes\n neighbor 10.0.0.2 remote-as 65002\n"));
}

/// Everything that a speaker can have, once.
network::Speaker everything() {
  auto speaker = *router().bgp;
  speaker.networks.push_back({prefix("203.0.113.0/24"), {"12076:51004", "12076:5010"}});
  auto& full = speaker.neighbors[0];
  full.password = "md5";
  full.source = Address::parse("192.0.2.2");
  full.bfd = full.is_far = full.multihop = full.passive = full.shutdown = true;
  full.next_hop_self = full.route_reflector_client = full.remove_private_as = full.as_override = true;
  full.maximum_prefix = 4000;
  full.in = {{prefix("10.0.0.0/8")}, {prefix("0.0.0.0/0"), prefix("172.16.0.0/12")}, {"65001:1"}, 200};
  full.out = {
      {prefix("10.0.0.0/16")}, std::vector<std::string>{"65001:2"}, {"65001:3"}, {*Asn::of(65515)}, {"65001:4"}, 2};
  speaker.neighbors[1].out.communities.emplace();
  speaker.neighbors.push_back(neighbor("fd00::1", 65002));
  return speaker;
}

TEST(FrrText, OfEverythingIsTheReviewedOne) { expect_golden(text("r", everything()), "everything.frr.conf"); }

TEST(FrrText, AValueStaysWithinItsLine) {
  EXPECT_THROW(text_for("bgpd", router([](network::Speaker& s) { s.neighbors[0].password = "a\nend"; })), Error);
}

}  // namespace
}  // namespace xconn::frr
