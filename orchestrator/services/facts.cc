#include "services/facts.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "services/node_services.hh"

namespace xconn::services {
namespace {

using nlohmann::json;

/// What is seen of the fact's subject, in the words of Fact::expected; nullopt when nothing is known of it.
using Seen = std::optional<std::string>;
using See = Seen (*)(const json& state, const std::string& subject);

Seen text_at(const json& object, const std::string& key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_string()) return std::nullopt;
  return object[key].get<std::string>();
}

json part(const json& object, const std::string& key) {
  return object.is_object() && object.contains(key) ? object[key] : json();
}

/// The entry of that name in a list of objects.
json entry(const json& list, const std::string& key, const std::string& name) {
  if (list.is_array())
    for (const auto& item : list)
      if (text_at(item, key) == name) return item;
  return {};
}

Seen see_bgp(const json& state, const std::string& neighbor) {
  return text_at(part(part(state, "neighbors"), neighbor), "state");
}

Seen see_bfd(const json& state, const std::string& peer) {
  return text_at(entry(part(state, "peers"), "peer", peer), "status");
}

/// Of several CHILD_SAs of one name (a rekeying is under way), an installed one counts.
Seen see_child_sa(const json& state, const std::string& subject) {
  const auto slash = subject.find('/');
  Seen seen;
  for (const auto& sa : part(part(state, "sas"), subject.substr(0, slash)))
    for (const auto& child : part(sa, "child-sas")) {
      if (slash != std::string::npos && text_at(child, "name") != subject.substr(slash + 1)) continue;
      if (seen != "INSTALLED") seen = text_at(child, "state");
    }
  return seen;
}

Seen see_vrrp(const json& state, const std::string& instance) { return text_at(part(state, "instances"), instance); }

/// Of an entry that says it by a flag.
Seen flag(const json& entry, const std::string& key, const char* yes, const char* no) {
  const auto value = part(entry, key);
  if (!value.is_boolean()) return std::nullopt;
  return value.get<bool>() ? yes : no;
}

Seen see_member(const json& state, const std::string& member) {
  return flag(entry(part(state, "members"), "name", member), "alive", "alive", "dead");
}

/// The members that a rule has chosen, in order: "er", "er vpn".
Seen see_rule(const json& state, const std::string& rule) {
  const auto members = part(entry(part(state, "rules"), "name", rule), "members");
  if (!members.is_array()) return std::nullopt;
  return members.empty() ? "no member" : fmt::format("{}", fmt::join(members.get<std::vector<std::string>>(), " "));
}

Seen see_backend(const json& state, const std::string& backend) {
  return flag(entry(part(state, "backends"), "name", backend), "healthy", "healthy", "unhealthy");
}

struct Row {
  std::string_view kind, service_kind, service_name;  ///< an empty name: any service of the kind
  See see;
};

constexpr std::array kRows{
    Row{"bgp", "frr", "bgpd", see_bgp},
    Row{"bfd", "frr", "bfdd", see_bfd},
    Row{"child-sa", "strongswan", "", see_child_sa},
    Row{"vrrp", "keepalived", "", see_vrrp},
    Row{"sdwan-member", "sdwan-edge", "", see_member},
    Row{"sdwan-rule", "sdwan-edge", "", see_rule},
    Row{"backend", "load-balancer", "", see_backend},
};

Seen seen_by_services(const Row& row, const plan::Fact& fact, NodeServices* services) {
  Seen seen;
  if (services == nullptr) return seen;
  for (const auto& service : services->all())
    if (service->kind() == row.service_kind && (row.service_name.empty() || service->name() == row.service_name))
      if (auto here = row.see(service->known(), fact.subject); here && seen != fact.expected) seen = std::move(here);
  return seen;
}

std::string sentence(const plan::Fact& fact, const std::string& seen, const std::string& expected) {
  return fmt::format("{}: {} {} is {}, not {}", fact.node, fact.kind, fact.subject, seen, expected);
}

std::optional<std::string> route_difference(const plan::Fact& fact, const Sight& sight) {
  const auto& routes = sight.routes(fact.node);
  const auto expected = fact.expected.empty() ? std::string("there") : "through " + fact.expected;
  std::string seen = "absent";
  for (const auto& route : routes) {
    if (route.to.text() != fact.subject) continue;
    if (fact.expected.empty() || std::ranges::find(route.interfaces, fact.expected) != route.interfaces.end())
      return std::nullopt;
    seen = route.interfaces.empty() ? "a blackhole" : fmt::format("through {}", fmt::join(route.interfaces, ", "));
  }
  return sentence(fact, seen, expected);
}

}  // namespace

std::optional<std::string> difference(const plan::Fact& fact, const Sight& sight) {
  if (fact.kind == "route") return route_difference(fact, sight);
  const auto row = std::ranges::find(kRows, fact.kind, &Row::kind);
  if (row == kRows.end()) throw NotFoundError(fact.node + ": no such kind of fact: " + fact.kind);
  const auto seen = seen_by_services(*row, fact, sight.services(fact.node));
  if (seen == fact.expected) return std::nullopt;
  return sentence(fact, seen.value_or("not known yet"), fact.expected);
}

}  // namespace xconn::services
