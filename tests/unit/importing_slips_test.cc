// SPDX-License-Identifier: Apache-2.0
// Files that somebody saved, edited or paired not quite as meant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Slips, WhatAzSaysOfAFailedCommandIsNoYaml) {
  const std::string failed = "ERROR: (AuthorizationFailed) The client has no access.\n";
  std::string of_power_shell = "\xff\xfe";  // UTF-16
  for (const char c : failed) of_power_shell += {c, '\0'};
  for (const auto& text : {std::string("(ResourceNotFound) The Resource was not found.\nCode: ResourceNotFound\n"),
                           failed, of_power_shell})
    EXPECT_THAT(refusal(text), HasSubstr("is what az says of a command that failed")) << text;
}

TEST(Slips, BytesOfLatin1AreLetters) {
  const auto out = imported(resource("Microsoft.Network/virtualNetworks", "z",
                                     "\"description\": \"Z\xfcrich\", \"addressSpace\": {\"addressPrefixes\": "
                                     "[\"10.66.0.0/16\"]}"));
  EXPECT_THAT(out.topology, HasSubstr("10.66.0.0/16"));
}

TEST(Slips, OfAKeyThatIsThereTwiceTheLastCounts) {
  const auto out = imported(resource(
      "Microsoft.Network/virtualNetworks", "z",
      R"("addressSpace": {"addressPrefixes": ["10.66.0.0/16"]}, "addressSpace": {"addressPrefixes": ["10.67.0.0/16"]})"));
  EXPECT_THAT(out.topology, HasSubstr("10.67.0.0/16"));
  EXPECT_THAT(out.topology, Not(HasSubstr("10.66.0.0/16")));
}

TEST(Slips, AKeyThatIsThereOftenCostsNoMoreThanOthers) {
  std::string keys;
  for (int i = 0; i < 100'000; ++i) keys += "\"k" + std::to_string(i % 50'000) + "\": 1, ";
  const auto out = imported(resource("Microsoft.Network/virtualNetworks", "z",
                                     keys + R"("addressSpace": {"addressPrefixes": ["10.66.0.0/16"]})"));
  EXPECT_THAT(out.topology, HasSubstr("10.66.0.0/16"));
}

TEST(Slips, ParametersThatNoTemplateDeclaresAreSaid) {
  const auto declared = arm_template(R"("space": {"type": "string"})",
                                     R"({"type": "Microsoft.Network/virtualNetworks", "name": "hub", "properties": {
 "addressSpace": {"addressPrefixes": ["[parameters('space')]"]}}})");
  const std::string given =
      R"({"$schema": "x/deploymentParameters.json#", "contentVersion": "1", "parameters": {
 "space": {"value": "10.68.0.0/16"}, "Spcae": {"value": "10.69.0.0/16"}}})";
  const auto out = import_texts({{"a.json", declared}, {"a.parameters.json", given}}, "lab");
  EXPECT_THAT(text_of(out.notes), HasSubstr("parameters: no template here declares Spcae; they were left out"));
  EXPECT_THAT(out.topology, HasSubstr("10.68.0.0/16"));
}

TEST(Slips, AnImmenseNumberIsSaidInAFewWords) {
  const auto why = refusal("[{\"a\": 1e" + std::string(5000, '9') + "}]");
  EXPECT_THAT(why, HasSubstr("cannot be read"));
  EXPECT_LT(why.size(), 400U);
}

}  // namespace
}  // namespace xconn::importing
