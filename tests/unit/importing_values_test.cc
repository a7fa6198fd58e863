// SPDX-License-Identifier: Apache-2.0
// Values that a file leaves open, or writes as nobody expects.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string located(const std::string& location) {
  return arm_template(R"("where": {"type": "string"})",
                      R"({"type": "Microsoft.Network/virtualNetworks", "name": "hub", "location": ")" + location +
                          R"(", "properties": {"addressSpace": {"addressPrefixes": ["10.62.0.0/16"]},
 "subnets": [{"name": "app", "properties": {"addressPrefix": "10.62.1.0/24"}}]}})");
}

class OpenRegion : public testing::TestWithParam<const char*> {};

TEST_P(OpenRegion, IsNoneAndOneNote) {
  const auto out = imported(located(GetParam()));
  EXPECT_EQ(topology_of(out).vnets.at(0).region, "");
  EXPECT_THAT(text_of(out.notes), HasSubstr("VNet hub: location: the files leave the region open"));
  EXPECT_EQ(std::ranges::count_if(out.notes, [](const Note& note) { return note.field == "location"; }), 1);
}

TEST_P(OpenRegion, IsTheOneThatIsGiven) {
  const auto out = import_texts({{"a.json", located(GetParam())}}, "lab", "eastus2");
  EXPECT_EQ(topology_of(out).vnets.at(0).region, "eastus2");
  EXPECT_THAT(text_of(out.notes), Not(HasSubstr("location")));
}

INSTANTIATE_TEST_SUITE_P(Locations, OpenRegion,
                         testing::Values("[resourceGroup().location]", "[parameters('where')]",
                                         "[variables('nowhere')]"));

TEST(Values, ARegionOfTheFileStays) {
  const auto out = import_texts({{"a.json", located("northeurope")}}, "lab", "eastus2");
  EXPECT_EQ(topology_of(out).vnets.at(0).region, "northeurope");
}

constexpr const char* kPorts = "Microsoft.Network/expressRoutePorts";

std::string direct(const std::string& encapsulation, const std::string& gbps) {
  return resource(kPorts, "pair", R"("bandwidthInGbps": 10.0, "encapsulation": ")" + encapsulation + "\"") +
         resource("Microsoft.Network/expressRouteCircuits", "er",
                  R"("bandwidthInGbps": )" + gbps + R"(, "stag": null,
 "expressRoutePort": )" +
                      reference(kPorts, "pair") +
                      R"(, "sku": {"tier": "Premium", "family": "MeteredData"},
 "peerings": [{"name": "AzurePrivatePeering", "peerASN": 65010.0, "vlanId": 300.0,
  "primaryPeerAddressPrefix": "172.31.9.0/30", "secondaryPeerAddressPrefix": "172.31.9.4/30"}])");
}

TEST(Values, FloatsAreNumbers) {
  const auto out = imported(direct("QinQ", "5.0"));
  const auto circuit = topology_of(out).circuits.at(0);
  EXPECT_EQ(circuit.bandwidth, 5'000'000'000U);
  EXPECT_EQ(circuit.private_peering->vlan, 300);
  EXPECT_EQ(circuit.private_peering->peer_asn.value(), 65010U);
}

TEST(Values, ADot1QPortHasNoSTags) {
  EXPECT_EQ(topology_of(imported(direct("Dot1Q", "2"))).circuits.at(0).s_tag, 0);
  EXPECT_NE(topology_of(imported(direct("QinQ", "2"))).circuits.at(0).s_tag, 0);
}

TEST(Values, ACustomersOwnPrependIsNoFurtherAs) {
  const auto routes = [](const std::string& path) {
    return R"([{"network": "10.8.0.0/16", "nextHop": "172.31.9.1", "path": ")" + path +
           R"(", "locPrf": "", "weight": 0}])";
  };
  EXPECT_THAT(text_of(imported(direct("QinQ", "2") + routes("65010 65010 65010")).notes),
              Not(HasSubstr("behind the customer's own router")));
  EXPECT_THAT(text_of(imported(direct("QinQ", "2") + routes("65010 65010 64999")).notes),
              HasSubstr("behind the customer's own router"));
}

}  // namespace
}  // namespace xconn::importing
