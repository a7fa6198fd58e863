// SPDX-License-Identifier: Apache-2.0
// Networks of plain nodes: none twice on a node, and the same at all ends of a segment.
#include <algorithm>
#include <map>
#include <set>

#include "model/rules.hh"
#include "model/segments.hh"

namespace xconn::model::addresses {
namespace {

/// An address with a network around it, on an interface outside of Azure's subnets.
struct Stand {
  const Node* node;
  const Interface* interface;
  InterfaceAddress address;
  Prefix network;
  Path path;
  std::string who() const { return text_of({node->name, interface->name}) + " (" + address.text() + ")"; }
};

/// A lone address (/32, /128) has no network that could be another's, and link-local ones are the same everywhere.
bool has_network(const InterfaceAddress& address) {
  static const auto kLinkLocal = *Prefix::parse("fe80::/10");
  return is_read(address) && address.length() < (address.address().is_v4() ? 32 : 128) &&
         !kLinkLocal.contains(address.address());
}

std::vector<Stand> stands_of(const Node& node) {
  std::vector<Stand> out;
  for (const auto& interface : node.interfaces) {
    if (interface.subnet || !interface.up || interface.name == "lo") continue;
    for (std::size_t i = 0; i < interface.addresses.size(); ++i) {
      Path path{"nodes", node.name, "interfaces", interface.name, "address"};
      if (interface.addresses.size() > 1) path = {"nodes", node.name, "interfaces", interface.name, "addresses", i};
      const auto& address = interface.addresses[i];
      if (has_network(address)) out.push_back({&node, &interface, address, address.network(), std::move(path)});
    }
  }
  return out;
}

/// Whether any two of them overlap at all.
bool any_meet(const std::vector<Stand>& stands) {
  std::vector<Prefix> networks;
  for (const auto& stand : stands) networks.push_back(stand.network);
  std::ranges::sort(networks, {}, &Prefix::network);
  return std::ranges::adjacent_find(
             networks, [](const Prefix& a, const Prefix& b) { return Span(a).meets(Span(b)); }) != networks.end();
}

void check_node(Check& check, const Node& node) {
  const auto stands = stands_of(node);
  if (!any_meet(stands)) return;
  for (std::size_t i = 0; i < stands.size(); ++i) {
    const auto before = stands.begin() + static_cast<std::ptrdiff_t>(i);
    const auto other = std::find_if(stands.begin(), before, [&](const Stand& one) {
      return one.interface != stands[i].interface && Span(one.network).meets(Span(stands[i].network));
    });
    if (other != before)
      check.report(stands[i].path, stands[i].address.text(), "it overlaps with " + other->who() + "; use another");
  }
}

bool is_same_network(const Stand& a, const Stand& b) {
  return a.network.contains(b.address.address()) && b.network.contains(a.address.address());
}

using Nodes = std::set<const Node*>;

/// A node is at home where one of its addresses there has a neighbour in its network.
Nodes at_home(const std::vector<Stand>& all) {
  Nodes home;
  std::map<Prefix, const Node*> first;
  for (const auto& stand : all) {
    const auto* other = first.try_emplace(stand.network, stand.node).first->second;
    if (other != stand.node) home.insert({other, stand.node});
  }
  for (const auto& mine : all)
    if (!home.contains(mine.node) && std::ranges::any_of(all, [&](const Stand& other) {
          return other.node != mine.node && is_same_network(mine, other);
        }))
      home.insert(mine.node);
  return home;
}

bool has_onlink_route(const Node& node) {
  return std::ranges::any_of(node.routes, [](const Route& route) {
    return std::ranges::any_of(route.next_hops, [](const NextHop& hop) { return hop.onlink; });
  });
}

/// Of one segment and one family. Where nobody is at home, the first is taken for right.
void check_segment(Check& check, const std::vector<Stand>& all) {
  const auto is_first = [&](const Stand& stand) { return stand.node == all.front().node; };
  if (std::ranges::all_of(all, is_first)) return;
  if (std::ranges::any_of(all, [](const Stand& stand) { return has_onlink_route(*stand.node); })) return;
  const auto home = at_home(all);
  for (const auto& stand : all) {
    if (home.contains(stand.node) || (home.empty() && is_first(stand))) continue;
    const auto other = std::ranges::find_if(all, [&](const Stand& one) { return one.node != stand.node; });
    check.report(stand.path, stand.address.text(),
                 other->who() + " is on the same segment; use an address of " + other->network.text());
  }
}

}  // namespace

void networks_of_node(Check& check) {
  for (const auto& node : check.topology.nodes) check_node(check, node);
}

void networks_of_segment(Check& check) {
  Segments segments(check.topology);
  std::map<std::pair<std::string, bool>, std::vector<Stand>> groups;
  for (const auto& node : check.topology.nodes)
    for (auto& stand : stands_of(node))
      groups[{segments.of(node, *stand.interface), stand.address.address().is_v4()}].push_back(std::move(stand));
  for (const auto& [key, all] : groups) check_segment(check, all);
}

}  // namespace xconn::model::addresses
