// SPDX-License-Identifier: Apache-2.0
// Virtual network gateways: their subnet, instances and addresses.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/azure.hh"
#include "model/rules.hh"
#include "model/words.hh"

namespace xconn::model::azure_rules {
namespace {

const RouteTable* table_of_gateway_subnet(const Check& check, const Vnet& vnet) {
  const auto* subnet = find_named(vnet.subnets, azure::kGatewaySubnet);
  return subnet == nullptr || subnet->route_table.empty()
             ? nullptr
             : find_named(check.topology.route_tables, subnet->route_table);
}

bool is_apipa_for_azure(const Address& address) {
  static const auto kFirst = *Address::parse(azure::kFirstApipa), kLast = *Address::parse(azure::kLastApipa);
  return address.is_v4() && kFirst <= address && address <= kLast;
}

void check_apipa(Check& check, const Gateway& gateway) {
  for (std::size_t i = 0; i < gateway.apipa.size(); ++i)
    if (!is_apipa_for_azure(gateway.apipa[i]))
      check.report({"gateways", gateway.name, "apipa", i}, gateway.apipa[i].text(),
                   "use 169.254.21.0 to 169.254.22.255");
  const std::size_t least = gateway.active_active ? gateway.instances.size() : 1;
  if (!gateway.apipa.empty() && (gateway.apipa.size() < least || gateway.apipa.size() > gateway.instances.size()))
    check.report({"gateways", gateway.name, "apipa"}, "",
                 gateway.active_active ? "list one for each instance" : "list one: the active instance has it");
}

/// BGP over a tunnel to this device needs two more things, and the address where its tunnels end is none of them.
void check_bgp_address(Check& check, const Connection& connection, const LocalGateway& local) {
  const auto at = [&](const char* key) { return Path{"local-gateways", local.name, key}; };
  if (!connection.bgp) return;
  if (!local.asn) check.report(at("asn"), "", "connection " + connection.name + " speaks BGP: add asn");
  if (!local.bgp_address)
    check.report(at("bgp-address"), "", "connection " + connection.name + " speaks BGP: add bgp-address");
}

void check_local_gateway(Check& check, const LocalGateway& local) {
  const auto at = [&](const char* key) { return Path{"local-gateways", local.name, key}; };
  if (local.bgp_address && local.bgp_address == local.address)
    check.report(at("bgp-address"), local.bgp_address->text(), "use an address inside the device's networks");
  if (local.asn && azure::is_among(local.asn->value(), azure::kReservedVpnAsns))
    check.report(at("asn"), local.asn->text(), "use the device's own, or a private one: 64512 to 65514");
}

bool is_served(const Gateway& gateway, const Vnet& vnet) {
  return vnet.name == gateway.vnet || std::ranges::any_of(vnet.peerings, [&](const VnetPeering& half) {
           return half.remote == gateway.vnet && half.use_remote_gateways;
         });
}

/// Whose it is, of those behind the gateway; nullptr when it is nobody's.
const Vnet* owner_of(const Topology& topology, const Gateway& gateway, const Prefix& prefix) {
  const auto owns = [&](const Vnet& vnet) {
    return is_served(gateway, vnet) &&
           std::ranges::any_of(vnet.address_space, [&](const Prefix& own) { return own.contains(prefix); });
  };
  const auto found = std::ranges::find_if(topology.vnets, owns);
  return found == topology.vnets.end() ? nullptr : &*found;
}

bool has_sku(const Gateway& gateway) {
  if (!gateway.sku) return true;
  if (gateway.type == GatewayType::kExpressRoute) return azure::limits_of(gateway.sku) != nullptr;
  return azure::is_vpn_sku(*gateway.sku);
}

bool coexists(const Topology& topology, const Gateway& gateway) {
  const auto& all = topology.gateways;
  return std::any_of(all.begin(), all.end(),
                     [&](const Gateway& other) { return other.vnet == gateway.vnet && other.type != gateway.type; });
}

}  // namespace

void gateway_subnet(Check& check) {
  for (const auto& gateway : check.topology.gateways) {
    const auto* vnet = check.vnet(gateway.vnet);
    if (vnet == nullptr) continue;
    const auto* subnet = find_named(vnet->subnets, azure::kGatewaySubnet);
    if (subnet == nullptr) {
      check.report({"gateways", gateway.name, "vnet"}, gateway.vnet,
                   "add GatewaySubnet to the subnets of VNet " + vnet->name);
      continue;
    }
    const auto smallest = coexists(check.topology, gateway) ? azure::kCoexistenceLength : azure::kGatewaySubnetLength;
    if (subnet->prefix.length() > smallest && subnet->prefix.is_v4())
      check.report({"vnets", vnet->name, "subnets", subnet->name, "prefix"}, subnet->prefix.text(), "use a /27");
  }
}

void gateway_security(Check& check) {
  for (const auto& vnet : check.topology.vnets)
    for (const auto& subnet : vnet.subnets)
      if (subnet.name == azure::kGatewaySubnet && !subnet.nsg.empty())
        check.report({"vnets", vnet.name, "subnets", subnet.name, "nsg"}, subnet.nsg, "remove it");
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

void gateway_skus(Check& check) {
  for (const auto& gateway : check.topology.gateways) {
    const auto report = [&](const char* key, const std::string& value, const std::string& remedy) {
      check.report({"gateways", gateway.name, key}, value, remedy);
    };
    const auto sku = gateway.sku ? Word<azure::GatewaySku>::show(*gateway.sku) : "";
    if (!has_sku(gateway)) report("sku", sku, "it is for the other type of gateway");
    if (gateway.sku == azure::GatewaySku::kBasic && coexists(check.topology, gateway))
      report("sku", sku, "beside an ExpressRoute gateway use VpnGw1 or larger");
    if (gateway.private_address && !(gateway.sku && azure::is_zone_redundant(*gateway.sku)))
      report("private-address", "true", "use a zone-redundant SKU: VpnGw1AZ or larger");
  }
}

void public_addresses(Check& check) {
  for (const auto& gateway : check.topology.gateways) {
    if (gateway.type != GatewayType::kVpn || gateway.public_addresses.empty()) continue;
    const std::size_t wanted = gateway.active_active ? 2 : 1;
    if (gateway.public_addresses.size() != wanted)
      check.report({"gateways", gateway.name, "public-addresses"}, std::to_string(gateway.public_addresses.size()),
                   gateway.active_active ? "list two" : "list one, or add active-active: true");
  }
}

void vpn_bgp(Check& check) {
  for (const auto& gateway : check.topology.gateways) check_apipa(check, gateway);
  for (const auto& local : check.topology.local_gateways) check_local_gateway(check, local);
  for (const auto& connection : check.topology.connections)
    if (const auto* local = find_named(check.topology.local_gateways, connection.local_gateway))
      check_bgp_address(check, connection, *local);
}

/// Once, however many connections lead there.
void local_prefixes(Check& check) {
  std::set<std::pair<std::string, std::size_t>> told;
  for (const auto& connection : check.topology.connections) {
    const auto* gateway = find_named(check.topology.gateways, connection.gateway);
    const auto* local = find_named(check.topology.local_gateways, connection.local_gateway);
    if (gateway == nullptr || local == nullptr) continue;
    for (std::size_t i = 0; i < local->address_space.size(); ++i)
      if (const auto* vnet = owner_of(check.topology, *gateway, local->address_space[i]);
          vnet != nullptr && told.emplace(local->name, i).second)
        check.report({"local-gateways", local->name, "address-space", i}, local->address_space[i].text(),
                     "remove it: VNet " + vnet->name + " has it, and its own route wins");
  }
}

void one_gateway(Check& check) {
  std::map<std::pair<std::string, GatewayType>, std::string> seen;
  for (const auto& gateway : check.topology.gateways) {
    if (!gateway.type || gateway.vnet.empty()) continue;
    const auto [at, is_new] = seen.emplace(std::pair{gateway.vnet, *gateway.type}, gateway.name);
    if (!is_new) check.report({"gateways", gateway.name, "vnet"}, gateway.vnet, "it has " + at->second + " already");
  }
}

/// The five that Azure keeps, the instances of both types, and two MSEEs for each circuit.
std::size_t addresses_in_use(const Check& check, const std::string& vnet) {
  std::size_t count = 5;
  for (const auto& gateway : check.topology.gateways) {
    if (gateway.vnet != vnet) continue;
    count += gateway.instances.size();
    for (const auto& connection : check.topology.connections)
      if (connection.gateway == gateway.name && !connection.circuit.empty()) count += 2;
  }
  return count;
}

void check_room(Check& check, const Gateway& gateway, const Prefix& subnet) {
  if (!subnet.is_v4() || subnet.length() > azure::kGatewaySubnetLength) return;  // V24 speaks of those
  const auto wanted = addresses_in_use(check, gateway.vnet);
  const auto there = std::size_t{1} << (subnet.network().bits() - subnet.length());
  if (wanted > there)
    check.report({"gateways", gateway.name, "vnet"}, gateway.vnet,
                 "its GatewaySubnet " + subnet.text() + " has " + std::to_string(there) +
                     " addresses, and gateways and MSEEs need " + std::to_string(wanted) + "; make it larger");
}

void instances(Check& check) {
  const auto has_msees = [&](const std::string& vnet) {
    return std::ranges::any_of(check.topology.gateways, [&](const auto& other) {
      return other.vnet == vnet && other.type != GatewayType::kVpn;
    });
  };
  for (const auto& gateway : check.topology.gateways) {
    const Path path{"gateways", gateway.name, "instances"};
    if (gateway.instances.size() != 2 && !gateway.instances.empty())
      check.report(path, "", "list two addresses, not " + std::to_string(gateway.instances.size()));
    const auto* subnet = check.subnet({gateway.vnet, azure::kGatewaySubnet});
    if (subnet == nullptr || !is_read(subnet->prefix)) continue;
    if (gateway.type == GatewayType::kExpressRoute) check_room(check, gateway, subnet->prefix);
    for (std::size_t i = 0; i < gateway.instances.size() && has_msees(gateway.vnet); ++i)
      if (gateway.instances[i] == subnet->prefix.host(azure::kFirstMsee) ||
          gateway.instances[i] == subnet->prefix.host(azure::kFirstMsee + 1))
        check.report({"gateways", gateway.name, "instances", i}, gateway.instances[i].text(),
                     "use " + subnet->prefix.host(azure::kFirstInstance).text() + " and the next");
  }
}

}  // namespace xconn::model::azure_rules
