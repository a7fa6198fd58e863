// SPDX-License-Identifier: Apache-2.0
// Virtual network gateways, local gateways and connections.
#include "importing/objects/gateways.hh"

#include <algorithm>
#include <array>

#include "base/azure.hh"
#include "importing/objects/ipsec.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

using model::Raw;

std::vector<Address> addresses_in(const Raw* raw) {
  std::vector<Address> out;
  if (raw == nullptr) return out;
  std::string text = raw->text + ",";  // "10.0.4.12,10.0.4.13"
  for (const auto& item : raw->items) text += item->text + ",";
  for (auto at = text.find(','); at != std::string::npos; at = text.find(',')) {
    if (const auto address = Address::parse(text.substr(0, at))) out.push_back(*address);
    text.erase(0, at + 1);
  }
  return out;
}

/// The VNet that its IP configurations stand in, and their public addresses.
std::optional<ResourceId> read_configurations(model::Gateway& gateway, Fields& fields, Draft& draft) {
  std::optional<ResourceId> subnet;
  const auto* list = fields.raw("ipConfigurations");
  if (list == nullptr) return subnet;
  for (const auto& item : list->items) {
    Fields inner(*item, fields.object(), draft);
    if (const auto found = inner.reference("subnet"); found && !subnet) subnet = found;
    const auto id = inner.reference("publicIPAddress");
    const auto* resource = id ? draft.inventory.find(*id) : nullptr;
    if (resource != nullptr) append_new(gateway.public_addresses, addresses_in(property(*resource->body, "ipAddress")));
  }
  return subnet;
}

void read_vpn(model::Gateway& gateway, Fields& fields) {
  gateway.active_active = fields.truth("activeActive") || fields.truth("active");
  gateway.private_address = fields.truth("enablePrivateIpAddress");
  if (const auto asn = fields.asn("bgpSettings.asn", "it is 65515")) gateway.asn = *asn;
  gateway.apipa = of_instances(fields, "customBgpIpAddresses");
  if (gateway.public_addresses.empty()) gateway.public_addresses = of_instances(fields, "tunnelIpAddresses");
  if (!gateway.active_active && gateway.public_addresses.size() > 1) gateway.public_addresses.resize(1);
  const auto type = fields.text("vpnType");
  if (same_word(type, "PolicyBased")) fields.note("vpnType", "is not modelled", "it is RouteBased");
  fields.ignore({"vpnGatewayGeneration", "allowRemoteVnetTraffic", "allowVirtualWanTraffic"});
}

void read_express_route(model::Gateway& gateway, Fields& fields) {
  gateway.allow_remote_vnet_traffic = fields.truth("allowRemoteVnetTraffic");
  fields.ignore({"vpnType", "activeActive", "active", "vpnGatewayGeneration", "allowVirtualWanTraffic"});
}

std::optional<azure::GatewaySku> read_sku(Fields& fields, bool is_vpn) {
  const auto text = fields.text("sku.name");
  for (const auto& [sku, word] : Names<azure::GatewaySku>::names)
    if (same_word(word, text) && (is_vpn ? azure::is_vpn_sku(sku) : azure::limits_of(sku) != nullptr)) return sku;
  if (!text.empty()) fields.note("sku.name", "is not known for this type of gateway", kLeftOut);
  return std::nullopt;
}

bool read_ipsec(model::Connection& connection, Fields& fields, Draft& draft) {
  const auto local = fields.reference("localNetworkGateway2");
  connection.local_gateway = local ? draft.name_of(*local) : "";
  connection.bgp = fields.truth("enableBgp");
  connection.use_local_azure_address = fields.truth("useLocalAzureIpAddress");
  connection.mode = fields.one_of("connectionMode", connection.mode);
  read_ike(connection, fields, draft);
  fields.ignore({"connectionProtocol", "routingWeight"});
  return !connection.local_gateway.empty();
}

bool read_express_route(model::Connection& connection, Fields& fields, Draft& draft) {
  const auto peer = fields.reference("peer");
  connection.circuit = peer ? draft.name_of(*peer) : "";
  read_circuit_connection(connection, fields);
  fields.ignore({"enableBgp", "dpdTimeoutSeconds", "connectionMode", "connectionProtocol", "sharedKey"});
  return !connection.circuit.empty();
}

/// A connection with BGP needs both.
void complete_session(model::LocalGateway& local, const model::Gateway& gateway, Draft& draft) {
  constexpr int kLength = 30;
  const auto assume = [&](const char* key, const char* field, const std::string& value) {
    draft.assume({local.where, "local gateway " + local.name, field, "",
                  "is in none of the files, and a connection speaks BGP", "it is " + value},
                 "local-gateways/" + local.name + "/" + key);
  };
  if (!local.asn) {
    local.asn = *Asn::of(gateway.asn == *Asn::of(65001) ? 65002 : 65001);
    assume("asn", "asn", local.asn->text());
  }
  if (!local.bgp_address) {
    local.bgp_address = draft.free_network(kLength).host(1);
    assume("bgp-address", "bgpPeeringAddress", local.bgp_address->text());
  }
}

}  // namespace

void append_new(std::vector<Address>& to, const std::vector<Address>& more) {
  for (const auto& address : more)
    if (std::ranges::find(to, address) == to.end()) to.push_back(address);
}

std::vector<Address> of_instances(Fields& fields, const char* key) {
  std::vector<Address> out;
  const auto* list = fields.raw("bgpSettings.bgpPeeringAddresses");
  if (list == nullptr) return out;
  for (const auto& item : list->items)
    if (item->is_map()) append_new(out, addresses_in(property(*item, key)));
  return out;
}

std::optional<Asn> device_asn(Fields& fields, std::string_view path, const std::string& instead) {
  const auto asn = fields.asn(path, instead);
  if (!asn || !azure::is_among(asn->value(), azure::kReservedAsns)) return asn;
  fields.note(path, "is an AS number that Azure or IANA reserves", instead);
  return std::nullopt;
}

void read_circuit_connection(model::Connection& connection, Fields& fields) {
  constexpr long long kMostWeight = 32000;
  connection.weight = static_cast<int>(fields.number("routingWeight", 0, kMostWeight, "it is 0").value_or(0));
  connection.fast_path = fields.truth("expressRouteGatewayBypass");
  fields.ignore({"authorizationKey", "enablePrivateLinkFastPath"});
}

void carry_public_address(const Resource&, Fields& fields, Draft&) {
  fields.ignore_rest();  // whoever has it asks for its address
}

void carry_gateway(const Resource& resource, Fields& fields, Draft& draft) {
  model::Gateway gateway;
  gateway.type = fields.one_of<model::GatewayType>("gatewayType");
  const bool is_vpn = gateway.type == model::GatewayType::kVpn;
  gateway.sku = read_sku(fields, is_vpn);
  const auto subnet = read_configurations(gateway, fields, draft);
  append_new(gateway.instances, addresses_in(fields.raw("bgpSettings.bgpPeeringAddress")));
  append_new(gateway.instances, of_instances(fields, "defaultBgpIpAddresses"));
  std::erase_if(gateway.instances, [](const Address& address) { return !address.is_v4(); });
  if (is_vpn)
    read_vpn(gateway, fields);
  else
    read_express_route(gateway, fields);
  fields.ignore({"enableBgp", "bgpSettings", "adminState", "resiliencyModel", "ipSecReplayProtectionEnabled",
                 "privateIpAddressEnabled"});
  if (!gateway.type || !subnet)
    return fields.note("", !gateway.type ? "has no known type" : "is in no subnet", kLeftOut);
  if (draft.is_left_out(subnet->parent())) return fields.note("", "its VNet was left out", kLeftOut);
  gateway.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  gateway.where = resource.at.where();
  gateway.vnet = draft.vnet(subnet->parent(), resource.at.where()).name;
  draft.topology.gateways.push_back(std::move(gateway));
}

void carry_local_gateway(const Resource& resource, Fields& fields, Draft& draft) {
  model::LocalGateway gateway;
  gateway.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  gateway.address_space = fields.prefixes("localNetworkAddressSpace.addressPrefixes");
  const std::string instead = "another one is taken where a connection needs it";
  if (const auto* asn = fields.raw("bgpSettings.asn"); asn != nullptr && says_something(*asn))
    gateway.asn = device_asn(fields, "bgpSettings.asn", instead);
  gateway.bgp_address = fields.address("bgpSettings.bgpPeeringAddress", instead);
  fields.ignore({"bgpSettings"});
  const auto address = fields.address("gatewayIpAddress", "another address was taken");
  if (gateway.bgp_address == address) gateway.bgp_address.reset();
  gateway.where = resource.at.where();
  if (address && address->is_v4()) gateway.address = *address;
  fields.ignore({"fqdn"});
  draft.topology.local_gateways.push_back(std::move(gateway));
}

namespace {

/// What of a device's prefixes is the VNet's own, whose route wins in Azure [V52].
void leave_out_own(model::LocalGateway& local, const model::Vnet& vnet, Draft& draft) {
  std::erase_if(local.address_space, [&](const Prefix& prefix) {
    const auto holds = [&](const Prefix& own) { return own.contains(prefix); };
    if (std::ranges::none_of(vnet.address_space, holds)) return false;
    draft.notes.add({local.where, "local gateway " + local.name, "localNetworkAddressSpace", prefix.text(),
                     "is of VNet " + vnet.name + ", whose own route wins", kLeftOut});
    return true;
  });
}

}  // namespace

void leave_out_own_prefixes(Draft& draft) {
  for (const auto& connection : draft.topology.connections) {
    auto* local = find_named(draft.topology.local_gateways, connection.local_gateway);
    const auto* gateway = find_named(draft.topology.gateways, connection.gateway);
    const auto* vnet = gateway == nullptr ? nullptr : find_named(draft.topology.vnets, gateway->vnet);
    if (local != nullptr && vnet != nullptr) leave_out_own(*local, *vnet, draft);
  }
}

void complete_sessions(Draft& draft) {
  for (auto& local : draft.topology.local_gateways) {
    const auto speaks = [&](const model::Connection& each) { return each.bgp && each.local_gateway == local.name; };
    const auto found = std::ranges::find_if(draft.topology.connections, speaks);
    const bool is_whole = local.asn && local.bgp_address;
    if (found != draft.topology.connections.end() && !is_whole)
      complete_session(local, *find_named(draft.topology.gateways, found->gateway), draft);
    if (found != draft.topology.connections.end() || is_whole) continue;
    local.asn.reset();
    local.bgp_address.reset();
  }
}

void carry_connection(const Resource& resource, Fields& fields, Draft& draft) {
  model::Connection connection;
  connection.name = draft.name_for(resource.id, "connection", resource.at.where(), fields.object());
  connection.where = resource.at.where();
  const bool is_between_vnets = same_word(fields.text("connectionType"), "Vnet2Vnet");
  const auto type = fields.one_of("connectionType", {"ExpressRoute", "IPsec", "Vnet2Vnet", "VPNClient"}, "");
  const auto gateway = fields.reference("virtualNetworkGateway1");
  connection.gateway = gateway ? draft.name_of(*gateway) : "";
  fields.ignore({"connectionStatus", "egressBytesTransferred", "ingressBytesTransferred", "tunnelConnectionStatus",
                 "packetCaptureDiagnosticState", "localNetworkGateway2", "peer"});
  const bool is_whole = type == "ExpressRoute" ? read_express_route(connection, fields, draft)
                        : type == "IPsec"      ? read_ipsec(connection, fields, draft)
                                               : false;
  if (connection.gateway.empty() || !is_whole) fields.ignore_rest();  // of what is left out nothing more is said
  if (is_between_vnets)
    return fields.note("connectionType", "joins two Azure gateways, and a lab's tunnels end at a device on-prem",
                       "it was left out; a VNet peering joins the two VNets");
  if (connection.gateway.empty() || !is_whole)
    return fields.note("",
                       type == "ExpressRoute" || type == "IPsec" ? "one of its two ends is in none of the files"
                                                                 : "connections of this type have no counterpart here",
                       kLeftOut);
  draft.topology.connections.push_back(std::move(connection));
}

}  // namespace xconn::importing
