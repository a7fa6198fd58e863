// SPDX-License-Identifier: Apache-2.0
// A drill is looked up in the plan of its topology before anything is built.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drill/drill.hh"
#include "lab/destination.hh"
#include "lab/rehearsal.hh"

namespace xconn::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

plan::Interface interface(const std::string& name, const std::string& address) {
  plan::Interface made;
  made.name = name;
  made.addresses.push_back(*InterfaceAddress::parse(address));
  return made;
}

plan::Node node(const std::string& name, const std::string& role, const std::string& address) {
  plan::Node made;
  made.name = name;
  made.role = role;
  made.interfaces = {interface("eth0", address)};
  return made;
}

plan::Plan plan() {
  plan::Plan made;
  made.lab = "lab";
  made.nodes = {node("pc", "host", "192.0.2.1/24"), node("router", "router", "192.0.2.2/24"),
                node("lb", "load-balancer", "198.51.100.2/32"), node("edge", "edge", "192.0.2.3/24")};
  made.nodes[1].services = {{"frr", "zebra", {}, {}, {}}, {"frr", "bgpd", {}, {}, {}}};
  auto& tagged = made.nodes[1].interfaces.emplace_back();
  tagged.name = "eth0.28";
  tagged.kind = plan::InterfaceKind::kVlan;
  tagged.parent = "eth0";
  tagged.tags = {{.id = 28}};
  made.nodes[1].nftables = "ip daddr 203.0.113.50 dnat to 192.0.2.1";
  made.nodes[2].balancer = {.frontend = *Address::parse("198.51.100.2"),
                            .rules = {{.protocol = 6, .port = 80, .backend_port = 8080}}};
  made.nodes[3].moved = {*Address::parse("192.0.2.100")};
  made.links = {{"pc--router", {"pc", "eth0"}, {"router", "eth0"}, {}, {}}};
  return made;
}

std::vector<Finding> findings_of(const std::string& drill) {
  return not_there(drill::read_text("name: d\ntopology: t.yaml\nduration: 4s\n" + drill, "d.yaml").mentions, plan());
}

std::vector<Finding> findings(const std::string& rest) {
  return findings_of("flows: {f: {from: pc, to: router}}\n" + rest);
}

std::string only(const std::string& rest) {
  const auto all = findings(rest);
  EXPECT_THAT(all, SizeIs(1));
  return all.empty() ? "" : to_string(all.front());
}

TEST(Rehearsal, AFrontendPassesOnWhatItHasARuleFor) {
  const auto said = [](const std::string& flow) {
    std::string all;
    for (const auto& finding :
         findings_of("flows: {f: {from: pc, to: 198.51.100.2" + flow + "}}\nexpect: [dead: {flow: f}]\n"))
      all += to_string(finding);
    return all;
  };
  EXPECT_EQ(said(", kind: tcp-connect, port: 80"), "");
  EXPECT_THAT(said(", kind: tcp, port: 443"), HasSubstr("load balancer lb has no rule for tcp/443; it has: tcp/80"));
  EXPECT_THAT(said(", port: 80"), HasSubstr("load balancer lb has no rule for udp/80; it has: tcp/80"));
  EXPECT_THAT(said(""), HasSubstr("has no rule for udp/a port of its choice"));
}

TEST(Rehearsal, WhatIsThereIsNoFinding) {
  EXPECT_THAT(findings("steady: [{flow: f, contains: [[pc, router]], via: {pc: eth0}}]\n"
                       "timeline:\n"
                       "  - {at: 1s, fault: blackhole, on: 'pc:eth0'}\n"
                       "  - {at: 2s, fault: kill, on: 'router:bgpd'}\n"
                       "  - {at: 3s, exec: {node: pc, command: [ip, route]}}\n"
                       "expect:\n"
                       "  - no-event: {source: bgp, node: router}\n"
                       "  - no-event: {source: fib}\n"
                       "  - symmetric: {flow: f, of: [router]}\n"
                       "  - capture: {on: 'router:eth0', filter: icmp, packets: none}\n"
                       "  - counter: {node: router, flow: f, packets: some}\n"),
              IsEmpty());
}

TEST(Rehearsal, SaysWhereTheWordStandsAndWhatWasMeant) {
  EXPECT_EQ(
      only("expect:\n  - path: {flow: f, avoids: [pc, ruoter]}\n"),
      "d.yaml:6:34: expectation 1: path.avoids[1] = 'ruoter': the topology has no such node; did you mean 'router'");
  EXPECT_EQ(only("expect:\n  - counter: {node: r9, flow: f, packets: none}\n"),
            "d.yaml:6:21: expectation 1: counter.node = 'r9': the topology has no such node");
}

TEST(Rehearsal, FindsEveryKindOfWord) {
  for (const auto* rest :
       {"steady: [{flow: f, via: {pc: eth1}}]\nexpect: [{alive: {flow: f}}]\n",
        "timeline: [{at: 1s, fault: blackhole, on: 'pc:eth1'}]\nexpect: [{alive: {flow: f}}]\n",
        "timeline: [{at: 1s, fault: kill, on: 'pc:bgpd'}]\nexpect: [{alive: {flow: f}}]\n",
        "timeline: [{at: 1s, exec: {node: cp, command: [ls]}}]\nexpect: [{alive: {flow: f}}]\n",
        "expect: [{symmetric: {flow: f, of: [rooter]}}]\n",
        "expect: [{path: {flow: f, contains: [pc, [router, x]]}}]\n", "expect: [{path: {flow: f, exactly: [pc, x]}}]\n",
        "expect: [{capture: {on: 'router:eth9', filter: icmp, packets: none}}]\n",
        "expect: [{no-event: {source: fib, node: cee}}]\n"})
    EXPECT_THAT(findings(rest), SizeIs(1)) << rest;
}

TEST(Rehearsal, WhatAFaultIsDoneToFollowsFromItsParameters) {
  const auto mismatch = [](const std::string& on, const std::string& what) {
    return "timeline: [{at: 1s, fault: mismatch, on: '" + on + "', what: " + what +
           "}]\nexpect: [{alive: {flow: f}}]\n";
  };
  EXPECT_THAT(findings(mismatch("router:eth0.28", "vlan")), IsEmpty());
  EXPECT_THAT(only(mismatch("router:eth0.28", "psk")), HasSubstr("takes NODE:TUNNEL"));
  EXPECT_THAT(only(mismatch("router:eth0.27", "vlan")), HasSubstr("did you mean 'router:eth0.28'"));
}

TEST(Rehearsal, AnEventNeedsSomebodyWhoSaysIt) {
  EXPECT_THAT(only("expect:\n  - no-event: {source: bpg}\n"), HasSubstr("there is no such source of events; did you"));
  EXPECT_THAT(only("expect:\n  - no-event: {source: bfd}\n"), HasSubstr("the topology has nothing that says bfd"));
  EXPECT_THAT(only("expect:\n  - no-event: {source: bgp, node: pc}\n"), HasSubstr("node pc has nothing that says bgp"));
}

TEST(Rehearsal, AFlowBeginsAtANodeAndGoesToWhateverAnswers) {
  const auto flow = [](const std::string& from, const std::string& to) {
    return findings_of("flows: {f: {from: " + from + ", to: '" + to + "'}}\nexpect: [{alive: {flow: f}}]\n");
  };
  for (const auto* there :
       {"router", "router:eth0", "192.0.2.2", "198.51.100.2', kind: tcp, port: '80", "203.0.113.50", "192.0.2.100"})
    EXPECT_THAT(flow("pc", there), IsEmpty()) << there;
  for (const auto* nowhere : {"ruoter", "router:eth7", "203.0.113.5"})
    EXPECT_THAT(flow("pc", nowhere), SizeIs(1)) << nowhere;
  EXPECT_THAT(flow("203.0.113.50", "pc"), SizeIs(1));
}

std::vector<std::string> receivers(const std::string& to, std::uint8_t protocol, std::uint16_t port) {
  std::vector<std::string> all;
  for (const auto& one : destination_of(plan(), to, protocol, port).receivers)
    all.push_back(one.node + " " + one.address.text() + " " + std::to_string(one.port));
  return all;
}

TEST(Destination, AFrontendIsAnsweredByEverybodyAtTheBackendsPort) {
  EXPECT_THAT(receivers("198.51.100.2", 6, 80),
              ElementsAre("pc 192.0.2.1 8080", "router 192.0.2.2 8080", "edge 192.0.2.3 8080"));
  EXPECT_THAT(receivers("lb", 17, 80), ElementsAre("pc 192.0.2.1 0", "router 192.0.2.2 0", "edge 192.0.2.3 0"));
}

TEST(Destination, WhoMayHaveTheAddressItselfIsFirst) {
  EXPECT_EQ(receivers("192.0.2.100", 17, 80).front(), "edge 192.0.2.100 0");
  EXPECT_EQ(receivers("router", 6, 80).front(), "router 192.0.2.2 0");
}

TEST(Destination, ANodesOwnAddressIsAnsweredByItAlone) {
  EXPECT_THAT(receivers("pc", 6, 80), ElementsAre("pc 192.0.2.1 0"));
  EXPECT_THAT(receivers("192.0.2.3", 6, 80), ElementsAre("edge 192.0.2.3 0"));
}

}  // namespace
}  // namespace xconn::lab
