// A drill is looked up in the plan of its topology before anything is built.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drill/mention.hh"
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
  made.nodes = {node("pc", "host", "192.0.2.1/24"), node("router", "router", "192.0.2.2/24")};
  made.nodes[1].services = {{"frr", "zebra", {}, {}, {}}, {"frr", "bgpd", {}, {}, {}}};
  made.links = {{"pc--router", {"pc", "eth0"}, {"router", "eth0"}, {}, {}}};
  return made;
}

std::vector<Finding> findings(const std::string& rest) {
  const std::string head = "name: d\ntopology: t.yaml\nduration: 4s\nflows: {f: {from: pc, to: router}}\n";
  return not_there(drill::mentions_of(head + rest, "d.yaml"), plan());
}

std::string only(const std::string& rest) {
  const auto all = findings(rest);
  EXPECT_THAT(all, SizeIs(1));
  return all.empty() ? "" : to_string(all.front());
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
  EXPECT_EQ(only("expect:\n  - path: {flow: f, avoids: [pc, ruoter]}\n"),
            "d.yaml:6:34: expect 1 path: avoids = 'ruoter': the topology has no such node; did you mean 'router'");
  EXPECT_EQ(only("expect:\n  - counter: {node: r9, flow: f, packets: none}\n"),
            "d.yaml:6:21: expect 1 counter: node = 'r9': the topology has no such node");
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

TEST(Rehearsal, AnEventNeedsSomebodyWhoSaysIt) {
  EXPECT_THAT(only("expect:\n  - no-event: {source: bpg}\n"), HasSubstr("there is no such source of events; did you"));
  EXPECT_THAT(only("expect:\n  - no-event: {source: bfd}\n"), HasSubstr("the topology has nothing that says bfd"));
  EXPECT_THAT(only("expect:\n  - no-event: {source: bgp, node: pc}\n"), HasSubstr("node pc has nothing that says bgp"));
}

TEST(Rehearsal, AFlowHasTwoEnds) {
  const auto to = [](const std::string& there) {
    return not_there(drill::mentions_of("name: d\ntopology: t.yaml\nduration: 4s\nflows: {f: {from: pc, to: '" + there +
                                            "'}}\nexpect: [{alive: {flow: f}}]\n",
                                        "d.yaml"),
                     plan());
  };
  for (const auto* there : {"router", "router:eth0", "192.0.2.2"}) EXPECT_THAT(to(there), IsEmpty()) << there;
  for (const auto* nowhere : {"ruoter", "router:eth7", "203.0.113.5"}) EXPECT_THAT(to(nowhere), SizeIs(1)) << nowhere;
}

}  // namespace
}  // namespace xconn::lab
