// SPDX-License-Identifier: Apache-2.0
// What a role makes of a node, and what it may look at while it does so.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "network/node.hh"
#include "plan/plan.hh"

namespace xconn::nodes {

class Propagation;

struct Setting {
  const network::Network& network;
  const network::Node& node;
  const std::vector<std::string>& link_ends;  ///< at this node, in the order of the links
  const Propagation& propagation;             ///< of the topology
};

struct Fragment {
  plan::Node node;
  std::vector<plan::Fact> facts;
  std::vector<Detection> detections;

  void add_file(std::string name, std::string content, bool secret = false);
  void add_service(std::string kind, std::string name, std::string config, std::vector<std::string> after = {});
  void add_fact(std::string kind, std::string subject, std::string expected);
  void add_detection(std::string source, std::string subject, Duration interval, Duration after);
  /// By BGP. Its next hops are promised as the kernel will have them, where the node's own interfaces and routes say
  /// that; so it is called when those are complete.
  void add_route_fact(const Prefix& prefix, const std::set<Address>& next_hops);
  plan::Interface* find_interface(const std::string& name);
};

/// The fragment that every role starts from: interfaces (with those that only a link mentions), MAC addresses, routes,
/// rules and the sysctls of a host.
Fragment wired(const Setting& setting);

/// The sysctls of a node that forwards.
void forwards(Fragment& fragment);

}  // namespace xconn::nodes
