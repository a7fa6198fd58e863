// SPDX-License-Identifier: Apache-2.0
// The daemons' protocols, as bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "services/strongswan.hh"
#include "services/vici.hh"
#include "services/vty.hh"

namespace xconn::services {
namespace {

using namespace std::string_literals;
using nlohmann::json;

TEST(Vty, TakesRepliesOneByOneAndWaitsForTheWholeTrailer) {
  Inbox inbox("\0\0\0\0{\"as\":1}\n\0\0\0"s);
  ASSERT_TRUE(take_vty_reply(inbox));
  EXPECT_FALSE(take_vty_reply(inbox));
  inbox.append("\2");
  const auto reply = take_vty_reply(inbox);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, "{\"as\":1}\n");
  EXPECT_EQ(reply->status, 2);
  EXPECT_TRUE(inbox.empty());
}

// The example of strongSwan's src/libcharon/plugins/vici/README.md.
const json kExample{{"key1", "value1"},
                    {"section1", {{"sub-section", {{"key2", "value2"}}}, {"list1", {"item1", "item2"}}}}};

TEST(Vici, EncodesTheExampleOfItsReadme) {
  const auto bytes = vici::encode({vici::Kind::kResponse, "", kExample});
  const auto message =
      "\3\4key1\0\6value1"
      "\1\10section1"
      "\4\5list1\5\0\5item1\5\0\5item2\6"
      "\1\13sub-section\3\4key2\0\6value2\2"
      "\2"s;
  EXPECT_EQ(bytes, "\0\0\0"s + static_cast<char>(message.size() + 1) + '\1' + message);
}

TEST(Vici, ReadsBackWhatItWrites) {
  const auto bytes = vici::encode({vici::Kind::kEvent, "child-updown", kExample});
  const auto half = bytes.substr(0, bytes.size() / 2);
  Inbox incomplete(half), whole(bytes + "rest");
  EXPECT_FALSE(vici::take(incomplete));
  EXPECT_EQ(incomplete.rest(), half);
  const auto packet = vici::take(whole);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->kind, vici::Kind::kEvent);
  EXPECT_EQ(packet->name, "child-updown");
  EXPECT_EQ(packet->message, kExample);
  EXPECT_EQ(whole.rest(), "rest");
}

TEST(Vici, MalformedBytesAreErrors) {
  for (const auto& bytes : {"\0\0\0\0"s, "\0\0\0\2\1\7"s, "\0\0\0\3\1\1\5"s, "\0\0\0\4\7\5ab"s, "\x7f\0\0\0"s,
                            "\0\0\0\5\1\1\1a\2\0"s.substr(0, 8) + "\6", "\0\0\0\6\1\4\1a\3\0"s}) {
    Inbox inbox(bytes);
    EXPECT_THROW(vici::take(inbox), Error) << testing::PrintToString(bytes);
  }
}

TEST(Vici, EventsBecomeSentences) {
  const json child{{"up", "yes"}, {"vpn", {{"child-sas", {{"net-1", {{"name", "net"}, {"state", "INSTALLED"}}}}}}}};
  EXPECT_THAT(ike_sentences("child-updown", child), testing::ElementsAre("CHILD_SA vpn/net up"));
  EXPECT_THAT(ike_sentences("ike-updown", {{"vpn", {{"state", "DELETING"}}}}), testing::ElementsAre("IKE_SA vpn down"));
  EXPECT_THAT(ike_sentences("ike-rekey", {{"vpn", {{"old", {{"uniqueid", "1"}}}}}}),
              testing::ElementsAre("IKE_SA vpn rekeyed"));
}

}  // namespace
}  // namespace xconn::services
