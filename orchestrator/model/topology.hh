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
#include "network/balancer.hh"
#include "network/fabric.hh"
#include "network/pair.hh"
#include "network/sdwan.hh"
#include "network/tunnel.hh"

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
  std::vector<network::FabricNic> gateways;                  ///< `subnet` is the gateway's node here
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
  std::vector<network::Tunnel> tunnels;
  std::optional<network::Sdwan> sdwan;
  std::optional<network::Ha> ha;
  std::optional<network::Fabric> fabric;
  std::optional<network::Balancer> balancer;
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
