// SPDX-License-Identifier: Apache-2.0
// What charon's error-notify plugin sends.
#include <gtest/gtest.h>

#include "services/charon_alerts.hh"

namespace xconn::services {
namespace {

std::string padded(std::string text, std::size_t size) {
  text.resize(size, '\0');
  return text;
}

/// As error_notify_msg.h has it: the type in network order, then texts of fixed length.
std::string record(char type, const std::string& text, const std::string& name = "", const std::string& peer = "") {
  return std::string("\0\0\0", 3) + type + padded(text, 384) + padded(name, 64) + padded("", 256) + padded(peer, 60);
}

TEST(Alerts, SayWhatThePeerIsToldAndOfWhom) {
  Inbox inbox(record(8, "the received IKE_SA proposals did not match: IKE:AES_CBC_192 ", "", "198.51.100.2[500]") +
              record(3, "peer authentication failed", "vpn", "198.51.100.2[4500]") +
              record(10, "the received traffic selectors did not match: 10.0.0.0/8 === ::/0", "vpn"));
  const auto proposal = take_alert(inbox), key = take_alert(inbox), selectors = take_alert(inbox);
  ASSERT_TRUE(proposal && key && selectors);
  EXPECT_EQ(sentence_of(*proposal),
            "IKE_SA with 198.51.100.2[500] NO_PROPOSAL_CHOSEN: the received IKE_SA proposals did not match: "
            "IKE:AES_CBC_192");
  EXPECT_EQ(sentence_of(*key), "IKE_SA vpn AUTHENTICATION_FAILED: peer authentication failed");
  EXPECT_EQ(selectors->reason, "TS_UNACCEPTABLE");
  EXPECT_FALSE(take_alert(inbox));
}

TEST(Alerts, WaitForTheirEndAndPassOverWhatRefusesNothing) {
  const auto whole = record(9, "the received CHILD_SA proposals did not match", "vpn");
  Inbox inbox(record(13, "replaced old IKE_SA due to uniqueness policy", "vpn") + whole.substr(0, 700));
  EXPECT_FALSE(take_alert(inbox));
  inbox.append(whole.substr(700));
  const auto alert = take_alert(inbox);
  ASSERT_TRUE(alert);
  EXPECT_EQ(alert->reason, "NO_PROPOSAL_CHOSEN");
  EXPECT_TRUE(inbox.empty());
}

}  // namespace
}  // namespace xconn::services
