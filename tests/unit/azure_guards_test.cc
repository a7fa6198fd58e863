// SPDX-License-Identifier: Apache-2.0
// Each guard of changes says no once and yes once, from the right topology of tests/unit/bad/base.yaml.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "azure/guards.hh"
#include "model/read.hh"
#include "model/rules.hh"
#include "tests/source_dir.hh"

namespace xconn::azure {
namespace {

using model::CircuitFamily;
using model::CircuitSku;
using model::ProviderState;
using model::Topology;
using Step = void (*)(Topology&);
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const Topology& base() {
  static const Topology kBase = model::read(std::string(kSourceDir) + "/tests/unit/bad/base.yaml");
  return kBase;
}

template <class T>
T& named(std::vector<T>& all, const std::string& name) {
  return *std::ranges::find(all, name, &T::name);
}
template <class T>
void drop(std::vector<T>& all, const std::string& name) {
  std::erase_if(all, [&](const T& one) { return one.name == name; });
}
model::Circuit& er1(Topology& topology) { return named(topology.circuits, "er1"); }
model::Circuit& dx(Topology& topology) { return named(topology.circuits, "dx"); }

void nothing(Topology&) {}
void unlink_er1(Topology& topology) {
  drop(topology.connections, "er1-hub");
  drop(topology.global_reach, "ams-lon");
  er1(topology).authorizations.clear();
}
void ordered(Topology& topology) {
  unlink_er1(topology);
  er1(topology).provider_state = ProviderState::kNotProvisioned;
  er1(topology).private_peering.reset();
}
void delete_er1(Topology& topology) { drop(topology.circuits, "er1"); }
/// er1 with so many VNets in all.
void link_vnets(Topology& topology, int count) {
  for (int i = 1; i < count; ++i) {
    const auto name = "v" + std::to_string(i);
    topology.vnets.push_back({.name = name, .region = "westeurope"});
    topology.gateways.push_back({.name = name, .type = model::GatewayType::kExpressRoute, .vnet = name});
    topology.connections.push_back({.name = name, .gateway = name, .circuit = "er1"});
  }
}
void to_standard(Topology& topology) { er1(topology).sku = CircuitSku::kStandard; }

struct Case {
  std::size_t guard;
  const char* code;
  Step before, refused, allowed;
  const char *object, *field, *value;  ///< of the first finding
  Actor by = Actor::kCustomer;
};

const Case kCases[] = {
    {0, "V2", nothing, [](Topology& t) { er1(t).bandwidth = 500'000'000; },
     [](Topology& t) { er1(t).bandwidth = 2'000'000'000; }, "circuit er1", "bandwidth", "500Mbps"},
    {1, "V3", [](Topology& t) { er1(t).family = CircuitFamily::kUnlimitedData; },
     [](Topology& t) { er1(t).family = CircuitFamily::kMeteredData; },
     [](Topology& t) { er1(t).sku = CircuitSku::kPremium; }, "circuit er1", "family", "MeteredData"},
    {1, "V3", nothing, [](Topology& t) { er1(t).sku = CircuitSku::kLocal; },
     [](Topology& t) { er1(t).family = CircuitFamily::kUnlimitedData; }, "circuit er1", "sku", "Local"},
    {2, "V4",
     [](Topology& t) {
       er1(t).sku = CircuitSku::kPremium;
       link_vnets(t, 10);
     },
     to_standard,
     [](Topology& t) {
       to_standard(t);
       drop(t.global_reach, "ams-lon");
     },
     "circuit er1", "sku", "Standard"},
    {2, "V4",
     [](Topology& t) {
       er1(t).sku = CircuitSku::kPremium;
       named(t.vnets, "hub").region = "japaneast";
     },
     to_standard,
     [](Topology& t) {
       to_standard(t);
       drop(t.connections, "er1-hub");
     },
     "circuit er1", "sku", "Standard"},
    {3, "V8", ordered, [](Topology& t) { er1(t).provider_state = ProviderState::kProvisioned; },
     [](Topology& t) { er1(t).bandwidth = 2'000'000'000; }, "circuit er1", "provider-state", "Provisioned"},
    {3, "V8", delete_er1, [](Topology& t) { t.circuits.push_back({.name = "new"}); },
     [](Topology& t) { t.circuits.push_back({.name = "new", .provider_state = ProviderState::kNotProvisioned}); },
     "circuit new", "provider-state", "Provisioned"},
    {4, "V8", ordered, [](Topology& t) { er1(t).private_peering = dx(t).private_peering; },
     [](Topology& t) { er1(t).bandwidth = 2'000'000'000; }, "circuit er1", "provider-state", "NotProvisioned"},
    {4, "V8",
     [](Topology& t) {
       unlink_er1(t);
       er1(t).provider_state = ProviderState::kNotProvisioned;
     },
     [](Topology& t) { er1(t).private_peering->vlan = 77; }, [](Topology& t) { er1(t).private_peering.reset(); },
     "circuit er1", "provider-state", "NotProvisioned"},
    {5, "V8", ordered, [](Topology& t) { named(t.connections, "mp-hub").circuit = "er1"; },
     [](Topology& t) { named(t.connections, "mp-hub").circuit = "dx"; }, "connection mp-hub", "circuit", "er1"},
    {5, "V8",
     [](Topology& t) {
       unlink_er1(t);
       er1(t).private_peering.reset();
     },
     [](Topology& t) { t.connections.push_back({.name = "new", .gateway = "er-gw", .circuit = "er1"}); },
     [](Topology& t) { t.connections.push_back({.name = "new", .gateway = "er-gw", .circuit = "dx"}); },
     "connection new", "circuit", "er1"},
    {6, "V9", unlink_er1, delete_er1, [](Topology& t) { er1(t).private_peering.reset(); }, "circuit er1",
     "provider-state", "Provisioned"},
    {7, "V10",
     [](Topology& t) {
       drop(t.global_reach, "ams-lon");
       er1(t).authorizations.clear();
     },
     delete_er1,
     [](Topology& t) {
       delete_er1(t);
       drop(t.connections, "er1-hub");
     },
     "connection er1-hub", "circuit", "er1"},
    {7, "V10",
     [](Topology& t) {
       unlink_er1(t);
       er1(t).authorizations = {{.name = "partner"}};
     },
     delete_er1, [](Topology& t) { er1(t).authorizations.clear(); }, "circuit er1", "authorizations", "partner"},
    {7, "V10",
     [](Topology& t) {
       drop(t.connections, "er1-hub");
       er1(t).authorizations.clear();
     },
     delete_er1,
     [](Topology& t) {
       delete_er1(t);
       t.global_reach.clear();
     },
     "global reach ams-lon", "circuit", "er1"},
    {7, "V10",
     [](Topology& t) {
       drop(t.connections, "dx-hub");
       t.global_reach.clear();
     },
     [](Topology& t) { drop(t.circuits, "dx"); }, [](Topology& t) { dx(t).microsoft_peering->route_filter.clear(); },
     "circuit dx", "peerings.microsoft.route-filter", "near"},
    {8, "V10", nothing, [](Topology& t) { er1(t).private_peering.reset(); },
     [](Topology& t) {
       er1(t).private_peering.reset();
       drop(t.connections, "er1-hub");
     },
     "connection er1-hub", "circuit", "er1"},
    {8, "V10", nothing, [](Topology& t) { er1(t).provider_state = ProviderState::kNotProvisioned; },
     [](Topology& t) {
       er1(t).provider_state = ProviderState::kNotProvisioned;
       drop(t.connections, "er1-hub");
     },
     "connection er1-hub", "circuit", "er1", Actor::kProvider},
    {9, "V36", [](Topology& t) { named(t.vnets, "remote").peerings.clear(); },
     [](Topology& t) { drop(t.gateways, "vpn-gw"); },
     [](Topology& t) {
       drop(t.gateways, "vpn-gw");
       drop(t.connections, "branch-hub");
     },
     "connection branch-hub", "gateway", "vpn-gw"},
    {9, "V36", [](Topology& t) { t.connections.clear(); }, [](Topology& t) { drop(t.gateways, "er-gw"); },
     [](Topology& t) {
       drop(t.gateways, "er-gw");
       named(t.vnets, "remote").peerings.front().use_remote_gateways = false;
     },
     "vnet remote", "peerings.to-hub.use-remote-gateways", "true"},
    {10, "V36", nothing, [](Topology& t) { drop(t.vnets, "remote"); },
     [](Topology& t) {
       drop(t.vnets, "remote");
       named(t.vnets, "hub").peerings.clear();
     },
     "vnet hub", "peerings.to-remote.remote", "remote"},
    {11, "V36", nothing, [](Topology& t) { drop(named(t.vnets, "remote").subnets, "app"); },
     [](Topology& t) {
       drop(named(t.vnets, "remote").subnets, "app");
       drop(t.nodes, "far");
     },
     "node far", "interfaces.eth0.subnet", "remote/app"},
    {11, "V36", [](Topology& t) { std::erase_if(t.nodes, [](const auto& n) { return n.site == "azure"; }); },
     [](Topology& t) { drop(t.vnets, "hub"); },
     [](Topology& t) {
       drop(t.vnets, "hub");
       t.gateways.clear();
     },
     "gateway er-gw", "vnet", "hub"},
    {12, "V36", nothing, [](Topology& t) { drop(t.route_tables, "app"); },
     [](Topology& t) {
       drop(t.route_tables, "app");
       named(named(t.vnets, "hub").subnets, "app").route_table.clear();
     },
     "vnet hub", "subnets.app.route-table", "app"},
    {13, "V36", [](Topology& t) { named(named(t.nodes, "app").interfaces, "eth0").nsg.clear(); },
     [](Topology& t) { drop(t.nsgs, "web"); },
     [](Topology& t) {
       drop(t.nsgs, "web");
       named(named(t.vnets, "remote").subnets, "app").nsg.clear();
     },
     "vnet remote", "subnets.app.nsg", "web"},
    {13, "V36", [](Topology& t) { named(named(t.vnets, "remote").subnets, "app").nsg.clear(); },
     [](Topology& t) { drop(t.nsgs, "web"); },
     [](Topology& t) {
       drop(t.nsgs, "web");
       named(named(t.nodes, "app").interfaces, "eth0").nsg.clear();
     },
     "node app", "interfaces.eth0.nsg", "web"},
};

std::vector<Finding> said(const Case& one, Step step) {
  auto before = base();
  one.before(before);
  auto after = before;
  step(after);
  std::vector<Finding> findings;
  guards()[one.guard].check({before, after, one.by}, findings);
  return findings;
}

TEST(Guards, SayNoAndYes) {
  for (const auto& one : kCases) {
    SCOPED_TRACE(testing::Message() << one.code << " " << one.object << " " << one.field);
    EXPECT_EQ(guards()[one.guard].code, one.code);
    const auto findings = said(one, one.refused);
    ASSERT_FALSE(findings.empty());
    EXPECT_THAT((std::array{findings[0].object, findings[0].field, findings[0].value}),
                ElementsAre(one.object, one.field, one.value));
    EXPECT_TRUE(said(one, one.allowed).empty());
  }
}

TEST(Guards, EachHasACaseAndARow) {
  std::set<std::size_t> with_case;
  for (const auto& one : kCases) with_case.insert(one.guard);
  EXPECT_EQ(with_case.size(), guards().size());
  for (const auto& guard : guards()) EXPECT_EQ(model::rule(guard.code, model::When::kChange).code, guard.code);
}

TEST(Guards, EachRuleOfChangesHasAGuardButTheAgents) {
  std::set<std::string_view> ruled, guarded;
  for (const auto& row : model::rules())
    if (row.when == model::When::kChange) ruled.insert(row.code);
  for (const auto& guard : guards()) guarded.insert(guard.code);
  guarded.insert("V37");
  EXPECT_EQ(ruled, guarded);
}

TEST(Guards, AFindingHasAllThatARuleSays) {
  for (const auto& one : kCases)
    for (const auto& finding : said(one, one.refused)) {
      const auto& row = model::rule(one.code, model::When::kChange);
      EXPECT_EQ(finding.code, row.code);
      EXPECT_EQ(finding.source, row.source);
      EXPECT_THAT(finding.rule, StartsWith(std::string(row.statement)));
      EXPECT_FALSE(finding.remedy.empty()) << to_string(finding);
    }
}

TEST(Guards, SpeakAtOnceAndWithAzuresWords) {
  auto after = base();
  delete_er1(after);
  try {
    demand_possible({base(), after});
    FAIL();
  } catch (const TopologyError& error) {
    EXPECT_EQ(error.findings().size(), 4U) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("(Azure: ConflictError: The specified dedicated circuit is not in "
                                        "Deprovisioned state."));
    EXPECT_THAT(error.what(), HasSubstr("xconn connection delete er1-hub [V10] (Microsoft Learn"));
  }
}

TEST(Guards, TheProviderSetsTheProvidersState) {
  auto before = base();
  ordered(before);
  auto after = before;
  er1(after).provider_state = ProviderState::kProvisioned;
  EXPECT_THROW(demand_possible({before, after}), TopologyError);
  EXPECT_NO_THROW(demand_possible({before, after, Actor::kProvider}));
}

}  // namespace
}  // namespace xconn::azure
