// SPDX-License-Identifier: Apache-2.0
#include "lab/inventory.hh"

#include <algorithm>

namespace xconn::lab {
namespace {

std::vector<std::string> stacked_on(const plan::Plan& plan, const End& end) {
  std::vector<std::string> out;
  if (const auto* node = plan.find_node(end.node))
    for (const auto& interface : node->interfaces)
      if (interface.kind == plan::InterfaceKind::kVlan && interface.parent == end.interface)
        out.push_back(interface.name);
  return out;
}

void add_members(faults::Inventory& inventory, const plan::Node& node) {
  if (!node.sdwan) return;
  for (const auto& member : node.sdwan->members)
    inventory.members.push_back({node.name, member.name, member.interface});
}

/// The outer tags of a trunk's sub-interfaces, that of `own` first.
std::vector<Tag> tags_of(const plan::Node& node, const plan::Interface& own) {
  std::vector<Tag> tags{own.tags.front()};
  for (const auto& other : node.interfaces)
    if (other.kind == plan::InterfaceKind::kVlan && other.parent == own.parent) tags.push_back(other.tags.front());
  return tags;
}

void add_sub_interfaces(faults::Inventory& inventory, const plan::Node& node) {
  for (const auto& interface : node.interfaces)
    if (interface.kind == plan::InterfaceKind::kVlan)
      inventory.sub_interfaces.push_back({node.name, interface.name, interface.parent, tags_of(node, interface)});
}

/// Where several tunnels of a node each have a namespace: the node's end of the link plays the tunnel.
std::optional<End> in_topology(const plan::Plan& plan, const plan::Node& node) {
  if (node.role != "tunnel") return std::nullopt;
  const auto* link = plan.find_link({node.name, "inner"});
  if (link == nullptr) return std::nullopt;
  return link->a.node == node.name ? link->b : link->a;
}

void add_tunnels(faults::Inventory& inventory, const plan::Plan& plan, const plan::Node& node) {
  const auto charon = std::ranges::find(node.services, "strongswan", &plan::Service::kind);
  if (charon == node.services.end()) return;
  for (const auto& interface : node.interfaces)
    if (interface.kind == plan::InterfaceKind::kTunnel)
      inventory.tunnels.push_back({node.name, interface.name, charon->name, in_topology(plan, node)});
}

void add_balancer(faults::Inventory& inventory, const plan::Node& node) {
  const auto daemon = std::ranges::find(node.services, "load-balancer", &plan::Service::kind);
  if (node.balancer && daemon != node.services.end())
    inventory.balancers.push_back({node.name, daemon->name, *node.balancer});
}

bool has_neighbours(const InterfaceAddress& address) { return address.address().is_v4() && address.length() < 32; }

void add_numbered(faults::Inventory& inventory, const plan::Node& node) {
  for (const auto& interface : node.interfaces) {
    const auto address = std::ranges::find_if(interface.addresses, has_neighbours);
    const bool is_wired = interface.kind != plan::InterfaceKind::kTunnel;
    if (is_wired && address != interface.addresses.end())
      inventory.numbered.push_back({node.name, interface.name, *address});
  }
}

}  // namespace

faults::Inventory inventory_of(const plan::Plan& plan) {
  faults::Inventory inventory;
  for (const auto& node : plan.nodes) {
    inventory.nodes.push_back(node.name);
    for (const auto& service : node.services) inventory.daemons.push_back({node.name, service.name});
    add_members(inventory, node);
    if (node.bgp) inventory.speakers.push_back({node.name, node.role, node.router, *node.bgp});
    add_sub_interfaces(inventory, node);
    add_tunnels(inventory, plan, node);
    add_numbered(inventory, node);
    add_balancer(inventory, node);
    for (const auto& route : node.routes) inventory.routes.push_back({node.name, route.to});
  }
  for (const auto& link : plan.links)
    inventory.links.push_back(
        {link.a, link.b, stacked_on(plan, link.a), stacked_on(plan, link.b), link.a_to_b, link.b_to_a});
  return inventory;
}

}  // namespace xconn::lab
