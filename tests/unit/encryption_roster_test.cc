// SPDX-License-Identifier: Apache-2.0
// Which encryption gateway the controller chooses, and what it can be configured with.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "nodes/encryption-gateway/daemon/config.hh"
#include "nodes/encryption-gateway/daemon/roster.hh"

namespace xconn::encryption {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

Roster pair() { return {{"primary", "backup"}, 7s, 100s}; }

TEST(Roster, TheFirstIsChosenWhileItReports) {
  auto roster = pair();
  roster.heard("primary", 106s);
  roster.heard("backup", 106s);
  EXPECT_EQ(roster.chosen(112s), 0U);
}

TEST(Roster, ASilentOneIsDeadAfterTheDetectionTimeAndNotBefore) {
  auto roster = pair();
  roster.heard("backup", 106s);
  EXPECT_EQ(roster.chosen(107s - 1ms), 0U);
  EXPECT_EQ(roster.chosen(107s), 1U);
}

TEST(Roster, TheFirstIsChosenAgainWhenItReports) {
  auto roster = pair();
  roster.heard("backup", 110s);
  ASSERT_EQ(roster.chosen(110s), 1U);
  roster.heard("primary", 111s);
  EXPECT_EQ(roster.chosen(111s), 0U);
}

TEST(Roster, KnowsWhoHasReported) {
  auto roster = pair();
  roster.heard("backup", 101s);
  EXPECT_FALSE(roster.has_reported(0));
  EXPECT_TRUE(roster.has_reported(1));
}

TEST(Roster, WithBothDeadNothingIsChosen) {
  auto roster = pair();
  roster.heard("stranger", 199s);
  EXPECT_EQ(roster.chosen(200s), std::nullopt);
}

const json kControl = json::parse(R"({"control": {"fabric_netns": "/run/netns/hub", "detection": "7s",
    "gateways": [{"name": "enc-primary", "address": "10.17.1.4", "fabric_interface": "enc-primary.0"}],
    "route_tables": [{"name": "subnet2", "tables": [1002]}], "networks": ["10.0.1.0/24"]}})");

TEST(EncryptionConfig, OfAController) {
  const auto config = parse_config(kControl);
  ASSERT_TRUE(config.control);
  EXPECT_FALSE(config.report);
  EXPECT_EQ(config.control->detection, 7s);
  EXPECT_EQ(config.control->route_tables.at(0).tables, std::vector<std::uint32_t>{1002});
  EXPECT_EQ(config.control->networks.at(0).text(), "10.0.1.0/24");
}

TEST(EncryptionConfig, MistakesAreNamed) {
  const auto refused = [](const char* path, const json& value) {
    auto changed = kControl;
    changed[json::json_pointer(path)] = value;
    try {
      parse_config(changed);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_NE(refused("/control/networks/0", "10.0.1.0/33").find("10.0.1.0/33"), std::string::npos);
  EXPECT_NE(refused("/control/detection", "0s").find("detection"), std::string::npos);
  EXPECT_NE(refused("/control/gateways", json::array()).find("gateways"), std::string::npos);
  EXPECT_NE(refused("/report", json::object()).find("gateway"), std::string::npos);
  EXPECT_THROW(parse_config(json::array()), Error);
}

}  // namespace
}  // namespace xconn::encryption
