// SPDX-License-Identifier: Apache-2.0
// What is broken on purpose: every rule that may be named can be broken, by the file of its name in tests/unit/bad/,
// and what breaks it is still built.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "model/read.hh"
#include "model/rules.hh"
#include "nodes/make_plan.hh"
#include "tests/source_dir.hh"

namespace xconn::nodes {
namespace {

using Codes = std::set<std::string>;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

model::Document bad(const std::string& name) {
  return model::Document::load(std::string(kSourceDir) + "/tests/unit/bad/" + name + ".yaml");
}

Codes codes_of(const std::vector<Finding>& findings) {
  Codes codes;
  for (const auto& finding : findings) codes.insert(finding.code);
  return codes;
}

Codes broken_in(const model::Document& document) {
  try {
    (void)model::read(document);
  } catch (const TopologyError& error) {
    return codes_of(error.findings());
  }
  return {};
}

void expect(model::Document& document, const Codes& codes) {
  std::string list;
  for (const auto& code : codes) list += (list.empty() ? "" : ", ") + code;
  document.put({"expect-broken"}, model::parse_value("[" + list + "]"));
}

std::string mistakes(const model::Document& document) {
  try {
    (void)model::read(document);
  } catch (const TopologyError& error) {
    return error.what();
  }
  return "";
}

class Breach : public testing::TestWithParam<model::Rehearsable> {};

TEST_P(Breach, IsBuilt) {
  auto document = bad(std::string(GetParam().code));
  const auto codes = broken_in(document);
  ASSERT_TRUE(codes.contains(std::string(GetParam().code)));
  expect(document, codes);
  const auto topology = model::read(document);
  EXPECT_EQ(codes_of(topology.breaches), codes);
  EXPECT_FALSE(make_plan(topology).nodes.empty());
}

INSTANTIATE_TEST_SUITE_P(Rules, Breach, testing::ValuesIn(model::rehearsable_rules()),
                         [](const auto& row) { return std::string(row.param.code); });

/// The files of examples: "T13", "V13-announced".
std::vector<std::string> examples() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(std::string(kSourceDir) + "/tests/unit/bad"))
    if (std::isupper(static_cast<unsigned char>(file.path().filename().string().front())))
      names.push_back(file.path().stem().string());
  std::ranges::sort(names);
  return names;
}

class AnyBreach : public testing::TestWithParam<std::string> {};

/// Every example, broken on purpose, either gives a plan or is refused with its place.
TEST_P(AnyBreach, IsBuiltOrRefused) {
  auto document = bad(GetParam());
  expect(document, {GetParam().substr(0, GetParam().find('-'))});
  try {
    EXPECT_FALSE(make_plan(model::read(document)).nodes.empty());
  } catch (const TopologyError& error) {
    EXPECT_THAT(error.what(), HasSubstr(".yaml:"));
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, AnyBreach, testing::ValuesIn(examples()), [](const auto& row) {
  auto name = row.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(Breaches, EveryRuleOfFilesHasAnExample) {
  const auto files = examples();
  for (const auto& rule : model::rules())
    if (rule.when == model::When::kFile) {
      EXPECT_TRUE(std::ranges::count(files, rule.code) > 0) << rule.code;
    }
}

TEST(Breaches, AnotherMistakeIsStillOne) {
  auto document = bad("V18");
  expect(document, {"V18"});
  document.put({"circuits", "er1", "connections"}, "typo");
  EXPECT_THAT(mistakes(document), HasSubstr("connections"));
  EXPECT_THAT(mistakes(document), testing::Not(HasSubstr("[V18]")));
}

TEST(Breaches, ARuleThatHoldsIsAnError) {
  auto document = bad("V18");
  expect(document, {"V17", "V18"});
  EXPECT_THAT(mistakes(document), HasSubstr("V17 is expected to be broken, but holds"));
}

TEST(Breaches, WhatCannotBeBuiltCannotBeNamed) {
  auto document = bad("V18");
  document.put({"expect-broken"}, model::parse_value("[V18, T19, V18, V99]"));
  const auto said = mistakes(document);
  EXPECT_THAT(said, HasSubstr("'T19': it is the code of a rule that can be broken and yet built; T19 cannot be named: "
                              "nothing could be built"));
  EXPECT_THAT(said, HasSubstr("'V99': it is the code of a rule that can be broken and yet built; use T12, T13"));
}

/// "ce bgp 192.0.2.2": what the lab of an example is to have.
std::vector<std::string> promised(const std::string& name) {
  auto document = bad(name);
  expect(document, broken_in(document));
  std::vector<std::string> facts;
  for (const auto& fact : make_plan(model::read(document)).facts)
    facts.push_back(fact.node + " " + fact.kind + " " + fact.subject);
  return facts;
}

TEST(Breaches, WhatOneSideSaysAloneIsPromised) {
  EXPECT_THAT(promised("T20"), IsSupersetOf({"ce bgp 192.0.2.2", "er1-msee1 bgp 192.0.2.1", "er1-msee2 bgp 192.0.2.5"}))
      << "another AS number";
  EXPECT_THAT(promised("V12"), IsSupersetOf({"ce bgp 192.0.2.2", "er1-msee1 bgp 192.0.2.1", "er1-msee2 bgp 192.0.2.5"}))
      << "another address";
  EXPECT_THAT(promised("T27"), IsSupersetOf({"a bgp 10.20.0.2", "b bgp 10.20.0.1", "a bgp 10.20.0.6",
                                             "a bgp 10.20.0.10", "edge bgp 10.1.255.24"}))
      << "no neighbor there, or no BGP";
  EXPECT_THAT(promised("T29"), Contains("edge-az child-sa az/az")) << "nobody initiates";
}

TEST(Breaches, WhatSleepsIsNotPromised) {
  auto document = bad("V18");
  document.put({"gateways", "vpn-gw", "active-active"}, model::parse_value("false"));
  expect(document, broken_in(document));
  for (const auto& fact : make_plan(model::read(document)).facts)
    EXPECT_FALSE(fact.node == "vpn-gw-1" && (fact.subject == "10.9.0.1" || fact.kind == "child-sa")) << fact.subject;
}

TEST(Breaches, ATopologyWithoutThemHasNone) { EXPECT_THAT(model::read(bad("base")).breaches, IsEmpty()); }

}  // namespace
}  // namespace xconn::nodes
