// SPDX-License-Identifier: Apache-2.0
// A fault in a drill and one of `xconn fault` are read by the same tables: the same mistake is told in the same words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drill/drill.hh"
#include "faults/kinds.hh"
#include "faults/request.hh"
#include "faults/site.hh"
#include "faults/targets.hh"

namespace xconn::drill {
namespace {

using testing::IsEmpty;

/// Of everything that a fault may be done to, one.
faults::Inventory inventory() {
  faults::Inventory made;
  made.nodes = {"n", "m"};
  made.links = {{{"n", "i"}, {"m", "i"}, {}, {}, {}, {}}};
  made.daemons = {{"n", "bgpd"}};
  made.members = {{"n", "wan", "i"}};
  made.speakers = {{"n", "msee", "", {.neighbors = {{.address = *Address::parse("192.0.2.2")}}}}};
  made.sub_interfaces = {{"n", "i.28", "i", {{28}}}};
  made.tunnels = {{"n", "vpn", "charon"}};
  made.numbered = {{"n", "i", *InterfaceAddress::parse("192.0.2.1/30")}};
  made.routes = {{"n", *Prefix::parse("10.0.0.0/8")}};
  return made;
}

using Words = std::map<std::string, std::string>;

/// "field = value: rule; remedy" of each finding.
using Said = std::vector<std::string>;

Said said(const std::vector<Finding>& findings) {
  Said all;
  for (const auto& one : findings) {
    const auto field = one.field.substr(one.field.rfind('.') + 1);
    all.push_back(field + ": " + one.rule + "; " + one.remedy);
  }
  std::ranges::sort(all);
  return all;
}

Said said_by_fault(const std::string& kind, const std::string& target, const Words& parameters) {
  std::vector<std::string> words{kind, target};
  for (const auto& [name, value] : parameters) words.push_back(name + "=" + value);
  try {
    faults::validate(faults::parse(words), inventory());
  } catch (const TopologyError& error) {
    return said(error.findings());
  }
  return {};
}

Said said_by_drill(const std::string& kind, const std::string& target, const Words& parameters) {
  std::string step = "{at: 1s, fault: " + kind + ", on: '" + target + "'";
  for (const auto& [name, value] : parameters) step += ", " + name + ": '" + value + "'";
  try {
    read_text(
        "name: d\ntopology: t\nduration: 4s\nflows: {f: {from: n, to: m}}\nexpect: [alive: {flow: f}]\ntimeline: [" +
            step + "}]\n",
        "d.yaml");
  } catch (const TopologyError& error) {
    return said(error.findings());
  }
  return {};
}

/// What is right for each parameter.
const Words kGood{{"loss", "30%"},           {"delay", "20ms"}, {"jitter", "5ms"},  {"reorder", "1%"},
                  {"duplicate", "1%"},       {"corrupt", "1%"}, {"rate", "1Mbps"},  {"period", "1s"},
                  {"duty", "25%"},           {"size", "1400"},  {"traffic", "esp"}, {"count", "10"},
                  {"network", "10.0.0.0/8"}, {"what", "psk"},   {"notice", "now"},  {"direction", "in"}};

Words good_of(const faults::Kind& kind) {
  Words words;
  for (const auto& parameter : kind.parameters)
    words[std::string(parameter.name)] = kGood.at(std::string(parameter.name));
  return words;
}

class EveryKind : public testing::TestWithParam<faults::Kind> {
 protected:
  const std::string kind_{GetParam().name};
  const Words good_ = good_of(GetParam());
  const std::string target_ = faults::targets(faults::Request{kind_, {}, good_, {}}, inventory()).at(0);

  Said said_by_both(const Words& parameters) const {
    const auto by_fault = said_by_fault(kind_, target_, parameters);
    EXPECT_EQ(said_by_drill(kind_, target_, parameters), by_fault);
    return by_fault;
  }
};

TEST_P(EveryKind, TakesTheSameValues) { EXPECT_THAT(said_by_both(good_), IsEmpty()); }

TEST_P(EveryKind, RefusesTheSameValues) {
  for (const auto& [name, value] : good_) {
    std::size_t refused = 0;
    for (const auto* wrong : {"soon", "-1", "0", "1e99", "0ms", "101%", "1bps", "67", "65536", "10.0.0.0/25", "no"}) {
      auto words = good_;
      words[name] = wrong;
      refused += said_by_both(words).size();
    }
    EXPECT_GE(refused, 9U) << name << ": of a duration 0 and 0ms are right, of a count 67";
    EXPECT_LE(refused, 11U) << name;
  }
}

TEST_P(EveryKind, NeedsTheSameParameters) {
  for (const auto& parameter : GetParam().parameters) {
    auto words = good_;
    words.erase(std::string(parameter.name));
    EXPECT_EQ(said_by_both(words).size(), parameter.default_value.empty() ? 1U : 0U) << parameter.name;
  }
}

TEST_P(EveryKind, KnowsNoOtherParameter) {
  for (const auto& [name, value] : good_) {
    auto words = good_;
    words[name + "x"] = value;
    EXPECT_EQ(said_by_both(words).size(), 1U) << name;
  }
}

TEST_P(EveryKind, LastsForAWhile) {
  for (const auto* wrong : {"0", "0s", "soon", "5"}) {
    auto words = good_;
    words["for"] = wrong;
    EXPECT_EQ(said_by_both(words).size(), 1U) << wrong;
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryKind, testing::ValuesIn(faults::kinds()), [](const auto& each) {
  std::string name(each.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(DrillFault, AKindThatIsNone) {
  for (const std::string kind : {"carier", "explode"}) {
    std::string told;
    try {
      faults::validate(faults::parse({kind, "n:i"}), inventory());
    } catch (const NotFoundError& error) {
      told = error.what();
    }
    const auto by_drill = said_by_drill(kind, "n:i", {});
    ASSERT_EQ(by_drill.size(), 1U);
    EXPECT_EQ(told, "there is no fault \"" + kind + "\"; " + by_drill[0].substr(by_drill[0].find("; ") + 2));
  }
}

}  // namespace
}  // namespace xconn::drill
