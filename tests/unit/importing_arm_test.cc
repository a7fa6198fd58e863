// SPDX-License-Identifier: Apache-2.0
// ARM templates as people, Bicep and exporters write them: each row is a small one of its kind, and the prefix that its
// VNet has where it was read right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importing/import.hh"
#include "model/read.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const std::vector<Note>& notes) {
  std::string out;
  for (const auto& note : notes) out += to_string(note) + "\n";
  return out;
}

/// A template of these resources, with what else is in it before them.
std::string arm(const std::string& resources, const std::string& before = "") {
  return R"({"$schema": "x/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", )" + before +
         R"("resources": )" + resources + "}";
}

/// As an argument of a function: '10.7.0.0/16' of a prefix, what is in the brackets of an expression.
std::string argument(const std::string& value) {
  return value.starts_with("[") ? value.substr(1, value.size() - 2) : "'" + value + "'";
}

/// Its subnet is the second /24 of its space.
std::string vnet(const std::string& name, const std::string& space, const std::string& more = "") {
  return R"({"type": "Microsoft.Network/virtualNetworks", "name": ")" + name + R"(", )" + more +
         R"("properties": {"addressSpace": {"addressPrefixes": [")" + space + R"("]}, "subnets": [
    {"name": "app", "properties": {"addressPrefix": "[cidrSubnet()" +
         argument(space) + R"(, 24, 1)]"}}]}})";
}

std::string deployment(const std::string& name, const std::string& properties) {
  return R"({"type": "Microsoft.Resources/deployments", "name": ")" + name +
         R"(", "properties": {"mode": "Incremental", )" + properties + "}}";
}

const std::string kInner = R"("expressionEvaluationOptions": {"scope": "inner"}, )";

std::string parameters(const std::string& values) {
  return R"({"$schema": "x/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": {)" + values + "}}";
}

struct Sample {
  const char* name;
  std::vector<Text> files;
  std::vector<const char*> has;  ///< of the topology
  const char* note = "";         ///< one that there is; "" for none of an expression
};

class ArmTemplates : public testing::TestWithParam<Sample> {};

TEST_P(ArmTemplates, AreRead) {
  const auto out = import_texts(GetParam().files, "lab");
  for (const auto* each : GetParam().has) EXPECT_THAT(out.topology, HasSubstr(each));
  const std::string note = GetParam().note;
  EXPECT_THAT(text_of(out.notes), HasSubstr(note));
  if (note.empty()) {
    EXPECT_THAT(text_of(out.notes), Not(HasSubstr("expression")));
  }
  EXPECT_NO_THROW(model::read_text(out.topology, "a"));
}

std::string nic(const std::string& subnet) {
  return R"({"type": "Microsoft.Network/networkInterfaces", "name": "nva-nic", "properties": {"enableIPForwarding": true,
 "ipConfigurations": [{"name": "a", "properties": {"privateIPAddress": "10.7.1.10", "subnet": {"id": ")" +
         subnet +
         R"("}}}]}}, {"type": "Microsoft.Compute/virtualMachines", "name": "nva", "properties": {"networkProfile":
 {"networkInterfaces": [{"id": "[resourceId('Microsoft.Network/networkInterfaces', 'nva-nic')]"}]}}})";
}

const std::string kNetworkModule = deployment(
    "network", kInner + R"("template": )" +
                   arm("[" + vnet("[variables('n')]", "10.7.0.0/16") + "]",
                       R"("variables": {"n": "hub"}, "outputs": {"subnets": {"type": "array", "copy": {"count": 1,
 "input": "[reference(resourceId('Microsoft.Network/virtualNetworks', variables('n'))).subnets[copyIndex()].id]"}},
 "id": {"type": "string", "value": "[reference(variables('n')).subnets[0].id]"},
 "address": {"type": "string", "value": "[reference('pip').ipAddress]"}}, )"));

INSTANTIATE_TEST_SUITE_P(
    Kinds, ArmTemplates,
    testing::Values(
        Sample{"comments",
               {{"a.json", "// \"quoted\n" + arm("[/* two {\n lines */" + vnet("hub", "10.7.0.0/16") + " // end\n]")}},
               {"10.7.1.0/24"}},
        Sample{"lines_in_strings",
               {{"a.json", arm("[" + vnet("hub", "[if(equals('a', 'b'),\n  '10.8.0.0/16',\n\t'10.9.0.0/16')]") + "]")}},
               {"10.9.0.0/16"}},
        Sample{"a_command_in_a_string_of_lines",
               {{"a.json", arm("[" +
                               vnet("hub", "10.7.0.0/16",
                                    "\"tags\": {\"made\": \"with\naz network vnet create\n# and more\"}, ") +
                               "]")}},
               {"10.7.1.0/24"}},
        Sample{"nested_is_outer",
               {{"a.json",
                 arm("[" +
                         deployment("d", R"("template": )" + arm("[" + vnet("[parameters('n')]", "10.7.0.0/16") + "]",
                                                                 R"("parameters": {}, "variables": {}, )")) +
                         "]",
                     R"("parameters": {"n": {"defaultValue": "hub"}}, )")}},
               {"hub: {address-space"}},
        Sample{"nested_is_inner",
               {{"a.json", arm("[" +
                                   deployment("d", kInner + R"("parameters": {"n": {"value": "spoke"}}, "template": )" +
                                                       arm("[" + vnet("[parameters('n')]", "10.7.0.0/16") + "]",
                                                           R"("parameters": {"n": {"type": "string"}}, )")) +
                                   "]",
                               R"("parameters": {"n": {"defaultValue": "hub"}}, )")}},
               {"spoke: {address-space"}},
        Sample{
            "a_deployments_name_does_not_matter",
            {{"a.json", arm("[" +
                                deployment("[concat(parameters('p'), deployment().name)]",
                                           kInner + R"("template": )" + arm("[" + vnet("hub", "10.7.0.0/16") + "]")) +
                                "]",
                            R"("parameters": {"p": {"type": "string"}}, )")}},
            {"hub: {address-space"}},
        Sample{"outputs_of_modules",
               {{"a.json", arm("[" + kNetworkModule + ", " +
                               deployment("machine", kInner +
                                                         R"("parameters": {"s": {"value":
 "[reference(resourceId('Microsoft.Resources/deployments', 'network'), '2022-09-01').outputs.id.value]"}}, "template": )" +
                                                         arm("[" + nic("[parameters('s')]") + "]",
                                                             R"("parameters": {"s": {"type": "string"}}, )")) +
                               "]")}},
               {"10.7.1.10", "nva:"}},
        Sample{"outputs_of_loops",
               {{"a.json",
                 arm("[" + nic("[reference('network').outputs.subnets.value[0]]") + ", " + kNetworkModule + "]")}},
               {"10.7.1.10", "nva:"}},
        Sample{
            "what_only_azure_knows_of_a_module",
            {{"a.json", arm("[" + nic("[reference('network').outputs.address.value]") + ", " + kNetworkModule + "]")}},
            {"10.7.1.0/24"},
            "this expression asks a running deployment for pip"},
        Sample{"symbolic_names",
               {{"a.json",
                 arm(R"({"old": {"existing": true, "type": "Microsoft.Network/virtualNetworks", "name": "gone"},
 "hub": )" + vnet("hub", "10.7.0.0/16") +
                         R"(, "more": {"copy": {"name": "more", "count": 2}, "type": "Microsoft.Network/virtualNetworks/subnets",
 "name": "[format('{0}/s{1}', 'hub', copyIndex())]", "properties": {"addressPrefix": "[cidrSubnet(reference('hub').addressSpace.addressPrefixes[0], 24, add(copyIndex(), 5))]"}},
 "peering": {"type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "name": "hub/to-old", "properties":
 {"remoteVirtualNetwork": {"id": "[resourceInfo('old').id]"}}}})",
                     R"("languageVersion": "2.0", )")}},
               {"10.7.5.0/24", "10.7.6.0/24", "gone:"}},
        Sample{"functions_of_the_template",
               {{"a.json", arm("[" + vnet("[contoso.named('hub')]", "10.7.0.0/16") + "]",
                               R"("functions": [{"namespace": "contoso", "members": {"named": {"parameters":
 [{"name": "x", "type": "string"}], "output": {"type": "string", "value": "[concat(parameters('x'), '-net')]"}}}}], )")}},
               {"hub-net: {address-space"}},
        Sample{"false_conditions",
               {{"a.json", arm("[" + vnet("hub", "10.7.0.0/16") + ", " +
                                   vnet("spoke", "10.8.0.0/16", "\"condition\": \"[variables('want')]\", ") + "]",
                               R"("parameters": {"wantSpoke": {"defaultValue": false}},
 "variables": {"want": "[and(true(), parameters('wantSpoke'))]"}, )")}},
               {"10.7.1.0/24"},
               "virtualnetworks spoke; these were left out; what decides are parameters: wantSpoke"},
        Sample{
            "linked_by_address_and_by_path",
            {{"deploy/main.json",
              arm("[" +
                  deployment(
                      "a",
                      R"("templateLink": {"uri": "[concat(parameters('_artifactsLocation'), 'nested/net.json', '?sas')]"},
 "parameters": {"name": {"value": "hub"}, "space": {"value": "10.7.0.0/16"}})") +
                  ", " + deployment("b", R"("templateLink": {"relativePath": "nested/net.json"},
 "parameters": {"name": {"value": "spoke"}, "space": {"value": "10.8.0.0/16"}})") +
                  "]")},
             {"other/net.json", arm("[]")},
             {"deploy/nested/net.json",
              arm("[" + vnet("[parameters('name')]", "[parameters('space')]") + "]",
                  R"("parameters": {"name": {"type": "string"}, "space": {"type": "string"}}, )")}},
            {"hub: {address-space", "10.7.0.0/16", "spoke: {address-space", "10.8.0.0/16"}},
        Sample{"linked_from_where_it_came",
               {{"main.json", arm("[" + deployment("a", R"("templateLink": {"uri":
 "[uri(deployment().properties.templateLink.uri, 'net.json')]"})") +
                                  "]")},
                {"net.json", arm("[" + vnet("hub", "10.7.0.0/16") + "]")}},
               {"hub: {address-space"}},
        Sample{"not_linked",
               {{"main.json",
                 arm("[" + vnet("hub", "10.7.0.0/16") + ", " +
                     deployment("a", R"("templateLink": {"uri": "https://host/nested/peering.json?sv=1"})") + "]")}},
               {"hub: {address-space"},
               "its template is in none of the files; it was left out; import peering.json too"},
        Sample{"linked_in_a_circle",
               {{"main.json", arm("[" + vnet("hub", "10.7.0.0/16") + ", " +
                                  deployment("a", R"("templateLink": {"relativePath": "main.json"})") + "]")}},
               {"hub: {address-space"},
               "links its own template in a circle"},
        Sample{
            "linked_by_a_name_that_many_have",
            {{"a/azuredeploy.json",
              arm("[" + vnet("hub", "10.7.0.0/16") + ", " +
                  deployment("d", R"("templateLink": {"uri": "https://host/blocks/vnet/azuredeploy.json"})") + "]")}},
            {"hub: {address-space"},
            "its template is in none of the files; it was left out; import vnet/azuredeploy.json too"},
        Sample{"copies_of_variables_that_ask_each_other",
               {{"a.json", arm("[" + vnet("[variables('second')[1]]", "10.7.0.0/16") + "]", R"("variables": {"copy": [
 {"name": "first", "count": 2, "input": "[concat('hub', copyIndex('first'))]"},
 {"name": "second", "count": 2, "input": "[concat(variables('first')[copyIndex('second')], '-net')]"}]}, )")}},
               {"hub1-net: {address-space"}},
        Sample{"what_is_not_asked_for",
               {{"a.json",
                 arm("[" +
                         vnet("[coalesce(tryGet(variables('names'), 'eu'), variables('gone').x)]", "10.7.0.0/16",
                              R"("condition": "[or(true(), variables('gone').x)]", )") +
                         ", " +
                         vnet("spoke", "10.8.0.0/16", R"("condition": "[and(false(), variables('gone').x)]", )") + "]",
                     R"("variables": {"names": {"eu": "hub"}, "gone": {}}, )")}},
               {"hub: {address-space"},
               "virtualnetworks spoke; these were left out"},
        Sample{"what_a_template_says_of_itself",
               {{"a.json",
                 arm("[" + vnet("[concat('hub-', deployment().properties.template.contentVersion)]", "10.7.0.0/16") +
                     "]")}},
               {"hub-1-0-0-0:"},
               "is no name that a node can have; it is called hub-1-0-0-0"},
        Sample{"secrets_that_nobody_gives",
               {{"a.json", arm("[" + vnet("[variables('all').name]", "10.7.0.0/16") + "]",
                               R"("parameters": {"password": {"type": "securestring"}},
 "variables": {"all": {"name": "hub", "password": "[parameters('password')]"}}, )")}},
               {"hub: {address-space"}},
        Sample{"parameters_by_name",
               {{"er.json", arm("[" + vnet("er", "[parameters('space')]") + "]",
                                R"("parameters": {"space": {"type": "string"}}, )")},
                {"vpn.json", arm("[" + vnet("vpn", "[parameters('space')]") + "]",
                                 R"("parameters": {"space": {"type": "string"}}, )")},
                {"vpn.vpn-parameters.json", parameters(R"("space": {"value": "10.8.0.0/16"})")},
                {"er.parameters.prod.json", parameters(R"("space": {"value": "10.7.0.0/16"})")}},
               {"10.7.0.0/16", "10.8.0.0/16"}},
        Sample{"parameters_by_what_they_give",
               {{"a.json",
                 arm("[" + vnet("a", "[parameters('one')]") + "]", R"("parameters": {"one": {"type": "string"}}, )")},
                {"b.json",
                 arm("[" + vnet("b", "[parameters('two')]") + "]", R"("parameters": {"two": {"type": "string"}}, )")},
                {"values.json", parameters(R"("two": {"value": "10.8.0.0/16"})")},
                {"more.json", parameters(R"("one": {"value": "10.7.0.0/16"})")}},
               {"10.7.0.0/16", "10.8.0.0/16"}},
        Sample{
            "parameters_for_several",
            {{"a.json",
              arm("[" + vnet("a", "[parameters('space')]") + "]", R"("parameters": {"space": {"type": "string"}}, )")},
             {"b.json", arm("[" + vnet("b", "10.8.0.0/16") + "]", R"("parameters": {"space": {"type": "string"}}, )")},
             {"values.json", parameters(R"("space": {"value": "10.7.0.0/16"})")}},
            {"10.7.0.0/16"},
            "values.json:1: parameters: may be for several templates: a.json, b.json"},
        Sample{"what_bicep_says_of_its_parameters",
               {{"a.json", arm("[" + vnet("a", "[parameters('space')]") + "]",
                               R"("parameters": {"space": {"type": "string"}}, )")},
                {"built.json",
                 R"({"parametersJson": "{\"$schema\": \"x/deploymentParameters.json#\", \"contentVersion\": \"1\",
 \"parameters\": {\"space\": {\"value\": \"10.7.0.0/16\"}}}", "templateSpecId": null})"}},
               {"10.7.0.0/16"}}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(ArmTemplate, TheRegionIsTheCommandLines) {
  const auto text = arm("[" +
                            vnet("[variables('short')[deployment().location]]", "10.7.0.0/16",
                                 R"("location": "[resourceGroup().location]", )") +
                            "]",
                        R"("variables": {"short": {"northeurope": "ne"}}, )");
  const auto out = import_texts({{"a.json", text}}, "lab", "northeurope");
  EXPECT_THAT(out.topology, HasSubstr("ne:"));
  EXPECT_THAT(out.topology, HasSubstr("region: northeurope"));
  const auto without = import_texts({{"a.json", arm("[" + vnet("hub", "10.8.0.0/16") + "]")}, {"b.json", text}}, "lab");
  EXPECT_THAT(text_of(without.notes), HasSubstr("`--region REGION` gives one"));
}

TEST(ArmTemplate, WhatJsonMakesStandsWhereItIsCalled) {
  const auto text = arm("[" + vnet("hub", "10.7.0.0/16") + R"(,
 {"type": "Microsoft.Network/routeTables", "name": "t", "properties": "[json('{\"routes\": [{\"name\": \"a\", \"addressPrefix\": \"nowhere\"}]}')]"}])");
  EXPECT_THAT(text_of(import_texts({{"a.json", text}}, "lab").notes), HasSubstr("a.json:3: route t/a: addressPrefix"));
}

// --- what never ends -------------------------------------------------------------------------------------------------

std::string notes_of(const std::vector<Text>& texts) {
  try {
    return text_of(import_texts(texts, "lab").notes);
  } catch (const TopologyError& error) {
    std::string out;
    for (const auto& finding : error.findings()) out += to_string(finding) + "\n";
    return out;
  }
}

TEST(EndlessTemplates, CopiesOfCopies) {
  auto text = arm("[" + vnet("v", "10.7.0.0/16") + "]");
  for (int i = 0; i < 6; ++i)
    text = arm(R"([{"type": "Microsoft.Resources/deployments", "name": "[concat('d', copyIndex())]",
 "copy": {"name": "c", "count": 800}, "properties": {"expressionEvaluationOptions": {"scope": "inner"}, "template": )" +
               text + "}}]");
  EXPECT_THAT(notes_of({{"a.json", text}}), HasSubstr("want more work than is done here"));
}

/// Nothing in them is an expression, and all of it is kept.
TEST(EndlessTemplates, CopiesOfALongList) {
  std::string items = "0";
  for (int i = 0; i < 5000; ++i) items += ", 0";
  const auto text =
      arm("[" + vnet("v", "10.7.0.0/16", R"("copy": {"name": "c", "count": 800}, "x": [)" + items + "], ") + "]");
  EXPECT_THAT(notes_of({{"a.json", text}}), HasSubstr("want more work than is done here"));
}

/// There is no room for notes left when it shows, nor when the rules are asked.
TEST(EndlessTemplates, MoreNotesThanAreKept) {
  std::string items = "0";
  for (int i = 0; i < 500; ++i) items += ", \"[parameters('p')]\"";
  const std::string stray = R"({"type": "Microsoft.Network/virtualNetworks", "name": "hub", "properties":
 {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]}, "subnets": [{"name": "app", "properties": {"addressPrefix": "10.8.1.0/24"}}]}})";
  const auto text =
      arm("[" + stray + ", " +
          vnet("spoke", "10.9.0.0/16", R"("copy": {"name": "c", "count": 800}, "x": [)" + items + "], ") + "]");
  const auto notes = notes_of({{"a.json", text}});
  EXPECT_THAT(notes, HasSubstr("want more work than is done here"));
  EXPECT_THAT(notes, HasSubstr("notes more; they are not listed"));
  EXPECT_THAT(notes, HasSubstr("breaks a rule"));
}

/// Each looks through all of them.
TEST(EndlessTemplates, ReferencesAmongMany) {
  std::string resources;
  for (int i = 0; i < 20; ++i)
    resources += (i == 0 ? "" : ", ") + vnet("[concat('v" + std::to_string(i) + "-', copyIndex())]", "10.7.0.0/16",
                                             R"("copy": {"name": "c", "count": 800}, "x": "[reference(concat('gone-)" +
                                                 std::to_string(i) + R"(-', copyIndex())).addressSpace]", )");
  EXPECT_THAT(notes_of({{"a.json", arm("[" + resources + "]")}}), HasSubstr("want more work than is done here"));
}

TEST(EndlessTemplates, ABillionCopies) {
  EXPECT_THAT(
      notes_of(
          {{"a.json", arm("[" + vnet("v", "10.7.0.0/16", R"("copy": {"name": "c", "count": 1000000000}, )") + "]")}}),
      HasSubstr("wants 1000000000 copies"));
}

TEST(EndlessTemplates, OutputsThatAskEachOther) {
  const auto half = [](const std::string& own, const std::string& other) {
    return deployment(
        own, kInner + R"("parameters": {"x": {"value": "[reference(')" + other +
                 R"(').outputs.x.value]"}}, "template": )" +
                 arm("[]",
                     R"("parameters": {"x": {"type": "string"}}, "outputs": {"x": {"value": "[parameters('x')]"}}, )"));
  };
  EXPECT_THAT(notes_of({{"a.json", arm("[" + half("a", "b") + ", " + half("b", "a") + "]")}}), HasSubstr("a.json:"));
}

TEST(EndlessTemplates, TwoThatLinkEachOther) {
  const auto link = [](const std::string& other) {
    return arm("[" + deployment("d", R"("templateLink": {"relativePath": ")" + other + R"("})") + "]");
  };
  EXPECT_THAT(notes_of({{"a.json", link("b.json")}, {"b.json", link("a.json")}}), HasSubstr("in a circle"));
}

TEST(EndlessTemplates, AFunctionThatCallsItself) {
  EXPECT_THAT(
      notes_of({{"a.json", arm("[" + vnet("[a.b('x')]", "10.7.0.0/16") + "]",
                               R"("functions": [{"namespace": "a", "members": {"b": {"parameters": [{"name": "x"}],
 "output": {"value": "[a.b(parameters('x'))]"}}}}], )")}}),
      HasSubstr("is nested too deeply"));
}

}  // namespace
}  // namespace xconn::importing
