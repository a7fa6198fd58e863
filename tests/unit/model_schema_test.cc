// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/schema.hh"
#include "schema_references.hh"
#include "tests/golden.hh"

namespace xconn::model {
namespace {

TEST(Schema, CommittedReferenceIsCurrent) { expect_reviewed(reference_markdown(), "docs/topology.md"); }

TEST(Schema, CommittedRulesAreCurrent) { expect_reviewed(rules_markdown(), "docs/rules.md"); }

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
