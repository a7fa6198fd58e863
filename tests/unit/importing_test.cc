// SPDX-License-Identifier: Apache-2.0
// Exports of every kind against the topologies and notes that were reviewed. XCONN_UPDATE_GOLDEN=1 writes them anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "importing/import.hh"
#include "model/read.hh"
#include "tests/golden.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

std::string file_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Text> texts_of(const std::string& folder) {
  std::vector<Text> texts;
  const fs::path source = fs::path(kSourceDir) / "tests/data/import" / folder;
  for (const auto& entry : fs::directory_iterator(source))
    texts.push_back({entry.path().filename().string(), file_text(entry.path())});
  std::ranges::sort(texts, {}, &Text::file);
  return texts;
}

std::string text_of(const std::vector<Note>& notes) {
  std::string out;
  for (const auto& note : notes) out += to_string(note) + "\n";
  return out;
}

class Exports : public testing::TestWithParam<const char*> {};

TEST_P(Exports, BecomeTheReviewedTopology) {
  const std::string name = GetParam();
  const auto imported = import_texts(texts_of(name), name);
  expect_golden(imported.topology, "import-" + name + ".yaml");
  expect_golden(text_of(imported.notes), "import-" + name + ".notes");
  EXPECT_NO_THROW(model::read_text(imported.topology, "imported.yaml"));
}

TEST_P(Exports, DoNotDependOnTheOrderOfTheFiles) {
  auto texts = texts_of(GetParam());
  const auto forth = model::read_text(import_texts(texts, "lab").topology, "a");
  std::ranges::reverse(texts);
  const auto back = model::read_text(import_texts(texts, "lab").topology, "b");
  EXPECT_EQ(forth.nodes.size(), back.nodes.size());
  EXPECT_EQ(forth.circuits.size(), back.circuits.size());
  EXPECT_EQ(forth.vnets.size(), back.vnets.size());
  EXPECT_EQ(forth.connections.size(), back.connections.size());
}

INSTANTIATE_TEST_SUITE_P(Kinds, Exports,
                         testing::Values("az-2021", "az-2026", "az-firewall", "arm", "arm-appliances", "notes",
                                         "terraform-plan", "terraform-state"));

/// A circuit whose peering has this AS number.
std::string circuit(const std::string& asn, const std::string& name = "er1") {
  const auto id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/expressRouteCircuits/" + name;
  return R"({"id": ")" + id + R"(", "name": ")" + name + R"(", "stag": 29, "peerings": [
  {"name": "AzurePrivatePeering", "peerASN": )" +
         asn + R"(, "vlanId": 28,
   "primaryPeerAddressPrefix": "192.0.2.96/30", "secondaryPeerAddressPrefix": "192.0.2.100/30"}]})";
}

Imported imported(const std::string& text) { return import_texts({{"a.json", text}}, "lab"); }

class WrongAsn : public testing::TestWithParam<const char*> {};

TEST_P(WrongAsn, IsSaidAndNeverHandedOn) {
  const auto out = imported(circuit(GetParam()));
  EXPECT_THAT(text_of(out.notes), HasSubstr("a.json:2: peering er1/AzurePrivatePeering: peerASN"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("the customer has AS 65001"));
  EXPECT_EQ(model::read_text(out.topology, "a").circuits.at(0).private_peering->peer_asn.value(), 65001U);
}

INSTANTIATE_TEST_SUITE_P(Asns, WrongAsn,
                         testing::Values("4514841457", "4854741111", "0", "-1", "12076", "65515", "23456",
                                         "\"<redacted>\"", "\"65001 no more\"", "1e3", "[65001]",
                                         "99999999999999999999999999"));

TEST(Import, KeepsARightAsn) {
  const auto out = imported(circuit("429496729"));  // printed in Microsoft's list of reserved ones with a digit lost
  EXPECT_EQ(model::read_text(out.topology, "a").circuits.at(0).private_peering->peer_asn.value(), 429496729U);
}

TEST(Import, SameCircuitTwiceIsOne) {
  const auto out = imported(circuit("65001") + "\n" + circuit("65001"));
  EXPECT_EQ(model::read_text(out.topology, "a").circuits.size(), 1U);
}

TEST(Import, ACutLeavesAComma) {
  const auto cut =
      imported("[" + circuit("65001") + ",\n<snipped for brevity>\n" + circuit("65001", "er2,]") + ",\n  ]");
  EXPECT_EQ(model::read_text(cut.topology, "a").circuits.size(), 2U);
  EXPECT_THAT(text_of(cut.notes), HasSubstr("er2,]")) << "what is in quotes stays";
}

/// A rule that was cut out may be the one that denies.
TEST(Import, WhatIsCutOutOfAListIsTold) {
  for (const std::string mark : {"...", "<snipped>", "... 12 more ..."}) {
    const auto first = imported("[\n" + mark + "\n" + circuit("65001") + "]");
    EXPECT_THAT(text_of(first.notes), HasSubstr("a.json:2: input = " + mark + ": something was cut out")) << mark;
    const auto last = imported("[" + circuit("65001") + "\n" + mark + "\n]");
    EXPECT_THAT(text_of(last.notes), HasSubstr("something was cut out")) << mark;
    const auto between = imported(circuit("65001") + "\n" + mark + "\n" + circuit("65001", "er2"));
    EXPECT_THAT(text_of(between.notes), Not(HasSubstr("something was cut out"))) << "two whole documents: " << mark;
  }
}

TEST(Import, SaysWhereTwoFilesDiffer) {
  const auto out = imported(circuit("65001") + "\n" + circuit("65002"));
  EXPECT_THAT(text_of(out.notes), HasSubstr("a.json:5: er1/AzurePrivatePeering: peerASN = 65002: is 65001 where"));
}

TEST(Import, NamesThatAreTakenOrImpossible) {
  const auto out =
      imported(circuit("65001", "er 1;rm -rf $HOME") + circuit("65001", "er-1") + circuit("65001", "../.."));
  const auto topology = model::read_text(out.topology, "a");
  ASSERT_EQ(topology.circuits.size(), 3U);
  EXPECT_EQ(topology.circuits[0].name, "er-1-rm-rf-HOME");
  EXPECT_EQ(topology.circuits[2].name, "unnamed");
  EXPECT_THAT(text_of(out.notes), HasSubstr("is no name that a node can have"));
}

std::string vnet(const std::string& name) {
  return R"({"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/)" + name +
         R"(", "name": ")" + name + R"(", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [
  {"name": "default", "addressPrefix": "10.0.0.0/24"}]})";
}

TEST(Import, ALabHasEachPrefixOnce) {
  const auto out = imported(vnet("a") + vnet("b"));
  const auto topology = model::read_text(out.topology, "a");
  ASSERT_EQ(topology.vnets.size(), 1U);
  EXPECT_EQ(topology.vnets[0].name, "a");
  EXPECT_THAT(text_of(out.notes), HasSubstr("VNet b: addressSpace: 10.0.0.0/16 overlaps with another VNet's"));
  EXPECT_THAT(text_of(out.notes), testing::Not(HasSubstr("subnet b/default"))) << "it goes with its VNet";
}

TEST(Import, ARuleThatLostItsSourcesIsNoRuleForAll) {
  const auto nsg = R"({"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n",
 "name": "n", "securityRules": [
  {"name": "bad", "priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
   "sourceAddressPrefix": "10.X.X.0/24", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"},
  {"name": "good", "priority": 110, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
   "sourceAddressPrefix": "internet", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443"}]})";
  const auto out = imported(vnet("a") + nsg);
  const auto topology = model::read_text(out.topology, "a");
  ASSERT_EQ(topology.nsgs.at(0).rules.size(), 1U);
  EXPECT_EQ(topology.nsgs[0].rules[0].name, "good");
  EXPECT_THAT(text_of(out.notes), HasSubstr("security rule n/bad: nothing is left of one of its sides"));
}

TEST(Import, SecretsAreNeverShown) {
  const auto text = R"({"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/connections/c",
 "connectionType": "IPsec", "sharedKey": "topsecret 1"})";
  const auto out = imported(vnet("a") + text);
  EXPECT_THAT(text_of(out.notes), HasSubstr("connection c"));
  EXPECT_THAT(text_of(out.notes), testing::Not(HasSubstr("topsecret")));
}

TEST(Import, UnknownTypesAreNotesOnly) {
  const auto out =
      imported(circuit("65001") +
               R"([{"id": "/subscriptions/s/resourceGroups/g/providers/Contoso.Widgets/gears/g1", "name": "g1"}])");
  EXPECT_THAT(text_of(out.notes), HasSubstr("contoso.widgets/gears g1: resources of this type have no counterpart"));
}

}  // namespace
}  // namespace xconn::importing
