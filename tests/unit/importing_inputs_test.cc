// SPDX-License-Identifier: Apache-2.0
// What files are, and how one gets JSON of those that are none; wrappers, pages of notes, azapi.
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

std::string id_of(const std::string& kind, const std::string& name) {
  return "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/" + kind + "/" + name;
}

std::string vnet(const std::string& name, const std::string& third = "7") {
  return "{\n\"id\": \"" + id_of("virtualNetworks", name) + "\", \"name\": \"" + name +
         "\", \"addressSpace\": {\"addressPrefixes\": [\"10." + third +
         ".0.0/16\"]},\n\"subnets\": [{\"name\": \"app\", " + "\"addressPrefix\": \"10." + third + ".1.0/24\"}]}";
}

// --- advice ----------------------------------------------------------------------------------------------------------

struct Neighbour {
  const char* name;
  std::string content;
  const char *rule, *remedy;
};

class Neighbours : public testing::TestWithParam<Neighbour> {};

TEST_P(Neighbours, AreNamedAndSaidHowToBringThem) {
  try {
    import_texts({{"f", GetParam().content}}, "lab");
    FAIL() << "was taken";
  } catch (const TopologyError& error) {
    const auto text = to_string(error.findings().at(0));
    EXPECT_THAT(text, HasSubstr(GetParam().rule));
    EXPECT_THAT(text, HasSubstr(GetParam().remedy));
  }
}

using std::string_literals::operator""s;

INSTANTIATE_TEST_SUITE_P(
    Kinds, Neighbours,
    testing::Values(
        Neighbour{"empty", "", "is empty", "-o json"},
        Neighbour{"bicep",
                  "@description('Where')\nparam location string = resourceGroup().location\n\nresource v "
                  "'Microsoft.Network/virtualNetworks@2023-09-01' = {\n  name: 'hub'\n}\n",
                  "is Bicep", "az bicep build --file f"},
        Neighbour{"bicep_of_modules", "targetScope = 'subscription'\nmodule hub 'hub.bicep' = {\n}\n", "is Bicep",
                  "az bicep build"},
        Neighbour{"bicepparam", "using './main.bicep'\n\nparam location = 'northeurope'\n", "is Bicep's parameters",
                  "az bicep build-params --file f"},
        Neighbour{"terraform", "# the hub\nresource \"azurerm_virtual_network\" \"hub\" {\n  name = \"hub\"\n}\n",
                  "is Terraform's source", "terraform show -json plan"},
        Neighbour{"terraform_variables", "variable \"name\" {\n  type = string\n}\n", "is Terraform's source",
                  "show -json"},
        Neighbour{"tfvars", "name = \"hub\"\naddress_space = [\"10.0.0.0/16\"]\n", "Terraform's variables",
                  "show -json"},
        Neighbour{"terraform_plan_for_people",
                  "Terraform will perform the following actions:\n\n  # azurerm_subnet.a will be created\n",
                  "is what Terraform tells people", "terraform show -json plan"},
        Neighbour{"terraform_plan_file", "PK\x03\x04\x14...tfplan...", "is a plan as Terraform keeps it",
                  "terraform show -json f"},
        Neighbour{"csv", "NAME,RESOURCE GROUP,LOCATION\nhub,net-rg,North Europe\n", "is a list with commas",
                  "az network vnet list"},
        Neighbour{"csv_with_quotes", "\"NAME\",\"TYPE\",\"RESOURCE GROUP\"\n\"hub\",\"VNet\",\"rg\"\n",
                  "is a list with commas", "vnet list"},
        Neighbour{"table",
                  "Name    ResourceGroup    Location\n------  ---------------  ----------\nhub     net-rg           "
                  "northeurope\n",
                  "is a table", "-o json"},
        Neighbour{"table_below_its_command",
                  "$ az network vnet list -o table\nName    Location\n------  ----------\nhub     northeurope\n",
                  "is a table", "-o json"},
        Neighbour{"tsv", "hub\tnet-rg\tnortheurope\n", "is a list with tabs", "-o json"},
        Neighbour{"powershell",
                  "\r\nName              : hub\r\nResourceGroupName : net-rg\r\nAddressSpace      : {\r\n",
                  "PowerShell", "ConvertTo-Json -Depth 20"},
        Neighbour{"yaml", "addressSpace:\n  addressPrefixes:\n  - 10.0.0.0/16\nid: /subscriptions/s\n", "is YAML",
                  "-o json"},
        Neighbour{"yaml_list", "- id: /subscriptions/s\n  name: hub\n", "is YAML", "-o json"},
        Neighbour{"ours", "name: lab\nnodes:\n  a: {role: host}\n", "is a topology already", "xconn validate f"},
        Neighbour{"zip", "PK\x03\x04\x14 template.json", "is a zip", "unzip f"},
        Neighbour{"gzip", "\x1f\x8b\x08 and so on", "is compressed", "gunzip f"},
        Neighbour{"page", "<!DOCTYPE html>\n<html><title>Sign in</title>\n", "is a page of a browser", "JSON view"},
        Neighbour{"binary", "\x01\x02\0\x03 and"s, "is no text", "again"},
        Neighbour{"parameters_alone",
                  R"({"$schema": "x/deploymentParameters.json#", "contentVersion": "1", "parameters": {}})",
                  "there is no network of Azure's in it", "ARM template"}),
    [](const auto& each) { return std::string(each.param.name); });

std::string findings_of(const std::vector<Text>& texts) {
  try {
    import_texts(texts, "lab");
  } catch (const TopologyError& error) {
    std::string out;
    for (const auto& finding : error.findings()) out += to_string(finding) + "\n";
    return out;
  }
  return {};
}

TEST(Neighbour, ParametersAloneWantTheirTemplate) {
  EXPECT_THAT(
      findings_of(
          {{"p.json", R"({"$schema": "x/deploymentParameters.json#", "contentVersion": "1", "parameters": {}})"}}),
      HasSubstr("give the template that they are for too"));
}

TEST(Neighbour, WhatCannotBeALabIsRefusedWithItsNotes) {
  const auto text = findings_of({{"a.json", "[{\"id\": \"" + id_of("virtualHubs", "h") + "\", \"name\": \"h\"}]"}});
  EXPECT_THAT(text, HasSubstr("nothing of it can be carried over"));
  EXPECT_THAT(text, HasSubstr("Route Server h: subnet: is in none of the files"));
}

TEST(Neighbour, AnErrorOfAzureIsOne) {
  EXPECT_THAT(findings_of({{"a.json", R"({"error": {"code": "ResourceNotFound", "message": "gone"}})"}}),
              HasSubstr("error = 'ResourceNotFound': is Azure's answer that something failed"));
}

TEST(Neighbour, MachinesWithoutTheirVnetAreNothing) {
  const auto text =
      findings_of({{"a.json", R"([{"id": ")" + id_of("networkInterfaces", "nic") +
                                  R"(", "name": "nic", "ipConfigurations": [{"name": "a", "subnet": {"id": ")" +
                                  id_of("virtualNetworks", "gone") + R"(/subnets/app"}}]}])"}});
  EXPECT_THAT(text, HasSubstr("nothing of it can be carried over"));
  EXPECT_THAT(text, HasSubstr("its subnet is in none of the files"));
  EXPECT_THAT(text, HasSubstr("import `az network vnet list` too"));
}

TEST(Neighbour, SettingsOfBuildingBlocks) {
  EXPECT_THAT(
      findings_of({{"a.json", R"({"$schema": "https://host/template-building-blocks/master/schemas/buildingBlocks.json",
 "contentVersion": "1.0.0.0", "parameters": {"buildingBlocks": {"value": []}}})"}}),
      HasSubstr("are for Azure Building Blocks, and are no template"));
}

TEST(Neighbour, APageWithoutJsonIsNoYaml) {
  const auto text = findings_of(
      {{"a.md", "---\ntitle: BGP\ntopic: how-to\n---\n\n```azurecli\naz network vnet create -n hub\n```\n"}});
  EXPECT_THAT(text, HasSubstr("there is no JSON in it"));
  EXPECT_THAT(text, Not(HasSubstr("YAML")));
}

TEST(Neighbour, APieceOfATemplate) {
  const auto text = findings_of({{"a.md", R"(The local gateway:
```json
{"type": "Microsoft.Network/localNetworkGateways", "name": "[variables('localGateway')]", "properties": {"gatewayIpAddress": "[variables('address')]"}}
```
)"}});
  EXPECT_THAT(text, HasSubstr("resource microsoft.network/localnetworkgateways: is a part of an ARM template"));
  EXPECT_THAT(text, HasSubstr("import the whole template"));
}

TEST(Neighbour, APeeringWithoutItsCircuitIsOneNote) {
  const auto text = findings_of(
      {{"a.json",
        R"([{"id": ")" + id_of("expressRouteCircuits", "er1") +
            R"(/peerings/AzurePrivatePeering", "name": "AzurePrivatePeering", "vlanId": 100, "peerASN": 65020}])"}});
  EXPECT_THAT(text, HasSubstr("its circuit is in none of the files"));
  EXPECT_THAT(text, Not(HasSubstr("vlanId")));
}

// --- encodings and wrappers ------------------------------------------------------------------------------------------

std::string utf16(const std::string& text, bool has_mark) {
  std::string out = has_mark ? "\xff\xfe" : "";
  for (const char c : text) out += std::string{c, '\0'};
  return out;
}

struct Wrapped {
  const char* name;
  std::string content;
};

class Wrappers : public testing::TestWithParam<Wrapped> {};

TEST_P(Wrappers, AreOpened) {
  const auto out = import_texts({{"f", GetParam().content}}, "lab");
  EXPECT_THAT(out.topology, HasSubstr("10.7.1.0/24"));
  EXPECT_NO_THROW(model::read_text(out.topology, "a"));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Wrappers,
    testing::Values(
        Wrapped{"utf16", utf16(vnet("hub"), true)}, Wrapped{"utf16_without_mark", utf16(vnet("hub"), false)},
        Wrapped{"graph", R"({"count": 1, "data": [)" + vnet("hub") + R"(], "skip_token": null, "total_records": 1})"},
        Wrapped{"graph_table",
                R"({"data": {"columns": [{"name": "id"}, {"name": "name"}, {"name": "properties"}], "rows": [[")" +
                    id_of("virtualNetworks", "hub") + R"(", "hub", {"subnets": [{"name": "app", "properties":
 {"addressPrefix": "10.7.1.0/24"}}]}]]}})"},
        Wrapped{"create", R"({"newVNet": )" + vnet("hub") + "}"},
        Wrapped{"create_without_id",
                R"({"vnet": {"subnets": [{"name": "app", "addressPrefix": "10.7.1.0/24", "id": ")" +
                    id_of("virtualNetworks", "hub") + R"(/subnets/app"}]}})"},
        Wrapped{"page", R"({"value": [)" + vnet("hub") + R"(], "nextLink": null})"},
        Wrapped{"lists_of_lists", "[[" + vnet("hub") + "], []]"},
        Wrapped{"batch", R"({"responses": [{"content": {"value": [)" + vnet("hub") + "]}}]}"},
        Wrapped{"what_if", R"({"changes": [{"changeType": "Create", "before": null, "after": )" + vnet("hub") + "}]}"},
        Wrapped{"exported",
                R"({"template": {"$schema": "x/deploymentTemplate.json#", "contentVersion": "1", "resources": [
 {"type": "Microsoft.Network/virtualNetworks", "name": "hub", "properties": {"subnets": [{"name": "app", "properties":
 {"addressPrefix": "10.7.1.0/24"}}]}}]}})"},
        Wrapped{"powershell",
                R"({"Name": "hub", "Id": ")" + id_of("virtualNetworks", "hub") + R"(", "Subnets": [{"Name": "app",
 "AddressPrefix": ["10.7.1.0/24"]}]})"},
        Wrapped{"copied_from_a_page",
                "```\n{\xc2\xa0\n\xc2\xa0 \"value\":\xe2\x80\x8b [" + vnet("hub") + "]\xc2\xa0\n}\n```\n"},
        Wrapped{"without_id",
                R"({"type": "Microsoft.Network/virtualNetworks", "name": "hub", "properties": {"subnets": [
 {"name": "app", "properties": {"addressPrefix": "10.7.1.0/24"}}]}})"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Wrapper, SaysThatThereAreMorePages) {
  const auto out = import_texts({{"f", R"({"value": [)" + vnet("hub") + R"(], "nextLink": "https://more"})"}}, "lab");
  EXPECT_THAT(text_of(out.notes), HasSubstr("says that there are more pages"));
}

// --- pages -----------------------------------------------------------------------------------------------------------

class Pages : public testing::TestWithParam<Wrapped> {};

TEST_P(Pages, AreReadWhateverIsAround) {
  const auto out = import_texts({{"f", GetParam().content}}, "lab");
  EXPECT_THAT(out.topology, HasSubstr("10.7.1.0/24"));
  EXPECT_THAT(out.topology, Not(HasSubstr("10.8.")));
}

const std::string kAsked = "az network vnet show -g g -n hub";

INSTANTIATE_TEST_SUITE_P(
    Kinds, Pages,
    testing::Values(
        Wrapped{"prose_between", "# Runbook\n\n```azurecli\n" + kAsked +
                                     "\n```\n\nThe output is [like this](x):\n\n```output\n" + vnet("hub") + "\n```\n"},
        Wrapped{"json_fence_only",
                "Our hub (it's \"new\"):\n\n~~~json\n" + vnet("hub") + "\n~~~\nThat is all {really}.\n"},
        Wrapped{"fence_without_language", "Look:\n```\n" + vnet("hub") + "\n```\n"},
        Wrapped{"fence_of_another_language",
                "Look:\n```javascript\n" + vnet("hub") + "\n```\n```bicep\nresource x = {\n  a: [\n  1\n  ]\n}\n```\n"},
        Wrapped{"long_prompt",
                "anna@workstation-eng-0042:/mnt/c/Users/anna/Documents/projects/hybrid/lab-01/exports/today/more# " +
                    kAsked + "\n" + vnet("hub") + "\n"},
        Wrapped{"powershell", "PS C:\\Users\\anna> Get-AzVirtualNetwork -Name hub | ConvertTo-Json -Depth 20\r\n" +
                                  vnet("hub") + "\r\nPS C:\\Users\\anna>\r\n"},
        Wrapped{"zsh", "anna@mac exports % " + kAsked + "\n" + vnet("hub") + "\nanna@mac exports %\n"},
        Wrapped{"cloud_shell",
                "anna [ ~ ]$ " + kAsked + "\nWARNING: a preview\n" + vnet("hub") + "\nanna [ ~ ]$ exit\n"},
        Wrapped{"windows", "C:\\exports>" + kAsked + "\r\n" + vnet("hub") + "\r\n"},
        Wrapped{"arrow", "\xe2\x9d\xaf " + kAsked + "\n" + vnet("hub") + "\n"},
        Wrapped{"a_block_that_is_cut", "```json\n{\"id\": \"x\",\n  ...\n}\n```\n```json\n" + vnet("hub") + "\n```\n"},
        Wrapped{"two_lines_of_a_command", "$ az network vnet show \\\n  -g g -n hub\n" + vnet("hub") + "\n"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Page, SaysWhatWasPassedOver) {
  const auto out = import_texts({{"f.md", "Dear all,\n```json\n" + vnet("hub") +
                                              "\n```\n```bicep\nparam x int\n```\n```console\n$ az network nic list -o "
                                              "table\nName  Rg\n----  --\n```\n```json\n{\"id\": ...}\n```\n"}},
                                "lab");
  const auto notes = text_of(out.notes);
  EXPECT_THAT(notes, HasSubstr("f.md:1: page: has prose or tables from here on"));
  EXPECT_THAT(notes, HasSubstr("has a block of bicep"));
  EXPECT_THAT(notes, HasSubstr("az network nic list -o table: what follows is no JSON"));
  EXPECT_THAT(notes, HasSubstr("this block was passed over"));
}

// --- Terraform -------------------------------------------------------------------------------------------------------

std::string state(const std::string& resources) {
  return R"({"version": 4, "terraform_version": "1.9.5", "resources": [)" + resources + "]}";
}

std::string azapi(const std::string& attributes, const std::string& type = "azapi_resource",
                  const std::string& name = "hub") {
  return R"({"mode": "managed", "type": ")" + type + R"(", "name": ")" + name + R"(", "instances": [{"attributes": {)" +
         attributes + "}}]}";
}

const std::string kHub =
    R"("type": "Microsoft.Network/virtualNetworks@2023-09-01", "name": "hub", "parent_id": "/subscriptions/s/resourceGroups/g", )";

TEST(Azapi, AnObjectInItsBody) {
  const auto out = import_texts(
      {{"a", state(azapi(kHub + R"("body": {"properties": {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]},
 "subnets": [{"name": "app", "properties": {"addressPrefix": "10.7.1.0/24"}}]}})"))}},
      "lab");
  EXPECT_THAT(out.topology, HasSubstr("10.7.1.0/24"));
}

TEST(Azapi, ATextInItsBodyAndAnUpdate) {
  const auto out = import_texts(
      {{"a",
        state(azapi(kHub +
                    R"("body": "{\"properties\": {\"addressSpace\": {\"addressPrefixes\": [\"10.7.0.0/16\"]}}}")") +
              "," +
              azapi(R"("type": "Microsoft.Network/virtualNetworks/subnets@2023-09-01", "resource_id": ")" +
                        id_of("virtualNetworks", "hub") +
                        R"(/subnets/app", "body": {"properties": {"addressPrefix": "10.7.1.0/24"}})",
                    "azapi_update_resource", "app"))}},
      "lab");
  EXPECT_THAT(out.topology, HasSubstr("10.7.1.0/24"));
}

TEST(Azapi, OtherTypesAreNotes) {
  const auto out = import_texts(
      {{"a", state(azapi(kHub + R"("body": {"properties": {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]}}})") +
                   "," + azapi(R"("name": "x")", "azapi_data_plane_resource", "x"))}},
      "lab");
  EXPECT_THAT(text_of(out.notes), HasSubstr("azapi_data_plane_resource.x: resources of this type have no counterpart"));
}

/// A child of a module with for_each, whose parent's id is not known before it is applied.
TEST(Azapi, APlanThatDoesNotKnowYet) {
  const auto out = import_texts(
      {{"plan",
        R"({"format_version": "1.2", "planned_values": {"root_module": {"child_modules": [{"address": "module.net[\"a.b\"]", "resources": [
 {"address": "module.net[\"a.b\"].azapi_resource.hub", "mode": "managed", "type": "azapi_resource", "name": "hub", "values": {"type": "Microsoft.Network/virtualNetworks@2023-09-01", "name": "hub",
  "body": {"properties": {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]}}}}},
 {"address": "module.net[\"a.b\"].azapi_resource.app", "mode": "managed", "type": "azapi_resource", "name": "app", "values": {"type": "Microsoft.Network/virtualNetworks/subnets@2023-09-01", "name": "app",
  "body": {"properties": {"addressPrefix": "10.7.1.0/24"}}}}]}]}},
 "resource_changes": [{"address": "module.net[\"a.b\"].azapi_resource.app", "change": {"after_unknown": {"id": true, "parent_id": true, "body": {"properties": {"serviceEndpoints": true}}}}}],
 "configuration": {"root_module": {"module_calls": {"net": {"module": {"resources": [
  {"address": "azapi_resource.app", "expressions": {"parent_id": {"references": ["azapi_resource.hub.id", "azapi_resource.hub"]}, "body": {}}}]}}}}}})"}},
      "lab");
  EXPECT_THAT(out.topology, HasSubstr("10.7.1.0/24"));
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("azapi_resource.app: body.properties.serviceEndpoints: is known only after apply"));
}

TEST(Terraform, WhatIsGivenAndNotKnownIsSaid) {
  const auto out = import_texts({{"plan", R"({"format_version": "1.2", "planned_values": {"root_module": {"resources": [
 {"address": "azurerm_virtual_network.hub", "mode": "managed", "type": "azurerm_virtual_network", "name": "hub", "values": {"name": "hub", "resource_group_name": "g", "address_space": ["10.7.0.0/16"]}}]}},
 "resource_changes": [{"address": "azurerm_virtual_network.hub", "change": {"after_unknown": {"id": true, "guid": true, "ddos_protection_plan": [{"enable": true}]}}}],
 "configuration": {"root_module": {"resources": [{"address": "azurerm_virtual_network.hub", "expressions": {"ddos_protection_plan": [{"enable": {"references": ["random_id.x"]}}]}}]}}})"}},
                                "lab");
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("azurerm_virtual_network.hub: ddos_protection_plan[0].enable: is known only after apply"));
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("guid")));
}

TEST(Terraform, DataAreSaid) {
  const auto out = import_texts(
      {{"a",
        state(
            azapi(kHub + R"("body": {"properties": {"addressSpace": {"addressPrefixes": ["10.7.0.0/16"]}}})") +
            R"(, {"mode": "data", "type": "azurerm_virtual_network", "name": "old", "instances": [{"attributes": {"id": ")" +
            id_of("virtualNetworks", "old") + R"("}}]})")}},
      "lab");
  EXPECT_THAT(text_of(out.notes), HasSubstr("data.azurerm_virtual_network.old: is read from Azure, not made here"));
}

}  // namespace
}  // namespace xconn::importing
