// SPDX-License-Identifier: Apache-2.0
// What a lab is made of before its roles are asked: nodes and links, whether a user wrote them as `nodes:` and `links:`
// or azure/ lowered circuits, gateways and VNets to them. A role (nodes/) says what its node runs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"
#include "base/errors.hh"
#include "base/wiring.hh"
#include "network/balancer.hh"
#include "network/encryption.hh"
#include "network/fabric.hh"
#include "network/pair.hh"
#include "network/sdwan.hh"
#include "network/security.hh"
#include "network/tunnel.hh"

namespace xconn::network {

/// "hub/external"
struct SubnetRef {
  std::string vnet, subnet;
};

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
  bool as_override = false;  ///< its own AS number in a path becomes this speaker's
  int prepend = 0;           ///< own ASN this many times more, towards this neighbour
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
  std::map<Prefix, std::vector<std::string>> communities;  ///< of prefixes in `advertise`
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
  std::optional<EncryptionController> encryption_controller;
  std::optional<EncryptionReport> encryption_report;
  std::vector<RouteMirror> mirrors;
  std::string router;                              ///< the one of Microsoft's routers that this VRF is of
  std::vector<std::vector<std::string>> commands;  ///< started as services "command-1" ...
  std::vector<FileOverride> files;
};

struct Link {
  Where where;
  End a, b;
  Impairment a_to_b, b_to_a;
};

/// Documented defaults of the real systems, or the shortest timers that they accept.
enum class Timers { kAzure, kFast };

struct Network {
  Timers timers = Timers::kAzure;
  std::vector<Node> nodes;
  std::vector<Link> links;
  std::vector<Nsg> nsgs;                ///< that fabrics name
  std::vector<PublicService> services;  ///< whose names are service tags
};

}  // namespace xconn::network
