// SPDX-License-Identifier: Apache-2.0
#include "azure/life.hh"

#include <algorithm>
#include <array>
#include <set>

#include "azure/expand.hh"
#include "azure/peering.hh"
#include "base/azure.hh"
#include "model/geography.hh"
#include "model/halves.hh"
#include "model/read.hh"
#include "model/rules.hh"

namespace xconn::azure {
namespace {

using model::Circuit;
using model::Peering;
using model::Topology;

constexpr const char* kProvisioned = "Provisioned";
constexpr const char* kNotProvisioned = "NotProvisioned";

/// Findings of one rule.
class Refusals {
 public:
  Refusals(std::string_view code, std::vector<Finding>& out)
      : row_(model::rule(code, model::When::kChange)), out_(out) {}
  void add(std::string object, std::string field, std::string value, std::string remedy, std::string_view says = {}) {
    out_.push_back(finding_of(row_, std::move(object), std::move(field), std::move(value), std::move(remedy), says));
  }
  /// With all that Azure is known to say of it.
  void add_saying(std::string object, std::string field, std::string value, std::string remedy) {
    add(std::move(object), std::move(field), std::move(value), std::move(remedy), row_.says);
  }

 private:
  const model::RuleRow& row_;
  std::vector<Finding>& out_;
};

using model::find_named;

/// Calls `check(before, after)` for each that is in both.
template <class T, class Check>
void each_kept(const std::vector<T>& before, const std::vector<T>& after, Check check) {
  for (const auto& now : after)
    if (const auto* old = find_named(before, now.name)) check(*old, now);
}

template <class T, class Check>
void each_gone(const std::vector<T>& before, const std::vector<T>& after, Check check) {
  for (const auto& old : before)
    if (find_named(after, old.name) == nullptr) check(old);
}

template <class Check>
void each_circuit(const Change& change, Check check) {
  each_kept(change.before.circuits, change.after.circuits, check);
}

std::string rate_text(std::uint64_t rate) { return std::to_string(rate / 1'000'000) + "Mbps"; }

// --- circuits --------------------------------------------------------------------------------------------------------

void bandwidth_up(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V2", out);
  each_circuit(change, [&](const Circuit& old, const Circuit& now) {
    if (now.bandwidth < old.bandwidth)
      refusals.add_saying("circuit " + now.name, "bandwidth", rate_text(now.bandwidth),
                          "keep " + rate_text(old.bandwidth) + ", or delete the circuit and create it again");
  });
}

void family_and_sku(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V3", out);
  each_circuit(change, [&](const Circuit& old, const Circuit& now) {
    if (old.family == "UnlimitedData" && now.family == "MeteredData")
      refusals.add("circuit " + now.name, "family", now.family, "delete the circuit and create it again");
    if (old.sku != "Local" && now.sku == "Local")
      refusals.add("circuit " + now.name, "sku", now.sku, "delete the circuit and create it again");
  });
}

/// VNets that are linked to a circuit, each with its connection.
template <class Visit>
void each_linked_vnet(const Topology& topology, const Circuit& circuit, Visit visit) {
  for (const auto& connection : topology.connections) {
    const auto* gateway = find_named(topology.gateways, connection.gateway);
    const auto* vnet = gateway == nullptr ? nullptr : find_named(topology.vnets, gateway->vnet);
    if (connection.circuit == circuit.name && vnet != nullptr) visit(connection, *vnet);
  }
}

bool is_joined(const model::GlobalReach& reach, const std::string& circuit) {
  return reach.circuit == circuit || reach.peer_circuit == circuit;
}

bool is_elsewhere(const Circuit& circuit, const model::Vnet& vnet) {
  const auto here = model::geography_of_location(circuit.peering_location);
  const auto there = model::geography_of_region(vnet.region);
  return here != there && here != model::Geography::kUnknown && there != model::Geography::kUnknown;
}

void premium_down(const Change& change, std::vector<Finding>& out) {
  constexpr std::size_t kStandardLinks = 10;
  Refusals refusals("V4", out);
  each_circuit(change, [&](const Circuit& old, const Circuit& now) {
    if (old.sku != "Premium" || now.sku != "Standard") return;
    std::set<std::string> links;
    for (const auto& reach : change.after.global_reach)
      if (is_joined(reach, now.name)) links.insert("global-reach " + reach.name);
    each_linked_vnet(change.after, now, [&](const model::Connection& connection, const model::Vnet& vnet) {
      links.insert("vnet " + vnet.name);
      if (is_elsewhere(now, vnet))
        refusals.add("circuit " + now.name, "sku", now.sku,
                     "VNet " + vnet.name + " is in " + vnet.region + ": xconn connection delete " + connection.name);
    });
    if (links.size() > kStandardLinks)
      refusals.add("circuit " + now.name, "sku", now.sku, std::to_string(links.size()) + " are linked: delete some");
  });
}

// --- the provider's part ---------------------------------------------------------------------------------------------

std::string provision(const Circuit& circuit) { return "xconn circuit provision " + circuit.name; }

void said_by_provider(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V8", out);
  if (change.by == Actor::kProvider) return;
  for (const auto& now : change.after.circuits) {
    const auto* old = find_named(change.before.circuits, now.name);
    const auto state = old != nullptr ? old->provider_state : now.port.empty() ? kNotProvisioned : now.provider_state;
    if (now.provider_state != state)
      refusals.add("circuit " + now.name, "provider-state", now.provider_state,
                   now.provider_state == kProvisioned ? provision(now) : "xconn circuit deprovision " + now.name);
  }
}

void peering_when_provisioned(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V8", out);
  for (const auto& now : change.after.circuits) {
    const auto* old = find_named(change.before.circuits, now.name);
    for (const auto part : {&Circuit::private_peering, &Circuit::microsoft_peering})
      if (now.provider_state != kProvisioned && now.*part && (old == nullptr || old->*part != now.*part))
        refusals.add("circuit " + now.name, "provider-state", now.provider_state, provision(now));
  }
}

bool is_new_link(const model::Connection& connection, const Topology& before) {
  const auto* old = find_named(before.connections, connection.name);
  return old == nullptr || old->circuit != connection.circuit || old->gateway != connection.gateway;
}

void link_when_ready(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V8", out);
  for (const auto& connection : change.after.connections) {
    const auto* circuit = find_named(change.after.circuits, connection.circuit);
    if (circuit == nullptr || !is_new_link(connection, change.before)) continue;
    if (circuit->provider_state != kProvisioned)
      refusals.add("connection " + connection.name, "circuit", circuit->name,
                   "it is " + circuit->provider_state + ": " + provision(*circuit));
    else if (!circuit->private_peering)
      refusals.add("connection " + connection.name, "circuit", circuit->name,
                   "xconn peering create " + circuit->name + " private ...");
  }
}

void deprovisioned_before_delete(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V9", out);
  each_gone(change.before.circuits, change.after.circuits, [&](const Circuit& old) {
    if (old.provider_state != kNotProvisioned)
      refusals.add_saying("circuit " + old.name, "provider-state", old.provider_state,
                          "xconn circuit deprovision " + old.name);
  });
}

// --- what goes first -------------------------------------------------------------------------------------------------

void refuse_connections(const Topology& after, const std::string& circuit, Refusals& refusals) {
  for (const auto& connection : after.connections)
    if (connection.circuit == circuit)
      refusals.add("connection " + connection.name, "circuit", circuit, "xconn connection delete " + connection.name);
}

void circuit_unlinked(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V10", out);
  each_gone(change.before.circuits, change.after.circuits, [&](const Circuit& old) {
    const auto object = "circuit " + old.name;
    refuse_connections(change.after, old.name, refusals);
    for (const auto& one : old.authorizations)
      refusals.add(object, "authorizations", one.name, "xconn authorization delete " + old.name + " " + one.name);
    for (const auto& reach : change.after.global_reach)
      if (is_joined(reach, old.name))
        refusals.add("global reach " + reach.name, reach.circuit == old.name ? "circuit" : "peer-circuit", old.name,
                     "xconn global-reach delete " + reach.name);
    if (old.microsoft_peering && !old.microsoft_peering->route_filter.empty())
      refusals.add(object, "peerings.microsoft.route-filter", old.microsoft_peering->route_filter,
                   "xconn peering update " + old.name + " microsoft route-filter=");
  });
}

void private_peering_unlinked(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V10", out);
  each_circuit(change, [&](const Circuit& old, const Circuit& now) {
    const bool goes = old.private_peering && !now.private_peering;
    const bool is_left = old.provider_state == kProvisioned && now.provider_state != kProvisioned;
    if (goes || is_left) refuse_connections(change.after, now.name, refusals);
  });
}

// --- what is in use --------------------------------------------------------------------------------------------------

void gateway_unused(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V36", out);
  each_gone(change.before.gateways, change.after.gateways, [&](const model::Gateway& old) {
    for (const auto& connection : change.after.connections)
      if (connection.gateway == old.name)
        refusals.add("connection " + connection.name, "gateway", old.name,
                     "xconn connection delete " + connection.name);
    for (const auto& vnet : change.after.vnets)
      for (const auto& peering : vnet.peerings)
        if (peering.remote == old.vnet && peering.use_remote_gateways && old.type == "ExpressRoute")
          refusals.add("vnet " + vnet.name, "peerings." + peering.name + ".use-remote-gateways", "true",
                       "xconn vnet-peering delete " + vnet.name + " " + peering.name);
  });
}

void vnet_unpeered(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V36", out);
  each_gone(change.before.vnets, change.after.vnets, [&](const model::Vnet& old) {
    for (const auto& vnet : change.after.vnets)
      for (const auto& peering : vnet.peerings)
        if (peering.remote == old.name)
          refusals.add("vnet " + vnet.name, "peerings." + peering.name + ".remote", old.name,
                       "xconn vnet-peering delete " + vnet.name + " " + peering.name);
  });
}

/// Subnets that are gone, alone or with their VNet, and what is in them still.
void subnet_empty(const Change& change, std::vector<Finding>& out) {
  constexpr std::string_view kInUse = "InUseSubnetCannotBeDeleted";
  Refusals refusals("V36", out);
  const auto is_gone = [&](const std::string& vnet, const std::string& subnet) {
    const auto *old = find_named(change.before.vnets, vnet), *now = find_named(change.after.vnets, vnet);
    return old != nullptr && find_named(old->subnets, subnet) != nullptr &&
           (now == nullptr || find_named(now->subnets, subnet) == nullptr);
  };
  for (const auto& node : change.after.nodes)
    for (const auto& interface : node.interfaces)
      if (const auto& in = interface.subnet; in && is_gone(in->vnet, in->subnet))
        refusals.add("node " + node.name, "interfaces." + interface.name + ".subnet", in->vnet + "/" + in->subnet,
                     "xconn node delete " + node.name, kInUse);
  for (const auto& gateway : change.after.gateways)
    if (is_gone(gateway.vnet, kGatewaySubnet))
      refusals.add("gateway " + gateway.name, "vnet", gateway.vnet, "xconn gateway delete " + gateway.name, kInUse);
}

/// Visits the subnets that are left.
template <class Visit>
void each_subnet(const Topology& topology, Visit visit) {
  for (const auto& vnet : topology.vnets)
    for (const auto& subnet : vnet.subnets) visit(vnet, subnet);
}

void route_table_unused(const Change& change, std::vector<Finding>& out) {
  Refusals refusals("V36", out);
  each_gone(change.before.route_tables, change.after.route_tables, [&](const model::RouteTable& old) {
    each_subnet(change.after, [&](const model::Vnet& vnet, const model::Subnet& subnet) {
      if (subnet.route_table == old.name)
        refusals.add(
            "vnet " + vnet.name, "subnets." + subnet.name + ".route-table", old.name,
            "xconn subnet update " + vnet.name + " " + subnet.name + " route-table=", "InUseRouteTableCannotBeDeleted");
    });
  });
}

void nsg_unused(const Change& change, std::vector<Finding>& out) {
  constexpr std::string_view kInUse = "InUseNetworkSecurityGroupCannotBeDeleted";
  Refusals refusals("V36", out);
  each_gone(change.before.nsgs, change.after.nsgs, [&](const network::Nsg& old) {
    each_subnet(change.after, [&](const model::Vnet& vnet, const model::Subnet& subnet) {
      if (subnet.nsg == old.name)
        refusals.add("vnet " + vnet.name, "subnets." + subnet.name + ".nsg", old.name,
                     "xconn subnet update " + vnet.name + " " + subnet.name + " nsg=", kInUse);
    });
    for (const auto& node : change.after.nodes)
      for (const auto& interface : node.interfaces)
        if (interface.nsg == old.name)
          refusals.add("node " + node.name, "interfaces." + interface.name + ".nsg", old.name,
                       "xconn node update " + node.name + " interfaces." + interface.name + ".nsg=", kInUse);
  });
}

constexpr std::array kGuards{
    Guard{"V2", bandwidth_up},
    Guard{"V3", family_and_sku},
    Guard{"V4", premium_down},
    Guard{"V8", said_by_provider},
    Guard{"V8", peering_when_provisioned},
    Guard{"V8", link_when_ready},
    Guard{"V9", deprovisioned_before_delete},
    Guard{"V10", circuit_unlinked},
    Guard{"V10", private_peering_unlinked},
    Guard{"V36", gateway_unused},
    Guard{"V36", vnet_unpeered},
    Guard{"V36", subnet_empty},
    Guard{"V36", route_table_unused},
    Guard{"V36", nsg_unused},
};

void keep_names(const model::Topology& running, const model::Topology& after, model::Document& document) {
  for (const auto& now : after.circuits) {
    const auto* old = find_named(running.circuits, now.name);
    if (old == nullptr || !now.routers.empty() || routers_of(running, *old) == routers_of(after, now)) continue;
    document.put({"circuits", now.name, "routers"}, routers_of(running, *old));
  }
}

void keep_disconnected(const model::Topology& running, const model::Topology& after, model::Document& document) {
  for (const auto& [vnet, half] : left_alone(running, after))
    model::put_in_half(document, vnet, half, "disconnected", model::parse_value("true"));
}

void keep_unsynced(const model::Topology& running, const model::Topology& after, model::Document& document) {
  for (const auto& [vnet, half, known] : left_unsynced(running, after))
    model::put_known_space(document, vnet, half, known);
}

}  // namespace

std::span<const Guard> guards() { return kGuards; }

model::Document carried_over(const model::Topology& running, model::Document document) {
  const auto after = model::read_words(document);
  keep_names(running, after, document);
  keep_disconnected(running, after, document);
  keep_unsynced(running, after, document);
  return document;
}

void demand_possible(const Change& change) {
  std::vector<Finding> findings;
  for (const auto& guard : kGuards) guard.check(change, findings);
  for (auto& finding : findings) finding.where.file = change.before.file;
  if (!findings.empty()) throw TopologyError(std::move(findings));
}

}  // namespace xconn::azure
