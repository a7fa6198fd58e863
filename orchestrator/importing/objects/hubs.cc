// SPDX-License-Identifier: Apache-2.0
// Virtual WAN hubs: a VNet each, with what its tables and its connections say.
#include "importing/objects/hubs.hh"

#include <algorithm>
#include <array>

#include "base/azure.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

using model::Raw;

constexpr std::string_view kVnetType = "microsoft.network/virtualnetworks";
constexpr std::string_view kTables = "hubRouteTables", kDefaultTable = "defaultRouteTable", kNoTable = "noneRouteTable",
                           kNoLabel = "none";

bool lacks(const Resource& resource, const char* key) { return property(*resource.body, key) == nullptr; }

/// All of it that is private unless the hub says more (Microsoft Learn, "How to configure Virtual WAN Hub routing
/// intent and routing policies").
constexpr std::array<std::string_view, 3> kPrivate{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"};

constexpr std::string_view kPrivatePolicy = "_policy_PrivateTraffic", kPublicPolicy = "_policy_PublicTraffic";

/// Where Azure has each, in a hub of a /24: the gateways, the hub's router, its firewall, appliances.
struct Place {
  std::string_view subnet;
  std::uint32_t at;
};
constexpr Place kPlaces[] = {{azure::kGatewaySubnet, 0}, {"AzureFirewallSubnet", 128}, {"AzureNvaSubnet", 192}};
constexpr std::uint32_t kRouterPlace = 64;
constexpr const char* kRouterSubnet = "router";
constexpr int kPlaceLength = 26, kSmallest = 29;
constexpr int kLongestHub = 24;  // Microsoft Learn: "About virtual hub settings"

bool is_free_in(const model::Vnet& vnet, const Prefix& prefix) {
  const auto meets = [&](const model::Subnet& subnet) { return subnet.prefix.overlaps(prefix); };
  const auto holds = [&](const Prefix& space) { return space.contains(prefix); };
  return std::ranges::any_of(vnet.address_space, holds) && std::ranges::none_of(vnet.subnets, meets);
}

/// The first place in the hub that is free: of a /26 if there is one.
Prefix free_place(const model::Vnet& hub) {
  constexpr int kWhole = 32;
  const auto& space = hub.address_space.front();
  for (int length = std::max(kPlaceLength, space.length()); length <= kSmallest; ++length)
    for (std::uint64_t at = 0; at < 1ULL << (kWhole - space.length()); at += 1ULL << (kWhole - length))
      if (const auto place = Prefix::of(space.host(static_cast<std::uint32_t>(at)), length); is_free_in(hub, place))
        return place;
  throw Error("hub " + hub.name + " has no room in " + space.text());
}

Prefix place_for(const model::Vnet& hub, std::uint32_t at, const std::optional<Address>& known) {
  const auto& space = hub.address_space.front();
  const auto wanted = Prefix::of(known ? *known : space.host(at), kPlaceLength);
  return is_free_in(hub, wanted) ? wanted : free_place(hub);
}

/// A hub that is in no file has no prefix yet.
void give_space(model::Vnet& hub, const std::optional<Address>& known, Draft& draft) {
  if (!hub.address_space.empty()) return;
  const auto around = known ? std::optional(Prefix::of(*known, kLongestHub)) : std::nullopt;
  const auto space = around && draft.is_free(*around) ? *around : draft.free_network(kLongestHub);
  draft.take(space);
  hub.address_space = {space};
  draft.assume({hub.where, "hub " + hub.name, "addressPrefix", "", "its prefix is in none of the files",
                "it is " + space.text()},
               "vnets/" + hub.name + "/address-space");
}

std::optional<Prefix> hub_prefix(Fields& fields) {
  const auto prefix = fields.prefix("addressPrefix", "another one was taken");
  if (!prefix || (prefix->is_v4() && prefix->length() <= kLongestHub)) return prefix;
  fields.note("addressPrefix", "is no IPv4 prefix of a hub, which is a /24 or larger", "another one was taken");
  return std::nullopt;
}

/// What is read elsewhere, or has no bearing on packets.
void ignore_rest_of_hub(Fields& fields) {
  // clang-format off
  fields.ignore({
    "virtualRouterAsn", "virtualRouterIps", "virtualRouterAutoScaleConfiguration", "routingState",
    "allowBranchToBranchTraffic", "preferredRoutingGateway", "azureFirewall", "p2SVpnGateway", "vpnGateway",
    "expressRouteGateway", "routeMaps", "ipConfigurations", "bgpConnections", "virtualNetworkConnections",
    "hubVirtualNetworkConnections", "networkVirtualAppliances", "routeTable", "virtualHubRouteTableV2s",
    "securityProviderName", "securityPartnerProvider", "hubRouteTables", "defaultRouteTableId",
    "branchToBranchTrafficEnabled", "defaultRouteTable"});
  // clang-format on
}

std::vector<HubRoute> routes_to(const std::vector<Prefix>& prefixes, const HubRoute& like) {
  std::vector<HubRoute> out;
  for (const auto& prefix : prefixes) {
    out.push_back(like);
    out.back().to = prefix;
  }
  return out;
}

void append(std::vector<HubRoute>& to, std::vector<HubRoute> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// A route of any of the forms that Azure has had: `nextHop`, `nextHops`, `nextHopIpAddress`.
std::vector<HubRoute> read_route(const Raw& raw, const std::string& object, Draft& draft) {
  Fields fields(raw, object, draft);
  HubRoute like{raw.at.where(), {}, {}, {}};
  auto prefixes = fields.prefixes("destinations");
  if (prefixes.empty()) prefixes = fields.prefixes("addressPrefixes");
  const auto hops = fields.texts("nextHops");
  const auto* one = fields.raw("nextHop");
  const auto text = one != nullptr && one->is_scalar() ? one->text : hops.empty() ? "" : hops.front();
  like.next = text.empty() ? fields.owner("nextHopIpAddress") : ResourceId::parse(text);
  if (!like.next) like.hop = text.empty() ? fields.address("nextHopIpAddress", kLeftOut) : Address::parse(text);
  if (!like.next && !like.hop)
    fields.note("nextHop", "names nobody that is known before it is deployed", "the route was left out");
  return like.next || like.hop ? routes_to(prefixes, like) : std::vector<HubRoute>{};
}

std::vector<HubRoute> read_routes(const Raw* list, const std::string& object, Draft& draft) {
  std::vector<HubRoute> out;
  if (list == nullptr) return out;
  for (const auto& item : list->items)
    if (item->is_map()) append(out, read_route(*item, object, draft));
  return out;
}

/// What routing intent writes into the default table says what else is private.
bool read_policy_route(const Raw& raw, Hub& hub, const std::string& object, Draft& draft) {
  Fields fields(raw, object, draft);
  const auto name = fields.text("name");
  if (!name.starts_with(kPrivatePolicy) && !name.starts_with(kPublicPolicy)) return false;
  for (const auto& prefix : fields.prefixes("destinations"))
    if (!prefix.is_default()) hub.private_space.push_back(prefix);
  return true;
}

/// Its table without a name is the default one.
void read_table(const ResourceId& id, Hub* hub, Fields& fields, Draft& draft) {
  auto& table = draft.wan.tables[table_of(id, draft)];
  table.is_there = true;
  for (const auto& label : fields.texts("labels")) table.labels.insert(lower_case(label));
  const auto* routes = fields.raw("routes");
  if (routes == nullptr) return;
  for (const auto& item : routes->items)
    if (item->is_map() && (hub == nullptr || !read_policy_route(*item, *hub, fields.object(), draft)))
      append(table.routes, read_route(*item, fields.object(), draft));
}

/// The tables of before 2020, within the hub: what they say holds for all of its VNets or branches.
void read_old_tables(const Resource& resource, Fields& fields, Draft& draft) {
  auto& table = draft.wan.tables[table_of(resource.id, draft)];
  append(table.routes, read_routes(fields.raw("routeTable.routes"), fields.object(), draft));
  const auto* newer = fields.raw("virtualHubRouteTableV2s");
  if (newer == nullptr) return;
  for (const auto& item : newer->items)
    if (const auto* routes = item->is_map() ? property(*item, "routes") : nullptr)
      append(table.routes, read_routes(routes, fields.object(), draft));
}

std::vector<HubRoute> read_statics(Fields& fields, Draft& draft) {
  return read_routes(fields.raw("routingConfiguration.vnetRoutes.staticRoutes"), fields.object(), draft);
}

/// Azure's pages state no default.
bool passes_statics(const HubConnection& connection, Fields& fields) {
  constexpr std::string_view kKey = "routingConfiguration.vnetRoutes.staticRoutesConfig.propagateStaticRoutes";
  if (fields.raw(kKey) == nullptr && !connection.statics.empty())
    fields.note(kKey, "is not in the files, and Azure states no default", "its static routes reach no table");
  return fields.truth(kKey);
}

ResourceId default_table(const ResourceId& hub) { return hub.child(kTables, std::string(kDefaultTable)); }

std::vector<ResourceId> references_in(const Raw* list) {
  std::vector<ResourceId> out;
  if (list == nullptr) return out;
  for (const auto& item : list->items) {
    const auto* id = item->is_map() ? property(*item, "id") : item.get();
    if (const auto parsed = id == nullptr ? std::nullopt : ResourceId::parse(id->text)) out.push_back(*parsed);
  }
  return out;
}

}  // namespace

bool is_route_server(const Resource& resource) {
  return resource.id.type == kHubType && lacks(resource, "virtualWan") && lacks(resource, "addressPrefix");
}

std::string table_of(const ResourceId& id, Draft& draft) {
  const auto table = id.type == kHubType ? default_table(id) : id;
  auto key = draft.key(table);
  auto& known = draft.wan.tables[key];
  if (same_word(table.name(), kDefaultTable)) known.labels.insert("default");
  if (same_word(table.name(), kDefaultTable) || same_word(table.name(), kNoTable)) known.is_there = true;
  return key;
}

void read_routing(HubMember& member, const ResourceId& hub, Fields& fields, Draft& draft) {
  const auto associated = fields.reference("routingConfiguration.associatedRouteTable");
  member.table = table_of(associated ? *associated : hub, draft);
  const auto* propagated = fields.raw("routingConfiguration.propagatedRouteTables");
  for (const auto& id : references_in(fields.raw("routingConfiguration.propagatedRouteTables.ids")))
    if (!same_word(id.name(), kNoTable)) member.tables.insert(table_of(id, draft));
  for (const auto& label : fields.texts("routingConfiguration.propagatedRouteTables.labels"))
    if (!same_word(label, kNoLabel)) member.labels.insert(lower_case(label));
  if (propagated == nullptr || !says_something(*propagated)) member.labels.insert("default");
  for (const auto* key : {"inboundRouteMap", "outboundRouteMap"})
    if (const auto path = std::string("routingConfiguration.") + key; fields.raw(path) != nullptr)
      fields.note(path, "is not modelled", "routes pass as they are");
}

network::SubnetRef subnet_in_hub(model::Vnet& hub, const std::string& name, const std::optional<Address>& known,
                                 Draft& draft) {
  give_space(hub, known, draft);
  if (find_named(hub.subnets, name) == nullptr) {
    const auto place = std::ranges::find_if(kPlaces, [&](const Place& each) { return same_word(each.subnet, name); });
    hub.subnets.push_back(
        {name, place_for(hub, place == std::end(kPlaces) ? kRouterPlace : place->at, known), {}, {}, {}});
    draft.reserve(hub.name, name);
  }
  return {hub.name, name};
}

model::Vnet* hub_named(Fields& fields, Draft& draft) {
  const auto id = fields.reference("virtualHub");
  if (id && id->type == kHubType && !draft.is_left_out(*id)) return &draft.vnet(*id, fields.where());
  fields.note("virtualHub", "names no hub that is carried over", kLeftOut);
  return nullptr;
}

void carry_wan(const Resource& resource, Fields& fields, Draft& draft) {
  if (same_word(fields.text("typePropertiesType"), "Basic")) draft.wan.basic.insert(draft.key(resource.id));
  fields.ignore_rest();
  draft.call(resource.id, resource.id.name());
}

void carry_hub(const Resource& resource, Fields& fields, Draft& draft) {
  const auto wan = fields.reference("virtualWan");
  const auto prefix = hub_prefix(fields);
  const auto sku = fields.text("sku"), preference = fields.text("hubRoutingPreference");
  ignore_rest_of_hub(fields);
  if (prefix && !draft.is_free(*prefix)) {
    draft.leave_out(resource.id);
    return fields.note("addressPrefix", "overlaps with another VNet's, which a lab cannot have",
                       "the hub was left out; import one of the two");
  }
  if (prefix) draft.take(*prefix);
  auto& vnet = draft.topology.vnets.emplace_back();
  vnet.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  vnet.where = resource.at.where();
  vnet.region = region_of(resource, vnet.name, draft);
  if (prefix) vnet.address_space = {*prefix};
  draft.comment("vnets/" + vnet.name, "a Virtual WAN hub");
  const auto key = wan ? draft.key(*wan) : std::string{};
  draft.wan.hubs.push_back({vnet.where,
                            resource.id,
                            vnet.name,
                            key,
                            same_word(sku, "Basic") || draft.wan.basic.contains(key),
                            preference,
                            {},
                            {}});
  read_old_tables(resource, fields, draft);
}

void carry_hub_table(const Resource& resource, Fields& fields, Draft& draft) {
  fields.ignore({"associatedConnections", "propagatingConnections", "attachedConnections"});
  if (draft.is_left_out(resource.id.parent())) return fields.ignore_rest();
  auto* hub = draft.wan.hub(draft.name_of(resource.id.parent()));
  if (hub == nullptr) {
    fields.ignore_rest();
    return fields.note("", "its hub is in none of the files", "it was left out; import `az network vhub list` too");
  }
  const bool is_old = !resource.id.type.ends_with("hubroutetables");
  read_table(is_old ? resource.id.parent() : resource.id, hub, fields, draft);
  draft.call(resource.id, resource.id.name());
}

void carry_hub_route(const Resource& resource, Fields& fields, Draft& draft) {
  fields.ignore_rest();
  if (draft.is_left_out(resource.id.parent().parent())) return;
  auto& table = draft.wan.tables[table_of(resource.id.parent(), draft)];
  table.is_there = true;
  append(table.routes, read_route(*resource.body, fields.object(), draft));
  draft.call(resource.id, resource.id.name());
}

void carry_hub_connection(const Resource& resource, Fields& fields, Draft& draft) {
  HubConnection connection;
  const auto hub = resource.id.parent();
  const auto remote = fields.reference("remoteVirtualNetwork");
  read_routing(connection, hub, fields, draft);
  connection.statics = read_statics(fields, draft);
  connection.passes_statics = passes_statics(connection, fields);
  connection.takes_default = fields.truth("enableInternetSecurity");
  connection.uses_gateways = fields.truth("allowRemoteVnetToUseHubVnetGateways", true);
  fields.ignore({"allowHubToRemoteVnetTransit", "connectivityStatus"});
  if (!remote || remote->type != kVnetType) return fields.note("remoteVirtualNetwork", "names no VNet", kLeftOut);
  if (draft.is_left_out(*remote) || draft.is_left_out(hub))
    return fields.note("", "its hub or its VNet was left out", kLeftOut);
  connection.where = resource.at.where();
  connection.hub = draft.vnet(hub, connection.where).name;
  connection.vnet = draft.vnet(*remote, connection.where).name;
  connection.key = draft.key(resource.id);
  connection.name = draft.name_for(resource.id, "peering of " + connection.hub, connection.where, fields.object());
  draft.wan.connections.push_back(std::move(connection));
}

void carry_routing_intent(const Resource& resource, Fields& fields, Draft& draft) {
  auto* hub = draft.wan.hub(draft.name_of(resource.id.parent()));
  const auto* policies = fields.raw("routingPolicies");
  if (hub == nullptr || policies == nullptr) return fields.note("", "its hub is in none of the files", kLeftOut);
  draft.call(resource.id, resource.id.name());
  for (const auto& item : policies->items) {
    Fields policy(*item, fields.object(), draft);
    const auto next = policy.reference("nextHop");
    for (const auto& word : policy.texts("destinations"))
      (same_word(word, "Internet") ? hub->public_hop : hub->private_hop) = next;
  }
  if (hub->private_hop)
    for (const auto space : kPrivate) hub->private_space.push_back(*Prefix::parse(space));
}

void leave_out_lone_hubs(Draft& draft) {
  std::erase_if(draft.wan.hubs, [&](const Hub& hub) {
    if (has_gateway(draft, hub.vnet) || std::ranges::count(draft.wan.connections, hub.vnet, &HubConnection::hub) > 0)
      return false;
    draft.notes.add({hub.where, "hub " + hub.vnet, "", "", "has neither a VNet nor a gateway in the files",
                     "it was left out; import `az network vhub connection list` and its gateways too"});
    std::erase_if(draft.topology.vnets, [&](const model::Vnet& vnet) { return vnet.name == hub.vnet; });
    std::erase_if(draft.topology.nodes, [&](const network::Node& node) {
      return std::ranges::any_of(node.interfaces,
                                 [&](const auto& nic) { return nic.subnet && nic.subnet->vnet == hub.vnet; });
    });
    std::erase(draft.regionless, hub.vnet);
    return true;
  });
}

void complete_hubs(Draft& draft) {
  for (const auto& hub : draft.wan.hubs) {
    auto& vnet = *find_named(draft.topology.vnets, hub.vnet);
    std::optional<Address> known;
    for (const auto& gateway : draft.topology.gateways)
      if (gateway.vnet == hub.vnet && !known && !gateway.instances.empty()) known = gateway.instances.front();
    if (has_gateway(draft, hub.vnet))
      subnet_in_hub(vnet, azure::kGatewaySubnet, known, draft);
    else if (vnet.subnets.empty())
      subnet_in_hub(vnet, kRouterSubnet, {}, draft);
  }
}

}  // namespace xconn::importing
