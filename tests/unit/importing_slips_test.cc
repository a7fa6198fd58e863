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
    EXPECT_THAT(refusal(text), HasSubstr("is what az says of a command that failed: ")) << text;
}

TEST(Slips, WhatAzWantsIsQuoted) {
  EXPECT_THAT(refusal("ERROR: Please run 'az login' to setup account.\n"),
              HasSubstr("is what az says of a command that failed: ERROR: Please run 'az login' to setup account."));
}

TEST(Slips, WhatPowerShellCutShortIsSaidHowToAskFor) {
  const std::string id = R"("Id": ")" + id_of("Microsoft.Network/virtualNetworks", "hub") + R"(", "Name": "hub")";
  for (const auto* space :
       {R"("AddressSpace": "Microsoft.Azure.Commands.Network.Models.PSAddressSpace")",
        R"("AddressSpace": {"AddressPrefixes": "System.Collections.Generic.List`1[System.String]"})"}) {
    const auto said = refusal("[{" + id + ", " + space + "}]");
    EXPECT_THAT(said, HasSubstr("nothing of it can be carried over; see what it lacks"));
    EXPECT_THAT(said,
                HasSubstr("resource hub: is cut short: deeper down it has names of types in place of values; those "
                          "were left out; ask again with `| ConvertTo-Json -Depth 20`"));
  }
}

TEST(Slips, AGroupAloneIsSaidWhatItLacks) {
  EXPECT_THAT(refusal(resource("Microsoft.Network/networkSecurityGroups", "web", "")),
              HasSubstr("nothing of it can be carried over; give the files of its VNets, circuits or gateways too; it "
                        "has only: NSG web"));
}

TEST(Slips, APrefixThatIsThereTwiceIsSaid) {
  const auto out = imported(resource("Microsoft.Network/virtualNetworks", "z",
                                     R"("addressSpace": {"addressPrefixes": ["10.66.0.0/16", "10.66.0.0/16"]})"));
  EXPECT_EQ(topology_of(out).vnets.at(0).address_space.size(), 1U);
  EXPECT_THAT(text_of(out.notes), HasSubstr("VNet z: addressSpace.addressPrefixes: 10.66.0.0/16 is in 10.66.0.0/16 of "
                                            "the same VNet; it was left out"));
}

TEST(Slips, APlanThatDestroysAllIsSaid) {
  const auto said = refusal(
      R"({"format_version": "1.2", "terraform_version": "1.7.0", "planned_values": {"root_module": {}},
 "resource_changes": [{"address": "azurerm_virtual_network.v", "type": "azurerm_virtual_network",
   "change": {"actions": ["delete"], "before": {"name": "v"}, "after": null, "after_unknown": {}}}]})");
  EXPECT_THAT(said, HasSubstr("plan: destroys all that it has: nothing is planned; import the state, which has what is "
                              "there now: `terraform show -json` without a plan"));
  EXPECT_THAT(said, Not(HasSubstr("an ARM template")));
}

TEST(Slips, WhatAPlansConnectionLacksIsNamed) {
  const auto out = imported(
      R"({"format_version": "1.2", "terraform_version": "1.7.0", "planned_values": {"root_module": {"resources": [
 {"address": "azurerm_virtual_network.v", "mode": "managed", "type": "azurerm_virtual_network", "name": "v",
  "values": {"name": "v", "address_space": ["10.1.0.0/16"], "location": "northeurope", "resource_group_name": "g"}},
 {"address": "azurerm_virtual_hub_connection.c", "mode": "managed", "type": "azurerm_virtual_hub_connection",
  "name": "c", "values": {"name": "c"}}]}}})");
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("azurerm_virtual_hub_connection.c: virtual_hub_id: is not known before it is "
                        "applied; it was left out"));
}

TEST(Slips, WhatBreaksARuleHasItsPlace) {
  const auto out =
      imported(vnet("a", "10.66.0.0/16", subnet("s", "10.66.1.0/24") + ", " + subnet("t", "10.66.1.0/25")));
  EXPECT_THAT(text_of(out.notes), HasSubstr("a.json:1: vnet a: "));
  EXPECT_THAT(text_of(out.notes), HasSubstr("breaks a rule"));
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
