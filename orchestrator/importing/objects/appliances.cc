// SPDX-License-Identifier: Apache-2.0
// What user routes point at: Azure Firewall, and whether there is anybody at a next hop.
#include <algorithm>
#include <set>

#include "importing/objects/hubs.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

constexpr int kSubnetLength = 26;  // Microsoft Learn, "Azure Firewall FAQ": AzureFirewallSubnet is a /26

/// The first of its configurations that stands in a subnet: the others are further public addresses.
const model::Raw* placed_configuration(Fields& fields) {
  const auto* list = fields.raw("ipConfigurations");
  if (list == nullptr) return nullptr;
  const auto has_subnet = [](const model::RawPtr& item) { return property(*item, "subnet") != nullptr; };
  const auto found = std::ranges::find_if(list->items, has_subnet);
  return found == list->items.end() ? nullptr : found->get();
}

/// The subnet in the topology; one that no file has is made around the firewall's address. Empty when nobody can say.
std::optional<network::SubnetRef> subnet_of(const ResourceId& id, const std::optional<Address>& address, Fields& fields,
                                            Draft& draft) {
  if (const auto name = draft.name_of(id); !name.empty()) return network::SubnetRef{draft.name_of(id.parent()), name};
  if (!address || draft.is_left_out(id.parent())) return std::nullopt;
  auto& vnet = draft.vnet(id.parent(), fields.where());
  const auto prefix = Prefix::of(*address, kSubnetLength);
  vnet.subnets.push_back({id.name(), prefix, {}, {}, {}});
  draft.call(id, id.name());
  draft.assume({fields.where(), "VNet " + vnet.name, "subnets", "", "subnet " + id.name() + " is in none of the files",
                "it is " + prefix.text() + ", around the firewall's address"},
               "vnets/" + vnet.name + "/subnets/" + id.name());
  return network::SubnetRef{vnet.name, id.name()};
}

/// A router that lets everything pass, for whatever filters there.
void add_filter(const Resource& resource, const network::SubnetRef& subnet, const std::optional<Address>& address,
                Fields& fields, Draft& draft) {
  auto& node = draft.topology.nodes.emplace_back();
  node.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  node.where = resource.at.where();
  node.role = "router";
  node.site = "azure";
  auto& nic = add_nic(node, subnet);
  nic.ip_forwarding = true;
  if (address) nic.addresses = {InterfaceAddress(*address, kSubnetLength)};
  draft.assume({resource.at.where(), fields.object(), "", "", "rules and policies of a firewall are not modelled",
                "it is a router that lets everything pass"},
               "nodes/" + node.name + "/role");
}

/// As ARM says it, or Terraform.
std::optional<Address> hub_address(Fields& fields) {
  for (const auto* path : {"hubIPAddresses.privateIPAddress", "virtualHub.privateIpAddress"})
    if (const auto address = fields.owner(path) ? std::nullopt : fields.address(path, "another address was taken"))
      return address;
  return std::nullopt;
}

/// In a hub nobody but Azure chooses its subnet. An address that the hub does not have is another one's.
void add_to_hub(const Resource& resource, const char* name, std::optional<Address> address, Fields& fields,
                Draft& draft) {
  auto* hub = hub_named(fields, draft);
  fields.ignore_rest();
  if (hub == nullptr) return;
  if (address && !address->is_v4()) address.reset();
  const auto subnet = subnet_in_hub(*hub, name, address, draft);
  if (address && !find_named(hub->subnets, subnet.subnet)->prefix.contains(*address)) {
    fields.note("", address->text() + " is no address of its hub", "it has another one");
    address.reset();
  }
  add_filter(resource, subnet, address, fields, draft);
}

void carry_hub_firewall(const Resource& resource, Fields& fields, Draft& draft) {
  add_to_hub(resource, "AzureFirewallSubnet", hub_address(fields), fields, draft);
}

/// Why what is sent there is lost; empty when somebody passes it on.
std::string why_lost(const Draft& draft, const Address& hop) {
  const auto end = end_at(hop, draft);
  const auto* node = end ? find_named(draft.topology.nodes, end->node) : nullptr;
  if (std::ranges::find(draft.topology.load_balancers, hop, &model::LoadBalancer::frontend) !=
      draft.topology.load_balancers.end())
    return {};
  if (node == nullptr) return "belongs to nothing in the files, so what goes there is lost";
  if (!find_named(node->interfaces, end->interface)->ip_forwarding.value_or(node->role != "host"))
    return "is " + node->name + ", which does not forward, so what goes there is lost";
  return {};
}

/// The address of the one firewall that the files have.
std::optional<Address> only_firewall(const Draft& draft) {
  std::vector<Address> found;
  for (const auto& node : draft.topology.nodes)
    for (const auto& nic : node.interfaces)
      if (nic.subnet && same_word(nic.subnet->subnet, "AzureFirewallSubnet"))
        found.push_back(nic.addresses[0].address());
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

/// Routes that name whom they go to.
void find_named_hops(Draft& draft) {
  for (const auto& hop : draft.open_hops) {
    auto& table = *find_named(draft.topology.route_tables, hop.table);
    auto& route = table.routes[hop.route];
    route.next_hop = address_of(hop.owner, draft);
    if (route.next_hop)
      draft.notes.add_alike({table.where,
                             "route table " + table.name,
                             "nextHopIpAddress",
                             "",
                             "is known only once it is deployed",
                             "it is " + hop.owner.name() + "'s, " + route.next_hop->text(),
                             {},
                             Outcome::kAssumed},
                            "they are those that the lab gave to whom they name");
  }
}

bool lacks_hop(const model::UserRoute& route) {
  return route.type == model::NextHopType::kVirtualAppliance && !route.next_hop;
}

/// A template asks Azure for the firewall's address, and a plan knows it after it is applied.
void find_open_hops(model::RouteTable& table, Draft& draft) {
  const auto firewall = only_firewall(draft);
  for (auto& route : table.routes) {
    if (!lacks_hop(route)) continue;
    route.next_hop = firewall;
    draft.notes.add({table.where, "route table " + table.name, "nextHopIpAddress", "", "has no address in the files",
                     firewall ? "it is the firewall's, " + firewall->text() : "the route was left out"});
  }
  std::erase_if(table.routes, lacks_hop);
}

/// The VNets whose subnets have this table.
std::vector<const model::Vnet*> vnets_with(const model::RouteTable& table, const Draft& draft) {
  std::vector<const model::Vnet*> out;
  for (const auto& vnet : draft.topology.vnets)
    if (std::ranges::find(vnet.subnets, table.name, &model::Subnet::route_table) != vnet.subnets.end())
      out.push_back(&vnet);
  return out;
}

bool reaches(const model::Vnet& vnet, const Address& address, const Draft& draft) {
  const auto has = [&](const model::Vnet* one) {
    return one != nullptr &&
           std::ranges::any_of(one->address_space, [&](const Prefix& space) { return space.contains(address); });
  };
  return has(&vnet) || std::ranges::any_of(vnet.peerings, [&](const auto& peering) {
           return has(find_named(draft.topology.vnets, peering.remote));
         });
}

/// A gateway of this type, its own or one that it uses.
bool uses_gateway(const model::Vnet& vnet, model::GatewayType type, const Draft& draft) {
  const auto is_in = [&](const std::string& name) {
    return std::ranges::any_of(draft.topology.gateways, [&](const model::Gateway& gateway) {
      return gateway.vnet == name && gateway.type == type;
    });
  };
  return is_in(vnet.name) || std::ranges::any_of(vnet.peerings, [&](const auto& peering) {
           return peering.use_remote_gateways && is_in(peering.remote);
         });
}

/// The same where the next hop is a gateway that is not there.
void cut_hops_to_no_gateway(model::RouteTable& table, Draft& draft) {
  const auto vnets = vnets_with(table, draft);
  const auto some_use = [&](model::GatewayType type) {
    return std::ranges::any_of(vnets, [&](const auto* vnet) { return uses_gateway(*vnet, type, draft); });
  };
  if (vnets.empty() || some_use(model::GatewayType::kVpn)) return;
  bool is_cut = false;
  for (auto& route : table.routes) {
    if (route.type != model::NextHopType::kVirtualNetworkGateway) continue;
    route.type = model::NextHopType::kNone;
    is_cut = true;
  }
  if (is_cut)
    draft.notes.add({table.where, "route table " + table.name, "nextHopType", "VirtualNetworkGateway",
                     some_use(model::GatewayType::kExpressRoute)
                         ? "needs a gateway of type Vpn; that of its subnets' VNets is of type ExpressRoute"
                         : "needs a VPN gateway, and the files have none for its subnets' VNets",
                     "the next hop is None, and what goes there is lost; if there is a VPN gateway, import "
                     "`az network vnet-gateway list` too"});
}

/// Azure takes such a route and drops what it matches.
void cut_hops_out_of_reach(model::RouteTable& table, Draft& draft) {
  const auto vnets = vnets_with(table, draft);
  std::set<std::string> hops;
  for (auto& route : table.routes) {
    const auto is_reached = [&](const auto* vnet) { return reaches(*vnet, *route.next_hop, draft); };
    if (!route.next_hop || vnets.empty() || std::ranges::any_of(vnets, is_reached)) continue;
    hops.insert(route.next_hop->text());
    route.next_hop.reset();
    route.type = model::NextHopType::kNone;
  }
  for (const auto& hop : hops)
    draft.notes.add_alike({table.where, "route table " + table.name, "nextHopIpAddress", hop,
                           "is in no VNet that its subnets reach, so what goes there is lost",
                           "the next hop is None; import the VNet and its peering too"},
                          "the next hops are None; import the VNet and its peerings too");
}

/// A note for each next hop, whatever goes there.
void report_lost_hops(const model::RouteTable& table, Draft& draft) {
  std::set<std::string> known;
  for (const auto& route : table.routes) {
    const auto why = route.next_hop ? why_lost(draft, *route.next_hop) : std::string{};
    if (why.empty() || !known.insert(route.next_hop->text()).second) continue;
    draft.notes.add({table.where, "route table " + table.name, "nextHopIpAddress", "",
                     route.next_hop->text() + " " + why,
                     "its routes stand; import the appliance's NIC and machine, or mend them"});
  }
}

}  // namespace

std::optional<End> end_at(const Address& address, const Draft& draft) {
  for (const auto& node : draft.topology.nodes)
    for (const auto& interface : node.interfaces)
      if (interface.subnet && !interface.addresses.empty() && interface.addresses[0].address() == address)
        return End{node.name, interface.name};
  return std::nullopt;
}

std::optional<Address> address_of(const ResourceId& owner, const Draft& draft) {
  const auto nic = draft.nics.find(draft.key(owner));
  const End end = nic == draft.nics.end() ? End{draft.name_of(owner), kOnlyNic} : nic->second;
  if (const auto* node = find_named(draft.topology.nodes, end.node))
    if (const auto* interface = find_named(node->interfaces, end.interface))
      if (!interface->addresses.empty()) return interface->addresses.front().address();
  const auto* balancer = find_named(draft.topology.load_balancers, draft.name_of(owner));
  return balancer == nullptr ? std::nullopt : std::optional(balancer->frontend);
}

void carry_firewall(const Resource& resource, Fields& fields, Draft& draft) {
  if (fields.raw("virtualHub") != nullptr) return carry_hub_firewall(resource, fields, draft);
  const auto* configuration = placed_configuration(fields);
  fields.ignore_rest();
  if (configuration == nullptr) return fields.note("", "stands in no subnet of a VNet", kLeftOut);
  Fields inner(*configuration, fields.object(), draft);
  const auto id = inner.reference("subnet");
  const auto address = inner.address("privateIPAddress", "another address was taken");
  const auto subnet = id ? subnet_of(*id, address, inner, draft) : std::nullopt;
  if (!subnet) return fields.note("", "its subnet is in none of the files", kLeftOut);
  add_filter(resource, *subnet, address, fields, draft);
}

void carry_hub_appliance(const Resource& resource, Fields& fields, Draft& draft) {
  const auto* nics = fields.raw("virtualApplianceNics");
  const auto* first = nics == nullptr || nics->items.empty() ? nullptr : property(*nics->items[0], "privateIpAddress");
  const auto address = first == nullptr ? std::nullopt : Address::parse(first->text);
  add_to_hub(resource, "AzureNvaSubnet", address, fields, draft);
}

void report_next_hops(Draft& draft) {
  find_named_hops(draft);
  for (auto& table : draft.topology.route_tables) find_open_hops(table, draft);
  for (auto& table : draft.topology.route_tables) cut_hops_to_no_gateway(table, draft);
  for (auto& table : draft.topology.route_tables) cut_hops_out_of_reach(table, draft);
  for (const auto& table : draft.topology.route_tables) report_lost_hops(table, draft);
}

}  // namespace xconn::importing
