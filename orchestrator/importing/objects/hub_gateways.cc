// SPDX-License-Identifier: Apache-2.0
// Gateways in Virtual WAN hubs, VPN sites, and what connects them: the same as a VNet's gateways, local gateways and
// connections, under other words.
#include <algorithm>

#include "importing/objects/gateways.hh"
#include "importing/objects/hubs.hh"
#include "importing/objects/ipsec.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

using azure::GatewaySku;
using model::Raw;

/// The smallest SKU of a VNet's gateway that carries what so many scale units do: 500 Mbps each of VPN, 2 Gbps each of
/// ExpressRoute (Microsoft Learn: "Virtual WAN gateway settings", "About ExpressRoute connections in Azure Virtual
/// WAN").
struct Scale {
  long long units;
  GatewaySku sku;
};
constexpr long long kMostUnits = 100;
constexpr Scale kVpnScale[] = {{1, GatewaySku::kVpnGw1AZ},
                               {2, GatewaySku::kVpnGw2AZ},
                               {3, GatewaySku::kVpnGw3AZ},
                               {10, GatewaySku::kVpnGw4AZ},
                               {kMostUnits, GatewaySku::kVpnGw5AZ}};
constexpr Scale kExpressRouteScale[] = {
    {1, GatewaySku::kErGw2AZ}, {5, GatewaySku::kErGw3AZ}, {kMostUnits, GatewaySku::kErGwScale}};

GatewaySku sku_of(std::span<const Scale> scale, long long units) {
  return std::ranges::find_if(scale, [&](const Scale& row) { return units <= row.units; })->sku;
}

/// False when its hub is not there.
bool stand_in_hub(model::Gateway& gateway, const Resource& resource, Fields& fields, Draft& draft) {
  const auto* hub = hub_named(fields, draft);
  if (hub == nullptr) return false;
  gateway.vnet = hub->name;
  gateway.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  gateway.where = resource.at.where();
  return true;
}

std::vector<const Raw*> maps_in(const Raw* list) {
  std::vector<const Raw*> out;
  if (list == nullptr) return out;
  for (const auto& item : list->items)
    if (item->is_map()) out.push_back(item.get());
  return out;
}

/// As ARM says it, or Terraform.
std::vector<Address> of_both_instances(Fields& fields, const char* key) {
  auto out = of_instances(fields, key);
  for (const auto* instance : {"bgpSettings.instance0BgpPeeringAddress", "bgpSettings.instance1BgpPeeringAddress"})
    for (const auto* item : maps_in(fields.raw(instance)))
      if (const auto* list = property(*item, key); list != nullptr)
        for (const auto& each : list->items)
          if (const auto address = Address::parse(each->text)) append_new(out, {*address});
  return out;
}

std::vector<Address> public_ones(const std::vector<Address>& all) {
  std::vector<Address> out;
  for (const auto& address : all)
    if (address.is_v4() && Prefix::of(address, 32).is_public() && out.size() < 2) out.push_back(address);
  return out;
}

/// By the name of whatever it is in; empty when nobody carried it over.
const model::Gateway* gateway_above(const Resource& resource, const Draft& draft) {
  return find_named(draft.topology.gateways, draft.name_of(resource.id.parent()));
}

/// A branch's connection has routing of its own; it is associated with its hub's default table.
void add_branch(const model::Gateway& gateway, Fields& fields, Draft& draft) {
  HubMember branch;
  branch.hub = gateway.vnet;
  read_routing(branch, draft.wan.hub(gateway.vnet)->id, fields, draft);
  draft.wan.branches.push_back(std::move(branch));
}

// --- sites -----------------------------------------------------------------------------------------------------------

bool is_speakers(const Address& address, const Draft& draft) {
  const auto& all = draft.topology.local_gateways;
  return std::ranges::find(all, address, &model::LocalGateway::bgp_address) != all.end();
}

/// A link of a site, or a site of before there were links: a device with an address on the Internet.
std::string add_device(const ResourceId& id, const Raw& body, const model::LocalGateway& like, Draft& draft) {
  Fields fields(body, "VPN site " + id.path(), draft);
  auto device = like;
  device.name = draft.name_for(id, "", body.at.where(), fields.object());
  device.where = body.at.where();
  const std::string instead = "another one is taken where a connection needs it";
  if (const auto* asn = fields.raw("bgpProperties.asn"); asn != nullptr && says_something(*asn))
    device.asn = device_asn(fields, "bgpProperties.asn", instead);
  device.bgp_address = fields.address("bgpProperties.bgpPeeringAddress", instead);
  if (const auto address = fields.address("ipAddress", "another address was taken"); address && address->is_v4())
    device.address = *address;
  if (device.bgp_address == device.address) device.bgp_address.reset();
  if (device.bgp_address && is_speakers(*device.bgp_address, draft)) {
    fields.note("bgpProperties.bgpPeeringAddress",
                "is another link's as well, and in a lab each link is a device of its own", instead);
    device.bgp_address.reset();
  }
  draft.topology.local_gateways.push_back(device);
  return device.name;
}

std::string name_in(const Raw& item, const std::string& otherwise) {
  const auto* name = property(item, "name");
  return name == nullptr || name->text.empty() ? otherwise : name->text;
}

// --- connections -----------------------------------------------------------------------------------------------------

/// The local gateway of the link that a connection names; of the one in its place when it names but the site.
std::string device_of(const std::optional<ResourceId>& link, const std::optional<ResourceId>& site, std::size_t place,
                      const Draft& draft) {
  if (link && link->type != "microsoft.network/vpnsites") return draft.name_of(*link);
  const auto& named = link ? link : site;
  const auto found = named ? draft.wan.sites.find(draft.key(*named)) : draft.wan.sites.end();
  if (found == draft.wan.sites.end() || found->second.empty()) return {};
  return found->second[std::min(place, found->second.size() - 1)];
}

void add_tunnel(model::Connection connection, Fields& fields, Draft& draft) {
  connection.bgp = fields.truth("enableBgp");
  connection.mode = fields.one_of("vpnLinkConnectionMode", connection.mode);
  connection.use_local_azure_address = fields.truth("useLocalAzureIpAddress");
  read_ike(connection, fields, draft);
  draft.topology.connections.push_back(std::move(connection));
}

/// The settings of one link of a connection, or of a connection of before there were links.
void add_link(const Raw& body, const ResourceId& id, const model::Gateway& gateway, const std::string& device,
              Draft& draft) {
  Fields fields(body, "VPN connection " + id.path(), draft);
  if (device.empty()) return fields.note("", "its VPN site is in none of the files", kLeftOut);
  model::Connection connection;
  connection.name = draft.name_for(id, "connection", body.at.where(), fields.object());
  connection.where = body.at.where();
  connection.gateway = gateway.name;
  connection.local_gateway = device;
  add_tunnel(std::move(connection), fields, draft);
}

}  // namespace

void carry_hub_vpn_gateway(const Resource& resource, Fields& fields, Draft& draft) {
  model::Gateway gateway;
  gateway.type = model::GatewayType::kVpn;
  gateway.active_active = true;
  gateway.sku = sku_of(kVpnScale, fields.number("vpnGatewayScaleUnit", 0, kMostUnits, "it is 1").value_or(1));
  if (const auto asn = fields.asn("bgpSettings.asn", "it is 65515")) gateway.asn = *asn;
  gateway.instances = of_both_instances(fields, "defaultBgpIpAddresses");
  std::erase_if(gateway.instances, [](const Address& address) { return !address.is_v4(); });
  gateway.apipa = of_both_instances(fields, "customBgpIpAddresses");
  gateway.public_addresses = public_ones(of_both_instances(fields, "tunnelIpAddresses"));
  fields.ignore({"connections", "ipConfigurations", "isRoutingPreferenceInternet", "enableBgpRouteTranslationForNat",
                 "vpnGatewayScaleUnit", "routingPreference"});
  if (stand_in_hub(gateway, resource, fields, draft)) draft.topology.gateways.push_back(std::move(gateway));
}

void carry_hub_er_gateway(const Resource& resource, Fields& fields, Draft& draft) {
  model::Gateway gateway;
  gateway.type = model::GatewayType::kExpressRoute;
  const auto least = fields.number("autoScaleConfiguration.bounds.min", 0, kMostUnits, "it is 1");
  const auto units = fields.number("scaleUnits", 0, kMostUnits, "it is 1");
  gateway.sku = sku_of(kExpressRouteScale, units.value_or(least.value_or(1)));
  gateway.allow_remote_vnet_traffic = fields.truth("allowNonVirtualWanTraffic");
  fields.ignore({"expressRouteConnections"});
  if (stand_in_hub(gateway, resource, fields, draft)) draft.topology.gateways.push_back(std::move(gateway));
}

void carry_er_connection(const Resource& resource, Fields& fields, Draft& draft) {
  model::Connection connection;
  const auto* gateway = gateway_above(resource, draft);
  const auto peering = fields.reference("expressRouteCircuitPeering");
  const auto circuit = peering ? draft.name_of(peering->parent()) : "";
  read_circuit_connection(connection, fields);
  fields.ignore({"enableInternetSecurity", "routingConfiguration"});
  if (gateway == nullptr || circuit.empty())
    return fields.note("", "one of its two ends is in none of the files", kLeftOut);
  connection.name = draft.name_for(resource.id, "connection", resource.at.where(), fields.object());
  connection.where = resource.at.where();
  connection.gateway = gateway->name;
  connection.circuit = circuit;
  draft.topology.connections.push_back(std::move(connection));
  add_branch(*gateway, fields, draft);
}

void carry_vpn_site(const Resource& resource, Fields& fields, Draft& draft) {
  model::LocalGateway like;
  like.address_space = fields.prefixes("addressSpace.addressPrefixes");
  const auto links = maps_in(fields.raw("vpnSiteLinks"));
  fields.ignore({"virtualWan", "deviceProperties", "o365Policy", "isSecuritySite", "siteKey", "bgpProperties",
                 "ipAddress", "linkCount"});
  auto& devices = draft.wan.sites[draft.key(resource.id)];
  if (links.empty()) devices.push_back(add_device(resource.id, *resource.body, like, draft));
  for (const auto* link : links) {
    const auto id = links.size() == 1 ? resource.id : resource.id.child("vpnSiteLinks", name_in(*link, "link"));
    devices.push_back(add_device(id, *link, like, draft));
    draft.call(resource.id.child("vpnSiteLinks", name_in(*link, "link")), devices.back());
  }
}

void carry_vpn_connection(const Resource& resource, Fields& fields, Draft& draft) {
  const auto* gateway = gateway_above(resource, draft);
  const auto site = fields.reference("remoteVpnSite");
  const auto links = maps_in(fields.raw("vpnLinkConnections"));
  fields.ignore_rest();
  if (gateway == nullptr) return fields.note("", "its gateway is in none of the files", kLeftOut);
  const auto before = draft.topology.connections.size();
  if (links.empty()) add_link(*resource.body, resource.id, *gateway, device_of({}, site, 0, draft), draft);
  for (std::size_t i = 0; i < links.size(); ++i) {
    Fields link(*links[i], fields.object(), draft);
    const auto id = links.size() == 1 ? resource.id : resource.id.child("links", name_in(*links[i], std::to_string(i)));
    add_link(*links[i], id, *gateway, device_of(link.reference("vpnSiteLink"), site, i, draft), draft);
  }
  if (draft.topology.connections.size() == before) return;
  draft.call(resource.id, resource.id.name());
  add_branch(*gateway, fields, draft);
}

}  // namespace xconn::importing
