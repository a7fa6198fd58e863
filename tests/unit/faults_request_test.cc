// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "faults/kinds.hh"
#include "faults/request.hh"
#include "faults/site.hh"
#include "faults/values.hh"

namespace xconn::faults {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const Inventory kInventory = {{"hq-fgt", "hq-er"},
                              {{{"hq-fgt", "er"}, {"hq-er", "lan"}, {}, {}, {}, {}}},
                              {{"hq-er", "bgpd"}},
                              {{"hq-fgt", "er", "er"}}};

std::string refusal(const std::vector<std::string>& words) {
  try {
    validate(parse(words), kInventory);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(FaultRequest, ReadsACommandLine) {
  const auto request = parse({"loss", "hq-fgt:er", "30%", "direction=out", "--for", "20s"});
  EXPECT_EQ(request.kind, "loss");
  EXPECT_EQ(request.target, "hq-fgt:er");
  EXPECT_EQ(request.parameters, (std::map<std::string, std::string>{{"loss", "30%"}, {"direction", "out"}}));
  EXPECT_EQ(request.for_, 20s);
  EXPECT_EQ(to_string(request), "loss hq-fgt:er direction=out loss=30% for 20s");
}

TEST(FaultRequest, SaysEverythingThatIsWrong) {
  try {
    validate(parse({"brownout", "hq-fgt:er", "delay=fast", "los=5%"}), kInventory);
    FAIL();
  } catch (const TopologyError& error) {
    ASSERT_EQ(error.findings().size(), 3U);  // delay is no duration, loss is missing, los is unknown
    EXPECT_EQ(error.findings()[0].value, "fast");
    EXPECT_EQ(error.findings()[1].field, "loss");
    EXPECT_EQ(error.findings()[2].remedy, "did you mean 'loss'");
  }
}

TEST(FaultRequest, NamesWhatThereIs) {
  EXPECT_THAT(refusal({"explode", "hq-fgt:er"}), HasSubstr("there are: admin-down, advertise, blackhole, brownout"));
  EXPECT_THAT(refusal({"blackhole", "hq-fgd:er"}), HasSubstr("there are: hq-er, hq-fgt"));
  EXPECT_THAT(refusal({"blackhole", "hq-fgt:wan"}), HasSubstr("it has: er"));
  EXPECT_THAT(refusal({"kill", "hq-er:ospfd"}), HasSubstr("it has: bgpd"));
  EXPECT_THAT(refusal({"member-down", "hq-fgt:vpn"}), HasSubstr("it has: er"));
  EXPECT_THAT(refusal({"kill-node", "hq-er:lan"}), HasSubstr("takes NODE"));
  EXPECT_THAT(refusal({"blackhole"}), HasSubstr("KIND TARGET"));
  EXPECT_THAT(refusal({"blackhole", "hq-fgt:er", "--for", "soon"}), HasSubstr("20s"));
}

TEST(FaultRequest, KnowsWhereWhatMayMismatch) {
  Inventory inventory{
      {"ce"}, {}, {}, {}, {{"ce", "router", "", {.neighbors = {{.address = *Address::parse("192.0.2.2")}}}}}};
  inventory.sub_interfaces = {{"ce", "pri.28", "pri", {{28}}}};
  inventory.tunnels = {{"ce", "vpn", "charon"}};
  const auto refused = [&](const std::vector<std::string>& words) -> std::string {
    try {
      validate(parse(words), inventory);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refused({"mismatch", "ce:pri.28", "vlan"}), "");
  EXPECT_EQ(refused({"mismatch", "ce:192.0.2.2", "md5"}), "");
  EXPECT_EQ(refused({"mismatch", "ce:vpn", "psk", "notice=at-reauth"}), "");
  inventory.numbered = {{"ce", "pri.28", *InterfaceAddress::parse("192.0.2.1/30")}};
  inventory.routes = {{"ce", *Prefix::parse("10.0.0.0/8")}};
  EXPECT_EQ(refused({"mismatch", "ce:pri.28", "tag-type"}), "");
  EXPECT_EQ(refused({"mismatch", "ce:pri.28", "prefix"}), "");
  EXPECT_EQ(refused({"no-route", "ce:10.0.0.0/8"}), "");
  EXPECT_THAT(refused({"no-route", "ce:10.0.0.0/9"}), HasSubstr("it has: 10.0.0.0/8"));
  EXPECT_THAT(refused({"mismatch", "ce:vpn", "prefix"}), HasSubstr("it has: pri.28"));
  EXPECT_THAT(refused({"mismatch", "ce:pri.28", "md5"}),
              HasSubstr("has no BGP neighbour \"pri.28\"; it has: 192.0.2.2"));
  EXPECT_THAT(refused({"mismatch", "ce", "vlan"}), HasSubstr("takes NODE:SUB-INTERFACE"));
  EXPECT_THAT(refused({"mismatch", "ce:vpn", "color"}), HasSubstr("vlan, tag-type, prefix, md5, asn, "));
  EXPECT_THAT(refused({"mismatch", "ce:vpn", "psk", "notice=later"}), HasSubstr("now or at-reauth"));
  EXPECT_THAT(refused({"mismatch", "ce", "probe-port"}), HasSubstr("takes NODE that balances load, not \"ce\""));
  inventory.balancers = {{"ce", "lb", {}}};
  EXPECT_EQ(refused({"mismatch", "ce", "probe-port"}), "");
  EXPECT_THAT(refused({"mismatch", "ce", "color"}),
              AllOf(HasSubstr("vlan, tag-type, prefix"), Not(HasSubstr("no setting"))));
}

TEST(FaultRequest, ATunnelInANamespaceOfItsOwnHasTheTopologysNameToo) {
  Inventory inventory{{"ce", "ce-vpn0"}, {}, {}, {}};
  inventory.tunnels = {{"ce-vpn0", "vpn0", "charon", End{"ce", "vpn0"}}};
  const auto request = as_built(parse({"mismatch", "ce:vpn0", "psk"}), inventory);
  EXPECT_EQ(request.target, "ce-vpn0:vpn0");
  EXPECT_NO_THROW(validate(parse({"mismatch", "ce:vpn0", "psk"}), inventory));
  EXPECT_NO_THROW(validate(request, inventory));
  EXPECT_THROW(validate(parse({"mismatch", "ce:vpn1", "psk"}), inventory), NotFoundError);
}

TEST(FaultRequest, TakesTheGoodOnes) {
  EXPECT_EQ(refusal({"blackhole", "hq-fgt:er"}), "");
  EXPECT_EQ(refusal({"drop", "hq-er:lan", "udp/4500"}), "");
  EXPECT_EQ(refusal({"kill", "hq-er:bgpd"}), "");
  EXPECT_EQ(refusal({"kill-node", "hq-er"}), "");
  EXPECT_EQ(refusal({"member-down", "hq-fgt:er"}), "");
  EXPECT_EQ(refusal({"flap", "hq-fgt:er", "2s", "duty=25%"}), "");
}

TEST(FaultValues, AreReadStrictly) {
  EXPECT_EQ(parse_share("5%"), 0.05);
  EXPECT_EQ(parse_share("0.5"), 0.5);
  for (const char* wrong : {"", "0", "0%", "101%", "-5%", "5 %", "5%%", "nan", "inf"})
    EXPECT_FALSE(parse_share(wrong)) << wrong;
  EXPECT_EQ(parse_rate("10Mbps"), 10'000'000U);
  EXPECT_EQ(parse_rate("1.5Gbps"), 1'500'000'000U);
  for (const char* wrong : {"", "10", "10 Mbps", "1kbps", "Mbps", "-1Mbps"}) EXPECT_FALSE(parse_rate(wrong)) << wrong;
  EXPECT_EQ(parse_bytes("1400"), 1400U);
  for (const char* wrong : {"", "67", "65536", "1400b", "-1"}) EXPECT_FALSE(parse_bytes(wrong)) << wrong;
}

TEST(FaultKinds, ExplainThemselves) {
  for (const auto& kind : kinds()) {
    EXPECT_FALSE(kind.meaning.empty()) << kind.name;
    for (const auto& parameter : kind.parameters) {
      EXPECT_FALSE(parameter.meaning.empty()) << kind.name;
      if (!parameter.default_value.empty() && parameter.name != "jitter") {
        EXPECT_TRUE(is_valid(parameter.value, parameter.default_value)) << kind.name;
      }
    }
  }
}

}  // namespace
}  // namespace xconn::faults
