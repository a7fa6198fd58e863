// SPDX-License-Identifier: Apache-2.0
// Which children an initiator wants, and what vici says of them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "services/redial.hh"
#include "services/strongswan.hh"

namespace xconn::services {
namespace {

using nlohmann::json;

const Child kNet{"vpn", "net"};

json sas(const std::string& text) { return {{"vpn", json::array({json::parse(text)})}}; }

TEST(Redial, WantsTheChildrenThatAreToComeBack) {
  const auto event = json::parse(R"({"vpn": {"version": "IKEv2", "children": {
      "net": {"dpd_action": "start"}, "answers": {"dpd_action": "none"}}}, "other": {"children": {}}})");
  EXPECT_EQ(wanted_children({event}), std::vector<Child>{kNet});
}

TEST(Redial, NothingOfTheConnectionIsGone) {
  EXPECT_EQ(standing_of(kNet, json::object()), Standing::kGone);
  EXPECT_EQ(standing_of(kNet, sas(R"({"state": "ESTABLISHED", "child-sas": {}})")), Standing::kGone);
  EXPECT_EQ(standing_of(kNet, sas(R"({"state": "ESTABLISHED",
                                      "child-sas": {"other-1": {"name": "other", "state": "INSTALLED"}}})")),
            Standing::kGone);
}

TEST(Redial, CharonAtWorkIsLeftAlone) {
  EXPECT_EQ(standing_of(kNet, sas(R"({"state": "CONNECTING", "child-sas": {}})")), Standing::kComing);
  EXPECT_EQ(standing_of(kNet, sas(R"({"state": "ESTABLISHED", "tasks-active": ["CHILD_CREATE"], "child-sas": {}})")),
            Standing::kComing);
}

TEST(Redial, AChildThatIsBeingDeletedIsNotUp) {
  const auto with = [](const std::string& state) {
    return sas(R"({"state": "ESTABLISHED", "child-sas": {"net-1": {"name": "net", "state": ")" + state + "\"}}}");
  };
  EXPECT_EQ(standing_of(kNet, with("INSTALLED")), Standing::kUp);
  EXPECT_EQ(standing_of(kNet, with("REKEYING")), Standing::kUp);
  EXPECT_EQ(standing_of(kNet, with("DELETING")), Standing::kGone);
}

TEST(Exchange, IsWhatAnInitiatorIsAtWorkOn) {
  EXPECT_EQ(exchange_in(sas(R"({"state": "ESTABLISHED", "initiator": "yes", "child-sas": {}})")), std::nullopt);
  EXPECT_EQ(exchange_in(sas(R"({"state": "CONNECTING", "initiator": "yes", "child-sas": {}})")),
            "IKE_SA vpn is CONNECTING and not done");
  EXPECT_EQ(exchange_in(sas(R"({"state": "ESTABLISHED", "tasks-queued": ["CHILD_CREATE"], "child-sas": {}})")),
            "IKE_SA vpn is ESTABLISHED and not done");
  EXPECT_EQ(exchange_in(sas(R"({"state": "CONNECTING", "child-sas": {}})")), std::nullopt) << "left over";
  EXPECT_EQ(exchange_in(json::object()), std::nullopt);
}

}  // namespace
}  // namespace xconn::services
