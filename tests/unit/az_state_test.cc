// SPDX-License-Identifier: Apache-2.0
// What a read-out of a resource takes from what runs, and not from the topology.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "az/ruleset.hh"
#include "az/tags.hh"
#include "az_setting.hh"
#include "tests/source_dir.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

constexpr const char* kPeerings = "network express-route peering list --circuit-name useasterc1cust1";
constexpr const char* kVnetPeerings = "network vnet peering list --vnet-name erspvnetcust1";

Lab edge(const std::string& first, const std::string& second) {
  return {{"msee1 vty", {{"peers", {{"192.0.2.97", peer(65001, first, 0, 0)}}}}},
          {"msee2 vty", {{"peers", {{"192.0.2.101", peer(65001, second, 0, 0)}}}}}};
}

TEST(PeeringState, IsDisabledWhenEitherSessionIsShut) {
  EXPECT_EQ(run(kPeerings, edge("Established", "Established"))[0]["state"], "Enabled");
  EXPECT_EQ(run(kPeerings, edge("Idle", "Active"))[0]["state"], "Enabled") << "down is not shut";
  EXPECT_EQ(run(kPeerings, edge("Idle (Admin)", "Established"))[0]["state"], "Disabled");
  EXPECT_EQ(run(kPeerings, edge("Established", "Idle (Admin)"))[0]["state"], "Disabled");
  for (const std::string command : {"network express-route show -n useasterc1cust1", "network express-route list"}) {
    auto circuit = run(command, edge("Idle (Admin)", "Established"));
    if (circuit.is_array()) circuit = json(circuit[0]);
    EXPECT_EQ(circuit["peerings"][0]["state"], "Disabled") << command;
  }
}

TEST(PeeringState, IsWhatItsOwnerSaidWhenNobodyAnswers) {
  auto of = topology();
  EXPECT_EQ(run(kPeerings, {}, of)[0]["state"], "Enabled");
  of.circuits.front().private_peering->state = model::PeeringState::kDisabled;
  EXPECT_EQ(run(kPeerings, {}, of)[0]["state"], "Disabled");
}

Lab fabric(const std::vector<std::string>& links) {
  auto all = json::array();
  for (const auto& name : links) all.push_back({{"name", name}});
  return {{"erspvnetcust1 links", all}};
}

TEST(VnetPeeringState, IsWhetherTheFabricsAreJoined) {
  auto of = topology();
  EXPECT_EQ(run(kVnetPeerings, fabric({"lo", "vnet1"}), of)[0]["peeringState"], "Connected");
  EXPECT_EQ(run(kVnetPeerings, fabric({"lo"}), of)[0]["peeringState"], "Initiated");
  of.vnets.front().peerings.front().disconnected = true;
  const auto half = run(kVnetPeerings, fabric({"lo"}), of)[0];
  EXPECT_EQ(half["peeringState"], "Disconnected");
  EXPECT_EQ(half["peeringSyncLevel"], "RemoteNotInSync");
}

TEST(VnetPeeringState, ShowsWhatWasLastSynced) {
  auto of = topology();
  auto& half = of.vnets.front().peerings.front();
  const auto fabrics = fabric({"lo", "vnet1"});
  const auto in_sync = run(kVnetPeerings, fabrics, of)[0];
  EXPECT_EQ(in_sync["peeringSyncLevel"], "FullyInSync");
  EXPECT_EQ(in_sync["remoteAddressSpace"], in_sync["remoteVirtualNetworkAddressSpace"]);
  half.remote_address_space = {*Prefix::parse("10.250.0.0/16")};
  const auto shown = run(kVnetPeerings, fabrics, of)[0];
  EXPECT_EQ(shown["peeringSyncLevel"], "RemoteNotInSync");
  EXPECT_EQ(shown["remoteAddressSpace"]["addressPrefixes"], json::array({"10.250.0.0/16"}));
  EXPECT_EQ(shown["remoteVirtualNetworkAddressSpace"], in_sync["remoteVirtualNetworkAddressSpace"]);
}

// --- connections ---------------------------------------------------------------------------------------------------

model::Topology backup() { return model::read(std::string(kSourceDir) + "/topologies/er-vpn-backup"); }

model::Connection& ipsec(model::Topology& topology) {
  for (auto& connection : topology.connections)
    if (!connection.local_gateway.empty()) return connection;
  throw std::runtime_error("no connection by IPsec");
}

json charon(const std::string& tunnel) {
  const json child{{"state", "INSTALLED"}, {"bytes-in", "100"}, {"bytes-out", "40"}};
  return {{"sas", {{tunnel, {{{"state", "ESTABLISHED"}, {"child-sas", {{"a", child}}}}}}}}};
}

json row(const json& list, const std::string& name) {
  for (const auto& one : list)
    if (one.at("name") == name) return one;
  return nullptr;
}

TEST(Connections, ListSaysOfEachWhatShowSays) {
  auto of = backup();
  const auto name = ipsec(of).name;
  const Lab lab{{"vpn-gw-0 service", charon(name)}};
  const auto list = run("network vpn-connection list", lab, of);
  EXPECT_EQ(list.size(), of.connections.size());
  const auto one = row(list, name);
  EXPECT_EQ(one, run("network vpn-connection show -n " + name, lab, of));
  EXPECT_EQ(one["connectionStatus"], "Connected");
  EXPECT_EQ(one["ingressBytesTransferred"], 100);
  EXPECT_EQ(one["tunnelConnectionStatus"][1]["connectionStatus"], "NotConnected") << "the other instance";
  for (const auto& other : list)
    EXPECT_EQ(other.contains("tunnelConnectionStatus"), other["connectionType"] == "IPsec");
}

TEST(Connections, HaveTheirPolicyInAzuresWords) {
  auto of = backup();
  auto& connection = ipsec(of);
  const auto show = "network vpn-connection show -n " + connection.name;
  EXPECT_EQ(run(show, {}, of)["ipsecPolicies"], json::array());
  connection.ipsec_policy =
      model::IpsecPolicy{{"aes256-sha384-ecp384"}, {"aes256gcm16-modp2048"}, std::chrono::hours(1)};
  EXPECT_EQ(run(show, {}, of)["ipsecPolicies"], json::parse(R"([{"dhGroup": "ECP384", "ikeEncryption": "AES256",
    "ikeIntegrity": "SHA384", "ipsecEncryption": "GCMAES256", "ipsecIntegrity": "GCMAES256", "pfsGroup": "PFS14",
    "saDataSizeKilobytes": 102400000, "saLifeTimeSeconds": 3600}])"));
}

TEST(Connections, SayWhoCalls) {
  auto of = backup();
  auto& connection = ipsec(of);
  const auto show = "network vpn-connection show -n " + connection.name;
  EXPECT_EQ(run(show, {}, of)["connectionMode"], "Default");
  connection.mode = model::ConnectionMode::kInitiatorOnly;
  EXPECT_EQ(run(show, {}, of)["connectionMode"], "InitiatorOnly");
  connection.mode = model::ConnectionMode::kResponderOnly;
  EXPECT_EQ(run(show, {}, of)["connectionMode"], "ResponderOnly");
}

// --- security rules, as nft 1.0.6 lists them
// ---------------------------------------------------------------------------

json rule(const std::string& comment, const std::string& matches, const std::string& verdict) {
  auto expressions = json::parse("[" + matches + "]");
  auto wrapped = json::array();
  for (auto& match : expressions) wrapped.push_back({{"match", match}});
  wrapped.push_back({{"counter", {{"packets", 0}, {"bytes", 0}}}});
  wrapped.push_back({{verdict, nullptr}});
  return {{"rule", {{"chain", "nsg-a-in"}, {"comment", comment}, {"expr", wrapped}}}};
}

constexpr const char* kFromVnet = R"({"op": "==", "left": {"&": [{"meta": {"key": "mark"}}, 1]}, "right": 1})";
constexpr const char* kToOthers = R"({"op": "==", "left": {"&": [{"meta": {"key": "mark"}}, 2]}, "right": 0},
  {"op": "!=", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "@not-internet"})";

TEST(SecurityRules, AreReadFromTheirExpressions) {
  const auto web = rule("web", std::string(kFromVnet) + R"(,
    {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": {"prefix": {"addr": "10.1.0.0", "len": 16}}},
    {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [{"range": [80, 90]}, 443]}})",
                        "return");
  const auto more = rule("web", R"({"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
    "right": {"set": ["1.2.3.4", {"prefix": {"addr": "192.0.2.0", "len": 24}}]}})",
                         "return");
  const auto out = rule("out", kToOthers, "return");
  const auto deny = rule("deny", R"({"op": "==", "left": {"meta": {"key": "l4proto"}}, "right": "icmp"},
    {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "168.63.129.16"})",
                         "drop");
  const auto rows = rules_of_chain(json::array({{{"table", nullptr}}, web, more, out, deny}), "nsg-a-in");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]["name"], "web");
  EXPECT_EQ(rows[0]["access"], "Allow");
  EXPECT_EQ(rows[0]["protocol"], "Tcp");
  EXPECT_EQ(rows[0]["sourceAddressPrefixes"], json({"VirtualNetwork", "1.2.3.4/32", "192.0.2.0/24"}));
  EXPECT_EQ(rows[0]["destinationAddressPrefix"], "10.1.0.0/16");
  EXPECT_EQ(rows[0]["destinationPortRanges"], json({"80-90", "443-443"}));
  EXPECT_EQ(rows[0]["sourcePortRange"], "0-65535");
  EXPECT_EQ(rows[1]["destinationAddressPrefixes"], json::array({"Internet"}));
  EXPECT_EQ(rows[1]["sourceAddressPrefixes"], json({"0.0.0.0/0", "::/0"}));
  EXPECT_EQ(rows[2]["access"], "Deny");
  EXPECT_EQ(rows[2]["protocol"], "Icmp");
  EXPECT_EQ(rows[2]["sourceAddressPrefix"], "AzureLoadBalancer");
}

TEST(SecurityRules, OfAnotherChainAreNotItsOwn) {
  EXPECT_TRUE(rules_of_chain(json::array({rule("web", kFromVnet, "drop")}), "nsg-b-in").empty());
}

// --- service tags --------------------------------------------------------------------------------------------------

/// A fabric with one subnet, whose gateway's instance is at gw.0.
json tagged_fabric() {
  return json::parse(R"([
    {"set": {"name": "virtual-network-0", "elem": [{"prefix": {"addr": "10.1.0.0", "len": 16}}, "168.63.129.16"]}},
    {"set": {"name": "virtual-network-1", "elem": [{"prefix": {"addr": "10.9.0.0", "len": 16}}]}},
    {"set": {"name": "not-internet", "elem": [{"prefix": {"addr": "10.0.0.0", "len": 8}}, {"prefix": {"addr": "128.0.0.0", "len": 1}}]}},
    {"rule": {"chain": "tags-0", "expr": [{"match": {"left": {"fib": {"result": "oifname", "flags": ["saddr"]}}, "right": "gw.0"}}]}}])");
}

json learned(const std::string& to, const std::string& interface) {
  return {{"to", to}, {"next_hops", {{{"via", "10.1.255.12"}, {"interface", interface}}}}};
}

std::vector<std::string> texts(const std::optional<std::vector<Prefix>>& prefixes) {
  std::vector<std::string> out;
  for (const auto& prefix : prefixes.value()) out.push_back(prefix.text());
  return out;
}

TEST(ServiceTags, AreWhatTheFabricsSetsAndRoutesSay) {
  const auto routes = json::array({learned("64.0.0.0/2", "gw.0"), learned("10.1.0.4/32", "vm.0"),
                                   learned("10.1.255.12/32", "gw.0"), learned("9.0.0.0/8", "elsewhere")});
  const ServiceTags tags(tagged_fabric(), 0, routes);
  EXPECT_EQ(texts(tags.prefixes_of("VirtualNetwork")),
            (std::vector<std::string>{"10.1.0.0/16", "64.0.0.0/2", "168.63.129.16/32"}));
  EXPECT_EQ(texts(tags.prefixes_of("Internet")), (std::vector<std::string>{"0.0.0.0/5", "8.0.0.0/7", "11.0.0.0/8",
                                                                           "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3"}));
  EXPECT_EQ(texts(tags.prefixes_of("AzureLoadBalancer")), std::vector<std::string>{"168.63.129.16/32"});
  EXPECT_FALSE(tags.prefixes_of("10.0.0.0/8"));
}

TEST(ServiceTags, ADefaultRouteFromOnPremMakesAllOfItVirtualNetwork) {
  const ServiceTags tags(tagged_fabric(), 0, json::array({learned("0.0.0.0/0", "gw.0")}));
  EXPECT_EQ(texts(tags.prefixes_of("VirtualNetwork")), std::vector<std::string>{"0.0.0.0/0"});
  EXPECT_EQ(texts(tags.prefixes_of("Internet")), std::vector<std::string>{});
}

}  // namespace
}  // namespace xconn::az
