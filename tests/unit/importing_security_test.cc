// SPDX-License-Identifier: Apache-2.0
// Security rules of which something is not known: never wider than the file's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;

std::string group_with(const std::string& rule) {
  return vnet("app", "10.44.0.0/16", subnet("default", "10.44.1.0/24")) +
         resource("Microsoft.Network/networkSecurityGroups", "guard",
                  R"("securityRules": [{"name": "ops", "priority": 200, )" + rule + "}]");
}

struct Case {
  const char *what, *rule, *reason;
};

class UnknownRule : public testing::TestWithParam<Case> {};

TEST_P(UnknownRule, IsLeftOutWithANote) {
  const auto out = imported(group_with(GetParam().rule));
  EXPECT_TRUE(topology_of(out).nsgs.at(0).rules.empty()) << out.topology;
  EXPECT_THAT(text_of(out.notes), HasSubstr("security rule guard/ops: nothing is left of one of its sides: " +
                                            std::string(GetParam().reason)));
  EXPECT_THAT(text_of(out.notes), HasSubstr("the rule was left out, for empty would mean any"));
}

INSTANTIATE_TEST_SUITE_P(
    Sides, UnknownRule,
    testing::Values(
        Case{"no source",
             R"("direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": null,
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22")",
             "sourceAddressPrefix has no value in the files"},
        Case{"a source that is not there",
             R"("direction": "Inbound", "access": "Allow", "protocol": "Tcp",
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22")",
             "sourceAddressPrefix has no value in the files"},
        Case{"an empty list",
             R"("direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefixes": [],
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22")",
             "sourceAddressPrefix has no value in the files"},
        Case{"a service tag",
             R"("direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "AzureCloud",
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22")",
             "sourceAddressPrefix = AzureCloud is no IPv4 prefix and no service tag"},
        Case{"no destination",
             R"("direction": "Outbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*",
 "sourcePortRange": "*", "destinationAddressPrefixes": [null], "destinationPortRange": "22")",
             "destinationAddressPrefix has no value"},
        Case{"no port",
             R"("direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "10.0.0.0/8",
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": null)",
             "destinationPortRange has no value"},
        Case{"an application security group",
             R"("direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*",
 "sourceApplicationSecurityGroups": [{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/web"}],
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22")",
             "sourceApplicationSecurityGroups names application security groups"}));

class UnknownWord : public testing::TestWithParam<Case> {};

TEST_P(UnknownWord, IsLeftOutAndSaidOfTheRuleThatItIs) {
  const auto out = imported(group_with(std::string(GetParam().rule) + R"(, "sourceAddressPrefix": "10.0.0.0/8",
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22", "priority": 200)"));
  EXPECT_TRUE(topology_of(out).nsgs.at(0).rules.empty()) << out.topology;
  EXPECT_THAT(text_of(out.notes), HasSubstr("security rule guard/ops: " + std::string(GetParam().reason)));
}

INSTANTIATE_TEST_SUITE_P(
    Words, UnknownWord,
    testing::Values(Case{"no protocol", R"("direction": "Inbound", "access": "Allow")",
                         "protocol has no value in the files; the rule was left out: nothing allows it now"},
                    Case{"a protocol of tomorrow", R"("direction": "Inbound", "access": "Deny", "protocol": "Sctp")",
                         "protocol is not known here; the rule was left out: nothing denies it now"},
                    Case{"no direction", R"("access": "Allow", "protocol": "Tcp")",
                         "direction has no value in the files; the rule was left out: nothing allows it now"},
                    Case{"no access", R"("direction": "Inbound", "protocol": "Tcp")",
                         "access has no value in the files; the rule was left out: it may be one that denies"}));

TEST(SecurityRule, WithoutAPriorityIsLeftOut) {
  auto text = group_with(R"("direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*",
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22")");
  text.replace(text.find("200"), 3, "null");
  EXPECT_THAT(text_of(imported(text).notes), HasSubstr("security rule guard/ops: priority has no value in the files; "
                                                       "the rule was left out: nothing allows it now"));
}

TEST(SecurityRule, ADenialThatLostAPartIsNamed) {
  const auto out = imported(group_with(
      R"("direction": "Inbound", "access": "Deny", "protocol": "*", "sourceAddressPrefixes": ["10.9.0.0/16", null],
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*")"));
  EXPECT_EQ(topology_of(out).nsgs.at(0).rules.at(0).sources, std::vector<std::string>{"10.9.0.0/16"});
  EXPECT_THAT(text_of(out.notes),
              HasSubstr("security rule guard/ops: sourceAddressPrefixes: has no value in the files; "
                        "it was left out: the rule denies less now"));
}

TEST(SecurityRule, SaysThatADenialIsGone) {
  const auto out = imported(group_with(
      R"("direction": "Inbound", "access": "Deny", "protocol": "*", "sourceAddressPrefix": null, "sourcePortRange": "*",
 "destinationAddressPrefix": "*", "destinationPortRange": "*")"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("the rule was left out: nothing denies it now"));
}

TEST(SecurityRule, KeepsWhatIsLeftOfAList) {
  const auto out = imported(group_with(
      R"("direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefixes": ["10.9.0.0/16", "10.X.X.0/24"],
 "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRanges": ["22", "8000-8010"])"));
  const auto rule = topology_of(out).nsgs.at(0).rules.at(0);
  EXPECT_EQ(rule.sources, std::vector<std::string>{"10.9.0.0/16"});
  EXPECT_EQ(rule.destination_ports.size(), 2U);
  EXPECT_THAT(text_of(out.notes), HasSubstr("sourceAddressPrefixes = 10.X.X.0/24: is a placeholder"));
}

TEST(SecurityRule, TakesEmptyListsOfApplicationSecurityGroupsForNothing) {
  const auto out = imported(group_with(
      R"("direction": "Inbound", "access": "Allow", "protocol": "TCP", "sourceApplicationSecurityGroups": [],
 "destinationApplicationSecurityGroups": [], "sourceAddressPrefix": "10.9.0.0/16", "sourceAddressPrefixes": [],
 "sourcePortRange": "*", "destinationAddressPrefix": "Any", "destinationPortRange": "3389")"));
  const auto rule = topology_of(out).nsgs.at(0).rules.at(0);
  EXPECT_EQ(rule.sources, std::vector<std::string>{"10.9.0.0/16"});
  EXPECT_TRUE(rule.destinations.empty());
}

TEST(SecurityRule, OfATemplateWithoutItsParameter) {
  const auto out = imported(arm_template(R"("from": {"type": "string"})", R"({
 "type": "Microsoft.Network/networkSecurityGroups", "name": "guard", "properties": {"securityRules": [
  {"name": "ops", "properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
   "sourceAddressPrefix": "[parameters('from')]", "sourcePortRange": "*", "destinationAddressPrefix": "*",
   "destinationPortRange": "22"}}]}},
 {"type": "Microsoft.Network/virtualNetworks", "name": "spoke", "location": "northeurope", "properties": {
  "addressSpace": {"addressPrefixes": ["10.9.0.0/16"]},
  "subnets": [{"name": "app", "properties": {"addressPrefix": "10.9.1.0/24"}}]}})"));
  EXPECT_TRUE(topology_of(out).nsgs.at(0).rules.empty());
  EXPECT_THAT(text_of(out.notes), HasSubstr("wants parameter from, which has no value"));
}

}  // namespace
}  // namespace xconn::importing
