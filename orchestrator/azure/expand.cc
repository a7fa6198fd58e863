// SPDX-License-Identifier: Apache-2.0
#include "azure/expand.hh"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "azure/expansion.hh"
#include "model/rules.hh"

namespace xconn::azure {
namespace {

/// The resolved topology has every name that it mentions; not to find one is a bug of ours.
template <class List>
auto& named(List& list, std::string_view name) {
  const auto found = std::ranges::find(list, name, [](const auto& item) -> const std::string& { return item.name; });
  if (found == list.end()) throw std::logic_error("azure: nothing is called " + std::string(name));
  return *found;
}

std::uint32_t hash_of(const std::string& text) {  // FNV-1a
  std::uint32_t hash = 2166136261U;
  for (const unsigned char c : text) hash = (hash ^ c) * 16777619U;
  return hash;
}

/// A subnet's .1, and its ::1 for a NIC that has IPv6.
std::vector<InterfaceAddress> default_gateways_of(const model::Subnet& subnet, bool with_v6) {
  std::vector<InterfaceAddress> routers{{subnet.prefix.host(1), 32}};
  if (with_v6 && subnet.prefix_v6) routers.emplace_back(subnet.prefix_v6->host(1), 128);
  return routers;
}

int index_in_fabric(const network::Node& fabric, const std::string& machine) {
  int index = 0;
  while (std::ranges::any_of(fabric.interfaces, [&](const network::Interface& interface) {
    return interface.name == interface_name(machine + "." + std::to_string(index));
  }))
    ++index;
  return index;
}

}  // namespace

InterfaceAddress internet_router(const Expansion& expansion, const End& internet, const Address& own) {
  const auto* node = model::find_named(expansion.in.nodes, internet.node);
  const auto* interface = node == nullptr ? nullptr : model::find_named(node->interfaces, internet.interface);
  if (interface == nullptr || interface->addresses.empty()) return {own, own.bits()};
  return interface->addresses.front();
}

network::Node& Expansion::node(const std::string& name) { return named(out.nodes, name); }

network::Node& Expansion::add_node(std::string name, std::string role, std::string site, const Where& where) {
  network::Node& node = out.nodes.emplace_back();
  node.where = where;
  node.name = std::move(name);
  node.role = std::move(role);
  node.site = std::move(site);
  return node;
}

void Expansion::link(const End& a, const End& b, const Where& where, const Impairment& both) {
  out.links.push_back({where, a, b, both, both});
}

std::string Expansion::plug(const std::string& vnet, const End& machine, const std::string& subnet,
                            const Address& address, const std::optional<Address>& address_v6) {
  network::Node& fabric_node = node(vnet);
  const auto name = interface_name(machine.node + "." + std::to_string(index_in_fabric(fabric_node, machine.node)));
  network::Interface side = port(name);
  side.hide_hop = true;
  if (!subnet.empty())
    side.addresses = default_gateways_of(subnet_of(vnet_of(in, vnet), subnet), address_v6.has_value());
  fabric_node.interfaces.push_back(std::move(side));
  fabric_node.fabric->nics.push_back({name, address, subnet, address_v6});
  link(machine, {vnet, name}, fabric_node.where);
  return name;
}

const model::Vnet& vnet_of(const model::Topology& topology, std::string_view name) {
  return named(topology.vnets, name);
}

const model::Subnet& subnet_of(const model::Vnet& vnet, std::string_view name) { return named(vnet.subnets, name); }

std::string interface_name(const std::string& wanted, std::size_t longest) {
  if (wanted.size() <= longest) return wanted;
  char digits[5];
  std::snprintf(digits, sizeof digits, "~%03x", hash_of(wanted) & 0xfff);
  return wanted.substr(0, longest - 4) + digits;
}

network::Interface port(const std::string& name, std::vector<InterfaceAddress> addresses) {
  network::Interface interface;
  interface.name = name;
  interface.addresses = std::move(addresses);
  return interface;
}

network::BgpNeighbor neighbor(const Address& address, Asn asn) { return {.address = address, .asn = asn}; }

network::Bgp speaker(Asn asn, const std::optional<Address>& router_id) { return {asn, router_id, {}, {}, {}, {}}; }

Route route_to(const Prefix& prefix) {
  Route route;
  route.to = prefix;
  return route;
}

Route route_to(const Prefix& prefix, NextHop next_hop) {
  Route route = route_to(prefix);
  route.next_hops.push_back(std::move(next_hop));
  return route;
}

network::Network expand(const model::Topology& topology) {
  Expansion expansion{topology,
                      {topology.timers, topology.nodes, topology.links, topology.nsgs, topology.public_services}};
  add_circuits(expansion);
  add_global_reach(expansion);
  add_public_services(expansion);
  add_vnets(expansion);
  add_gateways(expansion);
  add_fast_paths(expansion);
  add_vpn_gateways(expansion);
  add_encryption_gateways(expansion);
  add_balancers(expansion);
  add_vnet_peerings(expansion);
  lower_route_tables(expansion);
  split_tunnels(expansion);
  return std::move(expansion.out);
}

}  // namespace xconn::azure
