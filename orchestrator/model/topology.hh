// SPDX-License-Identifier: Apache-2.0
// The topology, resolved: what the user's file means once every word in it has been checked. read.hh makes it; after
// that no validity check exists, so every name here refers to something that is there and every value is in range.
//
// Azure's objects are lowered by azure/ to network/'s nodes and links (`expand`); what a user writes as `nodes:` and
// `links:` is that already. nodes/ turns each of them into a fragment of plan.
#pragma once

#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"
#include "base/errors.hh"
#include "base/wiring.hh"
#include "model/azure_objects.hh"
#include "network/node.hh"

namespace xconn::model {

using network::Bgp;
using network::BgpNeighbor;
using network::FileOverride;
using network::Interface;
using network::Link;
using network::Node;
using network::Timers;

/// What a daemon does that has ended.
struct Restart {
  Where where;
  std::string target;  ///< "NODE:DAEMON", "NODE", or nothing: all of the lab
  std::string policy;  ///< "always", "on-failure", "never"
};

/// A rule that the topology breaks on purpose.
struct ExpectedBreach {
  Where where;
  std::string code;
};

struct Topology {
  std::string file;
  std::string name;
  std::string title;
  std::string message;
  Timers timers = Timers::kAzure;
  std::vector<ExpectedBreach> expected_breaches;
  std::vector<Finding> breaches;  ///< what those rules say
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
