// SPDX-License-Identifier: Apache-2.0
// Circuits: bandwidth, SKU and reach, and what is attached to them.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "base/azure.hh"
#include "model/geography.hh"
#include "model/rules.hh"
#include "model/words.hh"
#include "network/names.hh"

namespace xconn::model::azure_rules {
namespace {

using azure::kGbps, azure::kMbps;

std::string rate_text(std::uint64_t rate) {
  return rate % kGbps == 0 ? std::to_string(rate / kGbps) + "Gbps" : std::to_string(rate / kMbps) + "Mbps";
}

// --- bandwidth -------------------------------------------------------------------------------------------------------

struct BandwidthRow {
  std::uint64_t port;  ///< of the port pair of ExpressRoute Direct; 0: a provider's circuit
  std::span<const std::uint64_t> rates;
};
constexpr std::array<BandwidthRow, 3> kBandwidths{{{0, azure::kProviderBandwidths},
                                                   {10 * kGbps, azure::kDirect10Bandwidths},
                                                   {100 * kGbps, azure::kDirect100Bandwidths}}};

const BandwidthRow* bandwidths_of(std::uint64_t port) {
  const auto* row =
      std::find_if(kBandwidths.begin(), kBandwidths.end(), [&](const auto& one) { return one.port == port; });
  return row == kBandwidths.end() ? nullptr : row;
}

std::string rates_text(const BandwidthRow& row) {
  std::vector<std::string> texts;
  for (const auto rate : row.rates) texts.push_back(rate_text(rate));
  return one_of({texts.begin(), texts.end()});
}

void check_bandwidth(Check& check, const Circuit& circuit) {
  const auto* port = find_named(check.topology.direct_ports, circuit.port);
  const auto* row = bandwidths_of(port == nullptr ? 0 : port->bandwidth);
  if (row == nullptr || circuit.bandwidth == 0) return;
  if (std::find(row->rates.begin(), row->rates.end(), circuit.bandwidth) == row->rates.end())
    check.report({"circuits", circuit.name, "bandwidth"}, rate_text(circuit.bandwidth), "use " + rates_text(*row));
}

// --- what a circuit is linked to -------------------------------------------------------------------------------------

struct Linked {
  const Connection& connection;
  const Circuit& circuit;
  const Gateway& gateway;
  const Vnet& vnet;
};

template <class Visit>
void each_linked(const Check& check, Visit visit) {
  for (const auto& connection : check.topology.connections) {
    const auto* circuit = find_named(check.topology.circuits, connection.circuit);
    const auto* gateway = find_named(check.topology.gateways, connection.gateway);
    const auto* vnet = gateway == nullptr ? nullptr : check.vnet(gateway->vnet);
    if (circuit != nullptr && vnet != nullptr) visit(Linked{connection, *circuit, *gateway, *vnet});
  }
}

/// VNets and Global Reach links that a circuit takes.
std::size_t most_links(const Circuit& circuit) {
  if (circuit.sku != CircuitSku::kPremium) return azure::kStandardLinks;
  for (const auto& row : azure::kPremiumLinks)
    if (circuit.bandwidth <= row.bandwidth) return row.links;
  return azure::kMostLinks;
}

std::vector<std::string_view> fast_path_skus() {
  std::vector<std::string_view> names;
  for (const auto& limits : azure::kGatewayLimits)
    if (limits.fast_path) names.push_back(xconn::name_of(limits.sku));
  return names;
}

/// A gateway of no named SKU takes as many as the smallest.
std::size_t most_circuits(std::optional<azure::GatewaySku> sku) {
  const auto* limits = azure::limits_of(sku);
  return (limits == nullptr ? azure::kGatewayLimits.front() : *limits).circuits;
}

void check_reach(Check& check, const Linked& linked) {
  const auto &location = linked.circuit.peering_location, &region = linked.vnet.region;
  const auto report = [&](const std::string& remedy) {
    check.report({"connections", linked.connection.name, "circuit"}, linked.circuit.name, remedy);
  };
  if (linked.circuit.sku == CircuitSku::kLocal && local_reach(location, region) == LocalReach::kNo)
    return report("Local does not reach " + region + " from " + location + "; use Standard or Premium");
  const auto here = geography_of_location(location), there = geography_of_region(region);
  if (linked.circuit.sku == CircuitSku::kStandard && here != there && here != Geography::kUnknown &&
      there != Geography::kUnknown)
    report(location + " is in " + std::string(name_of(here)) + ", " + region + " in " + std::string(name_of(there)) +
           "; use Premium");
}

// --- Global Reach ----------------------------------------------------------------------------------------------------

void check_reach_pair(Check& check, const GlobalReach& reach, const Circuit& one, const Circuit& other) {
  const auto report = [&](const char* key, const std::string& value, const std::string& remedy) {
    check.report({"global-reach", reach.name, key}, value, remedy);
  };
  if (&one == &other) return report("peer-circuit", other.name, "name another circuit");
  for (const auto* circuit : {&one, &other})
    if (circuit->sku == CircuitSku::kLocal)
      report(circuit == &one ? "circuit" : "peer-circuit", circuit->name, "it is Local; use Standard or Premium");
  if (!one.peering_location.empty() && is_same_place(one.peering_location, other.peering_location))
    report("peer-circuit", other.name, "both are at " + one.peering_location);
  const auto here = geography_of_location(one.peering_location), there = geography_of_location(other.peering_location);
  if (here == there || here == Geography::kUnknown || there == Geography::kUnknown) return;
  for (const auto* circuit : {&one, &other})
    if (circuit->sku == CircuitSku::kStandard)
      report(circuit == &one ? "circuit" : "peer-circuit", circuit->name,
             "between " + std::string(name_of(here)) + " and " + std::string(name_of(there)) + " it must be Premium");
}

void check_reach_prefix(Check& check, const GlobalReach& reach) {
  if (is_read(reach.prefix) && (reach.prefix.length() != azure::kReachLength || !reach.prefix.is_v4()))
    check.report({"global-reach", reach.name, "prefix"}, reach.prefix.text(), "use a /29");
}

// --- route filters ---------------------------------------------------------------------------------------------------

bool is_office(std::string_view community) {
  return std::ranges::any_of(azure::kOfficeServices, [&](int one) { return azure::community(one) == community; });
}

constexpr std::string_view kNoOffice =
    "400 not compatible with the route filter. The route filter includes Office 365 communities. The circuit does not "
    "have access to Office365.";

void check_office(Check& check, const Circuit& circuit, const RouteFilter& filter) {
  for (const auto& rule : filter.rules)
    for (std::size_t i = 0; i < rule.communities.size(); ++i)
      if (is_office(rule.communities[i]))
        check.report({"route-filters", filter.name, "rules", rule.name, "communities", i}, rule.communities[i],
                     "circuit " + circuit.name + " is " + Word<CircuitSku>::show(circuit.sku) +
                         ": use Premium, or remove the community",
                     kNoOffice);
}

}  // namespace

void bandwidth(Check& check) {
  for (const auto& port : check.topology.direct_ports)
    if (bandwidths_of(port.bandwidth) == nullptr || port.bandwidth == 0)
      check.report({"ports", port.name, "bandwidth"}, rate_text(port.bandwidth), "use 10Gbps or 100Gbps");
  for (const auto& circuit : check.topology.circuits) check_bandwidth(check, circuit);
}

void families(Check& check) {
  for (const auto& circuit : check.topology.circuits)
    if (circuit.sku == CircuitSku::kLocal && circuit.family == CircuitFamily::kMeteredData)
      check.report({"circuits", circuit.name, "family"}, Word<CircuitFamily>::show(circuit.family),
                   "add family: UnlimitedData");
}

void circuit_links(Check& check) {
  std::map<std::string, std::set<std::string>> links;
  const auto add = [&](const Circuit& circuit, std::string what, const Path& path) {
    auto& all = links[circuit.name];
    if (!all.insert(std::move(what)).second || all.size() <= most_links(circuit)) return;
    check.report(path, circuit.name,
                 "it takes " + std::to_string(most_links(circuit)) + " as " + Word<CircuitSku>::show(circuit.sku) +
                     "; link another circuit");
  };
  each_linked(check, [&](const Linked& linked) {
    add(linked.circuit, "VNet " + linked.vnet.name, {"connections", linked.connection.name, "circuit"});
  });
  for (const auto& reach : check.topology.global_reach) {
    if (const auto* one = find_named(check.topology.circuits, reach.circuit))
      add(*one, "reach " + reach.name, {"global-reach", reach.name, "circuit"});
    if (const auto* other = find_named(check.topology.circuits, reach.peer_circuit))
      add(*other, "reach " + reach.name, {"global-reach", reach.name, "peer-circuit"});
  }
}

void circuit_reach(Check& check) {
  each_linked(check, [&](const Linked& linked) { check_reach(check, linked); });
}

void circuits_of_vnet(Check& check) {
  std::map<std::string, std::set<std::string>> all;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> at_location;
  each_linked(check, [&](const Linked& linked) {
    const auto& location = linked.circuit.peering_location;
    auto &circuits = all[linked.vnet.name], &here = at_location[{linked.vnet.name, location}];
    const bool is_new = circuits.insert(linked.circuit.name).second;
    here.insert(linked.circuit.name);
    const Path path{"connections", linked.connection.name, "circuit"};
    if (!is_new) return;
    if (!location.empty() && here.size() > azure::kCircuitsFromOneLocation)
      check.report(path, linked.circuit.name,
                   "VNet " + linked.vnet.name + " has four from " + location + "; use a circuit at another location");
    else if (circuits.size() > most_circuits(linked.gateway.sku))
      check.report(path, linked.circuit.name,
                   "gateway " + linked.gateway.name + " takes " + std::to_string(most_circuits(linked.gateway.sku)) +
                       "; give it a larger SKU");
  });
}

void circuit_names(Check& check) {
  for (const auto& circuit : check.topology.circuits)
    if (!circuit.name.empty() && !is_object_name(circuit.name))
      check.report({"circuits", circuit.name}, circuit.name, "use letters, digits, '-' and '_'");
}

void address_spaces(Check& check) {
  each_linked(check, [&](const Linked& linked) {
    if (linked.vnet.address_space.size() > azure::kLinkedAddressSpaces)
      check.report({"connections", linked.connection.name, "gateway"}, linked.gateway.name,
                   "VNet " + linked.vnet.name + " has " + std::to_string(linked.vnet.address_space.size()) +
                       " address spaces; make fewer, larger ones");
  });
}

void fast_path(Check& check) {
  for (const auto& connection : check.topology.connections) {
    const auto* gateway = find_named(check.topology.gateways, connection.gateway);
    if (gateway == nullptr || !connection.fast_path || connection.circuit.empty()) continue;
    const auto* limits = azure::limits_of(gateway->sku);
    if (limits == nullptr || !limits->fast_path)
      check.report({"connections", connection.name, "fast-path"}, "true",
                   "gateway " + gateway->name + " is " +
                       (gateway->sku ? Word<azure::GatewaySku>::show(*gateway->sku) : "of no named SKU") + "; use " +
                       one_of(fast_path_skus()));
  }
}

void global_reach(Check& check) {
  std::set<std::pair<std::string, std::string>> pairs;
  for (const auto& reach : check.topology.global_reach) {
    check_reach_prefix(check, reach);
    const auto* one = find_named(check.topology.circuits, reach.circuit);
    const auto* other = find_named(check.topology.circuits, reach.peer_circuit);
    if (one == nullptr || other == nullptr) continue;
    check_reach_pair(check, reach, *one, *other);
    if (!pairs.insert(std::minmax(reach.circuit, reach.peer_circuit)).second)
      check.report({"global-reach", reach.name, "peer-circuit"}, reach.peer_circuit,
                   "the two circuits are already connected");
  }
}

void filter_rules(Check& check) {
  for (const auto& filter : check.topology.route_filters) {
    if (filter.rules.size() > 1)
      check.report({"route-filters", filter.name, "rules", filter.rules[1].name}, filter.rules[1].name,
                   "add its communities to rule " + filter.rules[0].name);
    for (const auto& rule : filter.rules)
      if (rule.access != network::Access::kAllow)
        check.report({"route-filters", filter.name, "rules", rule.name, "access"},
                     std::string(xconn::name_of(rule.access)), "use Allow; what no rule names is not announced anyway");
  }
}

void office_communities(Check& check) {
  for (const auto& circuit : check.topology.circuits) {
    if (!circuit.microsoft_peering || circuit.sku == CircuitSku::kPremium) continue;
    if (const auto* filter = find_named(check.topology.route_filters, circuit.microsoft_peering->route_filter))
      check_office(check, circuit, *filter);
  }
}

}  // namespace xconn::model::azure_rules
