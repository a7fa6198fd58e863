// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "model/read.hh"
#include "tests/source_dir.hh"

namespace xconn::model {
namespace {

const std::string kTopologies = std::string(kSourceDir) + "/topologies/";

Topology parse(const std::string& text) { return read_text(text, "test.yaml"); }

std::vector<Finding> findings_of(const std::string& text) {
  try {
    parse(text);
  } catch (const TopologyError& error) {
    return error.findings();
  }
  return {};
}

const Node& node_of(const Topology& topology, std::string_view name) {
  for (const auto& node : topology.nodes)
    if (node.name == name) return node;
  throw std::out_of_range(std::string(name));
}

/// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() {
    std::string path = testing::TempDir() + "xconn-model-XXXXXX";
    path_ = mkdtemp(path.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
    return path_ + "/" + name;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Read, ReferenceTopology) {
  const auto topology = read(kTopologies + "sdwan-expressroute");
  EXPECT_EQ(topology.name, "sdwan-expressroute");
  EXPECT_EQ(topology.file, kTopologies + "sdwan-expressroute/topology.yaml");
  EXPECT_EQ(topology.timers, Timers::kAzure);
  EXPECT_EQ(topology.nodes.size(), 12U);
  EXPECT_EQ(topology.links.size(), 6U);
  EXPECT_EQ(topology.links[5].a, (End{"hq-fgt", "wan"}));
  EXPECT_EQ(topology.links[5].a_to_b.delay, std::chrono::milliseconds{5});
  EXPECT_EQ(topology.links[5].b_to_a.delay, std::chrono::milliseconds{5});
  EXPECT_EQ(topology.links[0].a_to_b, Impairment{});
}

TEST(Read, EdgeOfTheReferenceTopology) {
  const auto topology = read(kTopologies + "sdwan-expressroute/topology.yaml");
  const auto& edge = node_of(topology, "hq-fgt");
  ASSERT_EQ(edge.tunnels.size(), 1U);
  EXPECT_EQ(edge.tunnels[0].name, "vpn");
  EXPECT_TRUE(edge.tunnels[0].initiate);
  EXPECT_EQ(edge.tunnels[0].address.text(), "198.18.1.2/32");
  EXPECT_EQ(edge.tunnels[0].dpd.interval, std::chrono::seconds{2});
  ASSERT_TRUE(edge.sdwan);
  EXPECT_EQ(edge.sdwan->members[0].cost, 5);
  EXPECT_EQ(edge.sdwan->zones.at("overlay"), std::vector<std::string>{"vpn"});
  EXPECT_EQ(edge.sdwan->health_checks[0].sla->loss, 0.1);
  EXPECT_EQ(edge.sdwan->rules[0].strategy, network::Strategy::kLowestCost);
  EXPECT_EQ(edge.sdwan->rules[0].hold_down, std::chrono::seconds{5});
}

TEST(Read, AzureOfTheReferenceTopology) {
  const auto topology = read(kTopologies + "sdwan-expressroute/topology.yaml");
  EXPECT_EQ(topology.circuits.at(0).bandwidth, 1'000'000'000U);
  EXPECT_EQ(topology.circuits[0].private_peering->secondary.text(), "192.168.251.4/30");
  EXPECT_EQ(topology.vnets.at(0).subnets.size(), 7U);
  EXPECT_FALSE(topology.route_tables.at(0).propagate_bgp);
  EXPECT_EQ(topology.gateways.at(0).instances.size(), 2U);
  EXPECT_EQ(topology.load_balancers.at(0).subnet, "external");
  EXPECT_TRUE(topology.load_balancers[0].rules.at(0).ha_ports);
  EXPECT_TRUE(topology.load_balancers.at(2).is_public);
  EXPECT_EQ(topology.load_balancers[2].internet, (End{"internet", "azure"}));
  EXPECT_EQ(topology.load_balancers[2].rules.at(1).port, 4500);
  EXPECT_EQ(node_of(topology, "app").interfaces[0].addresses[0].text(), "172.16.137.4/24") << "the subnet's length";
}

TEST(Read, MergeKeysTakeWhatIsNotWritten) {
  const auto topology = read(kTopologies + "sdwan-expressroute/topology.yaml");
  const auto& a = node_of(topology, "fgt-a");
  const auto& b = node_of(topology, "fgt-b");
  EXPECT_EQ(b.role, "edge");
  EXPECT_EQ(b.routes, a.routes);
  EXPECT_EQ(b.interfaces[0].addresses[0].text(), "172.16.136.6/26");
  EXPECT_EQ(b.ha->priority, 100);
  EXPECT_EQ(a.ha->priority, 200);
  EXPECT_EQ(b.sdwan->health_checks.size(), 2U);
}

TEST(Read, MergeKeysTakeListsOfMapsAndTheFirstWins) {
  const auto topology = parse(R"(
x-one: &one {role: router, site: one}
x-two: &two {site: two, gateway: 10.0.0.1}
nodes:
  n:
    <<: [*one, *two]
    interfaces: {lan: 10.0.0.2/24}
  sw: {role: switch}
links: [[n:lan, sw:p1]]
)");
  EXPECT_EQ(topology.nodes[0].site, "one");
  EXPECT_EQ(topology.nodes[0].gateway->text(), "10.0.0.1");
}

TEST(Read, PublishedHasNoHealthCheckOverExpressRoute) {
  const auto topology = read(kTopologies + "sdwan-expressroute/published.yaml");
  EXPECT_EQ(topology.name, "sdwan-expressroute-published");
  for (const auto* name : {"hq-fgt", "fgt-a", "fgt-b"}) {
    const auto& checks = node_of(topology, name).sdwan->health_checks;
    ASSERT_EQ(checks.size(), 1U) << name;
    EXPECT_EQ(checks[0].members, std::vector<std::string>{"vpn"}) << name;
  }
}

TEST(Read, BfdVariantRequiresTheRoute) {
  const auto topology = read(kTopologies + "sdwan-expressroute/bfd.yaml");
  const auto& edge = node_of(topology, "hq-fgt");
  EXPECT_TRUE(edge.sdwan->require_route);
  EXPECT_EQ(edge.sdwan->health_checks.size(), 2U);
  EXPECT_EQ(edge.bgp->asn.value(), 65001U);
  EXPECT_TRUE(edge.bgp->neighbors.at(0).bfd);
  EXPECT_EQ(node_of(topology, "hq-er").bgp->neighbors.size(), 3U);
  EXPECT_FALSE(node_of(topology, "fgt-a").sdwan->require_route);
}

TEST(Read, ChainIsPlain) {
  const auto topology = read(kTopologies + "chain");
  EXPECT_EQ(topology.timers, Timers::kFast);
  EXPECT_EQ(topology.nodes.size(), 5U);
  EXPECT_EQ(topology.links[2].b_to_a.jitter, std::chrono::microseconds{200});
  EXPECT_TRUE(topology.vnets.empty());
}

TEST(Read, LinksOfEveryForm) {
  const auto topology = parse(R"(
nodes:
  a: {role: switch}
  b: {role: switch}
links:
  - [a:p1, b:p1]
  - ends: [a:p2, b:p2]
    delay: 5ms
    loss: 1%
    rate: 100Mbps
    b-to-a: {delay: 9ms, rate: 10 Mbps, corrupt: 0.5}
  - {endpoints: [a:p3, b:p3], a-to-b: {duplicate: 2%, reorder: 3%, jitter: 1ms}}
)");
  EXPECT_EQ(topology.links[1].a_to_b, (Impairment{std::chrono::milliseconds{5}, {}, 0.01, 0, 0, 0, 100'000'000}));
  EXPECT_EQ(topology.links[1].b_to_a, (Impairment{std::chrono::milliseconds{9}, {}, 0.01, 0, 0, 0.5, 10'000'000}));
  EXPECT_EQ(topology.links[2].b_to_a, Impairment{});
  EXPECT_EQ(topology.links[2].a_to_b.duplicate, 0.02);
}

TEST(Read, InterfacesOfEveryForm) {
  const auto topology = parse(R"(
nodes:
  a:
    role: router
    interfaces:
      lo: [192.0.2.1/32, 192.0.2.2/32]
      eth0: 10.0.0.1/24
      eth1: {addresses: [10.0.1.1/24, 2001:db8::1/64], mtu: 9000, mac: 02:00:00:00:00:01}
      eth1.7: {parent: eth1, vlan: [{id: 29, type: '0x88a8'}, 28]}
      br0: {kind: bridge, address: 10.0.2.1/24}
      eth2: {bridge: br0, up: false}
  b: {role: switch}
links: [[a:eth0, b:p0], [a:eth1, b:p1], [a:eth2, b:p2]]
)");
  const auto& all = topology.nodes[0].interfaces;
  EXPECT_EQ(all[0].addresses.size(), 2U);
  EXPECT_EQ(all[1].addresses[0].text(), "10.0.0.1/24");
  EXPECT_EQ(all[2].mtu, 9000);
  EXPECT_EQ(all[3].tags, (std::vector<Tag>{{29, 0x88a8}, {28, 0x8100}}));
  EXPECT_TRUE(all[4].is_bridge);
  EXPECT_FALSE(all[5].up);
}

TEST(Read, RoutesCommandsFilesAndSettings) {
  const Folder folder;
  folder.write("mine.conf", "hello\n");
  const auto topology = read(folder.write("lab.yaml", R"(
nodes:
  a:
    role: router
    interfaces: {eth0: 10.0.0.1/24}
    routes:
      - {to: default, via: [10.0.0.2, 10.0.0.3], metric: 7, table: 100}
      - {to: 10.5.0.0/16, blackhole: true}
      - {to: 10.6.0.0/16, interface: eth0}
    rules: [{priority: 5, from: 10.0.0.0/24, table: 100}]
    sysctls: {net.ipv4.ip_forward: 1}
    nftables: table inet mine {}
    exec: ["sleep '1 2'", [echo, a b]]
    files: {frr.conf: {append: "x"}, other.conf: {replace: {from-file: mine.conf}}}
  b: {role: switch}
links: [[a:eth0, b:p0]]
)"));
  const auto& node = topology.nodes[0];
  EXPECT_EQ(topology.name, "lab") << "from the file";
  EXPECT_EQ(node.routes[0].next_hops.size(), 2U);
  EXPECT_EQ(node.routes[0].to.text(), "0.0.0.0/0");
  EXPECT_EQ(node.routes[1].kind, RouteKind::kBlackhole);
  EXPECT_EQ(node.routes[2].next_hops.at(0).interface, "eth0");
  EXPECT_EQ(node.rules.at(0).table, 100U);
  EXPECT_EQ(node.sysctls.at("net.ipv4.ip_forward"), "1");
  EXPECT_EQ(node.commands, (std::vector<std::vector<std::string>>{{"sleep", "1 2"}, {"echo", "a b"}}));
  EXPECT_EQ(node.files.at(0).content, "x");
  EXPECT_FALSE(node.files[0].replace);
  EXPECT_EQ(node.files.at(1).content, "hello\n");
  EXPECT_TRUE(node.files[1].replace);
}

TEST(Read, LifetimesAndSourcePorts) {
  const auto topology = parse(R"(
nodes:
  a:
    role: edge
    interfaces: {wan: 203.0.113.2/24}
    tunnels:
      vpn: {local: 203.0.113.2, remote: 203.0.113.9, psk: letmein, address: 198.18.1.2/32, ike-lifetime: 1h, esp-lifetime: 30m}
  b: {role: host, interfaces: {eth0: 203.0.113.9/24}}
links: [[a:wan, b:eth0]]
nsgs:
  web:
    rules:
      dns: {priority: 100, direction: Inbound, access: Allow, protocol: Udp, source-port: 53}
      high: {priority: 110, direction: Inbound, access: Allow, protocol: Udp, source-ports: [1024-2000, 5000]}
)");
  EXPECT_EQ(topology.nodes.at(0).tunnels.at(0).ike_lifetime, std::chrono::hours(1));
  EXPECT_EQ(topology.nodes[0].tunnels[0].esp_lifetime, std::chrono::minutes(30));
  using Ports = std::vector<std::pair<std::uint16_t, std::uint16_t>>;
  EXPECT_EQ(topology.nsgs.at(0).rules.at(0).source_ports, (Ports{{53, 53}}));
  EXPECT_EQ(topology.nsgs[0].rules.at(1).source_ports, (Ports{{1024, 2000}, {5000, 5000}}));
}

TEST(Read, ExtendsMergesMapsReplacesListsAndRemoves) {
  const Folder folder;
  folder.write("base.yaml", R"(
nodes:
  a: {role: host, site: x, interfaces: {eth0: 10.0.0.1/24}, gateway: 10.0.0.2, exec: [one, two]}
  b: {role: switch}
  c: {role: host}
links: [[a:eth0, b:p1]]
)");
  folder.write("middle.yaml", "extends: base.yaml\nnodes: {c: null}\n");
  const auto top =
      read(folder.write("top.yaml", "extends: middle.yaml\nnodes: {a: {site: y, exec: [three], gateway: null}}\n"));
  ASSERT_EQ(top.nodes.size(), 2U);
  EXPECT_EQ(top.nodes[0].site, "y");
  EXPECT_EQ(top.nodes[0].role, "host");
  EXPECT_FALSE(top.nodes[0].gateway);
  EXPECT_EQ(top.nodes[0].commands, (std::vector<std::vector<std::string>>{{"three"}}));
}

TEST(Read, FindingsPointIntoTheFileThatIsWrong) {
  const Folder folder;
  const auto base = folder.write("base.yaml", "nodes:\n  a: {role: host, gatway: 10.0.0.2}\n");
  const auto top = folder.write("top.yaml", "extends: base.yaml\nnodes:\n  a: {site: [1]}\n");
  try {
    read(top);
    FAIL() << "no finding";
  } catch (const TopologyError& error) {
    ASSERT_EQ(error.findings().size(), 2U) << error.what();
    EXPECT_EQ(error.findings()[0].where, (Where{base, 2, 19}));
    EXPECT_EQ(error.findings()[1].where, (Where{top, 3, 13}));
  }
}

TEST(Read, ExtendsOfNothingOrOfItself) {
  const Folder folder;
  const auto missing = folder.write("missing.yaml", "extends: no.yaml\n");
  EXPECT_THROW(read(missing), TopologyError);
  folder.write("a.yaml", "extends: b.yaml\n");
  const auto circle = folder.write("b.yaml", "extends: a.yaml\n");
  try {
    read(circle);
    FAIL() << "no finding";
  } catch (const TopologyError& error) {
    EXPECT_NE(std::string(error.what()).find("cannot extend itself"), std::string::npos) << error.what();
  }
}

TEST(Read, AFindingHasEverything) {
  const auto found = findings_of("nodes:\n  a:\n    role: router\n    bgp: {asn: 0}\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(to_string(found[0]),
            "test.yaml:4:16: node a: bgp.asn = '0': an AS number is 1 to 4294967294; private ones are 64512 to 65534");
}

TEST(Read, AllFindingsAtOnceInTheOrderOfTheFile) {
  const auto found = findings_of("timers: no\nnodes:\n  a: {rle: host}\nlinks: [[a:x, b:y]]\n");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].where.line, 1);
  EXPECT_EQ(found[1].rule, "this key is required");
  EXPECT_EQ(found[2].remedy, "did you mean 'role'");
  EXPECT_EQ(found[3].code, "T4");
}

}  // namespace
}  // namespace xconn::model
