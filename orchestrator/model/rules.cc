#include "model/rules.hh"

#include <array>

namespace xconn::model {
namespace {

constexpr std::string_view kFormat = "this file's format";
constexpr std::string_view kRouting = "Microsoft Learn: ExpressRoute routing requirements";
constexpr std::string_view kLoadBalancer = "Microsoft Learn: Load Balancer high availability ports, components";
constexpr std::string_view kUdr = "Microsoft Learn: Virtual network traffic routing";

const RuleRow kRules[] = {
    {"T1", "a name is letters, digits, '-' and '_', begins with a letter or digit, and has at most 63 of them", kFormat,
     wiring::names},
    {"T2", "an interface's name is 1 to 15 bytes without '/', ':' and blanks", "Linux: dev_valid_name()",
     wiring::interface_names},
    {"T3", "a name is used once; nodes, providers, VNets and load balancers share one space of names", kFormat,
     wiring::duplicates},
    {"T4", "a link's ends are on nodes that are there", kFormat, wiring::link_nodes},
    {"T5", "a link ends at an interface that its node has, and that is no sub-interface, bridge or NIC of a VNet",
     kFormat, wiring::link_interfaces},
    {"T6", "an interface is the end of one link", kFormat, wiring::single_use},
    {"T7", "an interface is the end of a link, a sub-interface, a bridge, or plugged into a subnet", kFormat,
     wiring::connected},
    {"T8", "a parent and a bridge are interfaces of the same node", kFormat, wiring::parents},
    {"T9", "a tunnel's name is its interface's: a valid one, and no other interface has it", kFormat,
     wiring::tunnel_names},
    {"T10", "a link joins two different interfaces", kFormat, wiring::two_ends},
    {"T11", "an interface's address has a length, and beside `subnet` it is the subnet's", kFormat, addresses::lengths},
    {"T12", "an interface has a host's address, not its network's first or last", "RFC 1122 section 3.2.1.3",
     addresses::host_part},
    {"T13", "an address is used once in a segment", "RFC 5227", addresses::unique},
    {"T14", "a next hop is on a network of the node", "RFC 1812 section 5.2.4.2", addresses::next_hops},
    {"T15", "subnets of a VNet do not overlap", "Microsoft Learn: Virtual network FAQ", addresses::subnets_overlap},
    {"T16", "a subnet lies in its VNet's address space", "Microsoft Learn: Virtual network FAQ",
     addresses::within_space},
    {"T17", "a VNet's prefixes overlap neither another VNet's nor a network outside Azure",
     "Microsoft Learn: Virtual network FAQ", addresses::networks_overlap},
    {"T18", "a subnet has 8 addresses or more: /29 is the smallest", "Microsoft Learn: Virtual network FAQ",
     addresses::subnet_lengths},
    {"T19", "a reference names something that is there", kFormat, azure_rules::references},
    {"T20", "the customer's router speaks BGP with the peering's AS number, and knows both MSEEs as AS 12076", kRouting,
     azure_rules::customer_asn},
    {"T21", "an MD5 key is 1 to 25 letters and digits",
     "Microsoft Learn: Create and modify peering for an ExpressRoute circuit", azure_rules::md5_text},
    {"T22", "a gateway has two instances in GatewaySubnet; its .4 and .5 belong to the MSEEs",
     "Microsoft Learn: About ExpressRoute virtual network gateways", azure_rules::instances},
    {"T23", "a tunnel begins at an address of its node", kFormat, edge::tunnel_ends},
    {"T24", "SD-WAN names members, zones, health checks and interfaces that are there", kFormat, edge::sdwan_names},
    {"T25", "an HA group is two nodes that name each other's address and agree on the probe port", kFormat,
     edge::pairs},
    {"T26", "BGP's hold time is 0 or at least 3 s, and more than keepalive", "RFC 4271 section 4.2", edge::bgp_timers},
    {"V1", "a circuit has 50, 100, 200 or 500 Mbps, or 1, 2, 5 or 10 Gbps",
     "Microsoft Learn: ExpressRoute overview, bandwidth options", azure_rules::bandwidth},
    {"V11", "each path of a peering has a /30 of its own", kRouting, azure_rules::peering_networks},
    {"V12", "the customer has the first usable address of a peering's /30, Microsoft the second", kRouting,
     azure_rules::customer_address},
    {"V13", "a peering's networks overlap with no VNet and no network on-prem", kRouting, addresses::peerings_overlap},
    {"V15", "a peering's AS number is none that Azure or IANA reserves", kRouting, azure_rules::peer_asn},
    {"V16", "a VLAN id is 1 to 4094, and an S-tag belongs to one circuit of a provider",
     "IEEE 802.1Q; Microsoft Learn: ExpressRoute circuits", azure_rules::vlans},
    {"V17", "both paths of a peering use its one VLAN id", kRouting, azure_rules::one_vlan},
    {"V18", "both sides of a peering's sessions have the same MD5 key", kRouting, azure_rules::md5_same},
    {"V24",
     "a gateway stands in a subnet named GatewaySubnet: /29 or larger, /27 when ExpressRoute and VPN gateways coexist",
     "Microsoft Learn: About ExpressRoute virtual network gateways", azure_rules::gateway_subnet},
    {"V26", "GatewaySubnet has no route to 0.0.0.0/0, and BGP routes reach it", kUdr, azure_rules::gateway_routes},
    {"V27", "a circuit is connected to a gateway of type ExpressRoute, a local gateway to one of type Vpn",
     "Microsoft Learn: Link a virtual network to an ExpressRoute circuit", azure_rules::gateway_type},
    {"V28", "a VNet has at most one gateway of a type", "Microsoft Learn: About ExpressRoute virtual network gateways",
     azure_rules::one_gateway},
    {"V29", "a user route goes to a virtual appliance in the VNet (with its address), VnetLocal, Internet or None",
     kUdr, azure_rules::next_hop_types},
    {"V35", "an address in a subnet lies in it and is none of the five that Azure keeps: the first four and the last",
     "Microsoft Learn: Virtual network FAQ", addresses::in_subnet},
    {"V38", "a connection's weight is 0 to 32000", "Microsoft Learn: Optimize ExpressRoute routing",
     azure_rules::weight},
    {"V40", "a pre-shared key is printable ASCII without quotes; Azure's VPN gateway also takes no blank, '-' and '~'",
     "Microsoft Learn: About VPN devices and IPsec/IKE parameters", edge::psk},
    {"V42", "HA ports are for internal load balancers, and name no protocol and no port", kLoadBalancer,
     azure_rules::ha_ports},
    {"V43",
     "a load balancer's rule is for TCP or UDP, and IPsec from the Internet (UDP 500 and 4500) comes without floating "
     "IP",
     kLoadBalancer, azure_rules::balancer_protocols},
    {"V45", "a health check's server lies in the selectors of the tunnel that the probes take",
     "Fortinet: FortiGate SD-WAN administration guide", edge::selectors},
    {"V46", "a circuit's name has no blanks and no special characters",
     "Microsoft Learn: Create and modify an ExpressRoute circuit", azure_rules::circuit_names},
};

std::string key_of(const End& end) { return text_of(end); }

}  // namespace

std::span<const RuleRow> rules() { return kRules; }

void check_rules(const Topology& topology, const Raw& root, Findings& findings) {
  findings.end_of_reading();
  Check check(topology, root, findings);
  for (const auto& row : kRules) {
    check.begin(row);
    row.check(check);
  }
}

Check::Check(const Topology& all, const Raw& root, Findings& findings)
    : topology(all), root_(root), findings_(findings) {
  for (const auto& node : all.nodes) nodes_.emplace(node.name, &node);
  for (const auto& vnet : all.vnets) vnets_.emplace(vnet.name, &vnet);
  for (std::size_t i = 0; i < all.links.size(); ++i) {
    note(all.links[i].a, {"links", i, "ends", std::size_t{0}});
    note(all.links[i].b, {"links", i, "ends", std::size_t{1}});
  }
  for (const auto& port : all.direct_ports) {
    note(port.customer_primary, {"ports", port.name, "customer", "primary"});
    note(port.customer_secondary, {"ports", port.name, "customer", "secondary"});
  }
  for (const auto& circuit : all.circuits) {
    if (!circuit.port.empty()) continue;
    note(circuit.customer_primary, {"circuits", circuit.name, "customer", "primary"});
    note(circuit.customer_secondary, {"circuits", circuit.name, "customer", "secondary"});
  }
  for (const auto& balancer : all.load_balancers)
    if (balancer.is_public) note(balancer.internet, {"load-balancers", balancer.name, "internet"});
  for (const auto& gateway : all.gateways) note(gateway.internet, {"gateways", gateway.name, "internet"});
}

void Check::note(const End& end, Path path) {
  if (!end.node.empty()) uses_[key_of(end)].push_back(std::move(path));
}

void Check::report(const Path& path, std::string value, std::string remedy) {
  if (findings_.touched(path)) return;
  findings_.add(locate(root_, path).where(), path,
                {std::move(value), std::string(row_->statement), std::move(remedy), std::string(row_->code)});
}

const Node* Check::node(const std::string& name) const {
  const auto at = nodes_.find(name);
  return at == nodes_.end() ? nullptr : at->second;
}

const Vnet* Check::vnet(const std::string& name) const {
  const auto at = vnets_.find(name);
  return at == vnets_.end() ? nullptr : at->second;
}

const Subnet* Check::subnet(const SubnetRef& ref) const {
  const auto* found = vnet(ref.vnet);
  return found == nullptr ? nullptr : find_named(found->subnets, ref.subnet);
}

const std::vector<Path>& Check::uses(const End& end) const {
  static const std::vector<Path> kNone;
  const auto at = uses_.find(key_of(end));
  return at == uses_.end() ? kNone : at->second;
}

}  // namespace xconn::model
