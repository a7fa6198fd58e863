// SPDX-License-Identifier: Apache-2.0
// Azure's objects as the topology says them: circuits, VNets, gateways, connections. azure/ lowers them to plain nodes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/address.hh"
#include "base/azure.hh"
#include "base/duration.hh"
#include "base/errors.hh"
#include "base/wiring.hh"
#include "network/node.hh"

namespace xconn::model {

using network::Nsg;
using network::PublicService;
using network::SecurityRule;
using network::SubnetRef;

/// What a provider puts between the customer's ports and Microsoft's (model/connectivity.hh).
enum class Connectivity { kL2Exchange, kL2PointToPoint, kManagedL3, kIpVpn };

struct Provider {
  Where where;
  std::string name;
  Connectivity connectivity = Connectivity::kL2Exchange;  ///< `model:`
  std::optional<Asn> asn;  ///< of the provider's edge router, which peers with the MSEEs; L3 models
  std::vector<End> sites;  ///< ipvpn: ports of the customer's further sites
};

enum class Encapsulation { kQinQ, kDot1Q };

/// ExpressRoute Direct: a pair of ports at Microsoft's edge, without a provider.
struct DirectPort {
  Where where;
  std::string name;
  std::string peering_location;
  std::uint64_t bandwidth = 10'000'000'000;  ///< bits per second: 10 or 100 Gbps
  Encapsulation encapsulation = Encapsulation::kQinQ;
  End customer_primary, customer_secondary;
};

enum class PeeringState { kEnabled, kDisabled };
enum class RoutingRegistry { kArin, kApnic, kAfrinic, kLacnic, kRipeNcc, kRadb, kAltDb, kNone };
enum class PrefixValidation { kNotConfigured, kConfiguring, kConfigured, kValidationNeeded };

/// A private or Microsoft peering of a circuit; both paths have the one VLAN id.
struct Peering {
  int vlan = 0;
  Asn peer_asn = *Asn::of(65001);
  Prefix primary, secondary;                       ///< two /30; a /29 is split when read
  std::optional<Prefix> primary_v6, secondary_v6;  ///< two /126
  std::optional<std::string> md5;
  bool bfd = true;
  PeeringState state = PeeringState::kEnabled;
  // Microsoft peering only:
  std::vector<Prefix> advertised_prefixes;  ///< the customer's own public ones, to which it translates
  RoutingRegistry routing_registry = RoutingRegistry::kNone;
  std::optional<Asn> customer_asn;  ///< who the prefixes belong to, when peer_asn is private
  PrefixValidation validation = PrefixValidation::kConfigured;
  std::string route_filter;  ///< nothing is announced without one

  friend bool operator==(const Peering&, const Peering&) = default;
};

/// What another subscription needs to connect to a circuit; one authorization is for one connection.
struct Authorization {
  std::string name;
  std::string key;  ///< a GUID; made from the names when absent
};

enum class CircuitSku { kLocal, kStandard, kPremium };
enum class CircuitFamily { kMeteredData, kUnlimitedData };
enum class ProviderState { kNotProvisioned, kProvisioning, kProvisioned, kDeprovisioning };

struct Circuit {
  Where where;
  std::string name;
  std::string provider;  ///< or `port`
  std::string port;      ///< of ExpressRoute Direct
  std::string peering_location;
  std::uint64_t bandwidth = 0;  ///< bits per second, on each path and in each direction
  CircuitSku sku = CircuitSku::kStandard;
  CircuitFamily family = CircuitFamily::kMeteredData;
  std::string service_key;  ///< a GUID; made from the name when absent
  ProviderState provider_state = ProviderState::kProvisioned;
  bool rate_limit = true;  ///< Direct: enforce `bandwidth` on the ports
  std::string msee;        ///< name of a pair of MSEEs that several circuits may share; empty: a pair of its own
  std::string routers;     ///< how the names of its MSEEs begin; empty: "msee" when it is alone, else "er1-msee"
  int s_tag = 0;
  End customer_primary, customer_secondary;
  std::optional<Peering> private_peering, microsoft_peering;
  std::vector<Authorization> authorizations;
};

/// Joins the private peerings of two circuits at different locations; not transitive.
struct GlobalReach {
  Where where;
  std::string name;
  std::string circuit, peer_circuit;
  Prefix prefix;  ///< a /29 for the links between the MSEEs
};

struct RouteFilterRule {
  std::string name;
  network::Access access = network::Access::kAllow;
  std::vector<std::string> communities;  ///< "12076:51004"
};

struct RouteFilter {
  Where where;
  std::string name;
  std::vector<RouteFilterRule> rules;  ///< Azure takes one
};

struct Subnet {
  std::string name;
  Prefix prefix;
  std::optional<Prefix> prefix_v6;  ///< of a dual-stack subnet: a /64
  std::string route_table;
  std::string nsg;
};

/// The prefix of the subnet that `address` could be in by its family; nullptr: the subnet has no IPv6.
inline const Prefix* prefix_for(const Subnet& subnet, const Address& address) {
  if (address.is_v4() == subnet.prefix.is_v4()) return &subnet.prefix;
  return subnet.prefix_v6 ? &*subnet.prefix_v6 : nullptr;
}

/// One half of a VNet peering; it is Connected when the other VNet has the other half.
struct VnetPeering {
  std::string name;
  std::string remote;  ///< the other VNet
  bool allow_vnet_access = true;
  bool allow_forwarded_traffic = false;
  bool allow_gateway_transit = false;
  bool use_remote_gateways = false;
  std::vector<Prefix> remote_address_space;  ///< of the other VNet when the two were last in sync; empty: they are
  bool disconnected = false;  ///< it was Connected, and its other half was removed: it joins nothing until made anew
};

struct Vnet {
  Where where;
  std::string name;
  std::string region;
  std::vector<Prefix> address_space;
  std::vector<Subnet> subnets;
  std::vector<VnetPeering> peerings;
  std::string bgp_community;  ///< "12076:20031"
};

enum class NextHopType { kVirtualAppliance, kVnetLocal, kInternet, kNone, kVirtualNetworkGateway };

struct UserRoute {
  Prefix to;
  NextHopType type = NextHopType::kVirtualAppliance;
  std::optional<Address> next_hop;
};

struct RouteTable {
  Where where;
  std::string name;
  bool propagate_bgp = true;
  std::vector<UserRoute> routes;
};

enum class GatewayType { kExpressRoute, kVpn };

struct Gateway {
  Where where;
  std::string name;
  std::optional<GatewayType> type;  ///< none: it could not be read
  std::string vnet;
  std::optional<azure::GatewaySku> sku;
  std::vector<Address> instances;  ///< two, in GatewaySubnet
  // ExpressRoute only:
  bool allow_remote_vnet_traffic = false;  ///< takes what other VNets on its circuits announce
  Duration convergence_delay{0};  ///< until a route that an MSEE withdrew leaves the data path ("up to a minute")
  // Vpn only:
  std::vector<Address> public_addresses;  ///< one (active-standby) or two (active-active)
  End internet;                           ///< the Internet node's interface that they are behind
  Asn asn = *Asn::of(azure::kGatewayAsn);
  bool active_active = false;
  std::vector<Address> apipa;    ///< custom BGP addresses, 169.254.21.0 to 169.254.22.255, one for each instance
  bool private_address = false;  ///< tunnels may also end at the instances' own addresses (VPN over private peering)
};

/// Azure's picture of a VPN device on-prem ("local network gateway").
struct LocalGateway {
  Where where;
  std::string name;
  Address address;                    ///< of the device: where its tunnels end
  std::vector<Prefix> address_space;  ///< routed into the tunnel without BGP
  std::optional<Asn> asn;
  std::optional<Address> bgp_address;
};

/// Azure's custom IPsec policy; the default one when absent.
struct IpsecPolicy {
  std::vector<std::string> ike_proposals, esp_proposals;  ///< charon's words: aes256-sha256-modp2048
  Duration esp_lifetime{std::chrono::seconds{27000}};
};

/// What FastPath knew in that year: in 2020 no user routes of GatewaySubnet, and no peered VNets.
enum class FastPathModel { k2020, k2025 };

enum class ConnectionMode { kDefault, kInitiatorOnly, kResponderOnly };

/// From a gateway to a circuit (ExpressRoute), or to a local gateway (IPsec).
struct Connection {
  Where where;
  std::string name;
  std::string gateway, circuit;
  int weight = 0;
  bool fast_path = false;
  FastPathModel fast_path_model = FastPathModel::k2025;
  std::string authorization;  ///< name of one of the circuit's, when it is another subscription's
  // IPsec only:
  std::string local_gateway;
  std::string psk;
  bool bgp = false;
  std::optional<IpsecPolicy> ipsec_policy;
  Duration dpd_timeout{std::chrono::seconds{45}};
  bool use_local_azure_address = false;            ///< over private peering
  ConnectionMode mode = ConnectionMode::kDefault;  ///< who of the two calls
};

/// A pair of encryption gateways in the Aviatrix manner: a subnet of their own, tunnels to an edge over ExpressRoute,
/// and a controller that writes the routes to the edge's networks into route tables, towards whichever gateway is
/// alive.
struct EncryptionGateway {
  Where where;
  std::string name;
  SubnetRef subnet;
  Address primary;
  std::optional<Address> backup;  ///< HA, when it is there
  Address edge;                   ///< where the tunnels end on-prem: reached over private peering
  std::string psk;
  std::vector<Prefix> remote_networks;           ///< on-prem, behind the edge
  std::vector<Prefix> local_networks;            ///< what the edge learns to route into the tunnels
  std::vector<std::string> route_tables;         ///< "Route Table To Modify"
  Duration keepalive{std::chrono::seconds{12}};  ///< how often a gateway reports; dead after `detection`
  Duration detection{std::chrono::seconds{60}};
};

struct LoadBalancer {
  Where where;
  std::string name;
  bool is_public = false;
  std::string vnet;
  std::string subnet;  ///< internal only
  Address frontend;
  End internet;  ///< public only: the Internet node's interface that it hangs on
  std::vector<End> backends;
  network::Probe probe;
  std::vector<network::BalancerRule> rules;
  Duration idle_timeout{std::chrono::minutes{4}};  ///< of silence until a flow is forgotten
  bool tcp_reset = false;                          ///< both ends of a forgotten TCP flow are told
};

}  // namespace xconn::model
