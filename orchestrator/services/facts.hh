// SPDX-License-Identifier: Apache-2.0
// The facts of a plan, checked against what the daemons and the kernel say.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hh"

namespace xconn::services {

class NodeServices;

/// One route of a node's main table; no next hop: a blackhole.
struct RouteSeen {
  std::vector<NextHop> next_hops;
  std::uint8_t protocol = 0;  ///< RTPROT_*
  std::uint32_t metric = 0;
};

/// A node's main table. Two looks at one version see the same.
struct RoutesSeen {
  std::map<Prefix, std::vector<RouteSeen>> to;
  std::uint64_t version = 0;
};

/// Where facts look. `services` gives nullptr for a node without services; `routes` gives the node's main table.
struct LabState {
  std::function<NodeServices*(const std::string& node)> services;
  std::function<const RoutesSeen&(const std::string& node)> routes;
};

/// What is not yet true of the fact, nullopt when it holds: "bgp 192.168.251.2 is Active, not Established".
/// Never blocks: it reads Service::known(), which asks again in the background, so it is made for Loop::wait.
/// Throws NotFoundError for an unknown kind of fact.
std::optional<std::string> difference(const plan::Fact& fact, const LabState& lab);
/// Whether there is none: for looks at ten thousand routes.
bool holds(const plan::Fact& fact, const LabState& lab);

}  // namespace xconn::services
