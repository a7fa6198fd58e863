// SPDX-License-Identifier: Apache-2.0
// The resource types that are carried over, a row each.
#pragma once

#include <span>

#include "importing/objects/draft.hh"

namespace xconn::importing {

struct TypeRow {
  std::string_view type;  ///< lower case, as in ResourceId
  std::string_view what;  ///< what notes call it: "circuit"
  void (*carry)(const Resource&, Fields&, Draft&);
  bool (*is_one)(const Resource&) = nullptr;  ///< of the resources of that type; nullptr: all of them
};

bool is_carried(std::string_view type);

/// All resources of the inventory; what has no row is noted.
void carry_resources(Draft& draft);

/// What of the inventory is in the finished topology, in the order of the types.
std::vector<Carried> carried_by(const Draft& draft);

// A function a type.
void carry_vnet(const Resource& resource, Fields& fields, Draft& draft);
void carry_route_table(const Resource& resource, Fields& fields, Draft& draft);
void carry_route(const Resource& resource, Fields& fields, Draft& draft);
void carry_nsg(const Resource& resource, Fields& fields, Draft& draft);
void carry_security_rule(const Resource& resource, Fields& fields, Draft& draft);
void carry_subnet(const Resource& resource, Fields& fields, Draft& draft);
void carry_vnet_peering(const Resource& resource, Fields& fields, Draft& draft);
void carry_port(const Resource& resource, Fields& fields, Draft& draft);
void carry_route_filter(const Resource& resource, Fields& fields, Draft& draft);
void carry_route_filter_rule(const Resource& resource, Fields& fields, Draft& draft);
void carry_circuit(const Resource& resource, Fields& fields, Draft& draft);
void carry_peering(const Resource& resource, Fields& fields, Draft& draft);
void carry_authorization(const Resource& resource, Fields& fields, Draft& draft);
void carry_global_reach(const Resource& resource, Fields& fields, Draft& draft);
void carry_public_address(const Resource& resource, Fields& fields, Draft& draft);
void carry_gateway(const Resource& resource, Fields& fields, Draft& draft);
void carry_local_gateway(const Resource& resource, Fields& fields, Draft& draft);
void carry_connection(const Resource& resource, Fields& fields, Draft& draft);
void carry_machine(const Resource& resource, Fields& fields, Draft& draft);
void carry_scale_set(const Resource& resource, Fields& fields, Draft& draft);
void carry_nic(const Resource& resource, Fields& fields, Draft& draft);
void carry_firewall(const Resource& resource, Fields& fields, Draft& draft);
void carry_wan(const Resource& resource, Fields& fields, Draft& draft);
void carry_hub(const Resource& resource, Fields& fields, Draft& draft);
void carry_hub_table(const Resource& resource, Fields& fields, Draft& draft);
void carry_hub_route(const Resource& resource, Fields& fields, Draft& draft);
void carry_hub_connection(const Resource& resource, Fields& fields, Draft& draft);
void carry_routing_intent(const Resource& resource, Fields& fields, Draft& draft);
void carry_hub_vpn_gateway(const Resource& resource, Fields& fields, Draft& draft);
void carry_hub_er_gateway(const Resource& resource, Fields& fields, Draft& draft);
void carry_er_connection(const Resource& resource, Fields& fields, Draft& draft);
void carry_vpn_site(const Resource& resource, Fields& fields, Draft& draft);
void carry_vpn_connection(const Resource& resource, Fields& fields, Draft& draft);
void carry_hub_appliance(const Resource& resource, Fields& fields, Draft& draft);
void carry_route_server(const Resource& resource, Fields& fields, Draft& draft);
void carry_server_address(const Resource& resource, Fields& fields, Draft& draft);
void carry_server_peer(const Resource& resource, Fields& fields, Draft& draft);
void carry_pool(const Resource& resource, Fields& fields, Draft& draft);
void carry_balancer(const Resource& resource, Fields& fields, Draft& draft);
void carry_probe(const Resource& resource, Fields& fields, Draft& draft);
void carry_balancer_rule(const Resource& resource, Fields& fields, Draft& draft);

/// Its `location`; without one where the files leave that open, and then it is noted together with others.
std::string region_of(const Resource& resource, const std::string& vnet, Draft& draft);

/// What the lab gave to this NIC, firewall or frontend of a balancer.
std::optional<Address> address_of(const ResourceId& owner, const Draft& draft);
/// The NIC that has this address.
std::optional<End> end_at(const Address& address, const Draft& draft);

/// A host called so, in Azure.
network::Node& add_node(const std::string& name, Draft& draft);
/// Of a node that has one.
constexpr const char* kOnlyNic = "eth0";
network::Interface& add_nic(network::Node& node, const network::SubnetRef& subnet);
/// Plugs an interface in as a NIC's properties say.
void add_interface(const ResourceId& nic, const End& end, Fields& fields, Draft& draft);

// What is made once all resources are there.
void use_read_outs(Draft& draft);           ///< routes and sessions that devices showed
void leave_out_lone_hubs(Draft& draft);     ///< Virtual WAN hubs to which nothing is connected
void leave_out_lone_servers(Draft& draft);  ///< Route Servers whose subnet no file has
void complete_hubs(Draft& draft);           ///< subnets of Virtual WAN hubs, of which Azure shows none
void play_hubs(Draft& draft);               ///< peerings and user routes for what their tables say
void play_route_servers(Draft& draft);      ///< two BGP speakers each, and their sessions
void complete_vnets(Draft& draft);          ///< VNets and subnets that no file described, gateways' instances
void leave_out_loose_ends(Draft& draft);    ///< what hangs on a gateway or a connection that no file has
void add_machines(Draft& draft);            ///< somebody to talk to in VNets without machines
void report_next_hops(Draft& draft);        ///< of user routes that nobody forwards at
void leave_out_own_prefixes(Draft& draft);  ///< of VPN devices that claim what is the VNet's
void complete_sessions(Draft& draft);       ///< AS numbers and addresses of VPN devices that speak BGP
void finish_balancers(Draft& draft);        ///< those that have what they need

/// By name; nullptr when it is not there.
template <class List>
auto* find_named(List& list, const std::string& name) {
  for (auto& item : list)
    if (item.name == name) return &item;
  return static_cast<decltype(&list.front())>(nullptr);
}

}  // namespace xconn::importing
