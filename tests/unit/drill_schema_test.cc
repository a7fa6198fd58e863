// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "drill/schema.hh"
#include "faults/kinds.hh"
#include "schema_references.hh"
#include "tests/golden.hh"

namespace xconn::drill {
namespace {

using nlohmann::json;

TEST(DrillSchema, CommittedReferenceIsCurrent) { expect_reviewed(reference_markdown(), "docs/drill-keys.md"); }

TEST(DrillSchema, EveryReferenceLeadsSomewhere) {
  const auto schema = json::parse(json_schema());
  check_references(schema, schema);
}

TEST(DrillSchema, HasEveryFaultWithItsParameters) {
  const auto schema = json::parse(json_schema());
  EXPECT_EQ(schema["$defs"]["fault"]["oneOf"].size(), faults::kinds().size());
  for (const auto& kind : faults::kinds()) {
    const auto& fault = schema["$defs"][std::string(kind.name) + "-fault"];
    EXPECT_EQ(fault["properties"]["fault"]["const"], kind.name);
    for (const auto& parameter : kind.parameters)
      EXPECT_TRUE(fault["properties"].contains(parameter.name)) << kind.name;
  }
}

TEST(DrillSchema, SaysWhichKeysGoTogether) {
  const auto schema = json::parse(json_schema());
  EXPECT_EQ(schema["$defs"]["expectation"]["oneOf"].size(), 10U);
  EXPECT_EQ(schema["$defs"]["lost"]["anyOf"],
            json::parse(R"([{"required": ["at-most"]}, {"required": ["at-least"]}])"));
  EXPECT_EQ(schema["$defs"]["symmetric"]["required"], json({"flow", "of"}));
}

}  // namespace
}  // namespace xconn::drill
