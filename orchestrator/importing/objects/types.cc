// SPDX-License-Identifier: Apache-2.0
#include "importing/objects/types.hh"

#include <algorithm>

#include "importing/objects/hubs.hh"

namespace xconn::importing {
namespace {

bool is_hub(const Resource& resource) { return !is_route_server(resource); }

const TypeRow kCarriedTypes[] = {
    {"microsoft.network/routetables", "route table", carry_route_table},
    {"microsoft.network/routetables/routes", "route", carry_route},
    {"microsoft.network/networksecuritygroups", "NSG", carry_nsg},
    {"microsoft.network/networksecuritygroups/securityrules", "security rule", carry_security_rule},
    {"microsoft.network/virtualnetworks", "VNet", carry_vnet},
    {"microsoft.network/virtualnetworks/subnets", "subnet", carry_subnet},
    {"microsoft.network/virtualnetworks/virtualnetworkpeerings", "VNet peering", carry_vnet_peering},
    {"microsoft.network/expressrouteports", "port", carry_port},
    {"microsoft.network/routefilters", "route filter", carry_route_filter},
    {"microsoft.network/routefilters/routefilterrules", "route filter rule", carry_route_filter_rule},
    {"microsoft.network/routefilters/rules", "route filter rule", carry_route_filter_rule},
    {"microsoft.network/expressroutecircuits", "circuit", carry_circuit},
    {"microsoft.network/expressroutecircuits/peerings", "peering", carry_peering},
    {"microsoft.network/expressroutecircuits/authorizations", "authorization", carry_authorization},
    {"microsoft.network/expressroutecircuits/peerings/connections", "Global Reach", carry_global_reach},
    {"microsoft.network/virtualwans", "Virtual WAN", carry_wan},
    {kHubType, "hub", carry_hub, is_hub},
    {kHubType, "Route Server", carry_route_server, is_route_server},
    {"microsoft.network/virtualhubs/ipconfigurations", "address of Route Server", carry_server_address},
    {"microsoft.network/virtualhubs/bgpconnections", "BGP peer", carry_server_peer},
    {"microsoft.network/virtualhubs/hubvirtualnetworkconnections", "hub connection", carry_hub_connection},
    {"microsoft.network/virtualhubs/virtualnetworkconnections", "hub connection", carry_hub_connection},
    {"microsoft.network/virtualhubs/hubroutetables", "hub route table", carry_hub_table},
    {"microsoft.network/virtualhubs/routetables", "hub route table", carry_hub_table},
    {"microsoft.network/virtualhubs/hubroutetables/routes", "hub route", carry_hub_route},
    {"microsoft.network/virtualhubs/routingintent", "routing intent", carry_routing_intent},
    {"microsoft.network/publicipaddresses", "public address", carry_public_address},
    {"microsoft.network/virtualnetworkgateways", "gateway", carry_gateway},
    {"microsoft.network/localnetworkgateways", "local gateway", carry_local_gateway},
    {"microsoft.network/connections", "connection", carry_connection},
    {"microsoft.network/vpngateways", "gateway", carry_hub_vpn_gateway},
    {"microsoft.network/expressroutegateways", "gateway", carry_hub_er_gateway},
    {"microsoft.network/vpnsites", "VPN site", carry_vpn_site},
    {"microsoft.network/vpngateways/vpnconnections", "connection", carry_vpn_connection},
    {"microsoft.network/vpngateways/connections", "connection", carry_vpn_connection},
    {"microsoft.network/expressroutegateways/expressrouteconnections", "connection", carry_er_connection},
    {"microsoft.network/networkvirtualappliances", "appliance", carry_hub_appliance},
    {"microsoft.network/azurefirewalls", "firewall", carry_firewall},
    {"microsoft.compute/virtualmachines", "machine", carry_machine},
    {"microsoft.compute/virtualmachinescalesets", "scale set", carry_scale_set},
    {"microsoft.network/networkinterfaces", "NIC", carry_nic},
    {"microsoft.network/loadbalancers", "load balancer", carry_balancer},
    {"microsoft.network/loadbalancers/backendaddresspools", "backend pool", carry_pool},
    {"microsoft.network/loadbalancers/probes", "probe", carry_probe},
    {"microsoft.network/loadbalancers/loadbalancingrules", "load balancing rule", carry_balancer_rule},
};

bool is_of(const TypeRow& row, const Resource& resource) {
  return resource.id.type == row.type && (row.is_one == nullptr || row.is_one(resource));
}

void report_unknown(Draft& draft) {
  for (const auto& resource : draft.inventory.resources())
    if (!is_carried(resource.id.type)) draft.notes.foreign(resource.at.where(), resource.id.type, resource.id.path());
}

/// Gateways, balancers and machines that lack something are taken out again once all is read.
bool is_there(const Draft& draft, std::string_view what, const Resource& resource) {
  const auto& topology = draft.topology;
  const auto name = draft.name_of(resource.id);
  if (name.empty()) return false;
  if (what == "hub") return find_named(topology.vnets, name) != nullptr;
  if (what == "gateway") return find_named(topology.gateways, name) != nullptr;
  if (what == "load balancer") return find_named(topology.load_balancers, name) != nullptr;
  if (what == "local gateway") return find_named(topology.local_gateways, name) != nullptr;
  if (what == "scale set") return std::ranges::count(topology.nodes, resource.at.where(), &network::Node::where) > 0;
  if (what == "machine" || what == "NIC" || what == "firewall" || what == "appliance")
    return find_named(topology.nodes, name) != nullptr;
  return true;
}

}  // namespace

bool is_carried(std::string_view type) {
  return std::ranges::find(kCarriedTypes, type, &TypeRow::type) != std::end(kCarriedTypes);
}

std::vector<Carried> carried_by(const Draft& draft) {
  std::vector<Carried> out;
  for (const auto& row : kCarriedTypes)
    for (const auto& resource : draft.inventory.resources()) {
      if (!is_of(row, resource) || !is_there(draft, row.what, resource)) continue;
      auto known = std::ranges::find(out, row.what, &Carried::what);
      if (known == out.end()) known = out.insert(out.end(), {std::string(row.what), {}});
      known->names.push_back(resource.id.path());
    }
  return out;
}

void carry_resources(Draft& draft) {
  for (const auto& row : kCarriedTypes)
    for (const auto& resource : draft.inventory.resources()) {
      if (!is_of(row, resource)) continue;
      Fields fields(*resource.body, std::string(row.what) + " " + resource.id.path(), draft);
      row.carry(resource, fields, draft);
      fields.report_unread();
    }
  report_unknown(draft);
}

}  // namespace xconn::importing
