// SPDX-License-Identifier: Apache-2.0
// VNets and their peerings: what their owner configured, and which fabrics are joined.
#include <set>

#include "az/readouts.hh"
#include "az/refusal.hh"
#include "az/resource.hh"
#include "azure/expand.hh"
#include "azure/peering.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

std::string path_of(const model::Vnet& vnet) { return "virtualNetworks/" + vnet.name; }

const model::Vnet& vnet_of(const Query& query, std::string_view option) {
  const auto* vnet = find_named(query.topology.vnets, query.at(option));
  if (vnet == nullptr) throw resource_not_found("virtualNetworks", query.at(option), query.group());
  return *vnet;
}

json texts(const std::vector<Prefix>& prefixes) {
  auto out = json::array();
  for (const auto& prefix : prefixes) out.push_back(prefix.text());
  return out;
}

/// The NICs of a subnet, as a subnet lists them.
json ip_configurations(const Query& query, const model::Vnet& vnet, const model::Subnet& subnet) {
  auto out = json::array();
  for (const auto& node : query.topology.nodes)
    for (const auto& interface : node.interfaces)
      if (interface.subnet && interface.subnet->vnet == vnet.name && interface.subnet->subnet == subnet.name)
        out.push_back(
            reference(query, "networkInterfaces/" + node.name + "-" + interface.name + "/ipConfigurations/ipconfig1"));
  return out;
}

json subnet_json(const Query& query, const model::Vnet& vnet, const model::Subnet& subnet) {
  auto out = resource(query, path_of(vnet) + "/subnets/" + subnet.name);
  out.update({{"addressPrefix", subnet.prefix.text()},
              {"delegations", json::array()},
              {"privateEndpointNetworkPolicies", "Disabled"},
              {"privateLinkServiceNetworkPolicies", "Enabled"},
              {"serviceEndpoints", json::array()}});
  if (auto nics = ip_configurations(query, vnet, subnet); !nics.empty()) out["ipConfigurations"] = std::move(nics);
  if (!subnet.nsg.empty()) out["networkSecurityGroup"] = reference(query, "networkSecurityGroups/" + subnet.nsg);
  if (!subnet.route_table.empty()) out["routeTable"] = reference(query, "routeTables/" + subnet.route_table);
  return out;
}

/// Of the VNets that the command is about.
std::vector<const model::Vnet*> vnets_of(const Query& query) {
  std::vector<const model::Vnet*> all;
  for (const auto& vnet : query.topology.vnets)
    if (query.at("vnet-name").empty() || same_name(vnet.name, query.at("vnet-name"))) all.push_back(&vnet);
  return all;
}

/// The interfaces that the fabrics have now, by VNet: a Connected peering is a link between two of them.
using Fabrics = std::map<std::string, std::set<std::string>>;

Fabrics fabrics_in(const Query& query, const Answers& answers) {
  Fabrics fabrics;
  const auto vnets = vnets_of(query);
  for (std::size_t i = 0; i < vnets.size(); ++i)
    if (const auto* links = answers.find(i))
      for (const auto& link : *links) fabrics[vnets[i]->name].insert(link.at("name").get<std::string>());
  return fabrics;
}

std::string state_of(const Query& query, const model::Vnet& vnet, const model::VnetPeering& peering,
                     const Fabrics& fabrics) {
  const auto fabric = fabrics.find(vnet.name);
  if (fabric == fabrics.end()) return azure::peering_state(query.topology, vnet.name, peering);
  const bool is_joined = fabric->second.contains(azure::peering_interface(peering.remote));
  return is_joined ? "Connected" : azure::state_unjoined(peering);
}

json peering_json(const Query& query, const model::Vnet& vnet, const model::VnetPeering& peering,
                  const Fabrics& fabrics) {
  const auto* remote = find_named(query.topology.vnets, peering.remote);
  const auto state = state_of(query, vnet, peering, fabrics);
  const auto space = [](const std::vector<Prefix>& prefixes) { return json{{"addressPrefixes", texts(prefixes)}}; };
  const auto path = path_of(vnet) + "/virtualNetworkPeerings/" + peering.name;
  auto out = resource(query, path);
  out.update({{"allowForwardedTraffic", peering.allow_forwarded_traffic},
              {"allowGatewayTransit", peering.allow_gateway_transit},
              {"allowVirtualNetworkAccess", peering.allow_vnet_access},
              {"doNotVerifyRemoteGateways", false},
              {"peerCompleteVnets", true},
              {"peeringState", state},
              {"peeringSyncLevel", azure::sync_level(query.topology, vnet.name, peering)},
              {"remoteAddressSpace", space(azure::known_address_space(query.topology, peering))},
              {"remoteVirtualNetwork", reference(query, "virtualNetworks/" + peering.remote)},
              {"remoteVirtualNetworkAddressSpace", space(remote->address_space)},
              {"resourceGuid", guid_of(query, path)},
              {"useRemoteGateways", peering.use_remote_gateways}});
  return out;
}

json peerings_json(const Query& query, const model::Vnet& vnet, const Fabrics& fabrics) {
  auto out = json::array();
  for (const auto& peering : vnet.peerings) out.push_back(peering_json(query, vnet, peering, fabrics));
  return out;
}

json vnet_json(const Query& query, const model::Vnet& vnet, const Fabrics& fabrics) {
  auto out = resource(query, path_of(vnet));
  auto subnets = json::array();
  for (const auto& subnet : vnet.subnets) subnets.push_back(subnet_json(query, vnet, subnet));
  out.update({{"addressSpace", {{"addressPrefixes", texts(vnet.address_space)}}},
              {"dhcpOptions", {{"dnsServers", json::array()}}},
              {"enableDdosProtection", false},
              {"location", vnet.region},
              {"privateEndpointVNetPolicies", "Disabled"},
              {"resourceGuid", guid_of(query, path_of(vnet))},
              {"subnets", subnets},
              {"virtualNetworkPeerings", peerings_json(query, vnet, fabrics)}});
  if (!vnet.bgp_community.empty()) out["bgpCommunities"] = {{"virtualNetworkCommunity", vnet.bgp_community}};
  return out;
}

}  // namespace

std::vector<Question> ask_vnets(const Query& query) {
  std::vector<Question> questions;
  for (const auto* vnet : vnets_of(query)) questions.push_back({vnet->name, "links", ""});
  return questions;
}

json vnet_list(const Query& query, const Answers& answers) {
  const auto fabrics = fabrics_in(query, answers);
  auto out = json::array();
  for (const auto& vnet : query.topology.vnets) out.push_back(vnet_json(query, vnet, fabrics));
  return out;
}

json vnet_show(const Query& query, const Answers& answers) {
  return vnet_json(query, vnet_of(query, "name"), fabrics_in(query, answers));
}

json vnet_peering_list(const Query& query, const Answers& answers) {
  return peerings_json(query, vnet_of(query, "vnet-name"), fabrics_in(query, answers));
}

json vnet_peering_show(const Query& query, const Answers& answers) {
  const auto& vnet = vnet_of(query, "vnet-name");
  const auto* peering = find_named(vnet.peerings, query.at("name"));
  if (peering == nullptr)
    throw child_not_found(id_of(query, path_of(vnet) + "/virtualNetworkPeerings/" + query.at("name")));
  return peering_json(query, vnet, *peering, fabrics_in(query, answers));
}

}  // namespace xconn::az
