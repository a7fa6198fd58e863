#include "plan/edits.hh"

#include <algorithm>
#include <tuple>

namespace xconn::plan {
namespace {

/// `key` identifies a thing in its list. The order of the lists is kept.
template <class T, class Key>
ListEdits<T> list_edits(const std::vector<T>& before, const std::vector<T>& after, Key key) {
  const auto find = [&](const std::vector<T>& list, const T& wanted) {
    return std::ranges::find_if(list, [&](const T& item) { return key(item) == key(wanted); });
  };
  ListEdits<T> out;
  for (const T& old : before) {
    const auto now = find(after, old);
    if (now == after.end())
      out.removed.push_back(old);
    else if (!(*now == old))
      out.changed.emplace_back(old, *now);
  }
  for (const T& item : after)
    if (find(before, item) == before.end()) out.added.push_back(item);
  return out;
}

constexpr auto kByName = [](const auto& item) { return item.name; };

auto route_key(const Route& route) { return std::tuple(route.to, route.table, route.metric); }

std::string rule_key(const Rule& rule) {
  const auto text = [](const std::optional<Prefix>& prefix) { return prefix ? prefix->text() : std::string("any"); };
  return std::to_string(rule.priority) + " " + rule.in_interface + " " + std::to_string(rule.mark) + "/" +
         std::to_string(rule.mask) + " " + text(rule.from) + " " + text(rule.to) + " " + std::to_string(rule.udp_port) +
         " " + std::to_string(rule.table);
}

std::string link_key(const Link& link) {
  return link.a.node + ":" + link.a.interface + "--" + link.b.node + ":" + link.b.interface;
}

std::string fact_key(const Fact& fact) { return fact.node + " " + fact.kind + " " + fact.subject; }

std::map<std::string, std::string> sysctls_to_set(const Node& before, const Node& after) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : after.sysctls) {
    const auto old = before.sysctls.find(name);
    if (old == before.sysctls.end() || old->second != value) out.emplace(name, value);
  }
  return out;
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
          .files = list_edits(before.files, after.files, kByName),
          .services = list_edits(before.services, after.services, kByName)};
}

bool NodeEdits::empty() const {
  return interfaces.empty() && routes.empty() && rules.empty() && sysctls.empty() && !nftables && !mirrors && !labels &&
         files.empty() && services.empty();
}

bool Edits::empty() const { return nodes.empty() && changed.empty() && links.empty() && facts.empty(); }

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
