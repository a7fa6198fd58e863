// SPDX-License-Identifier: Apache-2.0
// VNets and what their subnets refer to.
#include <algorithm>

#include "base/azure.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

void report_missing(const ResourceId& id, const char* what, const Resource& resource, Draft& draft) {
  draft.notes.add({resource.at.where(), what + (" " + resource.id.path()), "", id.text(),
                   "refers to something that is in none of the files", kLeftOut});
}

model::VnetPeering read_peering(Fields& fields) {
  model::VnetPeering peering;
  peering.allow_vnet_access = fields.truth("allowVirtualNetworkAccess", true);
  peering.allow_forwarded_traffic = fields.truth("allowForwardedTraffic");
  peering.allow_gateway_transit = fields.truth("allowGatewayTransit");
  peering.use_remote_gateways = fields.truth("useRemoteGateways");
  return peering;
}

/// Whether the files have the half of `remote`, although they do not have the VNet itself.
bool has_half(const Draft& draft, const std::string& remote, const std::string& own) {
  constexpr std::string_view kPeering = "microsoft.network/virtualnetworks/virtualnetworkpeerings";
  return std::ranges::any_of(draft.inventory.resources(), [&](const Resource& resource) {
    if (resource.id.type != kPeering || draft.name_of(resource.id.parent()) != remote) return false;
    const auto* id = property_at(*resource.body, "remoteVirtualNetwork.id");
    const auto other = id == nullptr ? std::nullopt : ResourceId::parse(id->text);
    return other && draft.name_of(*other) == own;
  });
}

/// A VNet of another subscription is in no file of ours, but a connected peering says what its half must be.
void add_other_half(const model::VnetPeering& mine, const std::string& own, Fields& fields, Draft& draft) {
  auto& remote = *find_named(draft.topology.vnets, mine.remote);
  if (!draft.is_stub(remote.name)) return;
  for (const auto& prefix : fields.prefixes("remoteAddressSpace.addressPrefixes"))
    if (std::ranges::find(remote.address_space, prefix) == remote.address_space.end()) {
      remote.address_space.push_back(prefix);
      draft.take(prefix);
    }
  if (has_half(draft, remote.name, own)) return;
  model::VnetPeering half;
  half.name = draft.free_name("to-" + own, "peering of " + remote.name);
  half.remote = own;
  half.allow_forwarded_traffic = true;
  half.use_remote_gateways = mine.allow_gateway_transit;
  half.allow_gateway_transit = mine.use_remote_gateways;
  draft.assume({fields.where(), "VNet " + remote.name, "virtualNetworkPeerings", "",
                "the other half of " + fields.object() + " is in none of the files",
                half.use_remote_gateways ? "it uses this VNet's gateway" : "it is as this one needs it"},
               "vnets/" + remote.name + "/peerings/" + half.name);
  remote.peerings.push_back(std::move(half));
}

/// The table of whatever holds this route, or nullptr.
template <class List>
auto* holder_of(const Resource& resource, const char* what, List& list, Draft& draft) {
  auto* holder = find_named(list, draft.name_of(resource.id.parent()));
  if (holder == nullptr) report_missing(resource.id.parent(), what, resource, draft);
  return holder;
}

}  // namespace

/// Without one where it is `resourceGroup().location` or a parameter without value: a guess could break a circuit's
/// reach.
std::string region_of(const Resource& resource, const std::string& vnet, Draft& draft) {
  const auto* entry = find_key(*resource.body, "location");
  const auto text = entry == nullptr || !entry->value->is_scalar() ? "" : entry->value->text;
  const bool is_open = entry != nullptr && (text.empty() || text == kNowhere || is_placeholder(text));
  if (!text.empty() && !is_open) return text;
  if (is_open && draft.region.empty()) draft.regionless.push_back(vnet);
  return draft.region;
}

/// A template may repeat one, or give a part of another.
void forget_repeated(std::vector<Prefix>& space, Fields& fields) {
  std::vector<Prefix> kept;
  for (const auto& prefix : space)
    if (const auto around = std::ranges::find_if(kept, [&](const Prefix& one) { return one.contains(prefix); });
        around == kept.end())
      kept.push_back(prefix);
    else
      fields.note("addressSpace.addressPrefixes", prefix.text() + " is in " + around->text() + " of the same VNet",
                  kLeftOut);
  space = std::move(kept);
}

void carry_vnet(const Resource& resource, Fields& fields, Draft& draft) {
  model::Vnet vnet;
  vnet.address_space = fields.prefixes("addressSpace.addressPrefixes");
  forget_repeated(vnet.address_space, fields);
  fields.ignore({"subnets", "virtualNetworkPeerings", "flowTimeoutInMinutes", "privateEndpointVNetPolicies",
                 "subnetCount", "guid", "subnet"});
  for (const auto& prefix : vnet.address_space)
    if (!draft.is_free(prefix)) {
      draft.leave_out(resource.id);
      return fields.note("addressSpace", prefix.text() + " overlaps with another VNet's, which a lab cannot have",
                         "the VNet was left out; import one of the two");
    }
  for (const auto& prefix : vnet.address_space) draft.take(prefix);
  vnet.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  vnet.where = resource.at.where();
  vnet.region = region_of(resource, vnet.name, draft);
  vnet.bgp_community = fields.text("bgpCommunities.virtualNetworkCommunity");
  draft.topology.vnets.push_back(std::move(vnet));
}

void carry_subnet(const Resource& resource, Fields& fields, Draft& draft) {
  auto prefixes = fields.prefixes("addressPrefix");
  if (prefixes.empty()) prefixes = fields.prefixes("addressPrefixes");
  fields.ignore({"addressPrefixes", "ipConfigurations", "privateEndpointNetworkPolicies", "purpose",
                 "privateLinkServiceNetworkPolicies", "ipConfigurationProfiles", "defaultOutboundAccess",
                 "privateEndpointNetworkPoliciesEnabled", "privateLinkServiceNetworkPoliciesEnabled",
                 "defaultOutboundAccessEnabled"});
  const auto* delegations = fields.raw("delegations");
  if (delegations == nullptr) delegations = fields.raw("delegation");
  const bool is_delegated = delegations != nullptr && says_something(*delegations);
  const auto table = fields.reference("routeTable"), nsg = fields.reference("networkSecurityGroup");
  if (draft.is_left_out(resource.id.parent())) return;
  if (prefixes.empty()) return fields.note("", "has no IPv4 prefix", kLeftOut);
  if (prefixes.size() > 1) fields.note("addressPrefixes", "has more than one", "only the first is there");
  auto& vnet = draft.vnet(resource.id.parent(), resource.at.where());
  const auto space = "subnet of " + vnet.name;
  const bool is_gateways = same_word(resource.id.name(), azure::kGatewaySubnet);
  const auto name = is_gateways ? draft.free_name(azure::kGatewaySubnet, space)
                                : draft.name_for(resource.id, space, resource.at.where(), fields.object());
  draft.call(resource.id, name);
  model::Subnet subnet{name, prefixes.front(), {}, {}};
  if (table && (subnet.route_table = draft.name_of(*table)).empty()) report_missing(*table, "subnet", resource, draft);
  if (nsg && (subnet.nsg = draft.name_of(*nsg)).empty()) report_missing(*nsg, "subnet", resource, draft);
  if (is_delegated) draft.reserve(vnet.name, name);
  vnet.subnets.push_back(std::move(subnet));
}

void carry_vnet_peering(const Resource& resource, Fields& fields, Draft& draft) {
  auto peering = read_peering(fields);
  const auto remote = fields.reference("remoteVirtualNetwork");
  const auto state = fields.text("peeringState");
  fields.ignore({"remoteAddressSpace", "remoteVirtualNetworkAddressSpace", "peeringSyncLevel", "localAddressSpace",
                 "localVirtualNetworkAddressSpace", "doNotVerifyRemoteGateways", "peerCompleteVnets",
                 "remoteBgpCommunities", "onlyIPv6Peering", "enableOnlyIPv6Peering",
                 "peerCompleteVirtualNetworksEnabled"});
  if (!remote) return fields.note("remoteVirtualNetwork", "names no VNet", kLeftOut);
  if (draft.is_left_out(*remote) || draft.is_left_out(resource.id.parent()))
    return fields.note("", "one of its VNets was left out", kLeftOut);
  const bool is_known = !draft.name_of(*remote).empty();
  if (!is_known && !state.empty() && !same_word(state, "Connected"))
    return fields.note("peeringState", "is not Connected, and the other VNet is in none of the files", kLeftOut);
  const auto own = draft.vnet(resource.id.parent(), resource.at.where()).name;
  peering.remote = draft.vnet(*remote, resource.at.where()).name;
  peering.name = draft.name_for(resource.id, "peering of " + own, resource.at.where(), fields.object());
  peering.disconnected = same_word(state, "Disconnected");
  add_other_half(peering, own, fields, draft);
  find_named(draft.topology.vnets, own)->peerings.push_back(std::move(peering));
}

void carry_route_table(const Resource& resource, Fields& fields, Draft& draft) {
  model::RouteTable table;
  table.where = resource.at.where();
  table.name = draft.name_for(resource.id, "route table", resource.at.where(), fields.object());
  table.propagate_bgp = !fields.truth("disableBgpRoutePropagation");
  fields.ignore({"routes", "subnets"});
  draft.topology.route_tables.push_back(std::move(table));
}

void carry_route(const Resource& resource, Fields& fields, Draft& draft) {
  auto* table = holder_of(resource, "route", draft.topology.route_tables, draft);
  const auto to = fields.prefix("addressPrefix", "the route was left out");
  const auto owner = fields.owner("nextHopIpAddress");
  const auto hop = owner ? std::nullopt : fields.address("nextHopIpAddress", "see the route table");
  const auto type = fields.text("nextHopType");
  fields.ignore({"hasBgpOverride"});
  if (table == nullptr || !to) return;
  using Type = model::NextHopType;
  const auto& known = Names<Type>::names;
  const auto* row = std::ranges::find_if(known, [&](const auto& each) { return same_word(each.second, type); });
  if (row == std::end(known) || !to->is_v4()) return fields.note("nextHopType", "is not known here", kLeftOut);
  const bool is_address = row->first == Type::kVirtualAppliance;
  if (owner && is_address) draft.open_hops.push_back({table->name, table->routes.size(), *owner});
  table->routes.push_back({*to, row->first, is_address ? hop : std::nullopt});
}

}  // namespace xconn::importing
