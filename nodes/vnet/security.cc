// SPDX-License-Identifier: Apache-2.0
#include "nodes/vnet/security.hh"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <map>
#include <set>

#include "azure/security.hh"
#include "base/azure.hh"
#include "base/join.hh"
#include "nodes/templates.hh"
#include "nodes/vnet/security_lines.hh"

namespace xconn::nodes {
namespace {

using Data = kainjow::mustache::data;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string set_of(const std::vector<std::string>& interfaces) {
  std::vector<std::string> words;
  for (const auto& name : interfaces) words.push_back(quoted(name));
  return "{ " + join(words) + " }";
}

Data rule_lines(const std::vector<std::string>& lines) {
  Data list{Data::type::list};
  for (const auto& line : lines) list.push_back(Data("rule", line));
  return list;
}

const network::FabricSubnet* subnet_of(const network::Fabric& fabric, const network::FabricNic& nic) {
  const auto found = std::ranges::find(fabric.subnets, nic.subnet, &network::FabricSubnet::name);
  return found == fabric.subnets.end() ? nullptr : &*found;
}

std::string subnet_nsg(const network::Fabric& fabric, const network::FabricNic& nic) {
  const auto* subnet = subnet_of(fabric, nic);
  return subnet == nullptr ? "" : subnet->nsg;
}

bool has_nsg(const network::Fabric& fabric, const network::FabricNic& nic) {
  return !nic.nsg.empty() || !subnet_nsg(fabric, nic).empty();
}

// --- guards: what has nothing to do with security groups -----------------------------------------------------------

std::vector<std::string> nics_with_nsg(const network::Fabric& fabric) {
  std::vector<std::string> names;
  for (const auto& nic : fabric.nics)
    if (has_nsg(fabric, nic)) names.push_back(nic.interface);
  return names;
}

std::string unless_among(const char* what, const std::vector<std::string>& interfaces) {
  return interfaces.empty() ? "" : std::string(what) + " != " + set_of(interfaces) + " ";
}

/// The fabric's sides of load balancers' links.
struct BalancerLinks {
  std::vector<std::string> fronts;                ///< no NICs: no group is asked there
  std::vector<std::string> ways_in, public_ways;  ///< to the backends; the public ones' once more
  std::multimap<std::string, std::string> faces;  ///< a backend's NIC -> the frontends that it answers as
};

void add_faces(const network::Balancer& balancer, BalancerLinks& links) {
  for (const auto& backend : balancer.backends)
    if (!balancer.is_public) links.faces.emplace(backend.fabric_interface, balancer.frontend.text());
}

BalancerLinks balancer_links(const Setting& setting) {
  BalancerLinks links;
  for (const auto& link : setting.network.links) {
    if (link.b.node != setting.node.name) continue;
    const auto other = std::ranges::find(setting.network.nodes, link.a.node, &network::Node::name);
    if (other == setting.network.nodes.end() || !other->balancer) continue;
    const bool is_front = link.a.interface == other->balancer->front_interface;
    if (is_front) add_faces(*other->balancer, links);
    (is_front ? links.fronts : links.ways_in).push_back(link.b.interface);
    if (!is_front && other->balancer->is_public) links.public_ways.push_back(link.b.interface);
  }
  return links;
}

/// With a floating IP packets from a load balancer are addressed to the frontend, and the platform delivers them to a
/// NIC without IP forwarding too. Answers are from the frontend, with a floating IP or translated back.
void guard_nics(const network::Fabric& fabric, const BalancerLinks& balancers, std::vector<std::string>& guards) {
  std::vector<std::string> closed, own, answers;
  for (const auto& nic : fabric.nics) {
    if (nic.ip_forwarding) continue;
    closed.push_back(nic.interface);
    own.push_back(quoted(nic.interface) + " . " + nic.address.text());
    for (auto [face, end] = balancers.faces.equal_range(nic.interface); face != end; ++face)
      answers.push_back(quoted(nic.interface) + " . " + face->second);
  }
  if (closed.empty()) return;
  const std::string addresses = "{ " + join(own) + " }", from = unless_among("iifname", balancers.ways_in);
  answers.insert(answers.begin(), own.begin(), own.end());
  guards.push_back("iifname " + set_of(closed) + " iifname . ip saddr != { " + join(answers) + " }" +
                   " counter drop comment \"no IP forwarding: not from this NIC\"");
  guards.push_back("oifname " + set_of(closed) + " " + from + "oifname . ip daddr != " + addresses +
                   " counter drop comment \"no IP forwarding: not for this NIC\"");
}

/// A Standard public address takes no flow in unless a security group allows it (Microsoft Learn, "Azure Load Balancer
/// components"). Answers to what a machine began come by the frontend's link.
void guard_public_addresses(const network::Fabric& fabric, const BalancerLinks& balancers,
                            std::vector<std::string>& guards) {
  if (balancers.public_ways.empty()) return;
  guards.push_back("iifname " + set_of(balancers.public_ways) + " " + unless_among("oifname", nics_with_nsg(fabric)) +
                   "counter drop comment \"closed to the Internet without a security group\"");
}

/// Without access a peer is no part of VirtualNetwork, and only a rule of a security group that names its addresses
/// lets it in or lets anything out to it (Microsoft Learn, "Create, change, or delete a virtual network peering").
void guard_peers(const network::Fabric& fabric, std::vector<std::string>& guards) {
  const auto with_nsg = nics_with_nsg(fabric);
  for (const auto& peer : fabric.peers) {
    std::vector<std::string> ways{peer.interface};
    ways.insert(ways.end(), peer.appliance_interfaces.begin(), peer.appliance_interfaces.end());
    if (!peer.forwarded_traffic)
      guards.push_back("iifname " + set_of(ways) + " ip saddr != { " + prefix_elements(peer.address_space) +
                       " } counter drop comment \"no forwarded traffic from " + peer.vnet + "\"");
    if (peer.access) continue;
    guards.push_back("iifname " + set_of(ways) + " " + unless_among("oifname", with_nsg) +
                     "counter drop comment \"no access from " + peer.vnet + "\"");
    guards.push_back("oifname " + quoted(peer.interface) + " " + unless_among("iifname", with_nsg) +
                     "counter drop comment \"no access to " + peer.vnet + "\"");
  }
}

// --- security groups -----------------------------------------------------------------------------------------------

/// What VirtualNetwork means to a NIC of `subnet`, but for what the gateways learned, which the kernel is asked for.
std::vector<Prefix> virtual_network(const network::Fabric& fabric, const network::FabricSubnet& subnet) {
  std::vector<Prefix> prefixes = fabric.address_space;
  prefixes.push_back(*Prefix::parse(azure::kPlatformAddress));
  for (const auto& peer : fabric.peers)
    if (peer.access) prefixes.insert(prefixes.end(), peer.address_space.begin(), peer.address_space.end());
  for (const auto& route : subnet.routes) prefixes.push_back(route.to);
  return prefixes;
}

/// Interfaces that lead to what was learned through a gateway, the VNet's own or a remote one.
std::vector<std::string> ways_to_gateways(const network::Fabric& fabric) {
  std::vector<std::string> ways;
  for (const auto& nic : fabric.nics)
    if (nic.subnet == azure::kGatewaySubnet) ways.push_back(quoted(nic.interface));
  for (const auto& peer : fabric.peers)
    if (peer.remote_gateways) ways.push_back(quoted(peer.transit_interface));
  return ways;
}

std::set<std::string> nsgs_in_use(const network::Fabric& fabric) {
  std::set<std::string> names;
  for (const auto& nic : fabric.nics)
    for (const auto& name : {nic.nsg, subnet_nsg(fabric, nic)})
      if (!name.empty()) names.insert(name);
  return names;
}

std::string tags_chain(const network::Fabric& fabric, const network::FabricNic& nic) {
  return "tags-" + std::to_string(subnet_of(fabric, nic) - fabric.subnets.data());
}

Data tags(const network::Fabric& fabric) {
  Data list{Data::type::list};
  const auto gateways = ways_to_gateways(fabric);
  for (std::size_t i = 0; i < fabric.subnets.size(); ++i) {
    Data item("subnet", std::to_string(i));
    item.set("prefixes", prefix_elements(virtual_network(fabric, fabric.subnets[i])));
    if (!gateways.empty()) item.set("learned_by", Data("gateways", join(gateways)));
    list.push_back(item);
  }
  return list;
}

Data chains(const network::Network& network, const std::set<std::string>& names) {
  Data list{Data::type::list};
  for (const auto& name : names) {
    const auto nsg = std::ranges::find(network.nsgs, name, &network::Nsg::name);
    for (const auto direction : {network::Direction::kInbound, network::Direction::kOutbound}) {
      std::vector<std::string> lines;
      for (const auto& rule : azure::security_rules(*nsg, direction))
        std::ranges::move(security_lines(rule, network.services), std::back_inserter(lines));
      Data chain("name", azure::security_chain(name, direction));
      chain.set("rules", rule_lines(lines));
      list.push_back(chain);
    }
  }
  return list;
}

using Chain = std::string (*)(const network::Fabric&, const network::FabricNic&);

/// One lookup for all NICs: each that has a chain of this kind is sent there.
void dispatch(const network::Fabric& fabric, const char* by, Chain chain_of, Data& list) {
  std::vector<std::string> elements;
  for (const auto& nic : fabric.nics)
    if (const auto chain = chain_of(fabric, nic); !chain.empty())
      elements.push_back(quoted(nic.interface) + " : jump " + chain);
  if (elements.empty()) return;
  Data item("by", std::string(by));
  item.set("elements", join(elements));
  list.push_back(item);
}

std::string chain_unless_empty(const std::string& nsg, network::Direction direction) {
  return nsg.empty() ? "" : azure::security_chain(nsg, direction);
}

constexpr Chain kTags = [](const network::Fabric& fabric, const network::FabricNic& nic) {
  return has_nsg(fabric, nic) ? tags_chain(fabric, nic) : std::string();
};
constexpr Chain kNicOut = [](const network::Fabric&, const network::FabricNic& nic) {
  return chain_unless_empty(nic.nsg, network::Direction::kOutbound);
};
constexpr Chain kNicIn = [](const network::Fabric&, const network::FabricNic& nic) {
  return chain_unless_empty(nic.nsg, network::Direction::kInbound);
};
constexpr Chain kSubnetOut = [](const network::Fabric& fabric, const network::FabricNic& nic) {
  return chain_unless_empty(subnet_nsg(fabric, nic), network::Direction::kOutbound);
};
constexpr Chain kSubnetIn = [](const network::Fabric& fabric, const network::FabricNic& nic) {
  return chain_unless_empty(subnet_nsg(fabric, nic), network::Direction::kInbound);
};

/// On the way out a NIC's own group is asked before its subnet's, on the way in after it.
void set_dispatch(const network::Fabric& fabric, Data& data) {
  Data forward{Data::type::list}, probes{Data::type::list};
  for (const auto chain : {kTags, kNicOut, kSubnetOut}) dispatch(fabric, "iifname", chain, forward);
  for (const auto chain : {kTags, kSubnetIn, kNicIn}) dispatch(fabric, "oifname", chain, forward);
  for (const auto chain : {kSubnetIn, kNicIn}) dispatch(fabric, "oifname", chain, probes);
  data.set("dispatch", forward);
  data.set("dispatch_probes", probes);
}

}  // namespace

std::string fabric_ruleset(const Setting& setting) {
  Data data;
  data.set("filtered", Data::type::bool_false);
  if (setting.node.fabric) {
    auto fabric = *setting.node.fabric;
    const auto balancers = balancer_links(setting);
    std::erase_if(fabric.nics,
                  [&](const auto& nic) { return std::ranges::count(balancers.fronts, nic.interface) > 0; });
    std::vector<std::string> guards;
    guard_nics(fabric, balancers, guards);
    guard_public_addresses(fabric, balancers, guards);
    guard_peers(fabric, guards);
    data.set("guards", rule_lines(guards));
    const auto names = nsgs_in_use(fabric);
    data.set("filtered", names.empty() ? Data::type::bool_false : Data::type::bool_true);
    data.set("tags", tags(fabric));
    data.set("chains", chains(setting.network, names));
    set_dispatch(fabric, data);
  }
  return rendered("vnet/fabric.nft", data);
}

}  // namespace xconn::nodes
