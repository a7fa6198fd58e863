// Gateways, user routes and load balancers.
#include <algorithm>
#include <map>

#include "model/rules.hh"

namespace xconn::model::azure_rules {
namespace {

const RouteTable* table_of_gateway_subnet(const Check& check, const Vnet& vnet) {
  const auto* subnet = find_named(vnet.subnets, "GatewaySubnet");
  return subnet == nullptr || subnet->route_table.empty()
             ? nullptr
             : find_named(check.topology.route_tables, subnet->route_table);
}

bool holds(const Vnet& vnet, const Address& address) {
  return std::any_of(vnet.address_space.begin(), vnet.address_space.end(),
                     [&](const Prefix& space) { return space.contains(address); });
}

bool is_half_of_peering(const Vnet& vnet, const Vnet& remote) {
  return std::any_of(vnet.peerings.begin(), vnet.peerings.end(),
                     [&](const VnetPeering& half) { return half.remote == remote.name; });
}

/// An appliance is a next hop in the VNet itself and in those that are directly peered with it.
bool is_in_reach(const Check& check, const Vnet& vnet, const Address& address) {
  return std::any_of(check.topology.vnets.begin(), check.topology.vnets.end(), [&](const Vnet& other) {
    const bool near = &other == &vnet || (is_half_of_peering(vnet, other) && is_half_of_peering(other, vnet));
    return near && holds(other, address);
  });
}

bool is_in_a_vnet_of(const Check& check, const RouteTable& table, const Address& address) {
  bool is_used = false;
  for (const auto& vnet : check.topology.vnets) {
    const auto uses = [&](const Subnet& subnet) { return subnet.route_table == table.name; };
    if (std::none_of(vnet.subnets.begin(), vnet.subnets.end(), uses)) continue;
    is_used = true;
    if (is_in_reach(check, vnet, address)) return true;
  }
  return !is_used;
}

void check_user_route(Check& check, const RouteTable& table, std::size_t i) {
  const auto& route = table.routes[i];
  const Path path{"route-tables", table.name, "routes", i, "next-hop"};
  if (route.type == NextHopType::kVirtualAppliance && !route.next_hop)
    check.report(path, "", "add next-hop: ADDRESS");
  else if (route.type != NextHopType::kVirtualAppliance && route.next_hop)
    check.report(path, route.next_hop->text(), "remove the address, or the type");
  else if (route.next_hop && !is_in_a_vnet_of(check, table, *route.next_hop))
    check.report(path, route.next_hop->text(),
                 "use an address of the VNet whose subnets have this table, or of one that is peered with it");
}

}  // namespace

void gateway_subnet(Check& check) {
  constexpr int kSmallest = 29, kSmallestWithBoth = 27;
  for (const auto& gateway : check.topology.gateways) {
    const auto* vnet = check.vnet(gateway.vnet);
    if (vnet == nullptr) continue;
    const auto* subnet = find_named(vnet->subnets, "GatewaySubnet");
    if (subnet == nullptr) {
      check.report({"gateways", gateway.name, "vnet"}, gateway.vnet,
                   "add GatewaySubnet to the subnets of VNet " + vnet->name);
      continue;
    }
    const auto& all = check.topology.gateways;
    const bool has_both = std::any_of(all.begin(), all.end(), [&](const Gateway& other) {
      return other.vnet == gateway.vnet && other.type != gateway.type;
    });
    const auto smallest = has_both ? kSmallestWithBoth : kSmallest;
    if (subnet->prefix.length() > smallest && subnet->prefix.is_v4())
      check.report({"vnets", vnet->name, "subnets", subnet->name, "prefix"}, subnet->prefix.text(), "use a /27");
  }
}

void gateway_routes(Check& check) {
  for (const auto& vnet : check.topology.vnets) {
    const auto* table = table_of_gateway_subnet(check, vnet);
    if (table == nullptr) continue;
    if (!table->propagate_bgp)
      check.report({"route-tables", table->name, "propagate-bgp"}, "false", "leave it on for GatewaySubnet");
    for (std::size_t i = 0; i < table->routes.size(); ++i)
      if (table->routes[i].to == Prefix::of(Address::v4(0), 0))
        check.report({"route-tables", table->name, "routes", i, "to"}, "0.0.0.0/0", "route single prefixes");
  }
}

void gateway_type(Check& check) {
  for (const auto& connection : check.topology.connections) {
    const auto* gateway = find_named(check.topology.gateways, connection.gateway);
    if (gateway == nullptr) continue;
    const auto wanted = connection.circuit.empty() ? "Vpn" : "ExpressRoute";
    if (!gateway->type.empty() && gateway->type != wanted)
      check.report({"connections", connection.name, "gateway"}, connection.gateway,
                   "it is of type " + gateway->type + "; name one of type " + wanted);
  }
}

void one_gateway(Check& check) {
  std::map<std::pair<std::string, std::string>, std::string> seen;
  for (const auto& gateway : check.topology.gateways) {
    if (gateway.type.empty() || gateway.vnet.empty()) continue;
    const auto [at, is_new] = seen.emplace(std::pair{gateway.vnet, gateway.type}, gateway.name);
    if (!is_new) check.report({"gateways", gateway.name, "vnet"}, gateway.vnet, "it has " + at->second + " already");
  }
}

void instances(Check& check) {
  constexpr std::uint32_t kMsee1 = 4, kMsee2 = 5;
  for (const auto& gateway : check.topology.gateways) {
    const Path path{"gateways", gateway.name, "instances"};
    if (gateway.instances.size() != 2 && !gateway.instances.empty())
      check.report(path, "", "list two addresses, not " + std::to_string(gateway.instances.size()));
    const auto* subnet = check.subnet({gateway.vnet, "GatewaySubnet"});
    if (subnet == nullptr || !is_read(subnet->prefix)) continue;
    for (std::size_t i = 0; i < gateway.instances.size(); ++i)
      if (gateway.instances[i] == subnet->prefix.host(kMsee1) || gateway.instances[i] == subnet->prefix.host(kMsee2))
        check.report({"gateways", gateway.name, "instances", i}, gateway.instances[i].text(),
                     "use " + subnet->prefix.host(12).text() + " and the next");
  }
}

void next_hop_types(Check& check) {
  for (const auto& table : check.topology.route_tables)
    for (std::size_t i = 0; i < table.routes.size(); ++i) check_user_route(check, table, i);
}

void weight(Check& check) {
  constexpr int kMost = 32000;
  for (const auto& connection : check.topology.connections)
    if (connection.weight < 0 || connection.weight > kMost)
      check.report({"connections", connection.name, "weight"}, std::to_string(connection.weight), "use 0 to 32000");
}

void ha_ports(Check& check) {
  for (const auto& balancer : check.topology.load_balancers)
    for (std::size_t i = 0; i < balancer.rules.size(); ++i) {
      const auto& rule = balancer.rules[i];
      if (!rule.ha_ports) continue;
      const Path path{"load-balancers", balancer.name, "rules", i};
      if (balancer.is_public) check.report(path, "", "name protocol and port");
      if (rule.port != 0 || rule.backend_port != 0 || rule.protocol != 0)
        check.report(path, "", "remove protocol and ports, or ha-ports");
    }
}

void balancer_protocols(Check& check) {
  constexpr std::uint8_t kTcp = 6, kUdp = 17;
  for (const auto& balancer : check.topology.load_balancers)
    for (std::size_t i = 0; i < balancer.rules.size(); ++i) {
      const auto& rule = balancer.rules[i];
      if (rule.ha_ports) continue;
      const auto path = [&](const char* key) { return Path{"load-balancers", balancer.name, "rules", i, key}; };
      if (rule.protocol != kTcp && rule.protocol != kUdp)
        check.report(path("protocol"), std::to_string(rule.protocol), "use tcp or udp; ESP passes as UDP 4500");
      if (rule.port == 0) check.report(path("port"), "0", "name a port");
      const bool is_ipsec = rule.protocol == kUdp && (rule.port == 500 || rule.port == 4500);
      if (balancer.is_public && rule.floating_ip && is_ipsec) check.report(path("floating-ip"), "true", "remove it");
    }
}

}  // namespace xconn::model::azure_rules
