// VNets and what their subnets refer to.
#include <algorithm>

#include "importing/types.hh"

namespace xconn::importing {
namespace {

constexpr const char* kLeftOut = "it was left out";

void report_missing(const ResourceId& id, const char* what, const Resource& resource, Draft& draft) {
  draft.notes.add({resource.at.where(), what + (" " + resource.id.path()), "", id.text(),
                   "refers to something that is in none of the files", kLeftOut});
}

/// 80, "8000-8100" or "*" (any: nothing is added).
void add_ports(Fields& fields, const char* path, std::vector<std::pair<std::uint16_t, std::uint16_t>>& ports) {
  constexpr unsigned long kMost = 65535;
  for (const auto* item : fields.items(path)) {
    const auto& text = item->text;
    if (text == "*") continue;
    const auto dash = text.find('-');
    const auto number = [](const std::string& digits) {
      const bool is_number =
          !digits.empty() && digits.size() < 6 && digits.find_first_not_of("0123456789") == std::string::npos;
      return is_number ? std::stoul(digits) : kMost + 1;
    };
    const auto first = number(text.substr(0, dash));
    const auto last = dash == std::string::npos ? first : number(text.substr(dash + 1));
    if (first <= last && last <= kMost)
      ports.emplace_back(static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last));
    else
      fields.note(*item, path, "is no port and no range of ports", kLeftOut);
  }
}

/// The service tags that a lab's fabric knows, in Azure's spelling; empty for another.
std::string known_tag(const std::string& text) {
  for (const auto* tag : {"VirtualNetwork", "AzureLoadBalancer", "Internet"})
    if (same_word(text, tag)) return tag;
  return {};
}

/// Prefixes and service tags; an address alone is a prefix of full length.
void add_ends(Fields& fields, const char* path, std::vector<std::string>& ends) {
  for (const auto* item : fields.items(path)) {
    const auto& text = item->text;
    if (text == "*" || same_word(text, "any")) continue;
    const auto prefix = Prefix::parse(text);
    const auto tag = known_tag(text);
    if (!tag.empty() || (prefix && prefix->is_v4()))
      ends.push_back(tag.empty() ? text : tag);
    else
      fields.note(*item, path,
                  is_placeholder(text) ? "is a placeholder" : "is no IPv4 prefix and no service tag that is known here",
                  kLeftOut);
  }
}

/// Whether something was given, and is lost: empty would mean any, and let pass what the rule does not.
bool is_lost(Fields& fields, std::initializer_list<const char*> paths, bool is_empty) {
  if (!is_empty) return false;
  bool is_given = false, is_any = false;
  for (const auto* path : paths)
    for (const auto& text : fields.texts(path)) {
      is_given = true;
      is_any = is_any || text == "*" || same_word(text, "any");
    }
  return is_given && !is_any;
}

/// Reads both spellings of each; false when one of them would come to mean any.
bool read_ends(Fields& fields, model::SecurityRule& rule) {
  add_ends(fields, "sourceAddressPrefix", rule.sources);
  add_ends(fields, "sourceAddressPrefixes", rule.sources);
  add_ends(fields, "destinationAddressPrefix", rule.destinations);
  add_ends(fields, "destinationAddressPrefixes", rule.destinations);
  add_ports(fields, "sourcePortRange", rule.source_ports);
  add_ports(fields, "sourcePortRanges", rule.source_ports);
  add_ports(fields, "destinationPortRange", rule.destination_ports);
  add_ports(fields, "destinationPortRanges", rule.destination_ports);
  return !is_lost(fields, {"sourceAddressPrefix", "sourceAddressPrefixes"}, rule.sources.empty()) &&
         !is_lost(fields, {"destinationAddressPrefix", "destinationAddressPrefixes"}, rule.destinations.empty()) &&
         !is_lost(fields, {"sourcePortRange", "sourcePortRanges"}, rule.source_ports.empty()) &&
         !is_lost(fields, {"destinationPortRange", "destinationPortRanges"}, rule.destination_ports.empty()) &&
         fields.raw("sourceApplicationSecurityGroups") == nullptr &&
         fields.raw("destinationApplicationSecurityGroups") == nullptr;
}

model::VnetPeering read_peering(Fields& fields) {
  model::VnetPeering peering;
  peering.allow_vnet_access = fields.truth("allowVirtualNetworkAccess", true);
  peering.allow_forwarded_traffic = fields.truth("allowForwardedTraffic");
  peering.allow_gateway_transit = fields.truth("allowGatewayTransit");
  peering.use_remote_gateways = fields.truth("useRemoteGateways");
  return peering;
}

/// A VNet of another subscription is in no file of ours, but a connected peering says what its half must be.
void add_other_half(const model::VnetPeering& mine, const std::string& own, Fields& fields, Draft& draft) {
  auto& remote = *find_named(draft.topology.vnets, mine.remote);
  if (!draft.is_stub(remote.name)) return;
  for (const auto& prefix : fields.prefixes("remoteAddressSpace.addressPrefixes"))
    if (std::ranges::find(remote.address_space, prefix) == remote.address_space.end())
      remote.address_space.push_back(prefix);
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

void carry_vnet(const Resource& resource, Fields& fields, Draft& draft) {
  model::Vnet vnet;
  vnet.address_space = fields.prefixes("addressSpace.addressPrefixes");
  fields.ignore({"subnets", "virtualNetworkPeerings", "flowTimeoutInMinutes", "privateEndpointVNetPolicies",
                 "subnetCount", "guid", "subnet"});
  for (const auto& prefix : vnet.address_space)
    if (!draft.is_free(prefix)) {
      draft.leave_out(resource.id);
      return fields.note("addressSpace", prefix.text() + " overlaps with another VNet's, which a lab cannot have",
                         "the VNet was left out; import one of the two");
    }
  vnet.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  vnet.where = resource.at.where();
  vnet.region = fields.text("location");
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
  const auto table = fields.reference("routeTable"), nsg = fields.reference("networkSecurityGroup");
  if (draft.is_left_out(resource.id.parent())) return fields.note("", "its VNet was left out", kLeftOut);
  if (prefixes.empty()) return fields.note("", "has no IPv4 prefix", kLeftOut);
  if (prefixes.size() > 1) fields.note("addressPrefixes", "has more than one", "only the first is there");
  auto& vnet = draft.vnet(resource.id.parent(), resource.at.where());
  const auto space = "subnet of " + vnet.name;
  const bool is_gateways = same_word(resource.id.name(), "GatewaySubnet");
  const auto name = is_gateways ? draft.free_name("GatewaySubnet", space)
                                : draft.name_for(resource.id, space, resource.at.where(), fields.object());
  draft.call(resource.id, name);
  model::Subnet subnet{name, prefixes.front(), {}, {}};
  if (table && (subnet.route_table = draft.name_of(*table)).empty()) report_missing(*table, "subnet", resource, draft);
  if (nsg && (subnet.nsg = draft.name_of(*nsg)).empty()) report_missing(*nsg, "subnet", resource, draft);
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
  const auto hop = fields.address("nextHopIpAddress", "the route was left out");
  const auto type = fields.text("nextHopType");
  fields.ignore({"hasBgpOverride"});
  if (table == nullptr || !to) return;
  using Type = model::NextHopType;
  const std::pair<std::string_view, Type> kTypes[] = {{"VirtualAppliance", Type::kVirtualAppliance},
                                                      {"VnetLocal", Type::kVnetLocal},
                                                      {"Internet", Type::kInternet},
                                                      {"None", Type::kNone},
                                                      {"VirtualNetworkGateway", Type::kVirtualNetworkGateway}};
  const auto* row = std::ranges::find_if(kTypes, [&](const auto& known) { return same_word(known.first, type); });
  if (row == std::end(kTypes) || !to->is_v4()) return fields.note("nextHopType", "is not known here", kLeftOut);
  if (row->second != Type::kVirtualAppliance) {
    table->routes.push_back({*to, row->second, std::nullopt});
  } else if (hop) {
    table->routes.push_back({*to, row->second, hop});
  } else {
    fields.note("nextHopIpAddress", "is no address", "the route was left out");
  }
}

void carry_nsg(const Resource& resource, Fields& fields, Draft& draft) {
  const auto name = draft.name_for(resource.id, "NSG", resource.at.where(), fields.object());
  fields.ignore({"securityRules", "defaultSecurityRules", "subnets", "networkInterfaces", "securityRule"});
  draft.topology.nsgs.push_back({resource.at.where(), name, {}});
}

void carry_security_rule(const Resource& resource, Fields& fields, Draft& draft) {
  auto* nsg = holder_of(resource, "security rule", draft.topology.nsgs, draft);
  model::SecurityRule rule;
  rule.name =
      draft.name_for(resource.id, "rule of " + resource.id.parent().path(), resource.at.where(), fields.object());
  const auto priority = fields.number("priority", 100, 4096, "the rule was left out");
  rule.inbound = fields.one_of("direction", {"Inbound", "Outbound"}, "Inbound") == "Inbound";
  rule.allow = fields.one_of("access", {"Allow", "Deny"}, "Deny") == "Allow";
  rule.protocol = fields.one_of("protocol", {"Tcp", "Udp", "Icmp", "Esp", "Ah", "*"}, "*");
  const bool is_whole = read_ends(fields, rule);
  fields.ignore({"description"});
  if (!is_whole)
    return fields.note("", "nothing is left of one of its sides, and empty would mean any", "the rule was left out");
  if (nsg == nullptr || !priority) return;
  rule.priority = static_cast<int>(*priority);
  nsg->rules.push_back(std::move(rule));
}

}  // namespace xconn::importing
