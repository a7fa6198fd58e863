// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/schema.hh"
#include "tests/golden.hh"

namespace xconn::model {
namespace {

TEST(Schema, CommittedReferenceIsCurrent) { expect_reviewed(reference_markdown(), "docs/topology.md"); }

TEST(Schema, CommittedRulesAreCurrent) { expect_reviewed(rules_markdown(), "docs/rules.md"); }

void check_references(const nlohmann::json& part, const nlohmann::json& all) {
  if (part.is_object() && part.contains("$ref") && part["$ref"].is_string()) {
    const auto pointer = part["$ref"].get<std::string>().substr(1);
    EXPECT_TRUE(all.contains(nlohmann::json::json_pointer(pointer))) << pointer;
  }
  if (part.is_structured())
    for (const auto& below : part) check_references(below, all);
}

TEST(Schema, EveryReferenceLeadsSomewhere) {
  const auto schema = nlohmann::json::parse(json_schema());
  check_references(schema, schema);
}

TEST(Schema, KnowsWhatIsRequired) {
  const auto schema = nlohmann::json::parse(json_schema());
  EXPECT_EQ(schema["$defs"]["node"]["required"], nlohmann::json({"role"}));
  EXPECT_FALSE(schema["$defs"]["node-part"].contains("required"));
}

}  // namespace
}  // namespace xconn::model
