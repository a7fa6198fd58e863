// SPDX-License-Identifier: Apache-2.0
#include "nodes/fragment.hh"

#include <algorithm>
#include <cstdio>
#include <set>
#include <string_view>

namespace xconn::nodes {
namespace {

using plan::InterfaceKind;

InterfaceKind kind_of(const network::Interface& interface) {
  if (interface.name == "lo") return InterfaceKind::kLoopback;
  if (interface.is_bridge) return InterfaceKind::kBridge;
  return interface.parent.empty() ? InterfaceKind::kEnd : InterfaceKind::kVlan;
}

bool has_v6(const std::vector<InterfaceAddress>& addresses) {
  return std::ranges::any_of(addresses, [](const auto& own) { return !own.address().is_v4(); });
}

/// RFC 4291, appendix A. bgpd refuses an IPv6 session on an interface that has none.
InterfaceAddress link_local(const Mac& mac) {
  const auto& b = mac.bytes();
  char text[32];
  std::snprintf(text, sizeof text, "fe80::%02x%02x:%02xff:fe%02x:%02x%02x", b[0] ^ 2, b[1], b[2], b[3], b[4], b[5]);
  return {*Address::parse(text), 64};
}

plan::Interface planned(const std::string& node, const network::Interface& interface) {
  plan::Interface made;
  made.name = interface.name;
  made.kind = kind_of(interface);
  if (made.kind != InterfaceKind::kLoopback)
    made.mac = interface.mac ? *interface.mac : Mac::from_name(node + ":" + interface.name);
  made.mtu = interface.mtu.value_or(made.mtu);
  made.addresses = interface.addresses;
  if (made.mac && has_v6(made.addresses)) made.addresses.push_back(link_local(*made.mac));
  made.parent = interface.parent;
  made.tags = interface.tags;
  made.bridge = interface.bridge;
  made.up = interface.up;
  made.hide_hop = interface.hide_hop;
  return made;
}

/// First what only a link (or a circuit) mentions, for sub-interfaces come after their parents; then what is declared.
void add_interfaces(const Setting& setting, plan::Node& node) {
  const auto& declared = setting.node.interfaces;
  std::set<std::string_view> names;
  for (const auto& interface : declared) names.insert(interface.name);
  for (const auto& end : setting.link_ends) {
    if (names.contains(end)) continue;
    network::Interface plain;
    plain.name = end;
    node.interfaces.push_back(planned(node.name, plain));
  }
  for (const auto& interface : declared) node.interfaces.push_back(planned(node.name, interface));
}

/// Which of the node's networks an address is in; empty when none is.
std::string interface_towards(const plan::Node& node, const Address& address) {
  for (const auto& interface : node.interfaces)
    for (const auto& own : interface.addresses)
      if (own.network().contains(address)) return interface.name;
  return {};
}

Route completed(Route route, const plan::Node& node) {
  for (auto& hop : route.next_hops)
    if (hop.interface.empty() && hop.via) hop.interface = interface_towards(node, *hop.via);
  return route;
}

bool is_direct(const Route& route) {
  return std::ranges::none_of(route.next_hops, [](const NextHop& hop) { return hop.via.has_value(); });
}

/// FRR reads the first byte of a kernel route's metric as the administrative distance.
constexpr std::uint32_t kDistanceShift = 24;

/// Beside BGP the metric of a static route is its administrative distance: it stands back while BGP has a better one.
Route with_distance(const network::Node& node, Route route) {
  constexpr std::uint32_t kLargestDistance = 255;
  if (node.bgp && route.table == kMainTable && route.metric <= kLargestDistance) route.metric <<= kDistanceShift;
  return route;
}

void add_routes(const network::Node& node, plan::Node& made) {
  for (const auto& route : node.routes) made.routes.push_back(with_distance(node, completed(route, made)));
  if (node.gateway) {
    Route route;
    route.next_hops.push_back({node.gateway, {}, false});
    made.routes.push_back(completed(route, made));
  }
  std::ranges::stable_partition(made.routes, is_direct);  // a gateway must be reachable when its route is added
}

bool uses_v6(const plan::Node& node) {
  return std::ranges::any_of(node.interfaces, [](const auto& interface) { return has_v6(interface.addresses); });
}

/// "all" is the sum of itself and of the interface's own, or the larger; "default" is copied to what exists already.
void set_for_all(plan::Node& node, const std::string& key, const char* value) {
  for (const char* scope : {"all", "default"}) node.sysctls["net.ipv4.conf." + std::string(scope) + "." + key] = value;
}

void set_sysctls(plan::Node& node) {
  for (const char* key : {"rp_filter", "send_redirects", "accept_redirects"}) set_for_all(node, key, "0");
  for (const char* scope : {"all", "default"})
    node.sysctls["net.ipv6.conf." + std::string(scope) + ".disable_ipv6"] = uses_v6(node) ? "0" : "1";
  node.sysctls["net.ipv4.fib_multipath_hash_policy"] = "1";  // by ports, as per-flow ECMP of routers
  node.sysctls["net.ipv4.icmp_ratelimit"] = "0";             // traceroute shows every hop
}

/// By its longest match in the main table.
bool is_on_link(const plan::Node& node, const Address& hop) {
  int longest = -1;
  bool on_link = false;
  const auto look = [&](const Prefix& network, bool direct) {
    if (!network.contains(hop) || network.length() <= longest) return;
    longest = network.length();
    on_link = direct;
  };
  for (const auto& interface : node.interfaces)
    for (const auto& own : interface.addresses) look(own.network(), true);
  for (const auto& route : node.routes)
    if (route.table == kMainTable && route.kind == RouteKind::kUnicast) look(route.to, is_direct(route));
  return on_link;
}

/// On one of its own links, or a route of its own: the router prefers both to BGP's, or may.
bool has_nearer(const plan::Node& node, const Prefix& prefix) {
  for (const auto& interface : node.interfaces)
    for (const auto& own : interface.addresses)
      if (own.network() == prefix) return true;
  constexpr std::uint32_t kDistanceOfInternalBgp = 200;
  return std::ranges::any_of(node.routes, [&](const Route& route) {
    return route.table == kMainTable && route.to == prefix && route.metric >> kDistanceShift < kDistanceOfInternalBgp;
  });
}

}  // namespace

void Fragment::add_file(std::string name, std::string content, bool secret) {
  node.files.push_back({std::move(name), std::move(content), secret});
}

void Fragment::add_service(std::string kind, std::string name, std::string config, std::vector<std::string> after) {
  node.services.push_back({std::move(kind), std::move(name), {}, std::move(config), std::move(after)});
}

void Fragment::add_fact(std::string kind, std::string subject, std::string expected) {
  facts.push_back({node.name, std::move(kind), std::move(subject), std::move(expected)});
}

void Fragment::add_detection(std::string source, std::string subject, Duration interval, Duration after) {
  detections.push_back({node.name, std::move(source), std::move(subject), interval, after});
}

void Fragment::add_route_fact(const Prefix& prefix, const std::set<Address>& next_hops) {
  std::string expected;
  for (const auto& hop : next_hops)
    if (prefix.is_v4() && hop.is_v4() && is_on_link(node, hop))
      expected += (expected.empty() ? "" : " ") + hop.text();
    else
      return add_fact("route", prefix.text(), "");  // looked up further by the router, or by IPv6's link-local address
  add_fact("route", prefix.text(), has_nearer(node, prefix) ? "" : expected);
}

plan::Interface* Fragment::find_interface(const std::string& name) {
  const auto found = std::ranges::find(node.interfaces, name, &plan::Interface::name);
  return found == node.interfaces.end() ? nullptr : &*found;
}

Fragment wired(const Setting& setting) {
  Fragment fragment;
  fragment.node.name = setting.node.name;
  fragment.node.role = setting.node.role;
  fragment.node.site = setting.node.site;
  fragment.node.router = setting.node.router;
  add_interfaces(setting, fragment.node);
  add_routes(setting.node, fragment.node);
  fragment.node.rules = setting.node.rules;
  fragment.node.mirrors = setting.node.mirrors;
  set_sysctls(fragment.node);
  return fragment;
}

void forwards(Fragment& fragment) {
  fragment.node.sysctls["net.ipv4.ip_forward"] = "1";
  set_for_all(fragment.node, "ignore_routes_with_linkdown", "1");  // no carrier, no route: as routers do
  if (fragment.node.sysctls["net.ipv6.conf.all.disable_ipv6"] == "0")
    fragment.node.sysctls["net.ipv6.conf.all.forwarding"] = "1";
}

}  // namespace xconn::nodes
