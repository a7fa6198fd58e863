// SPDX-License-Identifier: Apache-2.0
// One node of a running lab: its namespace and everything in it. Members are in the order of setting up; destruction is
// the reverse.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datapath/hide_hop.hh"
#include "datapath/vlan.hh"
#include "kernel/inherited.hh"
#include "kernel/mirror.hh"
#include "kernel/monitor.hh"
#include "kernel/netlink.hh"
#include "lab/reasons.hh"
#include "plan/edits.hh"
#include "services/facts.hh"
#include "services/node_services.hh"
#include "sys/netns.hh"

namespace xconn::sys {
class Loop;
}

namespace xconn::lab {

class Node {
 public:
  /// `loop` outlives it. `netns` has been settled by `inherited`. `folder` is the node's run folder, absolute.
  /// `stirred` is called when something changed in its kernel that is no event.
  Node(sys::Loop& loop, const plan::Node& plan, sys::Netns netns, std::shared_ptr<const kernel::Inherited> inherited,
       std::string folder, services::EventSink events, std::function<void()> stirred);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const plan::Node& plan() const { return plan_; }
  const std::string& name() const { return plan_.name; }
  const sys::Netns& netns() const { return netns_; }
  kernel::Netlink& netlink() { return netlink_; }
  services::NodeServices& services() { return *services_; }

  /// Once the links are there: bridges, sub-interfaces, addresses, routes, rules, nftables, hidden hops.
  void configure(datapath::VlanDriver vlan);
  /// From here on what changes in the kernel is seen. Once all nodes are configured: a notice passes by every listener
  /// of the host, whichever its namespace.
  void watch();
  /// Starts the plan's mirrors, once all nodes are configured; `netns_of` finds the node that one reads.
  using NetnsOf = std::function<const sys::Netns&(const std::string& node)>;
  void mirror_routes(const NetnsOf& netns_of);
  /// Writes the files, with @RUN@ replaced by the folder, and starts the services; returns at once.
  void start_services();

  // A node becomes what a new plan says in steps; between them the other nodes take theirs. Every step may be taken
  // again after a failure.
  void expect(plan::Node after);  ///< becomes plan()
  /// What is new, or is another way: interfaces, addresses, sysctls, nftables, rules, routes, but for the mirrors.
  void gain(const plan::NodeEdits& edits, datapath::VlanDriver driver);
  /// Once all nodes have gained: the mirrors, which may read another node.
  void mirror_anew(const NetnsOf& netns_of);
  /// Files and services.
  void change_services(const plan::NodeEdits& edits);
  /// What is not there any more.
  void lose(const plan::NodeEdits& edits);
  /// The node goes: its name is free, and `pending` is held until its services have ended. The namespace stays for
  /// whoever still looks at it.
  void retire(const sys::Pending& pending);

  std::optional<std::string> services_missing() { return services_->missing(); }
  /// It has services or mirrors: something of it changes by itself.
  bool is_alive() const { return !plan_.services.empty() || !plan_.mirrors.empty(); }
  /// What is under way in it, or has not been answered since then.
  std::optional<std::string> pending(std::chrono::nanoseconds since);

  /// Why something between it and its neighbours does not come up, as far as its kernel and its daemons know.
  std::vector<std::string> reasons() const;
  /// The main table as it is now.
  const services::RoutesSeen& routes();
  /// Link ends, sub-interfaces and tunnels: where packets arrive.
  std::vector<const plan::Interface*> arrivals() const;

 private:
  void make_bridge(const plan::Interface& interface);
  void make_sub_interface(const plan::Interface& interface, datapath::VlanDriver driver);
  void make_interfaces(const std::vector<plan::Interface>& interfaces, datapath::VlanDriver driver);
  void set_up(const std::vector<plan::Interface>& interfaces);
  void change_interface(const plan::Interface& before, const plan::Interface& after);
  void remove_interface(const plan::Interface& interface);
  void put_routes();
  bool waits_for_tunnel(const Route& route) const;
  std::vector<kernel::RouteMirror> make_mirrors(const NetnsOf& netns_of) const;
  void add_routes();
  void changed(const kernel::Change& change);
  void adopt_tunnel(const kernel::Link& link);
  void write_files() const;
  void tell_route(const kernel::Change& change, const kernel::RouteEntry& route);

  sys::Loop& loop_;
  plan::Node plan_;
  plan::Node applied_;  // what nftables and mirrors are, while plan_ is ahead of them
  std::string folder_;
  services::EventSink events_;
  std::function<void()> stirred_;
  sys::Netns netns_;
  std::shared_ptr<const kernel::Inherited> inherited_;
  kernel::Netlink netlink_;
  kernel::Reader reader_;
  std::vector<datapath::Vlan> sub_interfaces_;
  std::map<std::string, datapath::HideHop> hidden_hops_;
  services::RoutesSeen routes_;
  bool routes_stale_ = true;
  Reasons reasons_;
  std::optional<kernel::Monitor> monitor_;
  std::vector<kernel::RouteMirror> mirrors_;
  std::unique_ptr<services::NodeServices> services_;
};

}  // namespace xconn::lab
