// SPDX-License-Identifier: Apache-2.0
// What the parts of the expansion share while they build; not for others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "azure/expand.hh"
#include "base/azure.hh"

namespace xconn::azure {

constexpr int kGlobalReach = 1;                ///< community on what came from another circuit's MSEE
constexpr int kQinqMtu = 1508;                 ///< a 1500-byte packet with two tags must pass the trunk
constexpr std::uint32_t kSubnetTables = 1001;  ///< of the fabric: one for each subnet
/// Of the fabric: one for each link by which packets may go to one NIC only (a load balancer's to a backend, a peered
/// VNet's to an appliance).
constexpr std::uint32_t kForcedTables = 5001;
constexpr std::uint32_t kDataPathTable = 601;   ///< of a gateway's instance that lags behind what it hears
constexpr std::uint32_t kFastPathTables = 701;  ///< of an MSEE: one for each gateway that it passes by
constexpr std::uint32_t kProbeTables = 501;  ///< of a machine with several NICs: the way back of the platform's probes
constexpr std::uint32_t kForcedRule = 90, kDataPathRule = 100, kProbeRule = 500;

/// `in` is what the user wrote, `out` what is being made of it.
struct Expansion {
  const model::Topology& in;
  network::Network out;

  /// References do not outlive the next node that is added.
  network::Node& node(const std::string& name);
  network::Node& add_node(std::string name, std::string role, std::string site, const Where& where);
  network::Fabric& fabric(const std::string& vnet) { return *node(vnet).fabric; }
  /// A link from `machine`'s interface into the fabric of `vnet`. The fabric's side gets the next free name
  /// "machine.0", hides its hop, and has the subnet's .1 when there is a subnet. Returns its name.
  std::string plug(const std::string& vnet, const End& machine, const std::string& subnet, const Address& address,
                   const std::optional<Address>& address_v6 = {});
  void link(const End& a, const End& b, const Where& where, const Impairment& both = {});
};

const model::Vnet& vnet_of(const model::Topology& topology, std::string_view name);
const model::Subnet& subnet_of(const model::Vnet& vnet, std::string_view name);

/// What the gateways of `vnet` announce: its own address space, and that of each spoke that uses them.
std::vector<Prefix> reached_through_gateways_of(const model::Topology& topology, const model::Vnet& vnet);
/// The next hop of a user route in `vnet` that is an appliance in a peered VNet, over a link made for it; nullopt when
/// no directly peered VNet has a NIC with that address.
std::optional<NextHop> appliance_across_peering(Expansion& expansion, const std::string& vnet,
                                                const Address& appliance);
/// What enters `fabric` by its interface `from` can go nowhere but to `nic`, and nowhere at all while that is down.
void force_out(network::Node& fabric, const std::string& from, const network::FabricNic& nic);
const network::FabricNic* nic_of(const network::Fabric& fabric, const Address& address);

/// `wanted`, or a shorter name with a few digits of its hash when Linux would refuse it.
constexpr std::size_t kNameLength = 15, kSubInterfaceNameLength = 14;
std::string interface_name(const std::string& wanted, std::size_t longest = kNameLength);
network::Interface port(const std::string& name, std::vector<InterfaceAddress> addresses = {});
network::BgpNeighbor neighbor(const Address& address, Asn asn);
network::Bgp speaker(Asn asn, const std::optional<Address>& router_id = {});
Route route_to(const Prefix& prefix);
Route route_to(const Prefix& prefix, NextHop next_hop);
/// `end` is 0 for the primary link, 1 for the secondary one.
const End& customer_end(const model::Circuit& circuit, int end);
/// What stands at a node's port to the Internet: its address there, and its network's length; without one (rule T54),
/// `own` alone.
InterfaceAddress internet_router(const Expansion& expansion, const End& internet, const Address& own);
std::vector<const model::Circuit*> circuits_of(const model::Topology& topology, const model::Gateway& gateway);
/// The address of an MSEE in GatewaySubnet: .4 and .5 for the first circuit of a gateway, the next free ones for
/// others.
Address core_address(const model::Topology& topology, const model::Gateway& gateway, const model::Circuit& circuit,
                     int end);
/// The same with the length of GatewaySubnet, and beside it its IPv6 twin when GatewaySubnet is dual-stack.
std::vector<InterfaceAddress> core_addresses(const model::Topology& topology, const model::Gateway& gateway,
                                             const model::Circuit& circuit, int end);
/// Of both families.
std::vector<Address> instance_addresses(const model::Topology& topology, const model::Gateway& gateway);

bool is_provisioned(const model::Circuit& circuit);
Tag s_tag(const model::Circuit& circuit);
/// "prov.29.28"
std::string tagged(const std::string& parent, const std::vector<Tag>& tags);
network::Interface sub_interface(const std::string& parent, std::vector<Tag> tags);
network::Interface trunk(const std::string& name);

/// One path of one peering at Microsoft's side: a VRF, and so a node.
struct Vrf {
  std::string node;
  const model::Circuit* circuit;
  const model::Peering* peering;  ///< nullptr: the circuit has none yet
  bool microsoft;
};
std::vector<Vrf> vrfs_of(const model::Topology& topology, const model::Circuit& circuit, int end);
/// The /30 of the path, and its /126 if there is one.
std::vector<const Prefix*> path_prefixes(const model::Peering& peering, int end);
/// The VRF's BGP sessions, and its interfaces and links towards Microsoft.
void add_sessions(Expansion& expansion, const Vrf& vrf, int end, network::Node& node);

std::string edge_router_name(const model::Circuit& circuit, int end);
void add_edge_router(Expansion& expansion, const model::Circuit& circuit, int end);
void add_provider_core(Expansion& expansion, const model::Provider& provider);  ///< of an any-to-any IP VPN

/// From a gateway's instance into the VNet, through the router of GatewaySubnet, by its interface "vnet".
void route_into_vnet(const std::vector<Prefix>& reached, const Address& router, network::Node& instance);
/// The fabric hears what the gateway's instances learn, with this local preference.
void teach_fabric(Expansion& expansion, const model::Gateway& gateway, std::optional<std::uint32_t> preference = {});

void add_circuits(Expansion& expansion);         ///< providers, and Microsoft's edge
void add_global_reach(Expansion& expansion);     ///< links between MSEEs
void add_public_services(Expansion& expansion);  ///< what Microsoft peering leads to
void add_gateways(Expansion& expansion);         ///< the core switch and the two instances of each gateway
void add_fast_paths(Expansion& expansion);       ///< after add_gateways: from MSEEs past the gateways
void add_vpn_gateways(Expansion& expansion);     ///< after add_gateways: the two kinds of a VNet know each other
void add_vnets(Expansion& expansion);            ///< the fabrics; machines are plugged in
void add_balancers(Expansion& expansion);
void add_vnet_peerings(Expansion& expansion);        ///< fabrics are joined; after all NICs are plugged in
void add_encryption_gateways(Expansion& expansion);  ///< and their first routes
void lower_route_tables(Expansion& expansion);       ///< last: a next hop is looked for among all NICs
void split_tunnels(Expansion& expansion);            ///< a node with several tunnels gets a node for each of them

}  // namespace xconn::azure
