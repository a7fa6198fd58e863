// SPDX-License-Identifier: Apache-2.0
// Virtual networks: peerings, user routes, security groups, sizes.
#include <algorithm>
#include <map>
#include <set>

#include "base/azure.hh"
#include "model/rules.hh"

namespace xconn::model::azure_rules {
namespace {

struct PeeringOf {
  const Vnet& vnet;
  const VnetPeering& peering;
  const Vnet& remote;
  const VnetPeering* back;  ///< the other half, or nullptr
};

const VnetPeering* peering_to(const Vnet& vnet, const std::string& remote) {
  const auto at = std::find_if(vnet.peerings.begin(), vnet.peerings.end(),
                               [&](const VnetPeering& peering) { return peering.remote == remote; });
  return at == vnet.peerings.end() ? nullptr : &*at;
}

template <class Visit>
void each_vnet_peering(const Check& check, Visit visit) {
  for (const auto& vnet : check.topology.vnets)
    for (const auto& peering : vnet.peerings)
      if (const auto* remote = check.vnet(peering.remote))
        visit(PeeringOf{vnet, peering, *remote, peering_to(*remote, vnet.name)});
}

Path peering_path(const PeeringOf& of, const char* key) {
  return {"vnets", of.vnet.name, "peerings", of.peering.name, key};
}

std::set<std::string> vnets_with_gateways(const Topology& topology) {
  std::set<std::string> out;
  for (const auto& gateway : topology.gateways) out.insert(gateway.vnet);
  return out;
}

/// Reports each prefix of the other VNet that meets one of this VNet's.
void check_overlap(Check& check, const PeeringOf& of) {
  for (const auto& mine : of.vnet.address_space)
    for (const auto& theirs : of.remote.address_space)
      if (is_read(mine) && is_read(theirs) && Span(mine).meets(Span(theirs)))
        return check.report(
            peering_path(of, "remote"), of.remote.name,
            mine.text() + " of " + of.vnet.name + " overlaps with " + theirs.text() + " of " + of.remote.name);
}

// --- user routes -----------------------------------------------------------------------------------------------------

bool has_address(const Vnet& vnet, const Address& address) {
  return std::any_of(vnet.address_space.begin(), vnet.address_space.end(),
                     [&](const Prefix& space) { return space.contains(address); });
}

/// Whether a next hop is in the VNet or in one that it is peered with; through a gateway it does not count.
bool reaches_directly(const Check& check, const Vnet& vnet, const Address& address) {
  if (has_address(vnet, address)) return true;
  return std::any_of(vnet.peerings.begin(), vnet.peerings.end(), [&](const VnetPeering& peering) {
    const auto* remote = check.vnet(peering.remote);
    return remote == nullptr || (has_address(*remote, address) && peering_to(*remote, vnet.name) != nullptr);
  });
}

/// The VNet whose gateways its machines use: its own, or a hub's by way of gateway transit.
const std::string& vnet_of_gateways(const Vnet& vnet) {
  const auto hub = std::ranges::find(vnet.peerings, true, &VnetPeering::use_remote_gateways);
  return hub == vnet.peerings.end() ? vnet.name : hub->remote;
}

/// An ExpressRoute gateway is no user route's next hop.
bool has_vpn_gateway(const Topology& topology, const Vnet& vnet) {
  return std::ranges::any_of(topology.gateways, [&](const Gateway& gateway) {
    return gateway.vnet == vnet_of_gateways(vnet) && gateway.type != GatewayType::kExpressRoute;
  });
}

using Users = std::map<std::string, std::set<const Vnet*>>;

/// The VNets whose subnets have each route table.
Users users_of_tables(const Topology& topology) {
  Users users;
  for (const auto& vnet : topology.vnets)
    for (const auto& subnet : vnet.subnets)
      if (!subnet.route_table.empty()) users[subnet.route_table].insert(&vnet);
  return users;
}

void check_user_route(Check& check, const RouteTable& table, std::size_t i, const std::set<const Vnet*>& users) {
  const auto& route = table.routes[i];
  const Path path{"route-tables", table.name, "routes", i, "next-hop"};
  if (route.type == NextHopType::kVirtualAppliance && !route.next_hop)
    return check.report(path, "", "add next-hop: ADDRESS");
  if (route.type != NextHopType::kVirtualAppliance && route.next_hop)
    return check.report(path, route.next_hop->text(), "remove the address, or the type");
  for (const auto* vnet : users) {
    if (route.type == NextHopType::kVirtualNetworkGateway && !has_vpn_gateway(check.topology, *vnet))
      return check.report(path, "VirtualNetworkGateway",
                          "subnets of VNet " + vnet->name +
                              " have this table: give it a gateway of type Vpn, or use-remote-gateways towards a VNet "
                              "with one");
    if (route.next_hop && !reaches_directly(check, *vnet, *route.next_hop))
      return check.report(path, route.next_hop->text(),
                          "subnets of VNet " + vnet->name +
                              " have this table: use an address of it or of a VNet that "
                              "it is peered with");
  }
}

// --- sizes -----------------------------------------------------------------------------------------------------------

void check_size(Check& check, const Path& path, std::size_t size, std::size_t most) {
  if (size > most) check.report(path, std::to_string(size), "at most " + std::to_string(most));
}

void check_security_rule(Check& check, const Nsg& nsg, const SecurityRule& rule) {
  if (rule.priority < azure::kFirstPriority || rule.priority > azure::kLastPriority)
    check.report({"nsgs", nsg.name, "rules", rule.name, "priority"}, std::to_string(rule.priority), "use 100 to 4096");
}

}  // namespace

void next_hop_types(Check& check) {
  const auto users = users_of_tables(check.topology);
  for (const auto& table : check.topology.route_tables) {
    const auto at = users.find(table.name);
    for (std::size_t i = 0; i < table.routes.size(); ++i)
      check_user_route(check, table, i, at == users.end() ? std::set<const Vnet*>{} : at->second);
  }
}

void peered_overlap(Check& check) {
  each_vnet_peering(check, [&](const PeeringOf& of) {
    // Once for a pair: at the half of the VNet that comes first.
    const bool is_first = of.back == nullptr || &of.vnet < &of.remote;
    if (is_first && &of.vnet != &of.remote) check_overlap(check, of);
  });
}

void peering_pairs(Check& check) {
  for (const auto& vnet : check.topology.vnets) {
    std::map<std::string, std::string> seen;
    for (const auto& peering : vnet.peerings) {
      const Path path{"vnets", vnet.name, "peerings", peering.name, "remote"};
      if (peering.remote == vnet.name) check.report(path, peering.remote, "name another VNet");
      const auto [at, is_new] = seen.emplace(peering.remote, peering.name);
      if (!is_new) check.report(path, peering.remote, "peering " + at->second + " leads there already");
    }
  }
}

void remote_gateways(Check& check) {
  const auto with_gateways = vnets_with_gateways(check.topology);
  each_vnet_peering(check, [&](const PeeringOf& of) {
    if (of.peering.use_remote_gateways && !with_gateways.contains(of.remote.name))
      check.report(peering_path(of, "use-remote-gateways"), "true",
                   "VNet " + of.remote.name + " has no gateway; give it one, or remove the flag");
  });
}

void gateway_transit(Check& check) {
  each_vnet_peering(check, [&](const PeeringOf& of) {
    if (!of.peering.use_remote_gateways || (of.back != nullptr && of.back->allow_gateway_transit)) return;
    check.report(peering_path(of, "use-remote-gateways"), "true",
                 of.back == nullptr
                     ? "give VNet " + of.remote.name + " a peering back, with allow-gateway-transit: true"
                     : "add allow-gateway-transit: true to peering " + of.back->name + " of VNet " + of.remote.name);
  });
}

void own_or_remote(Check& check) {
  const auto with_gateways = vnets_with_gateways(check.topology);
  std::map<std::string, std::string> seen;
  each_vnet_peering(check, [&](const PeeringOf& of) {
    if (!of.peering.use_remote_gateways) return;
    if (with_gateways.contains(of.vnet.name))
      check.report(peering_path(of, "use-remote-gateways"), "true",
                   "VNet " + of.vnet.name + " has a gateway of its own");
    const auto [at, is_new] = seen.emplace(of.vnet.name, of.peering.name);
    if (!is_new)
      check.report(peering_path(of, "use-remote-gateways"), "true", "peering " + at->second + " has the flag already");
  });
}

void security_priorities(Check& check) {
  for (const auto& nsg : check.topology.nsgs) {
    std::map<std::pair<network::Direction, int>, std::string> seen;
    for (const auto& rule : nsg.rules) {
      check_security_rule(check, nsg, rule);
      const auto [at, is_new] = seen.emplace(std::pair{rule.direction, rule.priority}, rule.name);
      if (!is_new)
        check.report({"nsgs", nsg.name, "rules", rule.name, "priority"}, std::to_string(rule.priority),
                     "rule " + at->second + " has it in the same direction");
    }
  }
}

void sizes(Check& check) {
  for (const auto& vnet : check.topology.vnets)
    check_size(check, {"vnets", vnet.name, "peerings"}, vnet.peerings.size(), azure::kPeeringsOfVnet);
  for (const auto& table : check.topology.route_tables)
    check_size(check, {"route-tables", table.name, "routes"}, table.routes.size(), azure::kRoutesOfTable);
  for (const auto& nsg : check.topology.nsgs)
    check_size(check, {"nsgs", nsg.name, "rules"}, nsg.rules.size(), azure::kRulesOfGroup);
}

void nic_keys(Check& check) {
  for (const auto& node : check.topology.nodes)
    for (const auto& interface : node.interfaces) {
      const auto path = [&](const char* key) { return Path{"nodes", node.name, "interfaces", interface.name, key}; };
      if (interface.subnet) continue;
      if (!interface.nsg.empty()) check.report(path("nsg"), interface.nsg, "plug the interface into a `subnet`");
      if (interface.ip_forwarding)
        check.report(path("ip-forwarding"), *interface.ip_forwarding ? "true" : "false",
                     "plug the interface into a `subnet`");
    }
}

}  // namespace xconn::model::azure_rules
