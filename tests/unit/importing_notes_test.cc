// SPDX-License-Identifier: Apache-2.0
// What is said of many at once, and what is not said at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string many(const std::string& type, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += resource(type, "z" + std::to_string(i), "");
  return out;
}

const std::string kVnet = vnet("hub", "10.61.0.0/16", subnet("app", "10.61.1.0/24"));

TEST(Notes, AForeignTypeIsOneWithItsNames) {
  const auto out = imported(kVnet + many("Contoso.Widgets/gears", 12) + many("Contoso.Widgets/gears/z0/teeth", 3));
  EXPECT_THAT(text_of(out.notes), HasSubstr("12 resources of type contoso.widgets/gears have no counterpart here"));
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("teeth"))) << "a part of what was left out";
  for (const auto& note : out.notes)
    if (note.object == "resources") {
      EXPECT_EQ(note.names.size(), 12U);
    }
}

TEST(Notes, TheSamePropertyOfManyIsOne) {
  std::string subnets;
  for (int i = 0; i < 5; ++i)
    subnets += (i == 0 ? "" : ",") + subnet("s" + std::to_string(i), "10.61." + std::to_string(i) + ".0/24",
                                            R"("serviceEndpoints": [{"service": "Microsoft.Storage"}])");
  const auto out = imported(vnet("hub", "10.61.0.0/16", subnets));
  EXPECT_THAT(text_of(out.notes), HasSubstr("subnet hub/s0 and 4 more: serviceEndpoints: has no counterpart here"));
  for (const auto& note : out.notes)
    if (note.field == "serviceEndpoints") {
      EXPECT_THAT(note.names,
                  ElementsAre("subnet hub/s0", "subnet hub/s1", "subnet hub/s2", "subnet hub/s3", "subnet hub/s4"));
    }
}

class Unfelt : public testing::TestWithParam<const char*> {};

TEST_P(Unfelt, HasNoNote) {
  const auto out = imported(kVnet + GetParam());
  EXPECT_EQ(out.notes.size(), imported(kVnet).notes.size()) << text_of(out.notes);
}

INSTANTIATE_TEST_SUITE_P(
    Resources, Unfelt,
    testing::Values(
        R"({"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub/providers/Microsoft.Insights/diagnosticSettings/d", "name": "d"})",
        R"({"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/locks/keep", "name": "keep"})",
        R"({"id": "/subscriptions/s/resourceGroups/net-rg/providers/Microsoft.Network/virtualNetworks/hub", "name": "hub", "tags": {"a": "b"},
            "enableDdosProtection": true})"));

TEST(Notes, OfATemplateWithoutAnyParameterAreFew) {
  std::string machines;
  for (int i = 0; i < 20; ++i)
    machines += R"(,{"type": "Microsoft.Compute/virtualMachines", "name": "vm)" + std::to_string(i) +
                R"(", "location": "[parameters('where')]", "tags": {"owner": "[parameters('owner')]"}, "properties": {
 "osProfile": {"adminPassword": "[parameters('secret')]"}, "networkProfile": {"networkInterfaces": []}}})";
  const auto out = imported(arm_template(
      R"("where": {"type": "string"}, "owner": {"type": "string"}, "secret": {"type": "securestring"})",
      R"({"type": "Microsoft.Network/virtualNetworks", "name": "hub", "location": "[parameters('where')]", "properties":
 {"addressSpace": {"addressPrefixes": ["10.61.0.0/16"]}, "subnets": [{"name": "app", "properties": {"addressPrefix": "10.61.1.0/24"}}]}})" +
          machines));
  EXPECT_LT(out.notes.size(), 4U) << text_of(out.notes);
}

TEST(Notes, NewNamesOfManyAreOne) {
  std::string text = kVnet;
  for (const auto* name : {"one", "two", "three"})
    text += resource("Microsoft.Network/networkSecurityGroups", "## " + std::string(name) + " ##", "");
  EXPECT_THAT(
      text_of(imported(text).notes),
      HasSubstr("NSG ## one ## and 2 more: name: is no name that a node can have; they are called by the letters"));
}

TEST(Notes, ResourcesThatWantTheSameParameterAreOne) {
  std::string resources;
  for (const auto* type : {"virtualNetworks", "routeTables", "networkSecurityGroups", "virtualNetworks"})
    resources += R"(, {"type": "Microsoft.Network/)" + std::string(type) + R"(", "name": "[parameters('n')]"})" + "\n";
  const auto out = imported(arm_template(R"("n": {"type": "string"})",
                                         R"({"type": "Microsoft.Network/virtualNetworks", "name": "hub", "properties":
 {"addressSpace": {"addressPrefixes": ["10.61.0.0/16"]}}})" +
                                             resources));
  EXPECT_THAT(text_of(out.notes), HasSubstr("resource microsoft.network/virtualnetworks and 2 more (in 4 places): "
                                            "this resource wants parameter n, which has no value"));
}

/// The user can give the outer template's parameter, and nothing else of these.
TEST(Notes, WhatAModuleHidesByPlainValuesIsNone) {
  const auto module = [](const std::string& name, const std::string& value) {
    return R"({"type": "Microsoft.Resources/deployments", "name": ")" + name + R"(", "properties": {
 "expressionEvaluationOptions": {"scope": "inner"}, "parameters": {"is": {"value": )" +
           value + R"(}}, "template": {
 "parameters": {"is": {"type": "bool"}, "own": {"type": "bool", "defaultValue": false}}, "resources": [
 {"condition": "[parameters('is')]", "type": "Microsoft.Network/virtualNetworks", "name": "of-)" +
           name + R"("},
 {"condition": "[parameters('own')]", "type": "Microsoft.Network/virtualNetworks", "name": "never-)" +
           name + R"("}]}}})";
  };
  const auto out = imported(arm_template(
      R"("choice": {"type": "bool", "defaultValue": false})",
      R"({"type": "Microsoft.Network/virtualNetworks", "name": "hub", "properties": {"addressSpace": {"addressPrefixes": ["10.61.0.0/16"]}}}, )" +
          module("plain", "false") + ", " + module("asked", "\"[parameters('choice')]\"")));
  const auto notes = text_of(out.notes);
  EXPECT_THAT(notes, HasSubstr("is false, or there are no copies: virtualnetworks of-asked; these were left out; what "
                               "decides are parameters: choice"));
  EXPECT_THAT(notes, Not(HasSubstr("of-plain")));
  EXPECT_THAT(notes, Not(HasSubstr("never-")));
}

TEST(Notes, ARouteServerIsNoVirtualWanHub) {
  const auto says = [](const std::string& properties) {
    return text_of(imported(kVnet + resource("Microsoft.Network/virtualHubs", "x", properties)).notes);
  };
  EXPECT_THAT(says(R"("sku": "Standard")"), HasSubstr("Route Server x: subnet: is in none of the files"));
  EXPECT_THAT(says(R"("addressPrefix": "10.9.0.0/24")"), HasSubstr("hub x: has neither a VNet nor a gateway"));
}

}  // namespace
}  // namespace xconn::importing
