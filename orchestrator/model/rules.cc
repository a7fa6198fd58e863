// SPDX-License-Identifier: Apache-2.0
#include "model/rules.hh"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/rule.hh"
#include "model/rules_tunnels.hh"

namespace xconn::model {
namespace {

constexpr std::string_view kFormat = "this file's format";
constexpr std::string_view kRouting = "Microsoft Learn: ExpressRoute routing requirements";
constexpr std::string_view kCircuits = "Microsoft Learn: Create and modify an ExpressRoute circuit";
constexpr std::string_view kLimits = "Microsoft Learn: Azure subscription and service limits, ExpressRoute limits";
constexpr std::string_view kWorkflows = "Microsoft Learn: ExpressRoute workflows";
constexpr std::string_view kVerifying = "Microsoft Learn: Get ARP tables; Verify ExpressRoute connectivity";
constexpr std::string_view kPeeringHowTo = "Microsoft Learn: Create and modify peering for an ExpressRoute circuit";
constexpr std::string_view kRouteFilter = "Microsoft Learn: Configure route filters for Microsoft peering";
constexpr std::string_view kErGateway = "Microsoft Learn: About ExpressRoute virtual network gateways";
constexpr std::string_view kVpnParameters = "Microsoft Learn: About VPN devices and IPsec/IKE parameters";
constexpr std::string_view kVpnBgp = "Microsoft Learn: About BGP and VPN Gateway";
constexpr std::string_view kPrivateVpn =
    "Microsoft Learn: Configure a site-to-site VPN connection over ExpressRoute private peering";
constexpr std::string_view kVnetFaq = "Microsoft Learn: Virtual network FAQ";
constexpr std::string_view kVnetPeering =
    "Microsoft Learn: Virtual network peering; Create, change, or delete a virtual network peering";
constexpr std::string_view kNsg = "Microsoft Learn: Network security groups overview";
constexpr std::string_view kModels = "Microsoft Learn: ExpressRoute connectivity models";
constexpr std::string_view kLoadBalancer = "Microsoft Learn: Load Balancer high availability ports, components";
constexpr std::string_view kNotDeprovisioned =
    "ConflictError: The specified dedicated circuit is not in Deprovisioned state. Please initiate the deprovisioning "
    "process with your service provider.";
constexpr std::string_view kUdr = "Microsoft Learn: Virtual network traffic routing";

const RuleRow kRules[] = {
    {"T1", "a name has at most 63 letters, digits, '-' and '_', and begins with a letter or digit", kFormat,
     wiring::names},
    {"T2", "an interface name has 1 to 15 letters, digits, '.', '-' and '_', and begins with a letter or digit",
     "Linux: dev_valid_name(), and what every file of configuration takes", wiring::interface_names},
    {"T3", "names are unique; nodes, providers, VNets and load balancers share one set of names", kFormat,
     wiring::duplicates},
    {"T4", "both ends of a link are on existing nodes", kFormat, wiring::link_nodes},
    {"T5", "a link ends at an interface of its node that is not a sub-interface, a bridge or a NIC in a VNet", kFormat,
     wiring::link_interfaces},
    {"T6", "an interface is the end of only one link", kFormat, wiring::single_use},
    {"T7", "an interface is the end of a link, a sub-interface, a bridge, or attached to a subnet", kFormat,
     wiring::connected},
    {"T8", "parent and bridge are interfaces of the same node", kFormat, wiring::parents},
    {"T9", "a tunnel's name is also its interface's: it must be a valid interface name that no other interface has",
     kFormat, wiring::tunnel_names},
    {"T10", "a link connects two different interfaces", kFormat, wiring::two_ends},
    {"T11", "an interface address has a prefix length; with `subnet`, it is the subnet's", kFormat, addresses::lengths},
    {"T12", "an interface has a host address, not the first or last of its network", "RFC 1122 section 3.2.1.3",
     addresses::host_part},
    {"T13", "an address is used only once in a segment", "RFC 5227", addresses::unique},
    {"T14", "a next hop is on a network directly connected to the node", "RFC 1812 section 5.2.4.2",
     addresses::next_hops},
    {"T15", "subnets of a VNet do not overlap", kVnetFaq, addresses::subnets_overlap},
    {"T16", "a subnet is within its VNet's address space", kVnetFaq, addresses::within_space},
    {"T17", "a VNet's prefixes do not overlap with another VNet or a network outside Azure", kVnetFaq,
     addresses::networks_overlap},
    {"T18", "an IPv4 subnet is a /29 or larger; an IPv6 subnet is a /64", kVnetFaq, addresses::subnet_lengths},
    {"T19", "a reference names an existing object", kFormat, azure_rules::references},
    {"T20", "the customer's router uses the peering's AS number, and has both MSEEs as BGP neighbors in AS 12076",
     kRouting, azure_rules::customer_asn},
    {"T21", "an MD5 key has 1 to 25 letters and digits", kPeeringHowTo, azure_rules::md5_text},
    {"T22",
     "a gateway has two instances in GatewaySubnet; with an ExpressRoute gateway, .4 and .5 and two more addresses "
     "for each further circuit belong to the MSEEs",
     kErGateway, azure_rules::instances},
    {"T23", "a tunnel starts at an address of its node", kFormat, edge::tunnel_ends},
    {"T24", "SD-WAN refers to existing members, zones, health checks and interfaces", kFormat, edge::sdwan_names},
    {"T25", "an HA group consists of two nodes, each with the interface on which it hears the other", kFormat,
     edge::pairs},
    {"T26", "BGP's hold time is 0 or at least 3 s, and longer than the keepalive interval", "RFC 4271 section 4.2",
     edge::bgp_timers},
    {"T27", "both ends of a BGP session are configured with each other's AS number and the same password",
     "RFC 4271, RFC 2385", edge::bgp_ends},
    {"T28", "an external BGP neighbor is directly connected, or the session is multihop", "RFC 4271 section 5.1.3",
     edge::bgp_connected},
    {"T29", "both ends of a tunnel use the same pre-shared key, and one side must initiate", "RFC 7296 section 2.15",
     edge::both_tunnels},
    {"T31", "a VNet has at most 500 peerings, a route table 400 routes, a network security group 1000 rules",
     "Microsoft Learn: Azure subscription and service limits, networking limits", azure_rules::sizes},
    {"T32",
     "a gateway's SKU fits its type; beside a gateway of the other type it is not Basic, and with private "
     "addresses it is zone-redundant",
     "Microsoft Learn: About VPN Gateway configuration settings; ExpressRoute and VPN coexistence",
     azure_rules::gateway_skus},
    {"T33", "an active-standby VPN gateway has one public address, an active-active one has two",
     "Microsoft Learn: Highly available cross-premises connectivity", azure_rules::public_addresses},
    {"T34",
     "with managed-l3 and ipvpn the provider's router is the BGP peer: it needs an AS number, and peer-asn is that "
     "number",
     kModels, azure_rules::provider_asn},
    {"T35", "only NICs, the interfaces in a subnet, have a network security group and IP forwarding", kNsg,
     azure_rules::nic_keys},
    {"T36", "the DPD timeout is 9 to 3600 s, and a CHILD_SA lives at least 300 s", kVpnParameters,
     azure_rules::connection_times},
    {"T37", "a connection from a private address needs a gateway with private-address", kPrivateVpn,
     azure_rules::private_tunnels},
    {"T38", "a VNet is peered with another VNet only once, and never with itself", kVnetPeering,
     azure_rules::peering_pairs},
    {"T39", "an authorization is used by one connection",
     "Microsoft Learn: Link a virtual network to an ExpressRoute circuit", azure_rules::one_authorization},
    {"T40",
     "the customer's port to a provider that routes has an address, and its node has the provider's router as a "
     "BGP neighbor or routes to it",
     kModels, azure_rules::provider_ports},
    {"T45", "only SD-WAN rules for TCP, UDP or any protocol have ports", "RFC 9293 and RFC 768: ports",
     edge::sdwan_ports},
    {"T46", "SD-WAN rules name applications as nDPI does", "nDPI: the protocols that the installed library knows",
     edge::sdwan_applications},
    {"T47",
     "SD-WAN has at most 99 members and 16 rules with applications, probe intervals and timeouts of at least 1 ms, "
     "and no rule named implicit",
     kFormat, edge::sdwan_limits},
    {"T48", "SD-WAN steers and probes IPv4 only", kFormat, edge::sdwan_ipv4},
    {"T49", "networks of a node's interfaces do not overlap", "RFC 1812 section 5.2.4.3: one route is the best",
     addresses::networks_of_node},
    {"T50", "all addresses on a segment are in one network", "RFC 1122 section 3.3.1.1: local or by a router",
     addresses::networks_of_segment},
    {"T51", "a file name has at most 63 letters, digits, '.', '_' and '-', and begins with a letter or digit", kFormat,
     wiring::file_names},
    {"T52", "a tunnel's remote address belongs to a node", "RFC 7296 section 2: an exchange has two ends",
     edge::tunnel_peers},
    {"T53", "the VPN device of a connection has a tunnel to the gateway",
     "Microsoft Learn: Create a site-to-site VPN connection", edge::connection_devices},
    {"T54", "a public address is within the network of the Internet interface that it is attached to",
     "RFC 1122 section 3.3.1.1: local or by a router", edge::internet_addresses},
    {"T55", "both ends of a tunnel share at least one proposal", "RFC 7296 section 2.7", edge::tunnel_proposals},
    {"T56", "the two nodes of an HA group name each other's address and answer probes on the same port", kFormat,
     edge::pairs_agree},
    {"V1",
     "a circuit has one of Azure's bandwidths: 50 Mbps to 10 Gbps with a provider, 1 to 10 Gbps on 10 Gbps ports, "
     "5 to 100 Gbps on 100 Gbps ports",
     "Microsoft Learn: ExpressRoute overview, bandwidth options; About ExpressRoute Direct", azure_rules::bandwidth},
    {"V2", "a circuit's bandwidth can only be increased", kCircuits, nullptr, When::kChange, "InternalError"},
    {"V3", "a Local circuit is UnlimitedData", kCircuits, azure_rules::families},
    {"V3", "a circuit cannot change from UnlimitedData to MeteredData, or to SKU Local", kCircuits, nullptr,
     When::kChange},
    {"V4",
     "a circuit can change from Premium to Standard if it has at most 10 VNets and Global Reach links, all in its "
     "geopolitical region",
     kCircuits, nullptr, When::kChange},
    {"V5",
     "a circuit has at most 10 VNets and Global Reach links; a Premium one 20 at 50 Mbps, 25 up to 200 Mbps, 40 at "
     "500 Mbps, and 50, 60, 75 and 100 at 1, 2, 5 and 10 Gbps",
     kLimits, azure_rules::circuit_links},
    {"V6",
     "a Local circuit reaches the regions near its location, a Standard one those of its geopolitical region, a "
     "Premium one all",
     "Microsoft Learn: ExpressRoute peering locations and connectivity partners", azure_rules::circuit_reach},
    {"V7",
     "a VNet connects to at most four circuits of one location, and to 4, 8 or 16 in all, depending on its "
     "gateway's SKU (ErGw1AZ, ErGw2AZ, ErGw3AZ)",
     kLimits, azure_rules::circuits_of_vnet},
    {"V8",
     "peerings and connections need a circuit that its provider has provisioned, and a connection needs private "
     "peering",
     kWorkflows, nullptr, When::kChange},
    {"V9", "a circuit can be deleted only after its provider has deprovisioned it", kWorkflows, nullptr, When::kChange,
     kNotDeprovisioned},
    {"V10",
     "connections, authorizations, Global Reach and route filters are deleted before their circuit; connections "
     "also before its private peering, and before the provider deprovisions it",
     kCircuits, nullptr, When::kChange},
    {"V11", "each path of a peering has its own /30", kRouting, azure_rules::peering_networks},
    {"V12", "the customer has the first usable address of a peering's /30, Microsoft the second", kRouting,
     azure_rules::customer_address},
    {"V13",
     "networks of peerings and Global Reach overlap with no VNet and no on-premises network, and on-premises "
     "announces no part of them or of a VNet",
     kRouting, addresses::peerings_overlap},
    {"V14", "the networks and advertised prefixes of Microsoft peering are public", kRouting,
     azure_rules::public_networks},
    {"V15", "a peering does not use an AS number that Azure or IANA reserves", kRouting, azure_rules::peer_asn},
    {"V16",
     "a VLAN ID is 1 to 4094 and unique among a circuit's peerings; on Dot1Q ports, which have no S-tags, it is "
     "unique on the port pair; elsewhere an S-tag belongs to one circuit of a provider or port pair",
     "IEEE 802.1Q; Microsoft Learn: About ExpressRoute Direct; ExpressRoute circuits and peering", azure_rules::vlans},
    {"V17", "both paths of a peering use the same VLAN ID", kRouting, azure_rules::one_vlan},
    {"V18", "both sides of a peering's sessions use the same MD5 key", kRouting, azure_rules::md5_same},
    {"V19", "Microsoft peering advertises at least one prefix", kPeeringHowTo, azure_rules::advertised_prefixes,
     When::kFile, "Microsoft Peering Config is not specified for Express Route Bgp Peering"},
    {"V20",
     "Microsoft peering needs registered prefixes: with a private peer-asn, customer-asn and a routing registry "
     "are required",
     kPeeringHowTo, azure_rules::registries},
    {"V21", "advertised prefixes are Configured, Configuring or ValidationNeeded", kPeeringHowTo,
     azure_rules::validation},
    {"V22",
     "Microsoft 365 communities (12076:5010, 5020, 5030, 5100) need a Premium circuit; whether Microsoft has "
     "authorized the subscription is not modeled",
     kRouteFilter, azure_rules::office_communities, When::kFile,
     "The subscription is not authorized for creating route filters for O365 services.; 400 not compatible with the "
     "route filter. The route filter includes Office 365 communities. The circuit does not have access to Office365."},
    {"V23", "a route filter has one rule, and that rule allows", kRouteFilter, azure_rules::filter_rules},
    {"V24",
     "a gateway is in a subnet named GatewaySubnet, /29 or larger; /27 when ExpressRoute and VPN gateways coexist",
     kErGateway, azure_rules::gateway_subnet},
    {"V25", "GatewaySubnet has no network security group", kErGateway, azure_rules::gateway_security, When::kFile,
     "NetworkSecurityGroupCannotBeAttachedToGatewaySubnet"},
    {"V26", "GatewaySubnet has no user route to 0.0.0.0/0, and BGP routes are propagated to it", kUdr,
     azure_rules::gateway_routes},
    {"V27", "a connection to a circuit needs a gateway of type ExpressRoute, one to a local gateway needs type Vpn",
     "Microsoft Learn: Link a virtual network to an ExpressRoute circuit", azure_rules::gateway_type},
    {"V28", "a VNet has at most one gateway of each type", kErGateway, azure_rules::one_gateway},
    {"V29",
     "a user route's next hop is a virtual appliance (its address in the VNet or a peered one), the VPN gateway that "
     "the VNet has or uses, VnetLocal, Internet or None",
     kUdr, azure_rules::next_hop_types},
    {"V30", "peered VNets do not overlap", kVnetPeering, azure_rules::peered_overlap, When::kFile,
     "VnetAddressSpacesOverlap"},
    {"V31", "use-remote-gateways needs a gateway in the remote VNet", kVnetPeering, azure_rules::remote_gateways,
     When::kFile, "RemoteVnetHasNoGateways"},
    {"V32", "use-remote-gateways needs allow-gateway-transit on the remote VNet's half of the peering", kVnetPeering,
     azure_rules::gateway_transit, When::kFile,
     "cannot have UseRemoteGateways flag set to true, because corresponding remote peering has AllowGatewayTransit "
     "flag "
     "set to false"},
    {"V33", "use-remote-gateways is for one peering of a VNet, and only if the VNet has no gateway of its own",
     kVnetPeering, azure_rules::own_or_remote},
    {"V34", "a security rule's priority is 100 to 4096, and unique in its group and direction", kNsg,
     azure_rules::security_priorities},
    {"V35",
     "an address in a subnet is within its prefix, and not one of the five that Azure reserves: the first four and "
     "the last",
     kVnetFaq, addresses::in_subnet, When::kFile, "PrivateIPAddressNotInSubnet; SubnetIsFull"},
    {"V36", "an object cannot be deleted while another uses it", kCommonErrors, nullptr, When::kChange,
     "InUseSubnetCannotBeDeleted; InUseRouteTableCannotBeDeleted; InUseNetworkSecurityGroupCannotBeDeleted"},
    {kOneChange.code, kOneChange.statement, kOneChange.source, nullptr, When::kChange, kAnotherOperation},
    {"V38", "a connection's weight is 0 to 32000", "Microsoft Learn: Optimize ExpressRoute routing",
     azure_rules::weight},
    {"V39",
     "a connection to a circuit has no IPsec keys; one to a local gateway has no weight, FastPath or authorization",
     "Microsoft Learn: Configure IPsec/IKE policy; Optimize ExpressRoute routing", azure_rules::connection_keys},
    {"V40", "a pre-shared key of Azure's VPN gateway is printable ASCII without quotes, spaces, '-' and '~'",
     kVpnParameters, edge::psk},
    {"V41",
     "a VPN device's AS number is not one of Azure's, and its BGP address is not its public address; a gateway's "
     "custom BGP addresses are in 169.254.21.0 to 169.254.22.255: one for each instance, or one in all when it is "
     "active-standby",
     kVpnBgp, azure_rules::vpn_bgp},
    {"V42", "HA ports are for internal load balancers only, and name neither protocol nor port", kLoadBalancer,
     azure_rules::ha_ports},
    {"V43",
     "a load balancer's rule is for TCP or UDP; a rule for IPsec from the Internet (UDP 500 and 4500) has no "
     "floating IP",
     kLoadBalancer, azure_rules::balancer_protocols},
    {"V44",
     "an SD-WAN member has no static route of its own; firewall policies, which name zones and not members, are "
     "not modeled",
     "Fortinet: FortiGate SD-WAN administration guide", edge::sdwan_routes},
    {"V45", "a health check's server is within the traffic selectors of the tunnel that its probes use",
     "Fortinet: FortiGate SD-WAN administration guide", edge::selectors},
    {"V46", "a circuit's name has no spaces or special characters", kCircuits, azure_rules::circuit_names},
    {"V47", "a table can be read only for an existing path and peering, and routes only with BGP sessions", kVerifying,
     nullptr, When::kReadOut,
     "Sequence contains no matching element; Can not find any subinterface for peering type; Gateway does not have any "
     "Bgp sessions."},
    {"V48", "a VNet connected to a circuit has at most 200 address prefixes",
     "Microsoft Learn: Link a virtual network to an ExpressRoute circuit", azure_rules::address_spaces},
    {"V49",
     "Global Reach connects two circuits at different locations by a /29; neither is Local, and both are Premium "
     "when their geopolitical regions differ",
     "Microsoft Learn: ExpressRoute Global Reach", azure_rules::global_reach},
    {"V50", "FastPath needs a gateway of SKU UltraPerformance, ErGw3AZ or ErGwScale",
     "Microsoft Learn: About ExpressRoute FastPath", azure_rules::fast_path},
    {"V51", "a load balancer's idle timeout is 4 to 100 whole minutes; TCP reset is modeled for internal ones only",
     "Microsoft Learn: Load Balancer TCP Reset and Idle Timeout", azure_rules::idle_flows},
    {"V52",
     "a local gateway's address-space has nothing of the VNet behind its VPN gateway, nor of VNets that use that "
     "gateway",
     "Microsoft Learn: VPN Gateway FAQ; Virtual network traffic routing", azure_rules::local_prefixes},
};

std::string key_of(const End& end) { return text_of(end); }

std::string statement_of(const RuleRow& row, std::string_view says) {
  const std::string statement(row.statement);
  return says.empty() ? statement : statement + " (Azure: " + std::string(says) + ")";
}

}  // namespace

std::span<const RuleRow> rules() { return kRules; }

const RuleRow& rule(std::string_view code, When when) {
  const auto* row =
      std::ranges::find_if(kRules, [&](const RuleRow& one) { return one.code == code && one.when == when; });
  if (row == std::end(kRules)) throw std::logic_error("no rule " + std::string(code));
  return *row;
}

Finding finding_of(const RuleRow& row, std::string object, std::string field, std::string value, std::string remedy,
                   std::string_view says) {
  return {{},
          std::move(object),
          std::move(field),
          std::move(value),
          statement_of(row, says),
          std::move(remedy),
          std::string(row.code),
          std::string(row.source)};
}

void check_rules(const Topology& topology, const Raw& root, Findings& findings) {
  findings.end_of_reading();
  Check check(topology, root, findings);
  for (const auto& row : kRules) {
    if (row.check == nullptr) continue;
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
  for (const auto& provider : all.providers)
    for (std::size_t i = 0; i < provider.sites.size(); ++i)
      note(provider.sites[i], {"providers", provider.name, "sites", i});
  for (const auto& balancer : all.load_balancers)
    if (balancer.is_public) note(balancer.internet, {"load-balancers", balancer.name, "internet"});
  for (const auto& gateway : all.gateways) note(gateway.internet, {"gateways", gateway.name, "internet"});
  for (const auto& service : all.public_services) note(service.internet, {"public-services", service.name, "internet"});
}

void Check::note(const End& end, Path path) {
  if (!end.node.empty()) uses_[key_of(end)].push_back(std::move(path));
}

void Check::report(const Path& path, std::string value, std::string remedy) {
  report(path, std::move(value), std::move(remedy), {});
}

void Check::report(const Path& path, std::string value, std::string remedy, std::string_view says) {
  if (findings_.touched(path)) return;
  findings_.add(locate(root_, path).where(), path,
                {std::move(value), statement_of(*row_, says), std::move(remedy), std::string(row_->code)});
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
