// SPDX-License-Identifier: Apache-2.0
// Tunnels, SD-WAN, high availability, BGP timers.
#include <algorithm>
#include <map>

#include "model/applications.hh"
#include "model/rules.hh"

namespace xconn::model::edge {
namespace {

bool has_address(const Node& node, const Address& address) {
  for (const auto& interface : node.interfaces)
    for (const auto& own : interface.addresses)
      if (own.address() == address) return true;
  return false;
}

bool is_of_vpn_gateway(const Topology& topology, const network::Tunnel& tunnel) {
  const auto has = [&](const std::vector<Address>& all) {
    return std::find(all.begin(), all.end(), tunnel.remote) != all.end();
  };
  return std::any_of(topology.gateways.begin(), topology.gateways.end(), [&](const Gateway& gateway) {
    return gateway.type == GatewayType::kVpn && (has(gateway.public_addresses) || has(gateway.instances));
  });
}

bool is_key_of_azure(const std::string& key) {
  return std::all_of(key.begin(), key.end(),
                     [](char c) { return c > ' ' && c < '~' && c != '-' && c != '"' && c != '\''; });
}

template <class T>
void check_named(Check& check, const Path& path, const std::vector<std::string>& names, const std::vector<T>& known,
                 const char* what) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (find_named(known, names[i]) != nullptr) continue;
    auto here = path;
    here.emplace_back(i);
    const auto near = did_you_mean(names[i], names_in(known));
    check.report(here, names[i], near.empty() ? std::string("there is no ") + what + " of this name" : near);
  }
}

std::vector<std::string_view> ways_of(const Node& node) {
  auto ways = names_in(node.interfaces);
  for (const auto& tunnel : node.tunnels) ways.emplace_back(tunnel.name);
  return ways;
}

void check_members(Check& check, const Node& node, const Path& sdwan) {
  for (const auto& member : node.sdwan->members) {
    const auto ways = ways_of(node);
    const bool is_there = std::find(ways.begin(), ways.end(), member.interface) != ways.end() ||
                          !check.uses({node.name, member.interface}).empty();
    if (is_there || member.interface.empty()) continue;
    auto path = sdwan;
    path.insert(path.end(), {"members", member.name, "interface"});
    const auto near = did_you_mean(member.interface, ways);
    check.report(path, member.interface, near.empty() ? "use one of " + one_of(ways) : near);
  }
}

Path below(Path path, std::initializer_list<Step> steps) {
  path.insert(path.end(), steps);
  return path;
}

void check_rule(Check& check, const network::Sdwan& sdwan, const network::SdwanRule& rule, const Path& path) {
  check_named(check, below(path, {"members"}), rule.members, sdwan.members, "member");
  for (std::size_t i = 0; i < rule.zones.size(); ++i)
    if (!sdwan.zones.contains(rule.zones[i]))
      check.report(below(path, {"zones", i}), rule.zones[i], "there is no zone of this name");
  if (!rule.health_check.empty())
    check_named(check, below(path, {"health-check"}), {rule.health_check}, sdwan.health_checks, "health check");
  if (rule.members.empty() == rule.zones.empty()) check.report(path, "", "a rule has either `members` or `zones`");
}

const network::Tunnel* tunnel_of_member(const Node& node, const std::string& name) {
  const auto* member = find_named(node.sdwan->members, name);
  return member == nullptr ? nullptr : find_named(node.tunnels, member->interface);
}

const network::SdwanMember* member_at(const network::Sdwan& sdwan, const std::string& interface) {
  if (interface.empty()) return nullptr;
  const auto at = std::find_if(sdwan.members.begin(), sdwan.members.end(),
                               [&](const network::SdwanMember& member) { return member.interface == interface; });
  return at == sdwan.members.end() ? nullptr : &*at;
}

bool selects(const std::vector<Prefix>& selectors, const Address& address) {
  return selectors.empty() || std::any_of(selectors.begin(), selectors.end(),
                                          [&](const Prefix& prefix) { return prefix.contains(address); });
}

void check_check(Check& check, const Node& node, const network::HealthCheck& health) {
  for (const auto& name : health.members) {
    const auto* tunnel = tunnel_of_member(node, name);
    if (tunnel == nullptr || !is_read(health.server)) continue;
    const Path path{"nodes", node.name, "sdwan", "health-checks", health.name, "server"};
    if (!selects(tunnel->remote_selectors, health.server))
      check.report(path, health.server.text(), "add it to remote-selectors of tunnel " + tunnel->name);
    else if (is_read(tunnel->address) && !selects(tunnel->local_selectors, tunnel->address.address()))
      check.report(path, health.server.text(),
                   "probes come from " + tunnel->address.address().text() + ": add it to local-selectors of tunnel " +
                       tunnel->name);
  }
}

// --- what the daemon of an edge could not do
// ---------------------------------------------------------------------------------------------

/// visit(node, its sdwan, the path to it)
template <class Visit>
void each_sdwan(const Topology& topology, Visit visit) {
  for (const auto& node : topology.nodes)
    if (node.sdwan) visit(node, *node.sdwan, Path{"nodes", node.name, "sdwan"});
}

template <class Visit>
void each_sdwan_rule(const Topology& topology, Visit visit) {
  each_sdwan(topology, [&](const Node&, const network::Sdwan& sdwan, const Path& path) {
    for (const auto& rule : sdwan.rules) visit(rule, below(path, {"rules", rule.name}));
  });
}

bool has_ports(std::uint8_t protocol) { return protocol == 6 || protocol == 17; }

void check_wait(Check& check, const Path& path, Duration wait) {
  constexpr Duration kShortest = std::chrono::milliseconds{1};
  if (wait < kShortest) check.report(path, to_string(wait), "use 1ms or longer");
}

void check_v4(Check& check, const Path& path, const std::vector<Prefix>& prefixes) {
  for (std::size_t i = 0; i < prefixes.size(); ++i)
    if (!prefixes[i].is_v4()) check.report(below(path, {i}), prefixes[i].text(), "remove it");
}

void check_v4(Check& check, const Path& path, const Address& address) {
  if (!address.is_v4()) check.report(path, address.text(), "use an IPv4 address");
}

// --- pairs
// -----------------------------------------------------------------------------------------------------------------

std::map<std::string, std::vector<const Node*>> groups_of(const Topology& topology) {
  std::map<std::string, std::vector<const Node*>> groups;
  for (const auto& node : topology.nodes)
    if (node.ha && !node.ha->group.empty()) groups[node.ha->group].push_back(&node);
  return groups;
}

bool stands_at(const Node& node, const Address& address) {
  const auto* interface = find_named(node.interfaces, node.ha->interface);
  return interface != nullptr && std::any_of(interface->addresses.begin(), interface->addresses.end(),
                                             [&](const InterfaceAddress& own) { return own.address() == address; });
}

void check_pair(Check& check, const Node& one, const Node& other) {
  const auto path = [&](const char* key) { return Path{"nodes", one.name, "ha", key}; };
  if (is_read(one.ha->peer) && !stands_at(other, one.ha->peer))
    check.report(path("peer"), one.ha->peer.text(), "name the address of " + other.name + ":" + other.ha->interface);
  if (one.ha->probe_port != other.ha->probe_port)
    check.report(path("probe-port"), std::to_string(one.ha->probe_port),
                 other.name + " has " + std::to_string(other.ha->probe_port));
}

}  // namespace

void psk(Check& check) {
  constexpr const char* kRemedy = "use letters and digits";
  for (const auto& node : check.topology.nodes)
    for (const auto& tunnel : node.tunnels)
      if (is_of_vpn_gateway(check.topology, tunnel) && !is_key_of_azure(tunnel.psk))
        check.report({"nodes", node.name, "tunnels", tunnel.name, "psk"}, "", kRemedy);
  for (const auto& connection : check.topology.connections)
    if (!connection.local_gateway.empty() && connection.circuit.empty() && !is_key_of_azure(connection.psk))
      check.report({"connections", connection.name, "psk"}, "", kRemedy);
}

void tunnel_ends(Check& check) {
  for (const auto& node : check.topology.nodes)
    for (const auto& tunnel : node.tunnels)
      if (is_read(tunnel.local) && !has_address(node, tunnel.local))
        check.report({"nodes", node.name, "tunnels", tunnel.name, "local"}, tunnel.local.text(),
                     "none of " + node.name + "'s interfaces has it");
}

void sdwan_names(Check& check) {
  for (const auto& node : check.topology.nodes) {
    if (!node.sdwan) continue;
    const auto& sdwan = *node.sdwan;
    const Path path{"nodes", node.name, "sdwan"};
    check_members(check, node, path);
    for (const auto& [zone, members] : sdwan.zones)
      check_named(check, below(path, {"zones", zone}), members, sdwan.members, "member");
    for (const auto& health : sdwan.health_checks)
      check_named(check, below(path, {"health-checks", health.name, "members"}), health.members, sdwan.members,
                  "member");
    for (const auto& rule : sdwan.rules) check_rule(check, sdwan, rule, below(path, {"rules", rule.name}));
  }
}

void sdwan_routes(Check& check) {
  for (const auto& node : check.topology.nodes) {
    if (!node.sdwan) continue;
    for (std::size_t i = 0; i < node.routes.size(); ++i)
      for (const auto& hop : node.routes[i].next_hops) {
        const auto* member = member_at(*node.sdwan, hop.interface);
        if (member != nullptr)
          check.report(
              {"nodes", node.name, "routes", i, "interface"}, hop.interface,
              "remove the route; add " + node.routes[i].to.text() + " to the routes of sdwan, which steers it");
      }
  }
}

void sdwan_ports(Check& check) {
  each_sdwan_rule(check.topology, [&](const network::SdwanRule& rule, const Path& path) {
    if (!rule.ports.empty() && rule.protocol && !has_ports(*rule.protocol))
      check.report(below(path, {"ports"}), "", "remove it, or write protocol: tcp or udp");
  });
}

void sdwan_applications(Check& check) {
  const auto known = applications();
  each_sdwan_rule(check.topology, [&](const network::SdwanRule& rule, const Path& path) {
    for (std::size_t i = 0; i < rule.applications.size(); ++i) {
      const auto& name = rule.applications[i];
      if (is_application(name)) continue;
      const auto near = did_you_mean(name, {known.begin(), known.end()});
      check.report(below(path, {"applications", i}), name, near.empty() ? "nDPI has no such application" : near);
    }
  });
}

void sdwan_limits(Check& check) {
  constexpr std::size_t kMembers = 99, kApplicationRules = 16;  // as many as the daemon's marks have room for
  each_sdwan(check.topology, [&](const Node&, const network::Sdwan& sdwan, const Path& path) {
    if (sdwan.members.size() > kMembers)
      check.report(below(path, {"members"}), std::to_string(sdwan.members.size()), "remove some");
    std::size_t with_applications = 0;
    for (const auto& rule : sdwan.rules) {
      const auto here = below(path, {"rules", rule.name});
      if (rule.name == "implicit") check.report(here, rule.name, "call it something else: the last rule is called so");
      if (!rule.applications.empty() && ++with_applications > kApplicationRules)
        check.report(below(here, {"applications"}), "", "put applications of the same members into one rule");
    }
    for (const auto& health : sdwan.health_checks) {
      const auto here = below(path, {"health-checks", health.name});
      check_wait(check, below(here, {"interval"}), health.interval);
      check_wait(check, below(here, {"timeout"}), health.timeout);
    }
  });
}

void sdwan_ipv4(Check& check) {
  each_sdwan(check.topology, [&](const Node&, const network::Sdwan& sdwan, const Path& path) {
    check_v4(check, below(path, {"routes"}), sdwan.routes);
    for (const auto& member : sdwan.members)
      if (member.gateway) check_v4(check, below(path, {"members", member.name, "gateway"}), *member.gateway);
    for (const auto& health : sdwan.health_checks)
      check_v4(check, below(path, {"health-checks", health.name, "server"}), health.server);
  });
  each_sdwan_rule(check.topology, [&](const network::SdwanRule& rule, const Path& path) {
    check_v4(check, below(path, {"from"}), rule.from);
    check_v4(check, below(path, {"to"}), rule.to);
  });
}

void selectors(Check& check) {
  for (const auto& node : check.topology.nodes)
    if (node.sdwan)
      for (const auto& health : node.sdwan->health_checks) check_check(check, node, health);
}

void pairs(Check& check) {
  for (const auto& [group, nodes] : groups_of(check.topology)) {
    for (const auto* node : nodes)
      if (!node->ha->interface.empty() && find_named(node->interfaces, node->ha->interface) == nullptr)
        check.report({"nodes", node->name, "ha", "interface"}, node->ha->interface, "the node has no such interface");
    if (nodes.size() != 2)
      check.report({"nodes", nodes.back()->name, "ha", "group"}, group,
                   "it has " + std::to_string(nodes.size()) + " nodes");
  }
}

void pairs_agree(Check& check) {
  for (const auto& [group, nodes] : groups_of(check.topology)) {
    if (nodes.size() != 2) continue;
    check_pair(check, *nodes[0], *nodes[1]);
    check_pair(check, *nodes[1], *nodes[0]);
  }
}

void bgp_timers(Check& check) {
  constexpr Duration kShortest = std::chrono::seconds{3}, kUsualKeepalive = std::chrono::seconds{1};
  for (const auto& node : check.topology.nodes) {
    if (!node.bgp || !node.bgp->hold) continue;
    const auto hold = *node.bgp->hold, keepalive = node.bgp->keepalive.value_or(kUsualKeepalive);
    if (hold.count() != 0 && (hold < kShortest || hold <= keepalive))
      check.report({"nodes", node.name, "bgp", "hold"}, to_string(hold), "use three times keepalive");
  }
}

}  // namespace xconn::model::edge
