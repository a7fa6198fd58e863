// SPDX-License-Identifier: Apache-2.0
// An encryption gateway of a third party, or a pair of them for HA (Aviatrix, "Encryption over
// DirectConnect/ExpressRoute"): machines in a subnet of their own with a tunnel each to an edge on-prem, over private
// peering, and a controller that writes the routes to on-prem into the route tables of the user's subnets, towards
// whichever gateway lives.
//
//   NAME-primary, NAME-backup:  eth0 in the subnet; `platform`, by which they report to NAME-controller
#include <algorithm>

#include "azure/expansion.hh"

namespace xconn::azure {
namespace {

constexpr const char* kSuffixes[] = {"-primary", "-backup"};
constexpr const char* kTunnelAddresses[] = {"169.254.100.2/32", "169.254.100.6/32"};
constexpr const char* kEdgeAddresses[] = {"169.254.100.1", "169.254.100.5"};
constexpr const char* kReportAddresses[] = {"169.254.254.2/30", "169.254.254.6/30"};
constexpr const char* kControllerAddresses[] = {"169.254.254.1/30", "169.254.254.5/30"};

Address address_of(const model::EncryptionGateway& pair, std::size_t index) {
  return index == 0 ? pair.primary : *pair.backup;
}

std::size_t count_of(const model::EncryptionGateway& pair) { return pair.backup ? 2 : 1; }

std::string controller_name(const model::EncryptionGateway& pair) { return pair.name + "-controller"; }

network::Tunnel tunnel_of(const model::EncryptionGateway& pair, std::size_t index) {
  network::Tunnel tunnel;
  tunnel.name = "edge";
  tunnel.local = address_of(pair, index);
  tunnel.remote = pair.edge;
  tunnel.psk = pair.psk;
  tunnel.address = *InterfaceAddress::parse(kTunnelAddresses[index]);
  tunnel.peer_address = Address::parse(kEdgeAddresses[index]);
  return tunnel;
}

/// The fabric's side of its NIC.
std::string add_gateway(Expansion& expansion, const model::EncryptionGateway& pair, std::size_t index) {
  const auto& subnet = subnet_of(vnet_of(expansion.in, pair.subnet.vnet), pair.subnet.subnet);
  const std::string name = pair.name + kSuffixes[index];
  auto& gateway = expansion.add_node(name, "encryption-gateway", "azure", pair.where);
  const Address own = address_of(pair, index), router = subnet.prefix.host(1);
  gateway.interfaces = {port("eth0", {{own, subnet.prefix.length()}}),
                        port("platform", {*InterfaceAddress::parse(kReportAddresses[index])})};
  gateway.gateway = router;
  gateway.tunnels = {tunnel_of(pair, index)};
  gateway.routes.push_back(route_to(Prefix::of(pair.edge, pair.edge.bits()), {router, "eth0", false}));
  for (const auto& network : pair.remote_networks) gateway.routes.push_back(route_to(network, {{}, "edge", false}));
  gateway.encryption_report = {name, InterfaceAddress::parse(kControllerAddresses[index])->address(), pair.keepalive};
  expansion.link({name, "platform"}, {controller_name(pair), "gateway" + std::to_string(index)}, pair.where);
  return expansion.plug(pair.subnet.vnet, {name, "eth0"}, pair.subnet.subnet, own);
}

void add_controller(Expansion& expansion, const model::EncryptionGateway& pair) {
  auto& controller = expansion.add_node(controller_name(pair), "encryption-controller", "azure", pair.where);
  for (std::size_t index = 0; index < count_of(pair); ++index)
    controller.interfaces.push_back(
        port("gateway" + std::to_string(index), {*InterfaceAddress::parse(kControllerAddresses[index])}));
  network::EncryptionControl control;
  control.fabric_netns = "/run/netns/" + pair.subnet.vnet;
  control.detection = pair.detection;
  control.networks = pair.remote_networks;
  controller.encryption_controller = {control, pair.name, pair.edge, pair.psk, pair.local_networks, pair.keepalive};
}

bool is_modified(const model::EncryptionGateway& pair, const model::Subnet& subnet) {
  return std::ranges::count(pair.route_tables, subnet.route_table) > 0;
}

network::EncryptionTable& table_called(const std::string& name, network::EncryptionControl& control) {
  const auto found = std::ranges::find(control.route_tables, name, &network::EncryptionTable::name);
  return found != control.route_tables.end() ? *found : control.route_tables.emplace_back(name);
}

/// Towards the primary, until the controller says otherwise.
void write_first_routes(Expansion& expansion, const model::EncryptionGateway& pair, const std::string& nic) {
  const auto& vnet = vnet_of(expansion.in, pair.subnet.vnet);
  auto& fabric = expansion.fabric(vnet.name);
  auto& control = expansion.node(controller_name(pair)).encryption_controller->control;
  for (const auto& subnet : vnet.subnets) {
    if (!is_modified(pair, subnet)) continue;
    auto& made = *std::ranges::find(fabric.subnets, subnet.name, &network::FabricSubnet::name);
    for (const auto& network : pair.remote_networks)
      made.routes.push_back(route_to(network, {pair.primary, nic, true}));
    table_called(subnet.route_table, control).tables.push_back(made.table);
  }
}

}  // namespace

void add_encryption_gateways(Expansion& expansion) {
  for (const auto& pair : expansion.in.encryption_gateways) {
    add_controller(expansion, pair);
    std::vector<std::string> nics;
    for (std::size_t index = 0; index < count_of(pair); ++index) nics.push_back(add_gateway(expansion, pair, index));
    for (std::size_t index = 0; index < count_of(pair); ++index)
      expansion.node(controller_name(pair))
          .encryption_controller->control.gateways.push_back(
              {pair.name + kSuffixes[index], address_of(pair, index), nics[index]});
    write_first_routes(expansion, pair, nics.front());
  }
}

}  // namespace xconn::azure
