// SPDX-License-Identifier: Apache-2.0
// Small Virtual WANs for the importer's tests: hubs, VNets that are connected to them, and who reaches whom in the end.
#pragma once

#include <algorithm>
#include <string>

#include "tests/unit/importing_texts.hh"

namespace xconn::importing {

inline std::string wan(const std::string& properties = R"("typePropertiesType": "Standard")") {
  return resource("Microsoft.Network/virtualWans", "wan", properties);
}

inline std::string hub(const std::string& name, const std::string& prefix, const std::string& more = {}) {
  return resource("Microsoft.Network/virtualHubs", name,
                  R"("location": "northeurope", "addressPrefix": ")" + prefix + R"(", "virtualWan": )" +
                      reference("Microsoft.Network/virtualWans", "wan") + (more.empty() ? "" : ", " + more));
}

inline std::string table_reference(const std::string& hub_name, const std::string& table) {
  return reference("Microsoft.Network/virtualHubs", hub_name + "/hubRouteTables/" + table);
}

/// Of a connection: whose routes it has, and who learns of it.
inline std::string routing(const std::string& associated, const std::string& ids, const std::string& labels,
                           const std::string& more = {}) {
  return R"("routingConfiguration": {"associatedRouteTable": )" + associated +
         R"(, "propagatedRouteTables": {"ids": [)" + ids + R"(], "labels": [)" + labels + "]}" +
         (more.empty() ? "" : ", " + more) + "}";
}

/// A VNet of one subnet, and its connection to a hub.
inline std::string spoke(const std::string& hub_name, const std::string& name, const std::string& space,
                         const std::string& more = {}, const std::string& subnet_more = {}) {
  return vnet(name, space, subnet("app", space, subnet_more)) +
         resource("Microsoft.Network/virtualHubs", hub_name + "/hubVirtualNetworkConnections/" + name,
                  R"("remoteVirtualNetwork": )" + reference("Microsoft.Network/virtualNetworks", name) +
                      (more.empty() ? "" : ", " + more));
}

inline std::string hub_reference(const std::string& name) {
  return R"("virtualHub": )" + reference("Microsoft.Network/virtualHubs", name);
}

inline std::string vpn_gateway_in(const std::string& hub_name, const std::string& more = {}) {
  return resource("Microsoft.Network/vpnGateways", hub_name + "-vpn",
                  hub_reference(hub_name) + R"(, "bgpSettings": {"asn": 65515})" + (more.empty() ? "" : ", " + more));
}

inline std::string firewall_in(const std::string& hub_name, const std::string& address) {
  return resource("Microsoft.Network/azureFirewalls", hub_name + "-fw",
                  hub_reference(hub_name) + R"(, "hubIPAddresses": {"privateIPAddress": ")" + address + "\"}");
}

inline std::string firewall_id(const std::string& hub_name) {
  return id_of("Microsoft.Network/azureFirewalls", hub_name + "-fw");
}

inline std::string intent(const std::string& hub_name, const std::string& destination) {
  return resource("Microsoft.Network/virtualHubs", hub_name + "/routingIntent/" + destination,
                  R"("routingPolicies": [{"name": "p", "destinations": [")" + destination + R"("], "nextHop": ")" +
                      firewall_id(hub_name) + "\"}]");
}

inline const model::Vnet& vnet_of(const model::Topology& topology, const std::string& name) {
  return *std::ranges::find(topology.vnets, name, &model::Vnet::name);
}

/// "a-b c-d": both halves are there.
inline std::string peerings_of(const model::Topology& topology) {
  std::string out;
  for (const auto& one : topology.vnets)
    for (const auto& half : one.peerings) {
      const auto& back = vnet_of(topology, half.remote).peerings;
      if (one.name < half.remote && std::ranges::find(back, one.name, &model::VnetPeering::remote) != back.end())
        out += (out.empty() ? "" : " ") + one.name + "-" + half.remote;
    }
  return out;
}

/// "10.0.0.0/8>10.1.0.132 no-bgp" of the table of a subnet.
inline std::string routes_of(const model::Topology& topology, const std::string& vnet_name,
                             const std::string& subnet_name = "app") {
  const auto& subnets = vnet_of(topology, vnet_name).subnets;
  const auto name = std::ranges::find(subnets, subnet_name, &model::Subnet::name)->route_table;
  const auto table = std::ranges::find(topology.route_tables, name, &model::RouteTable::name);
  std::string out;
  if (table == topology.route_tables.end()) return out;
  for (const auto& route : table->routes)
    out += route.to.text() + ">" + (route.next_hop ? route.next_hop->text() : "?") + " ";
  return out + (table->propagate_bgp ? "" : "no-bgp");
}

inline bool uses_gateways(const model::Topology& topology, const std::string& vnet_name) {
  return std::ranges::any_of(vnet_of(topology, vnet_name).peerings, &model::VnetPeering::use_remote_gateways);
}

}  // namespace xconn::importing
