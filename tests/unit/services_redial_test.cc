// Which children an initiator wants, and what vici says of them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "services/redial.hh"

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

}  // namespace
}  // namespace xconn::services
