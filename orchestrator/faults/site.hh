// SPDX-License-Identifier: Apache-2.0
// What a fault needs to know of, and do to, the lab it is injected into. lab/ implements it; tests have a fake.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/wiring.hh"
#include "network/bgp.hh"
#include "network/probe_edit.hh"
#include "sys/join.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::faults {

/// A link as faults see it. `*_stacked` are the sub-interfaces on that end ("pri.28" on "pri"): they go down with it.
struct Link {
  End a, b;
  std::vector<std::string> a_stacked, b_stacked;
  Impairment a_to_b, b_to_a;  ///< what the plan does to it, without faults
};

/// An SD-WAN member of an edge node, and the interface it stands for (of a link, or a tunnel).
struct Member {
  std::string node, name, interface;
};

struct Daemon {
  std::string node, name;
};

/// A node with bgpd, and what the plan lets it run.
struct Speaker {
  std::string node, role;
  std::string router;  ///< whose VRF it is; empty: nobody's but its own
  network::Speaker bgp;
};

/// A sub-interface, its trunk, and the outer tags of all of that trunk's, its own first.
struct SubInterface {
  std::string node, name, trunk;
  std::vector<Tag> tags;
};

/// A tunnel of a charon.
struct Tunnel {
  std::string node, name, daemon;
  std::optional<End> in_topology = {};  ///< of one that has a namespace of its own: its node and name there
};

/// A load balancer: its node, its daemon, and what the plan lets it run.
struct Balancer {
  std::string node, daemon;
  network::Balancer balancer;
};

/// An interface, and its first IPv4 address that has neighbours in its network.
struct Numbered {
  std::string node, interface;
  InterfaceAddress address;
};

/// A route that was configured, and no router's.
struct StaticRoute {
  std::string node;
  Prefix to;
};

/// Everything that a fault may name. Plain data; it changes only when a new plan is applied.
struct Inventory {
  std::vector<std::string> nodes;
  std::vector<Link> links;
  std::vector<Daemon> daemons;
  std::vector<Member> members;
  std::vector<Speaker> speakers;
  std::vector<SubInterface> sub_interfaces = {};
  std::vector<Tunnel> tunnels = {};
  std::vector<Numbered> numbered = {};
  std::vector<StaticRoute> routes = {};
  std::vector<Balancer> balancers = {};
};

/// All calls on the loop's thread; they throw KernelError or ServiceError when the act fails.
class Site {
 public:
  virtual ~Site() = default;
  virtual const Inventory& inventory() const = 0;
  /// Lives as long as the lab.
  virtual const sys::Netns& netns(const std::string& node) = 0;
  /// Makes this the whole impairment (plan and faults together) of the frames that leave `from`, returning once it is
  /// in force. Its `loss` is always 0: a fault's loss is a datapath::Filter of its own, and the plan's stays as it is.
  /// One that does nothing takes wire and shaper out.
  virtual void impair(const End& from, const Impairment& impairment) = 0;
  /// To every process of the daemon. One that does not run is no error. SIGKILL keeps it down until restart(), whatever
  /// its policy is.
  virtual void signal(const std::string& node, const std::string& daemon, int number) = 0;
  /// Changes what the node's bgpd runs, on top of the plan and of earlier edits, until undo_edit() of the number that
  /// it returns. Both return at once; `pending` (or nothing) is held until bgpd has taken it, and told when it cannot.
  virtual int edit(const std::string& node, network::SpeakerEdit edit, sys::Pending pending) = 0;
  virtual void undo_edit(const std::string& node, int number, sys::Pending pending) = 0;
  /// Lays lines of swanctl.conf over what this side's charon runs, until take_back() of the number that it returns;
  /// with `ends_sas` the tunnel's SAs end once they are loaded. Both return at once; `pending` (or nothing) as above.
  virtual int overlay(const Tunnel& tunnel, std::string lines, bool ends_sas, sys::Pending pending) = 0;
  virtual void take_back(const Tunnel& tunnel, int number, sys::Pending pending) = 0;
  /// Changes a load balancer's probe, as edit() changes what a bgpd runs.
  virtual int edit_probe(const Daemon& balancer, network::ProbeEdit edit, sys::Pending pending) = 0;
  virtual void undo_probe(const Daemon& balancer, int number, sys::Pending pending) = 0;
  /// Starts the daemon again, with those that depend on it; returns at once.
  virtual void restart(const std::string& node, const std::string& daemon) = 0;
};

}  // namespace xconn::faults
