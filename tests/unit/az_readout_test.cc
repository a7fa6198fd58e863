// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "az/refusal.hh"
#include "az_setting.hh"
#include "tests/source_dir.hh"

namespace xconn::az {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kArp =
    "network express-route list-arp-tables -n useasterc1cust1 --peering-name AzurePrivatePeering --path primary";
constexpr const char* kRoutes =
    "network express-route list-route-tables -n useasterc1cust1 --peering-name AzurePrivatePeering --path primary";
constexpr const char* kSummaryTable =
    "network express-route list-route-tables-summary -n useasterc1cust1 --peering-name AzurePrivatePeering --path "
    "secondary";
constexpr const char* kPeers = "network vnet-gateway list-bgp-peer-status -n erspvnetcust1gw1";
constexpr const char* kLearned = "network vnet-gateway list-learned-routes -n erspvnetcust1gw1";
constexpr const char* kAdvertised = "network vnet-gateway list-advertised-routes -n erspvnetcust1gw1 --peer ";

json link(const std::string& name, const std::string& mac, const std::string& address) {
  return {{"name", name},          {"up", true},           {"mac", mac}, {"addresses", json::array({address})},
          {"rx_bytes", 240780020}, {"tx_bytes", 239863857}};
}

json neighbour(const std::string& address, const std::string& mac, const std::string& state, int confirmed_ms) {
  return {{"interface", "prov.29.28"},
          {"address", address},
          {"mac", mac},
          {"state", state},
          {"confirmed_ms", confirmed_ms}};
}

Lab arp_lab(const json& neighbours) {
  return {{"msee1 links", json::array({link("prov.29.28", "06:00:00:00:f7:c0", "192.0.2.98/30"),
                                       link("core", "02:00:00:00:00:01", "10.0.4.4/27")})},
          {"msee1 neighbours", neighbours}};
}

Lab route_lab(const json& routes, const std::string& state = "Established") {
  return {{"msee1 vty show bgp ipv4 unicast json", {{"routes", routes}}},
          {"msee1 vty show bgp ipv4 unicast summary", {{"peers", {{"192.0.2.97", peer(65001, state, 1000, 3)}}}}}};
}

const json kVnetPaths = json::array({path("10.0.4.13", "65515", false), path("10.0.4.12", "65515", true)});

TEST(ArpTable, HasTheCustomersRowAndMicrosofts) {
  const auto lab = arp_lab({neighbour("192.0.2.97", "06:00:00:00:ce:b0", "reachable", 65'000),
                            {{"interface", "core"},
                             {"address", "10.0.4.12"},
                             {"mac", "02:00:00:00:00:02"},
                             {"state", "reachable"},
                             {"confirmed_ms", 0}}});
  EXPECT_EQ(run(kArp, lab), json::parse(R"({"value": [
    {"age": 1, "interface": "On-Prem", "ipAddress": "192.0.2.97", "macAddress": "0600.0000.ceb0"},
    {"age": 0, "interface": "Microsoft", "ipAddress": "192.0.2.98", "macAddress": "0600.0000.f7c0"}]})"));
}

TEST(ArpTable, WhoDoesNotAnswerIsIncomplete) {
  for (const auto* state : {"incomplete", "failed"}) {
    const auto rows = run(kArp, arp_lab(json::array({neighbour("192.0.2.97", "", state, 900'000)})))["value"];
    EXPECT_EQ(rows[0]["macAddress"], "Incomplete");
    EXPECT_EQ(rows[0]["age"], 0);
  }
}

TEST(ArpTable, TheWrongAddressIsNotTheRightOne) {
  const auto rows =
      run(kArp, arp_lab(json::array({neighbour("192.0.2.99", "06:00:00:00:ce:b0", "stale", 0)})))["value"];
  EXPECT_EQ(rows[0]["ipAddress"], "192.0.2.99");
}

TEST(ArpTable, AJuniperShowsTheCustomerOnly) {
  const auto rows = run(std::string(kArp) + " --msee-vendor juniper",
                        arp_lab(json::array({neighbour("192.0.2.97", "06:00:00:00:ce:b0", "reachable", 0)})));
  ASSERT_EQ(rows["value"].size(), 1U);
  EXPECT_EQ(rows["value"][0]["interface"], "On-Prem");
}

TEST(ArpTable, WithoutASubInterfaceThereIsNone) {
  const Lab lab{{"msee1 links", json::array({link("core", "02:00:00:00:00:01", "10.0.4.4/27")})},
                {"msee1 neighbours", json::array()}};
  try {
    run(kArp, lab);
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_THAT(refusal.what(),
                HasSubstr("Can not find any subinterface for peering type 'AzurePrivatePeering' for circuit '"));
    EXPECT_EQ(refusal.exit_code(), kNotThere);
    EXPECT_THAT(refusal.what(), HasSubstr("peering-name = 'AzurePrivatePeering': a table can be read only for"));
    EXPECT_THAT(refusal.what(), HasSubstr("[V47] (Microsoft Learn"));
  }
}

TEST(ArpTable, OfAThirdPathThereIsNone) {
  std::string words(kArp);
  words.replace(words.find("primary"), std::string("primary").size(), "tertiary");
  try {
    run(words, {});
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_THAT(refusal.what(), HasSubstr("Sequence contains no matching element"));
    EXPECT_THAT(refusal.what(), HasSubstr("path = 'tertiary'"));
  }
}

TEST(RouteTable, StarsTheActiveWayAmongSeveralAndPrintsItFirst) {
  const auto rows =
      run(kRoutes,
          route_lab({{"10.0.4.0/24", kVnetPaths}, {"9.0.0.0/8", {path("192.0.2.97", "65001 64807", true)}}}))["value"];
  EXPECT_EQ(rows, json::parse(R"([
    {"locPrf": "100", "network": "9.0.0.0/8", "nextHop": "192.0.2.97", "path": "65001 64807 I\n                    ", "weight": 0},
    {"locPrf": "100", "network": "10.0.4.0/24", "nextHop": "10.0.4.12*", "path": "65515 I\n                    ", "weight": 0},
    {"locPrf": "100", "network": "10.0.4.0/24", "nextHop": "10.0.4.13", "path": "65515 I\n                    ", "weight": 0}])"));
}

TEST(RouteTable, WithoutASessionIsRefused) {
  try {
    run(kRoutes, route_lab(json::object(), "Active"));
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_THAT(refusal.what(), HasSubstr("Gateway does not have any Bgp sessions."));
    EXPECT_EQ(refusal.exit_code(), kRefused);
    EXPECT_THAT(refusal.what(), HasSubstr("[V47]"));
  }
  EXPECT_THROW(run(kRoutes), Refusal) << "nor when bgpd does not answer";
}

TEST(RouteSummary, WritesTimesAsARouterDoes) {
  const Lab lab{{"msee2 vty",
                 {{"peers",
                   {{"10.0.4.12", peer(65515, "Established", 1'524'000, 1)},
                    {"10.0.4.13", peer(65515, "Established", 3'723'000, 1)},
                    {"192.0.2.101", peer(65001, "Idle", 0, 0)},
                    {"192.0.2.102", peer(65001, "Established", 187'506'000, 2)}}}}}};
  const auto rows = run(kSummaryTable, lab)["value"];
  EXPECT_EQ(rows[0],
            json::parse(R"({"as": 65515, "neighbor": "10.0.4.12", "statePfxRcd": "1", "upDown": "25:24", "v": 4})"));
  EXPECT_EQ(rows[1]["upDown"], "1:02:03");
  EXPECT_EQ(rows[2]["upDown"], "never");
  EXPECT_EQ(rows[2]["statePfxRcd"], "Idle");
  EXPECT_EQ(rows[3]["upDown"], "2d 4:05:06");
}

TEST(Statistics, CountTheSubInterfaces) {
  const Lab lab{
      {"msee1 links", json::array({link("prov.29.28", "", "192.0.2.98/30"), link("core", "", "10.0.4.4/27")})},
      {"msee2 links", json::array({link("core", "", "10.0.4.5/27")})}};
  EXPECT_EQ(
      run("network express-route get-stats -n useasterc1cust1", lab),
      json::parse(
          R"({"primarybytesIn": 240780020, "primarybytesOut": 239863857, "secondarybytesIn": 0, "secondarybytesOut": 0})"));
}

Lab peers_lab(const std::string& instance) {
  return {{instance + " vty",
           {{"peers",
             {{"10.0.4.1", peer(65515, "Established", 5000, 0)},
              {"10.0.4.4", peer(12076, "Established", 1'162'000, 18)},
              {"10.0.4.5", peer(12076, "Established", 270'853'000, 18)},
              {"10.0.4.13", peer(65515, "Active", 4000, 0)}}}}},
          {instance + " events",
           json::array({{{"age_ns", 9'000'000'000'000}, {"text", "neighbor 10.0.4.4 down: hold timer"}},
                        {{"age_ns", 1'162'110'522'100}, {"text", "neighbor 10.0.4.4 up"}},
                        {{"age_ns", 1}, {"text", "neighbor 10.0.4.44 down"}}})}};
}

TEST(BgpPeers, OneInstanceAnswersWithoutTheFabric) {
  const auto rows = run(kPeers, peers_lab("erspvnetcust1gw1-0"))["value"];
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0], json::parse(R"({"asn": 12076, "connectedDuration": "00:19:22.1105221", "localAddress": "10.0.4.12",
    "messagesReceived": 123, "messagesSent": 136, "neighbor": "10.0.4.4", "routesReceived": 18, "state": "Connected"})"));
  EXPECT_EQ(rows[1]["connectedDuration"], "3.03:14:13.0000000") << "of which no event is known";
  EXPECT_EQ(rows[2]["state"], "Connecting");
  EXPECT_FALSE(rows[2].contains("connectedDuration"));
}

TEST(BgpPeers, TheOtherInstanceAnswersWhenTheFirstIsDead) {
  EXPECT_EQ(run(kPeers, peers_lab("erspvnetcust1gw1-1"))["value"][0]["localAddress"], "10.0.4.13");
}

json internal(json path) {
  path["pathFrom"] = "internal";
  return path;
}

TEST(LearnedRoutes, SayWhoseTheyAre) {
  const json routes{{"10.0.4.0/24", {path("(unspec)", "", true)}},
                    {"172.16.0.0/16", {path("10.0.4.1", "65000", true)}},
                    {"192.0.2.1/32",
                     {path("10.0.4.5", "12076 65001 64999", true), internal(path("10.0.4.13", "12076 65001", false))}}};
  const auto rows = run(kLearned, {{"erspvnetcust1gw1-0 vty", {{"routes", routes}}}})["value"];
  ASSERT_EQ(rows.size(), 3U) << "what the fabric says is not BGP in Azure";
  EXPECT_EQ(rows[0],
            json::parse(R"({"asPath": "", "localAddress": "10.0.4.12", "network": "10.0.4.0/24", "origin": "Network",
    "sourcePeer": "10.0.4.12", "weight": 32768})"));
  EXPECT_EQ(rows[1],
            json::parse(R"({"asPath": "12076-65001-64999", "localAddress": "10.0.4.12", "network": "192.0.2.1/32",
    "nextHop": "10.0.4.5", "origin": "EBgp", "sourcePeer": "10.0.4.5", "weight": 32769})"));
  EXPECT_EQ(rows[2]["origin"], "IBgp");
}

TEST(AdvertisedRoutes, HaveTheGatewaysOwnNumberAndAddress) {
  const Lab lab{
      {"erspvnetcust1gw1-0 vty show bgp ipv4 unicast summary",
       {{"peers", {{"10.0.4.4", peer(12076, "Established", 1000, 1)}}}}},
      {"erspvnetcust1gw1-0 vty show bgp ipv4 unicast neighbors 10.0.4.4",
       {{"advertisedRoutes", {{"10.0.4.0/24", {{"nextHop", "0.0.0.0"}, {"path", ""}, {"bgpOriginCode", "i"}}}}}}}};
  EXPECT_EQ(run(std::string(kAdvertised) + "10.0.4.4", lab)["value"], json::parse(R"([{"asPath": "65515",
    "localAddress": "10.0.4.12", "network": "10.0.4.0/24", "nextHop": "10.0.4.12", "origin": "Igp", "weight": 0}])"));
  EXPECT_EQ(run(std::string(kAdvertised) + "192.0.2.98", lab), json::parse(R"({"value": []})")) << "not a peer";
  EXPECT_THROW(run(std::string(kAdvertised) + "x;reload"), Refusal);
}

TEST(Shapes, HaveTheKeysOfTheirYear) {
  std::ifstream file(std::string(kSourceDir) + "/tests/unit/az/keys.json");
  const auto expected = json::parse(file);
  const Lab lab = [] {
    auto all = arp_lab(json::array({neighbour("192.0.2.97", "06:00:00:00:ce:b0", "reachable", 0)}));
    for (const auto& more : {route_lab({{"10.0.4.0/24", kVnetPaths}}), peers_lab("erspvnetcust1gw1-0")})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  const Lab learned{
      {"erspvnetcust1gw1-0 vty",
       {{"routes",
         {{"10.0.4.0/24", {path("(unspec)", "", true)}}, {"192.0.2.1/32", {path("10.0.4.5", "12076 65001", true)}}}}}}};
  for (const std::string year : {"2021", "2026"}) {
    SCOPED_TRACE(year);
    const auto in_year = [&](const std::string& line, const Lab& answers) {
      return run(line + " --shape " + year, answers);
    };
    const auto expect_keys = [&](const json& value, const char* of) {
      EXPECT_EQ(json(keys(value)), expected[year][of]) << of;
    };
    const auto circuit = in_year("network express-route show -n useasterc1cust1", {});
    expect_keys(circuit, "circuit");
    expect_keys(circuit["peerings"][0], "peering");
    expect_keys(in_year("network vnet-gateway show -n erspvnetcust1gw1", {}), "gateway");
    expect_keys(in_year("network vpn-connection show -n useasterc1cust1-cxn", {}), "connection");
    expect_keys(in_year("network vnet peering list --vnet-name erspvnetcust1", {})[0], "vnet-peering");
    expect_keys(in_year(kPeers, lab)["value"][0], "bgp-peer");
    expect_keys(in_year(kLearned, learned)["value"][0], "learned-own");
    expect_keys(in_year(kLearned, learned)["value"][1], "learned");
    expect_keys(in_year(kArp, lab), "arp");
    const auto routes = in_year(kRoutes, lab);
    expect_keys(year == "2021" ? routes[0] : routes["value"][0], "route");
  }
  EXPECT_EQ(
      run(std::string(kRoutes) + " --shape 2021", lab)[0],
      json::parse(R"({"locPrf": "", "network": "10.0.4.0/24", "nextHop": "10.0.4.12", "path": "65515", "weight": 0})"));
  EXPECT_EQ(run(std::string(kPeers) + " --shape 2021", lab)["value"][2]["connectedDuration"], nullptr);
}

TEST(Circuit, SaysWhatItsOwnerConfigured) {
  const auto circuit = run("network express-route show -n useasterc1cust1");
  EXPECT_EQ(circuit["stag"], 29);
  EXPECT_EQ(circuit["serviceProviderProperties"],
            json::parse(
                R"({"bandwidthInMbps": 1000, "peeringLocation": "Washington DC", "serviceProviderName": "exchange"})"));
  EXPECT_EQ(circuit["peerings"][0]["primaryPeerAddressPrefix"], "192.0.2.96/30");
  EXPECT_EQ(circuit["peerings"][0]["vlanId"], 28);
  EXPECT_EQ(circuit["peerings"][0]["azureASN"], 12076);
  EXPECT_THAT(
      circuit["id"].get<std::string>(),
      HasSubstr("/resourceGroups/private-peering/providers/Microsoft.Network/expressRouteCircuits/useasterc1cust1"));
  EXPECT_EQ(circuit.dump().find("cust1secret"), std::string::npos) << "a key is never printed";
}

TEST(VnetPeering, NeedsBothHalves) {
  auto of = topology();
  EXPECT_EQ(run("network vnet peering list --vnet-name erspvnetcust1", {}, of)[0]["peeringState"], "Connected");
  of.vnets.back().peerings.clear();
  EXPECT_EQ(run("network vnet peering list --vnet-name erspvnetcust1", {}, of)[0]["peeringState"], "Initiated");
  EXPECT_THAT(keys(run("network vnet show -n vnet1", {}, of)["addressSpace"]), ElementsAre("addressPrefixes"));
}

}  // namespace
}  // namespace xconn::az
