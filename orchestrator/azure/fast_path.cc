// SPDX-License-Identifier: Apache-2.0
// FastPath: what the customer sends goes from the MSEE straight into the VNet. The gateway still speaks BGP, and what
// the VNet sends still leaves by it (Microsoft Learn, "About ExpressRoute FastPath").
#include <algorithm>

#include "azure/expansion.hh"
#include "model/rules.hh"

namespace xconn::azure {
namespace {

/// On ports of ExpressRoute Direct today's FastPath follows GatewaySubnet's user routes and reaches peered VNets. On a
/// provider's circuit, and everywhere in 2020, the packet goes to the machine, and what is beyond takes the gateway.
bool knows_user_routes(const model::Connection& connection, const model::Circuit& circuit) {
  return connection.fast_path_model != model::FastPathModel::k2020 && !circuit.port.empty();
}

std::vector<std::string> customer_interfaces(const network::Node& msee, const model::Peering& peering, int end) {
  std::vector<std::string> names;
  for (const auto& interface : msee.interfaces)
    for (const auto* prefix : path_prefixes(peering, end))
      if (std::ranges::count(interface.addresses, prefix->host(2), &InterfaceAddress::address) > 0)
        names.push_back(interface.name);
  return names;
}

/// The VNet's prefixes, as long as the gateway announces them, by the link past the gateway; only for what comes from
/// the customer.
void steer(network::Node& msee, const std::vector<std::string>& from, const std::string& interface,
           const std::vector<Prefix>& prefixes) {
  RouteMirror mirror;
  mirror.to_tables = {kFastPathTables + static_cast<std::uint32_t>(msee.mirrors.size())};
  mirror.interface = interface;
  mirror.accept = prefixes;
  for (const auto& name : from)
    msee.rules.push_back({.priority = kDataPathRule, .in_interface = name, .table = mirror.to_tables.front()});
  msee.mirrors.push_back(std::move(mirror));
}

void add_fast_path(Expansion& expansion, const model::Connection& connection, const model::Gateway& gateway,
                   const model::Circuit& circuit, int end) {
  const auto& vnet = vnet_of(expansion.in, gateway.vnet);
  const Address address = core_address(expansion.in, gateway, circuit, end);
  const bool with_user_routes = knows_user_routes(connection, circuit);
  auto& msee = expansion.node(msee_name(expansion.in, circuit, end));
  const std::string name = msee.name, interface = interface_name("fast-" + gateway.name);
  msee.interfaces.push_back(port(interface, {{address, address.bits()}}));
  steer(msee, customer_interfaces(msee, *circuit.private_peering, end), interface,
        with_user_routes ? reached_through_gateways_of(expansion.in, vnet) : vnet.address_space);
  expansion.plug(vnet.name, {name, interface}, with_user_routes ? kGatewaySubnet : "", address);
}

}  // namespace

void add_fast_paths(Expansion& expansion) {
  for (const auto& connection : expansion.in.connections) {
    const auto* gateway = find_named(expansion.in.gateways, connection.gateway);
    const auto* circuit = find_named(expansion.in.circuits, connection.circuit);
    if (!connection.fast_path || gateway == nullptr || circuit == nullptr || !circuit->private_peering) continue;
    for (int end : {0, 1}) add_fast_path(expansion, connection, *gateway, *circuit, end);
  }
}

}  // namespace xconn::azure
