// SPDX-License-Identifier: Apache-2.0
// Virtual network gateways: what their owner configured.
#include "az/readouts.hh"
#include "az/refusal.hh"
#include "az/resource.hh"
#include "model/names.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

constexpr const char* kType = "virtualNetworkGateways";

json ip_configuration(const Query& query, const model::Gateway& gateway, std::size_t index) {
  const auto name = index == 0 ? std::string("default") : "config" + std::to_string(index);
  auto out = resource(query, std::string(kType) + "/" + gateway.name + "/ipConfigurations/" + name);
  out.erase("type");
  out["privateIPAllocationMethod"] = "Dynamic";
  out["subnet"] = reference(query, "virtualNetworks/" + gateway.vnet + "/subnets/GatewaySubnet");
  if (index < gateway.public_addresses.size())
    out["publicIPAddress"] = reference(query, "publicIPAddresses/" + gateway.name + "-pip" + std::to_string(index + 1));
  return out;
}

json ip_configurations(const Query& query, const model::Gateway& gateway) {
  auto out = json::array();
  for (std::size_t i = 0; i < std::max<std::size_t>(1, gateway.public_addresses.size()); ++i)
    out.push_back(ip_configuration(query, gateway, i));
  return out;
}

json texts(const std::vector<Address>& addresses) {
  auto out = json::array();
  for (const auto& address : addresses) out.push_back(address.text());
  return out;
}

json bgp_settings(const Query& query, const model::Gateway& gateway) {
  auto peers = json::array();
  std::string list;
  for (std::size_t i = 0; i < gateway.instances.size(); ++i) {
    const auto address = gateway.instances[i].text();
    list += (list.empty() ? "" : ",") + address;
    const auto apipa = i < gateway.apipa.size() ? texts({gateway.apipa[i]}) : json::array();
    const auto outer = i < gateway.public_addresses.size() ? texts({gateway.public_addresses[i]}) : json::array();
    peers.push_back({{"customBgpIpAddresses", apipa},
                     {"defaultBgpIpAddresses", texts({gateway.instances[i]})},
                     {"ipconfigurationId", ip_configuration(query, gateway, i).at("id")},
                     {"tunnelIpAddresses", outer}});
  }
  return {{"asn", gateway.asn.value()}, {"bgpPeeringAddress", list}, {"bgpPeeringAddresses", peers}, {"peerWeight", 0}};
}

json gateway_json(const Query& query, const model::Gateway& gateway) {
  const bool is_vpn = gateway.type == model::GatewayType::kVpn;
  const auto sku = gateway.sku ? xconn::name_of(*gateway.sku) : "";
  auto out = resource(query, std::string(kType) + "/" + gateway.name);
  out.update({{"activeActive", gateway.active_active},
              {"adminState", "Enabled"},
              {"allowRemoteVnetTraffic", gateway.allow_remote_vnet_traffic},
              {"allowVirtualWanTraffic", false},
              {"disableIPSecReplayProtection", false},
              {"enableBgp", is_vpn},
              {"enableBgpRouteTranslationForNat", false},
              {"enableHighBandwidthVpnGateway", false},
              {"enablePrivateIpAddress", gateway.private_address},
              {"gatewayType", gateway.type ? xconn::name_of(*gateway.type) : ""},
              {"ipConfigurations", ip_configurations(query, gateway)},
              {"location", location_of(query, gateway)},
              {"natRules", json::array()},
              {"resourceGuid", guid_of(query, std::string(kType) + "/" + gateway.name)},
              {"sku", {{"capacity", 2}, {"name", sku}, {"tier", sku}}},
              {"virtualNetworkGatewayMigrationStatus", {{"errorMessage", ""}, {"phase", "None"}, {"state", "None"}}},
              {"virtualNetworkGatewayPolicyGroups", json::array()},
              {"vpnGatewayGeneration", is_vpn ? "Generation1" : "None"},
              {"vpnType", "RouteBased"}});
  if (is_vpn) out["bgpSettings"] = bgp_settings(query, gateway);
  return out;
}

}  // namespace

const model::Gateway& gateway_of(const Query& query, std::string_view option) {
  const auto* gateway = find_named(query.topology.gateways, query.at(option));
  if (gateway == nullptr) throw resource_not_found(kType, query.at(option), query.group());
  return *gateway;
}

json gateway_list(const Query& query, const Answers&) {
  auto out = json::array();
  for (const auto& gateway : query.topology.gateways) out.push_back(gateway_json(query, gateway));
  return out;
}

json gateway_show(const Query& query, const Answers&) { return gateway_json(query, gateway_of(query)); }

}  // namespace xconn::az
