// SPDX-License-Identifier: Apache-2.0
#include "services/facts.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "base/errors.hh"
#include "services/json_part.hh"
#include "services/node_services.hh"

namespace xconn::services {
namespace {

using nlohmann::json;

/// What is seen of the fact's subject, in the words of Fact::expected; nullopt when nothing is known of it.
using Seen = std::optional<std::string>;
using See = Seen (*)(const json& state, const std::string& subject);

Seen text_at(const json& object, const std::string& key) {
  const auto& value = part(object, key);
  return value.is_string() ? Seen(value.get<std::string>()) : std::nullopt;
}

/// The entry of that name in a list of objects.
const json& entry(const json& list, const std::string& key, const std::string& name) {
  if (list.is_array())
    for (const auto& item : list)
      if (text_at(item, key) == name) return item;
  return kNoJson;
}

/// A session that has not yet told its whole table is not what was awaited.
Seen see_bgp(const json& state, const std::string& neighbor) {
  const auto& session = part(part(state, "neighbors"), neighbor);
  auto seen = text_at(session, "state");
  if (seen == "Established" && part(session, "endOfRib") != true) *seen += " without an End-of-RIB from there";
  return seen;
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
  const auto& value = part(entry, key);
  if (!value.is_boolean()) return std::nullopt;
  return value.get<bool>() ? yes : no;
}

Seen see_member(const json& state, const std::string& member) {
  return flag(entry(part(state, "members"), "name", member), "alive", "alive", "dead");
}

/// The members that a rule has chosen, in order: "er", "er vpn".
Seen see_rule(const json& state, const std::string& rule) {
  const auto& members = part(entry(part(state, "rules"), "name", rule), "members");
  if (!members.is_array()) return std::nullopt;
  return members.empty() ? "no member" : fmt::format("{}", fmt::join(members.get<std::vector<std::string>>(), " "));
}

Seen see_backend(const json& state, const std::string& backend) {
  return flag(entry(part(state, "backends"), "name", backend), "healthy", "healthy", "unhealthy");
}

struct FactKind {
  std::string_view kind, service_kind, service_name;  ///< an empty name: any service of the kind
  See see;
};

constexpr std::array kFactKinds{
    FactKind{"bgp", "frr", "bgpd", see_bgp},
    FactKind{"bfd", "frr", "bfdd", see_bfd},
    FactKind{"child-sa", "strongswan", "", see_child_sa},
    FactKind{"vrrp", "keepalived", "", see_vrrp},
    FactKind{"sdwan-member", "sdwan-edge", "", see_member},
    FactKind{"sdwan-rule", "sdwan-edge", "", see_rule},
    FactKind{"backend", "load-balancer", "", see_backend},
};

Seen seen_by_services(const FactKind& row, const plan::Fact& fact, NodeServices* services) {
  Seen seen;
  if (services == nullptr) return seen;
  for (const auto& service : services->all())
    if (service->kind() == row.service_kind && (row.service_name.empty() || service->name() == row.service_name))
      if (auto here = row.see(service->known(), fact.subject); here && seen != fact.expected) seen = std::move(here);
  return seen;
}

std::string sentence(const plan::Fact& fact, const std::string& seen, const std::string& expected) {
  return fmt::format("{} {} is {}, not {}", fact.kind, fact.subject, seen, expected);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string_view::npos;) {
    const auto end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// A next hop as a fact has it: an address, or an interface.
struct Hop {
  explicit Hop(std::string_view text) : word(text), via(Address::parse(text)) {}
  bool is(const NextHop& hop) const { return via ? hop.via == via : hop.interface == word; }
  std::string_view word;
  std::optional<Address> via;
};

std::vector<Hop> hops_of(const plan::Fact& fact) {
  std::vector<Hop> hops;
  for (const auto word : words_of(fact.expected)) hops.emplace_back(word);
  return hops;
}

/// By exactly these next hops; if none are named, any route will do.
bool goes_by(const RouteSeen& route, const std::vector<Hop>& hops) {
  const auto& seen = route.next_hops;
  const auto is_seen = [&](const Hop& hop) {
    return std::ranges::any_of(seen, [&](const NextHop& one) { return hop.is(one); });
  };
  const auto is_asked_for = [&](const NextHop& one) {
    return std::ranges::any_of(hops, [&](const Hop& hop) { return hop.is(one); });
  };
  return hops.empty() || (std::ranges::all_of(hops, is_seen) && std::ranges::all_of(seen, is_asked_for));
}

std::string by(const RouteSeen& route) {
  std::vector<std::string> hops;
  for (const auto& hop : route.next_hops)
    hops.push_back(hop.via ? hop.via->text() + " (" + hop.interface + ")" : hop.interface);
  return hops.empty() ? "a blackhole" : fmt::format("by {}", fmt::join(hops, ", "));
}

/// Those to the fact's prefix, whichever way they go.
std::span<const RouteSeen> routes_of(const plan::Fact& fact, const LabState& lab) {
  const auto& routes = lab.routes(fact.node).to;
  const auto prefix = Prefix::parse(fact.subject);
  const auto found = prefix ? routes.find(*prefix) : routes.end();
  return found == routes.end() ? std::span<const RouteSeen>() : found->second;
}

bool route_holds(const plan::Fact& fact, const LabState& lab) {
  const auto hops = hops_of(fact);
  return std::ranges::any_of(routes_of(fact, lab), [&](const RouteSeen& route) { return goes_by(route, hops); });
}

std::string route_sentence(const plan::Fact& fact, const LabState& lab) {
  const auto routes = routes_of(fact, lab);
  const auto words = words_of(fact.expected);
  const auto expected = words.empty() ? std::string("there") : fmt::format("by {}", fmt::join(words, ", "));
  return sentence(fact, routes.empty() ? "absent" : by(routes.back()), expected);
}

Seen seen_of(const plan::Fact& fact, const LabState& lab) {
  const auto row = std::ranges::find(kFactKinds, fact.kind, &FactKind::kind);
  if (row == kFactKinds.end()) throw NotFoundError(fact.node + ": no such kind of fact: " + fact.kind);
  return seen_by_services(*row, fact, lab.services(fact.node));
}

}  // namespace

bool holds(const plan::Fact& fact, const LabState& lab) {
  return fact.kind == "route" ? route_holds(fact, lab) : seen_of(fact, lab) == fact.expected;
}

std::optional<std::string> difference(const plan::Fact& fact, const LabState& lab) {
  if (holds(fact, lab)) return std::nullopt;
  if (fact.kind == "route") return route_sentence(fact, lab);
  return sentence(fact, seen_of(fact, lab).value_or("not known yet"), fact.expected);
}

}  // namespace xconn::services
