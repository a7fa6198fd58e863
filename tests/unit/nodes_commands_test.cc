// SPDX-License-Identifier: Apache-2.0
// What a row of commands makes of a lab, before the first is given.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/read.hh"
#include "nodes/plan_commands.hh"
#include "tests/source_dir.hh"

namespace xconn::nodes {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const model::Document& running() {
  static const auto kDocument =
      model::Document::load(std::string(kSourceDir) + "/topologies/private-peering/topology.yaml");
  return kDocument;
}

/// Each in the n-th line of d.yaml.
std::vector<model::Command> commands(const std::vector<std::vector<std::string>>& lines) {
  std::vector<model::Command> parsed;
  for (const auto& words : lines) {
    parsed.push_back(std::get<model::Command>(model::parse_command(words)));
    parsed.back().where = {"d.yaml", static_cast<int>(parsed.size()), 3};
  }
  return parsed;
}

std::string mistakes(const std::vector<std::vector<std::string>>& lines) {
  try {
    (void)rehearse(running(), commands(lines));
  } catch (const TopologyError& error) {
    return error.what();
  }
  return "";
}

const std::string& circuit() {
  static const auto kName = model::object_names(*model::find_object_kind("circuit"), running()).front();
  return kName;
}
const std::string& connection() {
  static const auto kName = model::object_names(*model::find_object_kind("connection"), running()).front();
  return kName;
}

TEST(Commands, EachCommandGoesOnFromWhatTheOneBeforeHasMade) {
  const auto changes = rehearse(
      running(), commands({{"connection", "delete", connection()}, {"peering", "delete", circuit(), "private"}}));
  ASSERT_EQ(changes.size(), 2U);
  for (const auto& change : changes) EXPECT_EQ(change.refusal, "");
  EXPECT_THAT(changes[0].topology, HasSubstr("\"private\""));
  EXPECT_THAT(changes[1].topology, testing::Not(HasSubstr("\"private\"")));
  EXPECT_LT(changes[1].plan.facts.size(), changes[0].plan.facts.size());
  EXPECT_EQ(changes[0].plan.lab, changes[1].plan.lab);
}

TEST(Commands, WhatAzureRefusesChangesNothing) {
  const auto changes = rehearse(running(), commands({{"peering", "delete", circuit(), "private"},
                                                     {"connection", "delete", connection()},
                                                     {"peering", "delete", circuit(), "private"}}));
  EXPECT_THAT(changes[0].refusal, HasSubstr("xconn connection delete " + connection()));
  EXPECT_THAT(changes[0].refusal, HasSubstr("[V10]"));
  EXPECT_THAT(changes[0].plan.nodes, IsEmpty());
  EXPECT_EQ(changes[1].refusal, "");
  EXPECT_EQ(changes[2].refusal, "") << "the connection has gone by then";
}

TEST(Commands, WhatIsNotThereIsSaidAtTheCommandsPlace) {
  const auto said = mistakes({{"connection", "delete", "nothing"},
                              {"circuit", "create", circuit()},
                              {"circuit", "update", circuit(), "bandwith=1Gbps"},
                              {"connection", "update", connection(), "gateway=nowhere"}});
  EXPECT_THAT(said, HasSubstr("d.yaml:1:3: 'connection delete nothing': the lab has no connections.nothing"));
  EXPECT_THAT(said, HasSubstr("d.yaml:2:3: 'circuit create " + circuit() + "': circuits." + circuit()));
  EXPECT_THAT(said, HasSubstr("did you mean 'bandwidth'"));
  EXPECT_THAT(said, HasSubstr("d.yaml:4:3: "));
}

TEST(Commands, AChangeCrossesASocket) {
  const auto changes = rehearse(running(), commands({{"connection", "delete", connection()}}));
  const auto again = plan::rehearsed_from_json(plan::to_json(changes[0]));
  EXPECT_EQ(plan::to_json(again.plan, true), plan::to_json(changes[0].plan, true));
  EXPECT_EQ(again.topology, changes[0].topology);
  EXPECT_EQ(plan::rehearsed_from_json(plan::to_json(plan::Rehearsed{"no", {}, {}})).refusal, "no");
}

}  // namespace
}  // namespace xconn::nodes
