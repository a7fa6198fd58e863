// SPDX-License-Identifier: Apache-2.0
#include "plan/edits.hh"

#include <map>
#include <tuple>
#include <type_traits>

namespace xconn::plan {
namespace {

/// The first of each key.
template <class T, class Key>
auto indexed(const std::vector<T>& list, Key key) {
  std::map<std::invoke_result_t<Key, const T&>, const T*> out;
  for (const T& item : list) out.emplace(key(item), &item);
  return out;
}

/// `key` identifies a thing in its list. The order of the lists is kept.
template <class T, class Key>
ListEdits<T> list_edits(const std::vector<T>& before, const std::vector<T>& after, Key key) {
  const auto known_before = indexed(before, key), known_after = indexed(after, key);
  ListEdits<T> out;
  for (const T& old : before) {
    const auto now = known_after.find(key(old));
    if (now == known_after.end())
      out.removed.push_back(old);
    else if (!(*now->second == old))
      out.changed.emplace_back(old, *now->second);
  }
  for (const T& item : after)
    if (!known_before.contains(key(item))) out.added.push_back(item);
  return out;
}

constexpr auto kByName = [](const auto& item) { return std::tie(item.name); };

auto route_key(const Route& route) { return std::tuple(route.to, route.table, route.metric); }

auto rule_key(const Rule& rule) {
  return std::tuple(rule.priority, rule.in_interface, rule.mark, rule.mask, rule.from, rule.to, rule.udp_port,
                    rule.table);
}

auto link_key(const Link& link) { return std::tie(link.a.node, link.a.interface, link.b.node, link.b.interface); }

auto fact_key(const Fact& fact) { return std::tie(fact.node, fact.kind, fact.subject); }

std::map<std::string, std::string> sysctls_to_set(const Node& before, const Node& after) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : after.sysctls) {
    const auto old = before.sysctls.find(name);
    if (old == before.sysctls.end() || old->second != value) out.emplace(name, value);
  }
  return out;
}

std::vector<Address> neighbors_gone(const Node& before, const Node& after) {
  std::vector<Address> gone;
  if (before.bgp)
    for (const auto& neighbor : before.bgp->neighbors)
      if (!after.bgp || after.bgp->find_neighbor(neighbor.address) == nullptr) gone.push_back(neighbor.address);
  return gone;
}

}  // namespace

NodeEdits edits(const Node& before, const Node& after) {
  return {.node = after.name,
          .interfaces = list_edits(before.interfaces, after.interfaces, kByName),
          .routes = list_edits(before.routes, after.routes, route_key),
          .rules = list_edits(before.rules, after.rules, rule_key),
          .sysctls = sysctls_to_set(before, after),
          .nftables = before.nftables != after.nftables,
          .mirrors = before.mirrors != after.mirrors,
          .labels = before.role != after.role || before.site != after.site || before.router != after.router,
          .bgp = network::changes(before.bgp, after.bgp),
          .neighbors_gone = neighbors_gone(before, after),
          .frr_lines = before.frr_lines != after.frr_lines,
          .files = list_edits(before.files, after.files, kByName),
          .services = list_edits(before.services, after.services, kByName)};
}

bool NodeEdits::empty() const {
  return interfaces.empty() && routes.empty() && rules.empty() && sysctls.empty() && !nftables && !mirrors && !labels &&
         bgp.empty() && !frr_lines && files.empty() && services.empty();
}

Edits edits(const Plan& before, const Plan& after) {
  Edits out;
  out.nodes = list_edits(before.nodes, after.nodes, kByName);
  for (const auto& [old, now] : out.nodes.changed)
    if (auto changes = edits(old, now); !changes.empty()) out.changed.push_back(std::move(changes));
  out.nodes.changed.clear();
  out.links = list_edits(before.links, after.links, link_key);
  out.facts = list_edits(before.facts, after.facts, fact_key);
  return out;
}

bool must_be_made_anew(const Interface& before, const Interface& after) {
  const bool made_here = after.kind == InterfaceKind::kVlan || after.kind == InterfaceKind::kBridge;
  return before.kind != after.kind || before.parent != after.parent || before.tags != after.tags ||
         (made_here && before.mac != after.mac);
}

}  // namespace xconn::plan
