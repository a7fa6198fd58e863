// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "az/refusal.hh"
#include "az_setting.hh"

namespace xconn::az {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

struct Complaint {
  std::string text;
  int exit_code;
};

Complaint complaint(const std::string& line) {
  try {
    run(line);
  } catch (const Refusal& refusal) {
    return {refusal.what(), refusal.exit_code()};
  }
  return {"none", 0};
}

TEST(CommandLine, TakesOptionsInAnyOrderAndForm) {
  for (const auto* line :
       {"network express-route show --name er1 -o table", "network express-route show -o table -n er1",
        "network express-route show --name=er1 --output=table", "network express-route show --na er1 --out table"}) {
    const auto arguments = parse(words(line));
    EXPECT_EQ(arguments.options.at("name"), "er1") << line;
    EXPECT_EQ(arguments.output, "table") << line;
  }
}

TEST(CommandLine, ComplainsAsAzDoes) {
  const std::vector<std::tuple<const char*, const char*, int>> expected{
      {"network express-route peering show --circuit-name useasterc1cust1 --peering-type AzurePrivatePeering",
       "unrecognized arguments: --peering-type AzurePrivatePeering", 2},
      {"network express-route show -n er1 again", "unrecognized arguments: again", 2},
      {"network express-route show", "the following arguments are required: --name/-n", 2},
      {"network express-route show -n", "argument --name/-n: expected one argument", 2},
      {"network express-route list -o xml",
       "argument --output/-o: invalid choice: 'xml' (choose from 'json', 'jsonc', 'none', 'table', 'tsv', 'yaml', "
       "'yamlc')",
       2},
      {"network vnet peering sync -g lab --vnet-name hub -n to-spoke",
       "'network vnet peering sync' changes the lab, and xconn az only reads it; write xconn vnet-peering sync VNET "
       "NAME",
       2},
      {"network vpn-connection create -n c1",
       "'network vpn-connection create' changes the lab, and xconn az only reads it; write xconn connection create "
       "NAME "
       "KEY=VALUE ...",
       2},
      {"network vnet-gateway sync", "'sync' is misspelled or not recognized by the system.", 2},
      {"network express-rout list", "'express-rout' is misspelled or not recognized by the system.", 2},
      {"network express-route show -n er9",
       "(ResourceNotFound) The Resource 'Microsoft.Network/expressRouteCircuits/er9' under resource group "
       "'private-peering' was not "
       "found. For more details please go to https://aka.ms/ARMResourceNotFoundFix\nCode: ResourceNotFound\nMessage: "
       "The Resource ",
       3},
      {"network vnet-gateway show -n gw9",
       "(ResourceNotFound) The Resource 'Microsoft.Network/virtualNetworkGateways/gw9'", 3},
      {"network vpn-connection show -n c9", "(ResourceNotFound) The Resource 'Microsoft.Network/connections/c9'", 3},
      {"network vnet show -n v9", "(ResourceNotFound) The Resource 'Microsoft.Network/virtualNetworks/v9'", 3},
      {"network express-route peering show --circuit-name useasterc1cust1 -n MicrosoftPeering",
       "(NotFound) Resource /subscriptions/", 3},
      {"network express-route list-arp-tables -n useasterc1cust1 --peering-name MicrosoftPeering --path primary",
       "(ResourceNotFound) Can not find any subinterface for peering type 'MicrosoftPeering'", 3},
      {"network express-route list-arp-tables -n useasterc1cust1 --peering-name AzurePrivatePeering --path third",
       "(InternalServerError) Sequence contains no matching element", 1},
  };
  for (const auto& [line, text, exit_code] : expected) {
    const auto said = complaint(line);
    EXPECT_THAT(said.text, StartsWith(text)) << line;
    EXPECT_EQ(said.exit_code, exit_code) << line;
  }
}

TEST(CommandLine, AnIdentityStandsForTheNamesInIt) {
  const auto circuit = run("network express-route show -n useasterc1cust1");
  const auto id = circuit["id"].get<std::string>();
  EXPECT_EQ(run("network express-route show --ids " + id), circuit);
  EXPECT_EQ(run("network express-route peering show --ids " + id + "/peerings/AzurePrivatePeering"),
            circuit["peerings"][0]);
  EXPECT_EQ(parse(words("network express-route show --ids " + id)).options.at("resource-group"), "private-peering");
}

TEST(CommandLine, HelpListsTheCommandsOfAGroup) {
  EXPECT_THAT(parse({"network", "vnet-gateway"}).help, HasSubstr("network vnet-gateway list-learned-routes"));
  EXPECT_THAT(parse(words("network express-route show -h")).help, HasSubstr("--name/-n"));
}

TEST(Output, TableIsTabulates) {
  EXPECT_EQ(printed("network express-route list-service-providers -o table"),
            "Name      ProvisioningState    ResourceGroup\n"
            "--------  -------------------  ---------------\n"
            "exchange  Succeeded\n");
  EXPECT_THAT(printed("network express-route list -o table"),
              StartsWith("AllowClassicOperations    CircuitProvisioningState    GatewayManagerEtag    "
                         "GlobalReachEnabled    Location    "
                         "Name             ProvisioningState    ResourceGroup    ServiceKey                            "
                         "ServiceProviderProvisioningState    Stag\n------------------------  --"));
  EXPECT_EQ(printed("network vnet list -o table"),
            "Name           ResourceGroup    Location    NumSubnets    Prefixes        DnsServers    DDOSProtection    "
            "VMProtection\n"
            "-------------  ---------------  ----------  ------------  --------------  ------------  ----------------  "
            "--------------\n"
            "erspvnetcust1  private-peering  eastus      2             10.0.4.0/24                   False\n"
            "vnet1          private-peering  eastus      0             10.0.100.32/27                False\n");
}

std::string shown(const json& value, const std::string& output, const std::string& query) {
  auto arguments = parse(words("network express-route list -o " + output));
  arguments.query = query;
  return text_of(value, arguments, false);
}

TEST(Output, OfAQueryKeepsItsOrder) {
  const json value = json::array({{{"name", "er1"}, {"a", nullptr}, {"isUp", true}, {"list", {1, 2}}}});
  const std::string query = "[].{name: name, isUp: x, \"list\": peerings, a: y}";
  EXPECT_EQ(shown(value, "tsv", query), "er1\tTrue\t2\tNone\n");
  EXPECT_EQ(shown(value, "table", query), "Name    IsUp\n------  ------\ner1     True\n");
  EXPECT_EQ(shown(json("Provisioned"), "tsv", "[0].x"), "Provisioned\n");
  EXPECT_EQ(shown(json(true), "tsv", "[0].x"), "true\n");
  EXPECT_EQ(shown(json(nullptr), "json", "[0].x"), "") << "nothing was found";
  EXPECT_EQ(shown(json({"a", "b"}), "table", "[].name"), "Result\n--------\na\nb\n");
  EXPECT_THROW(shown(json::array({{{"list", json::array()}}}), "table", "[]"), Refusal);
}

TEST(Output, YamlReadsBack) {
  EXPECT_EQ(
      shown(json::parse(
                R"({"b": [{"x": 1, "y": []}, {"x": "2"}], "a": {"t": "true", "s": "it's", "n": null, "p": "I\n "}})"),
            "yaml", ""),
      "a:\n  'n': null\n  p: \"I\\n \"\n  s: 'it''s'\n  t: 'true'\nb:\n- x: 1\n  'y': []\n- x: '2'\n");
  EXPECT_EQ(shown(json::array(), "json", ""), "[]\n");
  EXPECT_EQ(shown(json::array(), "none", ""), "");
}

}  // namespace
}  // namespace xconn::az
