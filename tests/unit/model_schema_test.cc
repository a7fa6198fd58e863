#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/schema.hh"
#include "tests/source_dir.hh"

namespace xconn::model {
namespace {

std::string committed(const std::string& file) {
  std::ifstream stream(std::string(kSourceDir) + "/" + file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void expect_current(const std::string& file, const std::string& text) {
  if (std::getenv("XCONN_UPDATE_GOLDEN") != nullptr)  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(std::string(kSourceDir) + "/" + file) << text;
  EXPECT_EQ(committed(file), text) << "XCONN_UPDATE_GOLDEN=1 model_test writes it";
}

TEST(Schema, CommittedReferenceIsCurrent) { expect_current("docs/topology.md", reference_markdown()); }

TEST(Schema, CommittedRulesAreCurrent) { expect_current("docs/rules.md", rules_markdown()); }

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
