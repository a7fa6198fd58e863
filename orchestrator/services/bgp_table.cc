// SPDX-License-Identifier: Apache-2.0
#include "services/bgp_table.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "services/json_part.hh"

namespace xconn::services {
namespace {

using nlohmann::json;

constexpr std::uint8_t kProtocolBgp = 186;  // RTPROT_BGP
constexpr std::uint32_t kDistanceOfBgp = 20;

bool is_true(const json& object, const char* key) { return part(object, key) == true; }

bool is_chosen(const json& path) {
  return path.is_object() && (is_true(path, "bestpath") || is_true(path, "multipath"));
}

/// The used ones: of IPv6's two, the global and the link-local address, one is.
void add_next_hops(const json& path, std::set<Address>& all) {
  for (const auto& hop : part(path, "nexthops"))
    if (hop.is_object() && is_true(hop, "used"))
      if (const auto address = Address::parse(hop.value("ip", ""))) all.insert(*address);
}

bool is_own(const std::set<Address>& next_hops) {
  return std::ranges::any_of(next_hops,
                             [](const Address& hop) { return hop.text() == "0.0.0.0" || hop.text() == "::"; });
}

/// As it stands in the table: the gateway, or the interface of one that has none.
std::string hop_name(const NextHop& hop) { return hop.via ? hop.via->text() : hop.interface; }

const RouteSeen* nearest(const std::vector<RouteSeen>& routes) {
  const auto first = std::ranges::min_element(routes, {}, &RouteSeen::metric);
  return first == routes.end() ? nullptr : &*first;
}

/// The route that zebra resolves a next hop of `prefix` by: the longest match, but never a default route.
const RouteSeen* way_to(const Address& hop, const Prefix& prefix, const RoutesSeen& routes) {
  for (int length = hop.bits(); length > 0; --length) {
    const auto network = Prefix::of(hop, length);
    const auto found = network == prefix ? routes.to.end() : routes.to.find(network);
    if (found != routes.to.end()) return nearest(found->second);
  }
  return nullptr;
}

std::set<std::string> resolved(const std::set<Address>& hops, const Prefix& prefix, const RoutesSeen& routes) {
  std::set<std::string> names;
  for (const auto& hop : hops) {
    const auto* way = way_to(hop, prefix, routes);
    const bool on_link = way == nullptr || way->next_hops.empty() ||
                         std::ranges::any_of(way->next_hops, [](const NextHop& next) { return !next.via; });
    if (on_link)
      names.insert(hop.text());
    else
      for (const auto& next : way->next_hops) names.insert(hop_name(next));
  }
  return names;
}

const RouteSeen* of_bgp(const std::vector<RouteSeen>& routes) {
  const auto found = std::ranges::find(routes, kProtocolBgp, &RouteSeen::protocol);
  return found == routes.end() ? nullptr : &*found;
}

/// FRR reads the first byte of the kernel's metric as the administrative distance.
bool is_nearer(const RouteSeen& route) { return route.protocol != kProtocolBgp && route.metric >> 24 < kDistanceOfBgp; }

std::optional<std::string> difference(const Prefix& prefix, const std::set<Address>& selected,
                                      const RoutesSeen& routes) {
  const auto there = routes.to.find(prefix);
  const auto* route = there == routes.to.end() ? nullptr : of_bgp(there->second);
  if (route == nullptr && there != routes.to.end() && std::ranges::any_of(there->second, is_nearer)) return {};
  std::set<std::string> seen;
  if (route != nullptr)
    for (const auto& hop : route->next_hops) seen.insert(hop_name(hop));
  const auto wanted = resolved(selected, prefix, routes);
  if (seen == wanted) return {};
  return fmt::format("{} goes by {} in the kernel, bgpd selected {}", prefix.text(),
                     seen.empty() ? "nothing" : fmt::format("{}", fmt::join(seen, ", ")), fmt::join(wanted, ", "));
}

}  // namespace

Selected selected_of(const json& table) {
  Selected selected;
  for (const auto& [text, paths] : part(table, "routes").items()) {
    const auto prefix = Prefix::parse(text);
    std::set<Address> hops;
    for (const auto& path : paths)
      if (is_chosen(path)) add_next_hops(path, hops);
    if (prefix && !hops.empty() && !is_own(hops)) selected.emplace(*prefix, std::move(hops));
  }
  return selected;
}

std::optional<std::string> not_in_kernel(const Selected& selected, const RoutesSeen& routes) {
  for (const auto& [prefix, hops] : selected)
    if (auto what = difference(prefix, hops, routes)) return what;
  for (const auto& [prefix, there] : routes.to)
    if (of_bgp(there) != nullptr && !selected.contains(prefix))
      return prefix.text() + " is in the kernel still, bgpd has nothing selected";
  return std::nullopt;
}

}  // namespace xconn::services
