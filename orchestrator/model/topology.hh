// The topology, resolved: what the user's file means once every word in it has been checked. read.hh makes it; after
// that no validity check exists, so every name here refers to something that is there and every value is in range.
//
// Azure's objects are lowered by azure/ to plain nodes and links (`expand`), and nodes/ turns each node into a fragment
// of plan. Whatever azure/ writes, a user could have written as `nodes:` and `links:`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"
#include "base/errors.hh"
#include "base/wiring.hh"
#include "model/azure_objects.hh"

namespace xconn::model {

// --- plain nodes ---------------------------------------------------------------------------------------------------

struct Interface {
  std::string name;
  std::vector<InterfaceAddress> addresses;  ///< with `subnet`, the length is the subnet's
  std::optional<SubnetRef> subnet;          ///< plugged into a VNet's fabric
  std::string parent;                       ///< a sub-interface of this one ...
  std::vector<Tag> tags;                    ///< ... with these tags
  std::string bridge;                       ///< port of this bridge of the node
  bool is_bridge = false;
  std::optional<Mac> mac;
  std::optional<int> mtu;
  bool up = true;
  bool hide_hop = false;
  std::string nsg;  ///< of a NIC; looked at after its subnet's on the way in, before it on the way out
  std::optional<bool> ip_forwarding;  ///< of a NIC; absent: on for every role but host
};

struct BgpNeighbor {
  Address address;
  Asn asn;
  std::optional<std::string> password;  ///< TCP MD5 (RFC 2385)
  bool bfd = false;
  bool passive = false;
  bool next_hop_self = false;
  bool route_reflector_client = false;
  bool remove_private_as = false;
  int prepend = 0;  ///< own ASN this many times more, towards this neighbour
  std::optional<std::uint32_t> local_preference;
  std::vector<Prefix> accept;    ///< empty: everything
  std::vector<Prefix> announce;  ///< empty: everything
  std::optional<std::uint32_t> maximum_prefix;
  bool ebgp_multihop = false;                   ///< not on a connected network: BGP over a tunnel
  std::optional<Address> source;                ///< the session's own address; absent: the one towards it
  std::vector<std::string> accept_communities;  ///< only routes with one of these; empty: all
  std::vector<std::string> set_communities;     ///< added to what is announced to it
  bool shutdown = false;                        ///< held down by its administrator
  std::vector<Prefix> refuse;                   ///< not taken from it, longer ones neither; 0.0.0.0/0 is itself only
  std::optional<std::vector<std::string>> announce_communities;  ///< only routes with one of these; none when empty
  std::vector<std::string> withhold_communities;                 ///< routes with one of these are not announced to it
  std::vector<Asn> withhold_asns;                                ///< nor those that came by way of one of these
};

struct Bgp {
  Asn asn;
  std::optional<Address> router_id;
  std::vector<Prefix> advertise;  ///< `network` statements; need not be in the FIB
  std::vector<BgpNeighbor> neighbors;
  std::optional<Duration> keepalive, hold;  ///< absent: the timer profile's
  int maximum_paths = 8;
  std::map<Prefix, std::vector<std::string>> communities;  ///< of prefixes in `advertise`. Only azure/ writes it
};

struct Dpd {
  Duration interval{std::chrono::seconds{45}};
  int retries = 3;
};

/// A route-based IKEv2 tunnel with a pre-shared key.
struct Tunnel {
  std::string name;  ///< also the interface's name as seen in the node
  Address local, remote;
  std::string psk;
  bool initiate = false;
  InterfaceAddress address;  ///< on the tunnel interface
  std::optional<Address> peer_address;
  std::vector<Prefix> local_selectors, remote_selectors;  ///< empty: 0.0.0.0/0
  std::vector<std::string> ike_proposals, esp_proposals;  ///< empty: aes256-sha256-modp2048, aes256gcm16
  Duration ike_lifetime{std::chrono::seconds{28800}}, esp_lifetime{std::chrono::seconds{27000}};
  Dpd dpd;
  int mtu = 1400;
  bool answers = true;  ///< false: the peer's calls are dropped
};

struct Sla {
  Duration latency, jitter;
  double loss = 0;  ///< 0 to 1
};

enum class ProbeProtocol { kPing, kTcpEcho, kHttp };

struct HealthCheck {
  std::string name;
  std::vector<std::string> members;
  Address server;
  ProbeProtocol protocol = ProbeProtocol::kPing;
  int port = 0;            ///< tcp-echo 7, http 80 when 0
  std::string path = "/";  ///< http
  Duration interval{std::chrono::milliseconds{500}};
  Duration timeout{std::chrono::milliseconds{500}};
  int failtime = 5, recoverytime = 5, probe_count = 30;
  std::optional<Sla> sla;
};

struct SdwanMember {
  std::string name;
  std::string interface;  ///< a tunnel's name or an interface's
  std::optional<Address> gateway;
  int cost = 0, priority = 1, weight = 1;
};

enum class Strategy { kManual, kBestQuality, kLowestCost, kMaximizeBandwidth };
enum class LinkCostFactor { kLatency, kJitter, kLoss };

struct SdwanRule {
  std::string name;
  std::vector<Prefix> from, to;                                ///< empty: any
  std::optional<std::uint8_t> protocol;                        ///< IP protocol number
  std::vector<std::pair<std::uint16_t, std::uint16_t>> ports;  ///< destination ranges
  std::optional<std::uint8_t> dscp;
  std::vector<std::string> applications;  ///< nDPI's names
  Strategy strategy = Strategy::kManual;
  LinkCostFactor factor = LinkCostFactor::kLatency;
  int factor_threshold = 10;         ///< percent better before best quality moves
  std::vector<std::string> members;  ///< in order of preference
  std::vector<std::string> zones;    ///< instead of members
  std::string health_check;          ///< for best quality and the SLA strategies; empty: each member's own
  Duration hold_down{0};
};

/// What FortiOS calls `config system sdwan`.
struct Sdwan {
  std::vector<Prefix> routes;  ///< destinations that SD-WAN steers; blackholed when no member is alive
  std::map<std::string, std::vector<std::string>> zones;
  std::vector<SdwanMember> members;
  std::vector<HealthCheck> health_checks;
  std::vector<SdwanRule> rules;        ///< first match wins; then the implicit rule
  std::string implicit = "source-ip";  ///< source-ip | source-dest-ip | weight
  bool require_route = false;  ///< a member counts only while the main table routes the destination over it (BGP)
};

/// An address that the active node of a pair has. Only azure/ writes it.
struct MovedAddress {
  std::string interface;
  InterfaceAddress address;
};

/// An active/passive pair, elected by VRRP over unicast (the cloud has no multicast).
struct Ha {
  std::string group;
  std::string interface;
  Address peer;
  int priority = 100;
  int probe_port = 8008;
  Duration heartbeat{std::chrono::milliseconds{400}};
  int lost_threshold = 3;
  std::vector<MovedAddress> addresses;
};

/// Azure's fabric: one routing table per subnet. Only azure/ writes it.
struct FabricNic {
  std::string interface;  ///< the fabric's side of the link
  Address address;
  std::string subnet;
  std::optional<Address> address_v6 = {};
  std::string nsg = {};        ///< its own; the subnet's is the subnet's
  bool ip_forwarding = true;   ///< off: nothing passes but what is addressed to or comes from `address`
  Duration withdraw_delay{0};  ///< of a gateway's instance: subnets follow its routes' end that much later
};

struct FabricSubnet {
  std::string name;
  Prefix prefix;
  std::uint32_t table = 0;
  bool propagate_bgp = true;
  std::vector<Route> routes;  ///< user routes, lowered; metric 10
  std::string nsg = {};
};

/// The other side of a Connected VNet peering.
struct FabricPeer {
  std::string vnet;
  std::vector<Prefix> address_space;
  Address router;         ///< the peer's side of every link to it
  std::string interface;  ///< this side of the link for what machines of the two VNets say to each other
  /// This side of the link between the one VNet and the other's gateways; empty unless one uses the other's.
  std::string transit_interface = {};
  bool remote_gateways = false;  ///< this VNet uses the peer's gateways, not the other way round
  /// This side of the links by which the peer reaches a machine of this VNet as the next hop of its user routes.
  std::vector<std::string> appliance_interfaces = {};
  bool access = true;              ///< the peer belongs to the service tag VirtualNetwork
  bool forwarded_traffic = false;  ///< what comes from the peer may have a source that is not the peer's
};

struct Fabric {
  std::vector<Prefix> address_space;
  std::vector<FabricSubnet> subnets;
  std::vector<FabricNic> nics;
  std::vector<FabricPeer> peers;
  std::string internet_interface;  ///< towards the public load balancer, or empty
};

/// A load balancer's node. Only azure/ writes it.
struct Backend {
  std::string name;  ///< "fgt-a:port1"
  Address address;
  std::string interface;         ///< of the load balancer's node, towards this backend only
  std::string fabric_interface;  ///< the fabric's side of the backend's NIC, where probes leave
};

struct Balancer {
  Address frontend;
  bool is_public = false;
  std::string front_interface;
  std::string internet_interface;  ///< public only
  std::string fabric_node;         ///< whose network namespace the probes start in, as 168.63.129.16
  std::vector<Backend> backends;
  Probe probe;
  std::vector<BalancerRule> rules;
  Duration idle_timeout{std::chrono::minutes{4}};
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

/// What a pair's controller works on. Only azure/ writes it, and the next.
struct RouteController {
  EncryptionGateway pair;
  std::string fabric_node;
  std::vector<FabricNic> gateways;                           ///< `subnet` is the gateway's node here
  std::map<std::string, std::vector<std::uint32_t>> tables;  ///< route table -> the fabric's, one for each subnet
};

/// A gateway tells its controller that it lives.
struct Keepalive {
  Address controller;
  Duration every;
};

/// `files: {frr.conf: {append: "..."}}`: what the user changes in what is rendered for a node.
struct FileOverride {
  std::string name;
  std::string content;
  bool replace = false;  ///< else appended
};

struct Node {
  Where where;
  std::string name;
  std::string role;
  std::string site;
  std::vector<Interface> interfaces;
  std::optional<Address> gateway;
  std::vector<Route> routes;
  std::vector<Rule> rules;
  std::map<std::string, std::string> sysctls;
  std::string nftables;  ///< the user's own rules, added to the role's
  std::optional<Bgp> bgp;
  std::vector<Tunnel> tunnels;
  std::optional<Sdwan> sdwan;
  std::optional<Ha> ha;
  std::optional<Fabric> fabric;
  std::optional<Balancer> balancer;
  std::optional<RouteController> route_controller;
  std::optional<Keepalive> keepalive;
  std::vector<RouteMirror> mirrors;                ///< only azure/ writes them, and the next
  std::string router;                              ///< the one of Microsoft's routers that this VRF is of
  std::vector<std::vector<std::string>> commands;  ///< started as services "command-1" ...
  std::vector<FileOverride> files;
  std::vector<std::string>
      echo;  ///< roles host: ports of the echo service are fixed; here for `http: true` and the like
};

struct Link {
  Where where;
  End a, b;
  Impairment a_to_b, b_to_a;
};

/// What a daemon does that has ended.
struct Restart {
  Where where;
  std::string target;  ///< "NODE:DAEMON", "NODE", or nothing: all of the lab
  std::string policy;  ///< "always", "on-failure", "never"
};

enum class Timers { kAzure, kFast };

struct Topology {
  std::string file;
  std::string name;
  std::string title;
  std::string message;
  Timers timers = Timers::kAzure;
  std::vector<Restart> restarts;
  std::vector<Node> nodes;
  std::vector<Link> links;
  std::vector<Provider> providers;
  std::vector<Circuit> circuits;
  std::vector<Vnet> vnets;
  std::vector<RouteTable> route_tables;
  std::vector<Gateway> gateways;
  std::vector<Connection> connections;
  std::vector<LoadBalancer> load_balancers;
  std::vector<DirectPort> direct_ports;
  std::vector<GlobalReach> global_reach;
  std::vector<RouteFilter> route_filters;
  std::vector<PublicService> public_services;
  std::vector<Nsg> nsgs;
  std::vector<LocalGateway> local_gateways;
  std::vector<EncryptionGateway> encryption_gateways;
};

}  // namespace xconn::model
