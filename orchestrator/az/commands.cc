// SPDX-License-Identifier: Apache-2.0
#include "az/command.hh"
#include "az/nics.hh"
#include "az/readouts.hh"
#include "az/refusal.hh"

namespace xconn::az {
namespace {

constexpr Option kGroup{"--resource-group", "-g", false, "name of the lab [the lab's]"};
constexpr Option kCircuit{"--name", "-n", true, "ExpressRoute circuit name"};
constexpr Option kCircuitName{"--circuit-name", "", true, "ExpressRoute circuit name"};
constexpr Option kPath{"--path", "", true, "the path of the device: primary, secondary"};
constexpr Option kPeering{"--peering-name", "", true, "AzurePrivatePeering or MicrosoftPeering"};
constexpr Option kVendor{"--msee-vendor", "", false, "cisco, or juniper, whose MSEEs show the customer's row only"};
constexpr Option kGateway{"--name", "-n", true, "name of the VNet gateway"};
constexpr Option kNic{"--name", "-n", true, "the network interface (NIC): NODE-INTERFACE, or NODE when it has one"};
constexpr Option kVnet{"--vnet-name", "", true, "the virtual network (VNet) name"};

std::vector<Column> route_columns() {
  return {{"Network", "network"},       {"NextHop", "nextHop"}, {"Origin", "origin"},
          {"SourcePeer", "sourcePeer"}, {"AsPath", "asPath"},   {"Weight", "weight"}};
}

std::vector<Column> vnet_columns() {
  return {{"Name", "name"},
          {"ResourceGroup", "resourceGroup"},
          {"Location", "location"},
          {"NumSubnets", "subnets", Column::Form::kCount},
          {"Prefixes", "addressSpace.addressPrefixes", Column::Form::kList, ", "},
          {"DnsServers", "dhcpOptions.dnsServers", Column::Form::kList, ", "},
          {"DDOSProtection", "enableDdosProtection"},
          {"VMProtection", "enableVmProtection"}};
}

std::vector<Command> express_route() {
  return {
      {"network express-route get-stats",
       "Get the statistics of an ExpressRoute circuit.",
       {kGroup, kCircuit},
       ask_statistics,
       statistics},
      {"network express-route list", "List all ExpressRoute circuits.", {kGroup}, ask_peerings, circuit_list},
      {"network express-route list-arp-tables",
       "Show the current ARP table of a circuit.",
       {kGroup, kCircuit, kPeering, kPath, kVendor},
       ask_arp_table,
       arp_table,
       {{"Age", "age"}, {"Interface", "interface"}, {"IpAddress", "ipAddress"}, {"MacAddress", "macAddress"}}},
      {"network express-route list-route-tables",
       "Show the current routing table of a circuit's peering.",
       {kGroup, kCircuit, kPeering, kPath},
       ask_route_table,
       route_table,
       {{"Network", "network"}, {"NextHop", "nextHop"}, {"LocPrf", "locPrf"}, {"Weight", "weight"}, {"Path", "path"}},
       nullptr,
       true},
      {"network express-route list-route-tables-summary",
       "Show the route table summary of a circuit's peering.",
       {kGroup, kCircuit, kPeering, kPath},
       ask_route_summary,
       route_summary,
       {{"Neighbor", "neighbor"}, {"V", "v"}, {"AS", "as"}, {"UpDown", "upDown"}, {"StatePfxRcd", "statePfxRcd"}},
       nullptr,
       true},
      {"network express-route list-service-providers",
       "List available ExpressRoute service providers.",
       {},
       nullptr,
       provider_list},
      {"network express-route peering list",
       "List peering settings of a circuit.",
       {kGroup, kCircuitName},
       ask_peerings,
       peering_list},
      {"network express-route peering show",
       "Get the details of an express route peering.",
       {kGroup, kCircuitName, {"--name", "-n", true, "AzurePrivatePeering or MicrosoftPeering"}},
       ask_peerings,
       peering_show},
      {"network express-route show",
       "Get the details of an ExpressRoute circuit.",
       {kGroup, kCircuit},
       ask_peerings,
       circuit_show},
  };
}

std::vector<Command> nics_and_vnets() {
  return {
      {"network nic list-effective-nsg",
       "List all effective network security groups applied to a NIC.",
       {kGroup, kNic},
       ask_effective_nsg,
       effective_nsg,
       {{"NIC", "nic"},
        {"Subnet", "subnet"},
        {"NSG", "nsg"},
        {"Rule Name", "name"},
        {"Protocol", "protocol"},
        {"Direction", "direction"},
        {"Access", "access"}},
       effective_nsg_rows},
      {"network nic show-effective-route-table",
       "Show the effective route table applied to a NIC.",
       {kGroup, kNic},
       ask_effective_routes,
       effective_routes,
       {{"Source", "source"},
        {"State", "state"},
        {"Address Prefix", "addressPrefix"},
        {"Next Hop Type", "nextHopType"},
        {"Next Hop IP", "nextHopIpAddress"}}},
      {"network vnet list", "List virtual networks.", {kGroup}, ask_vnets, vnet_list, vnet_columns()},
      {"network vnet peering list", "List peerings.", {kGroup, kVnet}, ask_vnets, vnet_peering_list},
      {"network vnet peering show",
       "Show details of a peering.",
       {kGroup, kVnet, {"--name", "-n", true, "the name of the peering"}},
       ask_vnets,
       vnet_peering_show},
      {"network vnet show",
       "Get the details of a virtual network.",
       {kGroup, {"--name", "-n", true, "the virtual network (VNet) name"}},
       ask_vnets,
       vnet_show},
  };
}

std::vector<Command> gateways_and_connections() {
  return {
      {"network vnet-gateway list", "List virtual network gateways.", {kGroup}, nullptr, gateway_list},
      {"network vnet-gateway list-advertised-routes",
       "List the routes of a virtual network gateway advertised to the "
       "specified peer.",
       {kGroup, kGateway, {"--peer", "", true, "the IP address of the peer"}},
       ask_advertised_routes,
       advertised_routes,
       route_columns()},
      {"network vnet-gateway list-bgp-peer-status",
       "Retrieve the status of BGP peers.",
       {kGroup, kGateway},
       ask_bgp_peers,
       bgp_peers,
       {{"Neighbor", "neighbor"},
        {"ASN", "asn"},
        {"State", "state"},
        {"ConnectedDuration", "connectedDuration"},
        {"RoutesReceived", "routesReceived"},
        {"MessagesSent", "messagesSent"},
        {"MessagesReceived", "messagesReceived"}}},
      {"network vnet-gateway list-learned-routes",
       "This operation retrieves a list of routes the virtual network "
       "gateway has learned, including routes learned from BGP peers.",
       {kGroup, kGateway},
       ask_learned_routes,
       learned_routes,
       route_columns()},
      {"network vnet-gateway show",
       "Get the details of a virtual network gateway.",
       {kGroup, kGateway},
       nullptr,
       gateway_show},
      {"network vpn-connection list", "List all VPN connections.", {kGroup}, ask_connections, connection_list},
      {"network vpn-connection show",
       "Get the details of a VPN connection.",
       {kGroup, {"--name", "-n", true, "connection name"}},
       ask_connections,
       connection_show},
  };
}

}  // namespace

const nlohmann::json* Answers::find(std::size_t index) const {
  if (index >= answers_.size() || !answers_[index].contains("answer")) return nullptr;
  return &answers_[index]["answer"];
}

const nlohmann::json& Answers::at(std::size_t index) const {
  if (const auto* answer = find(index)) return *answer;
  throw refused("InternalServerError",
                "An error occurred: " + (index < answers_.size() ? answers_[index].value("error", "") : "no answer"));
}

const std::vector<Command>& commands() {
  static const auto kCommands = [] {
    auto all = express_route();
    for (auto part : {nics_and_vnets(), gateways_and_connections()}) all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return kCommands;
}

}  // namespace xconn::az
