// SPDX-License-Identifier: Apache-2.0
// Virtual WAN and Route Servers as the files say them, until all is read and they can be played: hubs with their route
// tables, who is connected to them, and who speaks BGP with a Route Server.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/errors.hh"
#include "importing/resources/resource.hh"

namespace xconn::importing {

/// A Virtual WAN hub's type, and a Route Server's.
constexpr std::string_view kHubType = "microsoft.network/virtualhubs";

/// A route that somebody wrote: into a hub's table, or at a connection.
struct HubRoute {
  Where where;
  Prefix to;
  std::optional<Address> hop;
  std::optional<ResourceId> next;  ///< the connection, firewall or appliance that it goes to
};

struct HubTable {
  std::set<std::string> labels;  ///< lower case
  std::vector<HubRoute> routes;
  bool is_there = false;  ///< in the files; the default one and the one called none are in every hub
};

/// A VNet or a branch at a hub: the table whose routes it has, and the tables that learn of it.
struct HubMember {
  std::string hub;               ///< its VNet
  std::string table;             ///< key() of it
  std::set<std::string> tables;  ///< key() of each
  std::set<std::string> labels;  ///< lower case
};

struct HubConnection : HubMember {
  Where where;
  std::string key, name, vnet;
  std::vector<HubRoute> statics;
  bool passes_statics = false;  ///< the tables that learn of it learn these too
  bool takes_default = false;   ///< 0.0.0.0/0 of its hub
  bool uses_gateways = true;
};

struct Hub {
  Where where;
  ResourceId id;
  std::string vnet, wan;
  bool is_basic = false;
  std::string preference;                             ///< among routes of branches
  std::optional<ResourceId> private_hop, public_hop;  ///< of routing intent
  std::vector<Prefix> private_space{};                ///< further prefixes that are private to it
};

struct VirtualWan {
  std::vector<Hub> hubs;
  std::vector<HubConnection> connections;
  std::vector<HubMember> branches;                        ///< connections of the hubs' gateways
  std::map<std::string, HubTable> tables;                 ///< by key()
  std::set<std::string> basic;                            ///< key() of Virtual WANs of type Basic
  std::map<std::string, std::vector<std::string>> sites;  ///< key() of a VPN site to the local gateways of its links

  /// nullptr when it is an ordinary VNet.
  Hub* hub(const std::string& vnet);
  const Hub* hub(const std::string& vnet) const { return const_cast<VirtualWan*>(this)->hub(vnet); }
  /// Whether the table of `who` learns of `other`.
  bool knows(const HubMember& who, const HubMember& other) const;
};

/// Who speaks BGP with a Route Server.
struct RouteServerPeer {
  Where where;
  std::string name;
  Asn asn = *Asn::of(65001);
  std::optional<Address> address;
  std::optional<ResourceId> owner;  ///< of its address, when the lab chooses that
};

struct RouteServer {
  Where where;
  std::string key, name;
  std::optional<ResourceId> subnet;
  std::vector<Address> addresses;
  std::vector<RouteServerPeer> peers;
  std::set<std::string> users{};  ///< VNets that use it as they would use a gateway
  bool joins_branches = false;    ///< it tells gateways and appliances of each other's routes
};

}  // namespace xconn::importing
