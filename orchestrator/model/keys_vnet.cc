// SPDX-License-Identifier: Apache-2.0
// The tables of virtual networks: subnets, peerings, security groups, user routes.
#include <algorithm>

#include "model/keys.hh"

namespace xconn::model {
namespace {

// "next-hop: 10.0.0.4" and "next-hop: Internet" both say what they mean.
void read_next_hop(const Cursor& at, UserRoute& route) {
  const auto text = read_word<Line>(at);
  if (!text) return;
  route.next_hop = Address::parse(*text);
  if (route.next_hop) return;
  if (const auto type = Word<NextHopType>::parse(*text))
    route.type = *type;
  else
    at.fault("a next hop is the address of a virtual appliance, or VirtualNetworkGateway, VnetLocal, Internet or None",
             did_you_mean(*text, {"VirtualNetworkGateway", "VnetLocal", "Internet", "None"}), "V29");
}

void read_next_hop_type(const Cursor& at, UserRoute& route) {
  const auto text = read_word<Line>(at);
  if (!text) return;
  if (const auto type = Word<NextHopType>::parse(*text))
    route.type = *type;
  else
    at.fault("the type of a user route's next hop is " + Word<NextHopType>::info().name,
             *text == "VNetPeering"
                 ? "Azure creates such routes itself; remove this one"
                 : did_you_mean(*text, {"VirtualAppliance", "VirtualNetworkGateway", "VnetLocal", "Internet", "None"}),
             "V29");
}

bool read_short_subnet(const Cursor& at, void* object) {
  if (!at.raw().is_scalar()) return false;
  if (const auto prefix = read_word<Prefix>(at)) static_cast<Subnet*>(object)->prefix = *prefix;
  return true;
}

bool read_short_vnet_peering(const Cursor& at, void* object) {
  if (!at.raw().is_scalar()) return false;
  if (auto remote = read_word<ObjectName>(at)) static_cast<VnetPeering*>(object)->remote = std::move(*remote);
  return true;
}

/// `*` beside others still means all, which an empty list says.
template <class T>
void clear_if_any(std::vector<T>& all, const T& any) {
  if (std::find(all.begin(), all.end(), any) != all.end()) all.clear();
}

void finish_security_rule(const Cursor&, void* object) {
  constexpr PortPair kAnyPort{0, 65535};
  auto& rule = *static_cast<SecurityRule*>(object);
  clear_if_any(rule.sources, std::string("*"));
  clear_if_any(rule.destinations, std::string("*"));
  clear_if_any(rule.source_ports, kAnyPort);
  clear_if_any(rule.destination_ports, kAnyPort);
}

}  // namespace

template <>
const ObjectInfo& object_info<Subnet>() {
  static const ObjectInfo kInfo{
      "subnet",
      "A subnet of a VNet. Azure reserves its first four addresses and the last.",
      "subnets:\n  app: 10.1.0.0/24\n  GatewaySubnet: {prefix: 10.1.255.0/27, route-table: gateway}",
      {
          key<&Subnet::prefix>("prefix", "its addresses", kRequired),
          key<&Subnet::prefix_v6>("prefix-v6", "an additional IPv6 /64, for dual stack"),
          key<&Subnet::route_table, ObjectName>("route-table", "one of `route-tables`"),
          key<&Subnet::nsg, ObjectName>("nsg", "one of `nsgs`"),
      },
      read_short_subnet,
      "a map, or its prefix",
      R"("type": "string")"};
  return kInfo;
}

template <>
const ObjectInfo& object_info<VnetPeering>() {
  static const ObjectInfo kInfo{
      "vnet peering",
      "One half of a VNet peering; it is Connected when the remote VNet has the other half.",
      "peerings:\n  to-spoke: {remote: spoke, allow-forwarded-traffic: true, allow-gateway-transit: true}",
      {
          key<&VnetPeering::remote, ObjectName>("remote", "the remote VNet, one of `vnets`", kRequired),
          key<&VnetPeering::allow_vnet_access>("allow-vnet-access", "allow traffic to the remote VNet"),
          key<&VnetPeering::allow_forwarded_traffic>("allow-forwarded-traffic",
                                                     "accept traffic that the remote VNet forwards for others"),
          key<&VnetPeering::allow_gateway_transit>("allow-gateway-transit",
                                                   "the remote VNet may use this VNet's gateway"),
          key<&VnetPeering::use_remote_gateways>("use-remote-gateways", "use the remote VNet's gateway"),
          key<&VnetPeering::remote_address_space>(
              "remote-address-space",
              "the remote VNet's address space at the last sync; without it, the peering is in sync"),
          key<&VnetPeering::disconnected>(
              "disconnected", "its other half was deleted in a running lab; delete and create this one again"),
      },
      read_short_vnet_peering,
      "a map, or the other VNet's name",
      R"("type": "string")"};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Vnet>() {
  static const ObjectInfo kInfo{
      "vnet",
      "A virtual network. Its machines are nodes whose interfaces name a subnet.",
      "vnets:\n  hub: {address-space: [10.1.0.0/16], subnets: {app: 10.1.0.0/24}, peerings: {to-spoke: spoke}}",
      {
          key<&Vnet::region, Place>("region", "the region's name in Azure: westeurope"),
          key<&Vnet::address_space>("address-space", "its prefixes", kRequired | kFilled),
          key<&Vnet::subnets>("subnets", "its subnets", kRequired),
          key<&Vnet::peerings>("peerings", "its side of VNet peerings"),
          key<&Vnet::bgp_community, Community>("bgp-community", "its own community on private peering: 12076:20031"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<SecurityRule>() {
  static const ObjectInfo kInfo{
      "security rule",
      "A rule of a network security group. Rules are evaluated by priority, the lowest first; "
      "the first match decides.",
      "rules:\n  web: {priority: 100, direction: Inbound, access: Allow, protocol: Tcp, source: VirtualNetwork, "
      "destination-port: [80, 443]}",
      {
          key<&SecurityRule::priority>("priority", "100 to 4096; the lowest is evaluated first", kRequired),
          key<&SecurityRule::direction>("direction", "Inbound or Outbound", kRequired),
          key<&SecurityRule::access>("access", "Allow or Deny", kRequired),
          key<&SecurityRule::protocol>("protocol", "`*` is any"),
          key<&SecurityRule::sources, TrafficEnd>("sources", "without it, any", 0, "source"),
          key<&SecurityRule::destinations, TrafficEnd>("destinations", "without it, any", 0, "destination"),
          key<&SecurityRule::source_ports, TrafficPorts>("source-ports", "without it, any", 0, "source-port"),
          key<&SecurityRule::destination_ports, TrafficPorts>("destination-ports", "without it, any", 0,
                                                              "destination-port"),
      },
      nullptr,
      {},
      {},
      finish_security_rule};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Nsg>() {
  static const ObjectInfo kInfo{"nsg",
                                "A network security group, for subnets and NICs. Azure's six default rules follow its "
                                "own.",
                                "nsgs:\n  app: {rules: {web: {priority: 100, direction: Inbound, access: Allow}}}",
                                {key<&Nsg::rules>("rules", "its own rules")}};
  return kInfo;
}

template <>
const ObjectInfo& object_info<UserRoute>() {
  static const ObjectInfo kInfo{
      "user route",
      "A user-defined route.",
      "- {to: 0.0.0.0/0, next-hop: 10.1.0.4}\n- {to: 10.0.0.0/8, next-hop: None}",
      {
          key<&UserRoute::to>("to", "the destination prefix", kRequired),
          key<UserRoute, read_next_hop>(
              "next-hop",
              own_type("address, VirtualNetworkGateway, VnetLocal, Internet or None", R"("type": "string")"),
              "the virtual appliance's address, or another kind of next hop"),
          key<UserRoute, read_next_hop_type>("type", word_type<NextHopType>(),
                                             "kind of next hop, when `next-hop` does not say it"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<RouteTable>() {
  static const ObjectInfo kInfo{
      "route table",
      "A table of user-defined routes, for subnets.",
      "route-tables:\n  app: {propagate-bgp: false, routes: [{to: 0.0.0.0/0, next-hop: 10.1.0.4}]}",
      {
          key<&RouteTable::propagate_bgp>("propagate-bgp", "routes learned by gateways are propagated to the subnets"),
          key<&RouteTable::routes>("routes", "the routes"),
      }};
  return kInfo;
}

}  // namespace xconn::model
