#include "services/facts.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

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

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

bool is_named(const NextHop& hop, const std::string& word) {
  return hop.interface == word || (hop.via && hop.via->text() == word);
}

/// All of them, and no other.
bool goes_by(const RouteSeen& route, const std::vector<std::string>& words) {
  return std::ranges::all_of(words,
                             [&](const auto& word) {
                               return std::ranges::any_of(route.next_hops,
                                                          [&](const auto& hop) { return is_named(hop, word); });
                             }) &&
         std::ranges::all_of(route.next_hops, [&](const auto& hop) {
           return std::ranges::any_of(words, [&](const auto& word) { return is_named(hop, word); });
         });
}

std::string by(const RouteSeen& route) {
  std::vector<std::string> hops;
  for (const auto& hop : route.next_hops)
    hops.push_back(hop.via ? hop.via->text() + " (" + hop.interface + ")" : hop.interface);
  return hops.empty() ? "a blackhole" : fmt::format("by {}", fmt::join(hops, ", "));
}

std::optional<std::string> route_difference(const plan::Fact& fact, const Sight& sight) {
  const auto& routes = sight.routes(fact.node).to;
  const auto words = words_of(fact.expected);
  const auto expected = words.empty() ? std::string("there") : fmt::format("by {}", fmt::join(words, ", "));
  const auto prefix = Prefix::parse(fact.subject);
  const auto found = prefix ? routes.find(*prefix) : routes.end();
  if (found == routes.end()) return sentence(fact, "absent", expected);
  const auto fits = [&](const RouteSeen& route) { return words.empty() || goes_by(route, words); };
  if (std::ranges::any_of(found->second, fits)) return std::nullopt;
  return sentence(fact, by(found->second.back()), expected);
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
