// SPDX-License-Identifier: Apache-2.0
// What is read out of the daemons' configuration and logs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/frr_log.hh"
#include "services/keepalived.hh"

namespace xconn::services {
namespace {

using testing::HasSubstr;

TEST(FrrLog, StampsAreUtcWithAFraction) {
  using std::chrono::nanoseconds;
  EXPECT_EQ(frr_log_stamp("1970/01/02 00:00:01.000250 BGP: [M59KS-A3ZXZ] text"), nanoseconds(86'401'000'250'000));
  EXPECT_FALSE(frr_log_stamp("1970/01/02 00:00:01 BGP: text"));
  EXPECT_FALSE(frr_log_stamp("privs_init: user(root) is not part of vty group specified(frrvty)"));
  EXPECT_FALSE(frr_log_stamp("0331/11/20 21:10:54.424769 BGP: [M59KS-A3ZXZ] text")) << "no count of nanoseconds";
  EXPECT_FALSE(frr_log_stamp("9999/11/20 21:10:54.424769 BGP: [M59KS-A3ZXZ] text"));
}

std::string change_text(const std::string& line) {
  const auto change = bgp_change_of(line);
  return change ? to_string(*change) : "none";
}

TEST(FrrLog, NeighborChanges) {
  const std::string head = "2026/11/20 21:10:54.424769 BGP: [M59KS-A3ZXZ] %ADJCHANGE: neighbor ";
  EXPECT_EQ(change_text(head + "10.0.0.2(r2) in vrf default Up"), "neighbor 10.0.0.2 up");
  EXPECT_EQ(change_text(head + "fd00::2(Unknown) in vrf default Down BFD down received"),
            "neighbor fd00::2 down (BFD down received)");
  EXPECT_EQ(change_text(head + "10.0.0.2 in vrf default Down"), "neighbor 10.0.0.2 down");
  EXPECT_EQ(change_text("2026/11/20 21:10:54.424769 BGP: [X] 10.0.0.2 went from Idle to Active"), "none");
  EXPECT_EQ(change_text(head), "none");
}

/// What the daemons of a router said, as the timeline shows it.
std::vector<std::string> told(std::initializer_list<const char*> lines) {
  std::vector<std::string> out;
  for (const auto* line : lines) {
    if (const auto change = bgp_change_of(line)) out.push_back(to_string(*change));
    if (const auto change = bfd_change_of(line)) out.push_back(to_string(*change));
    if (const auto notification = bgp_notification_of(line)) out.push_back(notification->text);
  }
  return out;
}

TEST(FrrLog, AsFrr10WritesIt) {
  using testing::ElementsAre;
  EXPECT_THAT(
      told({"2026/11/28 10:30:57.896319 BFD: [J1C6V-VMRW5] state-change: [mhop:no peer:192.0.2.2 local:192.0.2.1 "
            "vrf:default] down -> up",
            "2026/11/28 10:30:58.026274 BGP: [N9HHH-F8H1M] %ADJCHANGE: neighbor 192.0.2.2(r2) in vrf default Up",
            "2026/11/28 10:30:58.026337 BGP: [HZN6M-XRM1G] %NOTIFICATION: sent to neighbor 192.0.2.2 6/7 "
            "(Cease/Connection Collision Resolution) 0 bytes ",
            "2026/11/28 10:31:08.516032 BGP: [PXVXG-TFNNT] %ADJCHANGE: neighbor 192.0.2.2(r2) in vrf default Down "
            "Admin. shutdown",
            "2026/11/28 10:31:08.518488 BGP: [H7QV4-WR3ZD] %NOTIFICATION: received from neighbor 192.0.2.1 6/2 "
            "(Cease/Administrative Shutdown) \"\"",
            "2026/11/28 10:31:13.019042 BFD: [SEY1D-NT8EQ] state-change: [mhop:no peer:192.0.2.2 local:192.0.2.1 "
            "vrf:default] up -> down reason:control-expired"}),
      ElementsAre("192.0.2.2 up", "neighbor 192.0.2.2 up", "sent Cease/Connection Collision Resolution",
                  "neighbor 192.0.2.2 down (Admin. shutdown)", "received Cease/Administrative Shutdown",
                  "192.0.2.2 down (control detection time expired)"));
}

TEST(FrrLog, AnInterfaceThatGoesGivesFrr10NoReason) {
  EXPECT_THAT(told({"2026/11/28 10:31:12.736575 BGP: [PXVXG-TFNNT] %ADJCHANGE: neighbor 192.0.2.2(r2) in vrf default "
                    "Down Waiting for peer OPEN"}),
              testing::ElementsAre("neighbor 192.0.2.2 down"));
}

TEST(FrrLog, Notifications) {
  const std::string head = "2026/11/20 21:10:54.424769 BGP: [HZN6M-XRM1G] %NOTIFICATION: ";
  const auto sent = bgp_notification_of(head + "sent to neighbor 10.0.0.2 6/10 (Cease/BFD Down) 0 bytes");
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->neighbor, "10.0.0.2");
  EXPECT_EQ(sent->text, "sent Cease/BFD Down");
  const auto received =
      bgp_notification_of(head + R"(received from neighbor 10.0.0.2 6/2 (Cease/Administrative Shutdown) "")");
  ASSERT_TRUE(received);
  EXPECT_EQ(received->neighbor, "10.0.0.2");
  EXPECT_EQ(received->text, "received Cease/Administrative Shutdown");
  EXPECT_FALSE(received->is_of_opening);
  const auto refused =
      bgp_notification_of(head + "sent to neighbor 10.0.0.2 2/2 (OPEN Message Error/Bad Peer AS) 2 bytes 2f 2b");
  ASSERT_TRUE(refused);
  EXPECT_TRUE(refused->is_of_opening);
  EXPECT_EQ(to_string(*refused), "neighbor 10.0.0.2 does not come up: sent OPEN Message Error/Bad Peer AS");
  EXPECT_FALSE(bgp_notification_of(head));
}

std::string bfd_text(const std::string& states) {
  const std::string head = "2026/11/28 09:48:05.098057 BFD: [SEY1D-NT8EQ] state-change: [mhop:no peer:10.0.0.2 ";
  const auto change = bfd_change_of(head + "local:10.0.0.1 vrf:default] " + states);
  return change ? to_string(*change) : "none";
}

TEST(FrrLog, BfdSessions) {
  EXPECT_EQ(bfd_text("init -> up"), "10.0.0.2 up");
  EXPECT_EQ(bfd_text("down -> up"), "10.0.0.2 up");
  EXPECT_EQ(bfd_text("up -> down reason:control-expired"), "10.0.0.2 down (control detection time expired)");
  EXPECT_EQ(bfd_text("up -> down reason:neighbor-down"), "10.0.0.2 down (neighbor signaled session down)");
  EXPECT_EQ(bfd_text("up -> adm-down reason:ok"), "10.0.0.2 adm-down");
  EXPECT_EQ(bfd_text("down -> init"), "none");
  EXPECT_EQ(bfd_text("init -> down reason:control-expired"), "none");
  EXPECT_FALSE(
      bfd_change_of("2026/11/28 09:47:59.216382 BFD: [NW21R-MRYNT] session-delete: mhop:no peer:10.0.0.2 "
                    "local:10.0.0.1 vrf:default"));
}

TEST(FrrLog, RefusedLines) {
  EXPECT_EQ(frr_refusal_of("2026/11/20 21:10:16.220637 BGP: [SHWNK-NWT5S][EC 100663304] No such command on config line "
                           "15: mistake"),
            "refused its configuration, line 15: mistake");
  EXPECT_FALSE(frr_refusal_of("2026/11/20 21:10:16.220637 BGP: [X] bgpd 8.4.4 starting"));
}

TEST(Keepalived, StatesInItsLog) {
  using testing::Optional;
  using testing::Pair;
  EXPECT_THAT(vrrp_change_of("Fri Nov 20 21:30:00 2026: (fgt) Entering MASTER STATE"), Optional(Pair("fgt", "MASTER")));
  EXPECT_THAT(vrrp_change_of("Fri Nov 20 21:30:00 2026: (fgt) Entering BACKUP STATE (init)"),
              Optional(Pair("fgt", "BACKUP")));
  EXPECT_FALSE(vrrp_change_of("Fri Nov 20 21:30:00 2026: (fgt) received an invalid passwd!"));
  EXPECT_FALSE(vrrp_change_of("Entering MASTER STATE"));
}

}  // namespace
}  // namespace xconn::services
