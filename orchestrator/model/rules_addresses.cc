// SPDX-License-Identifier: Apache-2.0
// Addresses and prefixes: where they lie and what they must not meet.
#include <algorithm>
#include <map>
#include <set>

#include "base/azure.hh"
#include "model/rules.hh"
#include "model/segments.hh"

namespace xconn::model::addresses {
namespace {

constexpr int kLongestWithHosts = 30;  // /31 and /32 have no network or broadcast address

template <class Visit>
void each_address(const Topology& topology, Visit visit) {
  for (const auto& node : topology.nodes)
    for (const auto& interface : node.interfaces)
      for (std::size_t i = 0; i < interface.addresses.size(); ++i) {
        Path path{"nodes", node.name, "interfaces", interface.name};
        path.emplace_back("address");
        if (interface.addresses.size() > 1) path = {"nodes", node.name, "interfaces", interface.name, "addresses", i};
        visit(node, interface, interface.addresses[i], path);
      }
}

bool azure_keeps(const Prefix& prefix, const Address& address) {
  for (std::uint32_t i = 0; i < azure::kKeptAddresses; ++i)
    if (prefix.host(i) == address) return true;
  return prefix.last() == address;
}

// --- what is used where
// --------------------------------------------------------------------------------------------------

struct Use {
  std::string segment;
  Address address;
  std::string who;
  Path path;
};

std::vector<Use> uses_of(const Topology& topology) {
  Segments segments(topology);
  std::vector<Use> uses;
  each_address(
      topology, [&](const Node& node, const Interface& interface, const InterfaceAddress& address, const Path& path) {
        if (is_read(address.address()) && interface.name != "lo")
          uses.push_back({segments.of(node, interface), address.address(), text_of({node.name, interface.name}), path});
      });
  for (const auto& balancer : topology.load_balancers)
    if (is_read(balancer.frontend))
      uses.push_back({balancer.is_public ? "the Internet" : "subnet " + balancer.vnet + "/" + balancer.subnet,
                      balancer.frontend,
                      balancer.name,
                      {"load-balancers", balancer.name, "frontend"}});
  for (const auto& gateway : topology.gateways)
    for (std::size_t i = 0; i < gateway.instances.size(); ++i)
      if (is_read(gateway.instances[i]))
        uses.push_back({"subnet " + gateway.vnet + "/GatewaySubnet",
                        gateway.instances[i],
                        gateway.name,
                        {"gateways", gateway.name, "instances", i}});
  for (const auto& gateway : topology.encryption_gateways) {
    const auto segment = "subnet " + gateway.subnet.vnet + "/" + gateway.subnet.subnet;
    if (is_read(gateway.primary))
      uses.push_back({segment, gateway.primary, gateway.name, {"encryption-gateways", gateway.name, "primary"}});
    if (gateway.backup)
      uses.push_back({segment, *gateway.backup, gateway.name, {"encryption-gateways", gateway.name, "backup"}});
  }
  return uses;
}

// --- in a subnet
// -----------------------------------------------------------------------------------------------------------

using Taken = std::set<std::pair<std::string, Address>>;

Taken taken_in(const Topology& topology) {
  Taken taken;
  for (const auto& use : uses_of(topology)) taken.emplace(use.segment, use.address);
  return taken;
}

std::optional<Address> first_free(const Taken& taken, const SubnetRef& ref, const Prefix& prefix) {
  const auto segment = "subnet " + ref.vnet + "/" + ref.subnet;
  for (auto index = azure::kKeptAddresses; prefix.host(index) < prefix.last(); ++index)
    if (!taken.contains({segment, prefix.host(index)})) return prefix.host(index);
  return std::nullopt;
}

void check_in_subnet(Check& check, const Taken& taken, const SubnetRef& ref, const Address& address, const Path& path) {
  const auto* subnet = check.subnet(ref);
  if (subnet == nullptr || !is_read(subnet->prefix) || !is_read(address)) return;
  const auto* prefix = prefix_for(*subnet, address);
  if (prefix == nullptr) return check.report(path, address.text(), "give the subnet a prefix-v6");
  const bool inside = prefix->contains(address);
  if (inside && !azure_keeps(*prefix, address)) return;
  const auto free = first_free(taken, ref, *prefix);
  if (!inside)
    check.report(path, address.text(), "use an address of " + prefix->text(), "PrivateIPAddressNotInSubnet");
  else if (free)
    check.report(path, address.text(), "the first that is free is " + free->text());
  else
    check.report(path, address.text(), "all addresses of " + prefix->text() + " are taken: make it larger",
                 "SubnetIsFull");
}

// --- next hops
// -----------------------------------------------------------------------------------------------------------

bool is_on_link(const Check& check, const Node& node, const Address& hop) {
  for (const auto& interface : node.interfaces) {
    const auto* subnet = interface.subnet ? check.subnet(*interface.subnet) : nullptr;
    if (interface.subnet && (subnet == nullptr || subnet->prefix.contains(hop))) return true;
    for (const auto& address : interface.addresses)
      if (!is_read(address) || address.network().contains(hop)) return true;
  }
  for (const auto& tunnel : node.tunnels)
    if (tunnel.peer_address == hop || (is_read(tunnel.address) && tunnel.address.network().contains(hop))) return true;
  return false;
}

void check_hop(Check& check, const Node& node, const Address& hop, const Path& path) {
  if (is_read(hop) && !is_on_link(check, node, hop))
    check.report(path, hop.text(), "none of " + node.name + "'s interfaces has a network with it");
}

// --- overlaps
// --------------------------------------------------------------------------------------------------------------

struct Placed {
  Prefix prefix;
  Span span;
  std::string owner, text;
  Path path;
  const Node* node = nullptr;
};

void place(std::vector<Placed>& out, const Prefix& prefix, std::string owner, Path path, const Node* node = nullptr) {
  if (!is_read(prefix)) return;
  auto text = owner + " (" + prefix.text() + ")";
  out.push_back({prefix, Span(prefix), std::move(owner), std::move(text), std::move(path), node});
}

std::vector<Placed> vnet_prefixes(const Topology& topology) {
  std::vector<Placed> out;
  for (const auto& vnet : topology.vnets)
    for (std::size_t i = 0; i < vnet.address_space.size(); ++i)
      place(out, vnet.address_space[i], "VNet " + vnet.name, {"vnets", vnet.name, "address-space", i});
  return out;
}

std::vector<Placed> outside_networks(const Topology& topology) {
  std::vector<Placed> out;
  each_address(topology,
               [&](const Node& node, const Interface& interface, const InterfaceAddress& address, const Path& path) {
                 if (!interface.subnet && is_read(address))
                   place(out, address.network(), text_of({node.name, interface.name}), path, &node);
               });
  return out;
}

std::vector<Placed> peering_prefixes(const Topology& topology) {
  std::vector<Placed> out;
  const auto add = [&](const Circuit& circuit, const char* kind, const char* key, const Prefix& prefix,
                       const End& end) {
    if (!is_read(prefix)) return;
    place(out, prefix, "circuit " + circuit.name, {"circuits", circuit.name, "peerings", kind, key});
    out.back().owner = end.node;
  };
  const auto add_peering = [&](const Circuit& circuit, const char* kind, const Peering& peering) {
    add(circuit, kind, "primary", peering.primary, circuit.customer_primary);
    add(circuit, kind, "secondary", peering.secondary, circuit.customer_secondary);
    if (peering.primary_v6) add(circuit, kind, "primary-v6", *peering.primary_v6, circuit.customer_primary);
    if (peering.secondary_v6) add(circuit, kind, "secondary-v6", *peering.secondary_v6, circuit.customer_secondary);
  };
  for (const auto& circuit : topology.circuits) {
    if (circuit.private_peering) add_peering(circuit, "private", *circuit.private_peering);
    if (circuit.microsoft_peering) add_peering(circuit, "microsoft", *circuit.microsoft_peering);
  }
  for (const auto& reach : topology.global_reach)
    place(out, reach.prefix, "global reach " + reach.name, {"global-reach", reach.name, "prefix"});
  return out;
}

/// What a network outside Azure says is its own: it would draw there what belongs to Azure. A larger network is fine.
void check_announced(Check& check, const Node& node, const std::vector<Placed>& others) {
  const bool in_azure = std::ranges::any_of(node.interfaces, [](const Interface& one) { return !!one.subnet; });
  if (in_azure || !node.bgp) return;
  for (std::size_t i = 0; i < node.bgp->advertise.size(); ++i)
    for (const auto& other : others)
      if (is_read(node.bgp->advertise[i]) && other.prefix.contains(node.bgp->advertise[i]))
        check.report({"nodes", node.name, "bgp", "advertise", i}, node.bgp->advertise[i].text(),
                     "leave it out: it is of " + other.text);
}

/// The customer's own ends of peerings are the same networks, and two customers may use the same.
bool is_customer_end(const std::vector<Placed>& peerings, const Placed& network) {
  return std::any_of(peerings.begin(), peerings.end(), [&](const Placed& peering) {
    return peering.owner == network.node->name && peering.prefix.contains(network.prefix);
  });
}

}  // namespace

void lengths(Check& check) {
  each_address(
      check.topology, [&](const Node&, const Interface& interface, const InterfaceAddress& address, const Path& path) {
        if (!is_read(address.address())) return;
        const auto* subnet = interface.subnet ? check.subnet(*interface.subnet) : nullptr;
        if (!interface.subnet && address.length() < 0)
          check.report(path, address.address().text(), "write " + address.address().text() + "/24, or name its subnet");
        else if (const auto* prefix = subnet == nullptr ? nullptr : prefix_for(*subnet, address.address());
                 prefix != nullptr && is_read(*prefix) && address.length() != prefix->length())
          check.report(path, address.text(), "leave the length out, or write /" + std::to_string(prefix->length()));
      });
}

void host_part(Check& check) {
  each_address(
      check.topology, [&](const Node&, const Interface& interface, const InterfaceAddress& address, const Path& path) {
        if (interface.subnet || !is_read(address) || !address.address().is_v4() || address.length() > kLongestWithHosts)
          return;
        const auto network = address.network();
        if (address.address() == network.network() || address.address() == network.last())
          check.report(path, address.text(), "use " + network.host(1).text() + "/" + std::to_string(network.length()));
      });
}

void in_subnet(Check& check) {
  const auto taken = taken_in(check.topology);
  each_address(check.topology,
               [&](const Node&, const Interface& interface, const InterfaceAddress& address, const Path& path) {
                 if (interface.subnet) check_in_subnet(check, taken, *interface.subnet, address.address(), path);
               });
  for (const auto& balancer : check.topology.load_balancers)
    if (!balancer.is_public)
      check_in_subnet(check, taken, {balancer.vnet, balancer.subnet}, balancer.frontend,
                      {"load-balancers", balancer.name, "frontend"});
  for (const auto& gateway : check.topology.gateways)
    for (std::size_t i = 0; i < gateway.instances.size(); ++i)
      check_in_subnet(check, taken, {gateway.vnet, azure::kGatewaySubnet}, gateway.instances[i],
                      {"gateways", gateway.name, "instances", i});
  for (const auto& gateway : check.topology.encryption_gateways) {
    check_in_subnet(check, taken, gateway.subnet, gateway.primary, {"encryption-gateways", gateway.name, "primary"});
    if (gateway.backup)
      check_in_subnet(check, taken, gateway.subnet, *gateway.backup, {"encryption-gateways", gateway.name, "backup"});
  }
}

void subnet_lengths(Check& check) {
  for (const auto& vnet : check.topology.vnets)
    for (const auto& subnet : vnet.subnets) {
      if (subnet.prefix_v6 && (subnet.prefix_v6->is_v4() || subnet.prefix_v6->length() != azure::kSubnetLengthV6))
        check.report({"vnets", vnet.name, "subnets", subnet.name, "prefix-v6"}, subnet.prefix_v6->text(),
                     "use an IPv6 prefix of 64 bits");
      if (subnet.prefix.is_v4() && subnet.prefix.length() > azure::kSubnetLength &&
          subnet.name != azure::kGatewaySubnet)
        check.report({"vnets", vnet.name, "subnets", subnet.name, "prefix"}, subnet.prefix.text(),
                     "use " + Prefix::of(subnet.prefix.network(), azure::kSubnetLength).text());
    }
}

void unique(Check& check) {
  std::map<std::pair<std::string, Address>, std::string> seen;
  for (const auto& use : uses_of(check.topology)) {
    const auto [at, is_new] = seen.emplace(std::pair{use.segment, use.address}, use.who);
    if (!is_new) check.report(use.path, use.address.text(), at->second + " has it already; use another");
  }
}

void next_hops(Check& check) {
  for (const auto& node : check.topology.nodes) {
    if (node.gateway) check_hop(check, node, *node.gateway, {"nodes", node.name, "gateway"});
    for (std::size_t i = 0; i < node.routes.size(); ++i)
      for (const auto& hop : node.routes[i].next_hops)
        if (hop.via && !hop.onlink) check_hop(check, node, *hop.via, {"nodes", node.name, "routes", i, "via"});
    if (!node.sdwan) continue;
    for (const auto& member : node.sdwan->members)
      if (member.gateway)
        check_hop(check, node, *member.gateway, {"nodes", node.name, "sdwan", "members", member.name, "gateway"});
  }
}

/// The prefixes of a subnet, with where they are written.
std::vector<Placed> prefixes_of(const Vnet& vnet, const Subnet& subnet) {
  std::vector<Placed> placed;
  place(placed, subnet.prefix, "subnet " + subnet.name, {"vnets", vnet.name, "subnets", subnet.name, "prefix"});
  if (subnet.prefix_v6)
    place(placed, *subnet.prefix_v6, "subnet " + subnet.name,
          {"vnets", vnet.name, "subnets", subnet.name, "prefix-v6"});
  return placed;
}

void subnets_overlap(Check& check) {
  for (const auto& vnet : check.topology.vnets) {
    std::vector<Placed> seen;
    for (const auto& subnet : vnet.subnets)
      for (auto& one : prefixes_of(vnet, subnet)) {
        for (const auto& other : seen)
          if (other.span.meets(one.span)) check.report(one.path, one.prefix.text(), "it overlaps with " + other.text);
        seen.push_back(std::move(one));
      }
  }
}

void within_space(Check& check) {
  for (const auto& vnet : check.topology.vnets)
    for (const auto& subnet : vnet.subnets)
      for (const auto& one : prefixes_of(vnet, subnet)) {
        const auto inside = std::any_of(vnet.address_space.begin(), vnet.address_space.end(),
                                        [&](const Prefix& space) { return space.contains(one.prefix); });
        if (!inside && !vnet.address_space.empty())
          check.report(one.path, one.prefix.text(),
                       "use a part of " + vnet.address_space.front().text() + ", or add to address-space");
      }
}

void networks_overlap(Check& check) {
  const auto vnets = vnet_prefixes(check.topology);
  for (std::size_t i = 0; i < vnets.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (vnets[i].span.meets(vnets[j].span))
        check.report(vnets[i].path, vnets[i].prefix.text(), "it overlaps with " + vnets[j].text);
  for (const auto& outside : outside_networks(check.topology))
    for (const auto& vnet : vnets)
      if (vnet.span.meets(outside.span))
        check.report(outside.path, outside.prefix.text(),
                     "it overlaps with " + vnet.text + "; plug the interface into a `subnet`, or use another network");
}

void peerings_overlap(Check& check) {
  const auto peerings = peering_prefixes(check.topology);
  const auto vnets = vnet_prefixes(check.topology);
  auto outside = outside_networks(check.topology);
  std::erase_if(outside, [&](const Placed& network) { return is_customer_end(peerings, network); });
  for (const auto& peering : peerings)
    for (const auto* others : std::initializer_list<const std::vector<Placed>*>{&vnets, &outside})
      for (const auto& other : *others)
        if (other.span.meets(peering.span))
          check.report(peering.path, peering.prefix.text(), "it overlaps with " + other.text);
  auto azures = vnets;
  azures.insert(azures.end(), peerings.begin(), peerings.end());
  for (const auto& node : check.topology.nodes) check_announced(check, node, azures);
}

}  // namespace xconn::model::addresses
