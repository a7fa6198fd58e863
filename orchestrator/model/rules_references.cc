// SPDX-License-Identifier: Apache-2.0
// T19: what names something.
#include "model/rules.hh"

namespace xconn::model::azure_rules {
namespace {

template <class T>
void check_reference(Check& check, const Path& path, const std::string& name, const std::vector<T>& known,
                     const char* what) {
  if (name.empty() || find_named(known, name) != nullptr) return;
  const auto near = did_you_mean(name, names_in(known));
  check.report(path, name, near.empty() ? std::string("there is no ") + what + " of this name" : near);
}

void check_subnet(Check& check, const Path& path, const SubnetRef& ref) {
  if (ref.vnet.empty() || check.subnet(ref) != nullptr) return;
  const auto* vnet = check.vnet(ref.vnet);
  const auto near = vnet == nullptr ? did_you_mean(ref.vnet, names_in(check.topology.vnets))
                                    : did_you_mean(ref.subnet, names_in(vnet->subnets));
  check.report(path, ref.vnet + "/" + ref.subnet,
               near.empty() ? vnet == nullptr ? "there is no such VNet" : "the VNet has no such subnet" : near);
}

void check_end(Check& check, const Path& path, const End& end) {
  if (end.node.empty()) return;
  const auto* node = check.node(end.node);
  if (node != nullptr) return;
  const auto near = did_you_mean(end.node, names_in(check.topology.nodes));
  check.report(path, text_of(end), near.empty() ? "there is no such node" : near);
}

template <class T>
void check_customer_ends(Check& check, const char* collection, const T& object) {
  check_end(check, {collection, object.name, "customer", "primary"}, object.customer_primary);
  check_end(check, {collection, object.name, "customer", "secondary"}, object.customer_secondary);
}

void check_backend(Check& check, const LoadBalancer& balancer, std::size_t i) {
  const auto& end = balancer.backends[i];
  const Path path{"load-balancers", balancer.name, "backends", i};
  const auto* node = check.node(end.node);
  if (node == nullptr) return check_end(check, path, end);
  const auto* interface = find_named(node->interfaces, end.interface);
  if (interface == nullptr)
    check.report(path, text_of(end), did_you_mean(end.interface, names_in(node->interfaces)));
  else if (!interface->subnet || interface->subnet->vnet != balancer.vnet)
    check.report(path, text_of(end), "plug that interface into a subnet of VNet " + balancer.vnet);
}

void check_node_references(Check& check) {
  for (const auto& node : check.topology.nodes)
    for (const auto& interface : node.interfaces) {
      const auto path = [&](const char* key) { return Path{"nodes", node.name, "interfaces", interface.name, key}; };
      if (interface.subnet) check_subnet(check, path("subnet"), *interface.subnet);
      check_reference(check, path("nsg"), interface.nsg, check.topology.nsgs, "nsg");
    }
}

void check_vnet_references(Check& check, const Vnet& vnet) {
  const auto& topology = check.topology;
  for (const auto& subnet : vnet.subnets) {
    const auto path = [&](const char* key) { return Path{"vnets", vnet.name, "subnets", subnet.name, key}; };
    check_reference(check, path("route-table"), subnet.route_table, topology.route_tables, "route table");
    check_reference(check, path("nsg"), subnet.nsg, topology.nsgs, "nsg");
  }
  for (const auto& peering : vnet.peerings)
    check_reference(check, {"vnets", vnet.name, "peerings", peering.name, "remote"}, peering.remote, topology.vnets,
                    "VNet");
}

void check_circuit_references(Check& check, const Circuit& circuit) {
  const auto& topology = check.topology;
  check_reference(check, {"circuits", circuit.name, "provider"}, circuit.provider, topology.providers, "provider");
  check_reference(check, {"circuits", circuit.name, "port"}, circuit.port, topology.direct_ports, "port");
  if (circuit.port.empty()) check_customer_ends(check, "circuits", circuit);
  if (circuit.microsoft_peering)
    check_reference(check, {"circuits", circuit.name, "peerings", "microsoft", "route-filter"},
                    circuit.microsoft_peering->route_filter, topology.route_filters, "route filter");
}

void check_gateway_references(Check& check, const Gateway& gateway) {
  check_reference(check, {"gateways", gateway.name, "vnet"}, gateway.vnet, check.topology.vnets, "VNet");
  check_end(check, {"gateways", gateway.name, "internet"}, gateway.internet);
}

void check_connection_references(Check& check, const Connection& connection) {
  const auto& topology = check.topology;
  const auto path = [&](const char* key) { return Path{"connections", connection.name, key}; };
  check_reference(check, path("gateway"), connection.gateway, topology.gateways, "gateway");
  check_reference(check, path("circuit"), connection.circuit, topology.circuits, "circuit");
  check_reference(check, path("local-gateway"), connection.local_gateway, topology.local_gateways, "local gateway");
  if (const auto* circuit = find_named(topology.circuits, connection.circuit))
    check_reference(check, path("authorization"), connection.authorization, circuit->authorizations, "authorization");
}

void check_reach_references(Check& check, const GlobalReach& reach) {
  check_reference(check, {"global-reach", reach.name, "circuit"}, reach.circuit, check.topology.circuits, "circuit");
  check_reference(check, {"global-reach", reach.name, "peer-circuit"}, reach.peer_circuit, check.topology.circuits,
                  "circuit");
}

void check_encryption_references(Check& check, const EncryptionGateway& gateway) {
  check_subnet(check, {"encryption-gateways", gateway.name, "subnet"}, gateway.subnet);
  for (std::size_t i = 0; i < gateway.route_tables.size(); ++i)
    check_reference(check, {"encryption-gateways", gateway.name, "route-tables", i}, gateway.route_tables[i],
                    check.topology.route_tables, "route table");
}

void check_balancer_references(Check& check, const LoadBalancer& balancer) {
  if (balancer.is_public) {
    check_reference(check, {"load-balancers", balancer.name, "vnet"}, balancer.vnet, check.topology.vnets, "VNet");
    check_end(check, {"load-balancers", balancer.name, "internet"}, balancer.internet);
  } else {
    check_subnet(check, {"load-balancers", balancer.name, "subnet"}, {balancer.vnet, balancer.subnet});
  }
  for (std::size_t i = 0; i < balancer.backends.size(); ++i) check_backend(check, balancer, i);
}

}  // namespace

void references(Check& check) {
  const auto& topology = check.topology;
  check_node_references(check);
  for (const auto& port : topology.direct_ports) check_customer_ends(check, "ports", port);
  for (const auto& provider : topology.providers)
    for (std::size_t i = 0; i < provider.sites.size(); ++i)
      check_end(check, {"providers", provider.name, "sites", i}, provider.sites[i]);
  for (const auto& circuit : topology.circuits) check_circuit_references(check, circuit);
  for (const auto& reach : topology.global_reach) check_reach_references(check, reach);
  for (const auto& vnet : topology.vnets) check_vnet_references(check, vnet);
  for (const auto& gateway : topology.gateways) check_gateway_references(check, gateway);
  for (const auto& connection : topology.connections) check_connection_references(check, connection);
  for (const auto& service : topology.public_services)
    check_end(check, {"public-services", service.name, "internet"}, service.internet);
  for (const auto& gateway : topology.encryption_gateways) check_encryption_references(check, gateway);
  for (const auto& balancer : topology.load_balancers) check_balancer_references(check, balancer);
}

}  // namespace xconn::model::azure_rules
