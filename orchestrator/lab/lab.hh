// SPDX-License-Identifier: Apache-2.0
// A running lab: a plan applied. Owns every handle; nothing here decides anything that the plan has not said.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datapath/impair.hh"
#include "datapath/vlan.hh"
#include "faults/registry.hh"
#include "lab/event_log.hh"
#include "lab/fact_log.hh"
#include "lab/fault_site.hh"
#include "lab/node.hh"
#include "lab/rest.hh"
#include "plan/plan.hh"
#include "probes/capture.hh"
#include "sys/loop.hh"

namespace xconn::lab {

struct Options {
  std::string folder;  ///< the lab's run folder
  datapath::VlanDriver vlan = datapath::VlanDriver::kPortable;
  std::vector<End> captures;                 ///< link ends to capture from before the first daemon
  Duration bound{std::chrono::seconds{90}};  ///< until converged
};

/// What is wrong on purpose is given so long to come right all the same.
constexpr Duration kAsFarAsItCan = std::chrono::seconds{15};

class Lab {
 public:
  using Progress = std::function<void(const std::string&)>;

  Lab(sys::Loop& loop, Options options);
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  /// Makes of nothing what `plan` says. What fails is thrown; nothing has to be undone, for the world goes with the
  /// agent.
  void build(plan::Plan plan, const Progress& progress);
  /// Returns when what was built is at rest. Throws TimeoutError, ServiceError; the lab runs on.
  void converge(const Progress& progress);
  /// The same of a network that is wrong on purpose: facts that do not hold after a while are given up.
  void converge_as_far_as_it_can(const Progress& progress);
  /// Facts that do not hold now are awaited no more; from when one holds it is a fact like all others.
  void give_up_missing();

  /// Makes the running lab what `after` says: only what differs is touched, and what is new comes before what goes.
  /// Faults on what goes are healed first. Returns once it has been done; to_rest() says when the lab is at rest
  /// again. When something fails, what was done stays, plan() says it, and an Error tells what failed and what
  /// is left to do. Returns what was changed, in words.
  std::vector<std::string> apply(const plan::Plan& after, const Progress& progress);

  /// Set while a drill runs: what it looks at is kept for it, even when an apply has removed it.
  bool is_drilled = false;
  bool is_changing = false;  ///< from the beginning of an apply until its facts hold or it gave up

  /// Before the world ends: a TCP connection that cannot say goodbye gives up at once. It would keep its namespace, in
  /// the kernel, for a minute and a half (tcp_orphan_retries in ip-sysctl.rst).
  void forget_connections() noexcept;

  const plan::Plan& plan() const { return plan_; }
  const Options& options() const { return options_; }
  sys::Loop& loop() { return loop_; }
  EventLog& events() { return events_; }
  faults::Registry& faults() { return *faults_; }
  Node& node(const std::string& name);  ///< throws NotFoundError, naming the nodes
  bool has_node(const std::string& name) const { return by_name_.contains(name); }
  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  /// nullopt while it has not converged since it was built.
  std::optional<Duration> converged_in() const { return converged_in_; }

  /// Starts a daemon of the node again with those that come after it, or without `daemon` all of the node's; returns at
  /// once. Throws NotFoundError, and Error when a fault holds it down.
  void restart(const std::string& node, const std::string& daemon);
  /// Starts again what has ended by itself and does not come back now.
  void mend();
  /// Of one node: the first daemon that does not serve. Throws ServiceError when waiting is in vain.
  std::optional<std::string> missing_of(const std::string& node);
  /// As unsettled(), but for a daemon that cannot come: then ServiceError, for waiting is in vain.
  std::optional<std::string> missing();

  /// The first daemon that does not serve or fact of the plan that does not hold; nullopt when all is as planned.
  std::optional<std::string> unsettled();
  /// For whoever waits, from now on: what keeps the lab from rest (see rest.hh), nullopt when nothing does. Made to be
  /// called after every handler of the loop.
  std::function<std::optional<std::string>()> to_rest();
  /// The same of a lab as it is: facts that do not come by themselves keep nobody waiting.
  std::function<std::optional<std::string>()> to_rest_as_it_is();
  /// What may still bring by itself what somebody awaits from now on; nullopt when waiting is in vain.
  std::function<std::optional<std::string>()> to_vain();
  /// Facts that do not hold, each with what is seen instead.
  std::vector<std::pair<plan::Fact, std::optional<std::string>>> facts();

  /// Sets what one direction of a link does; see faults::Site::impair.
  void impair(const End& from, const Impairment& impairment);

  int start_capture(const End& end, const std::string& filter, const std::string& file);

 private:
  /// A node that is none of the lab's any more.
  struct Retired {
    std::unique_ptr<Node> node;
    std::shared_ptr<bool> ended;  ///< all of its services have
  };
  void bury();
  void add_nodes(const std::vector<plan::Node>& nodes);
  void add_links(const std::vector<plan::Link>& links);
  void remove_link(const plan::Link& link);
  void remove_node(const std::string& name);
  void drop_unfinished(const std::vector<plan::Node>& nodes);
  void heal_what_goes(const plan::Edits& edits);
  void take(const plan::Edits& edits, const plan::Plan& after, const Progress& progress);
  void wire(const plan::Edits& edits, const plan::Plan& after);
  void configure(const plan::Edits& edits);
  void impair_links(const plan::ListEdits<plan::Link>& links);
  void keep_plan(const plan::Plan& plan);
  std::vector<plan::NodeEdits> left_half_way(const plan::Plan& after) const;
  void remember_half(const plan::Node& node);
  void start_captures();  ///< those of the options, once
  std::optional<std::string> services_missing();
  std::optional<std::string> facts_missing();
  std::optional<std::string> pending(std::chrono::nanoseconds since);
  std::optional<std::string> difference(std::chrono::nanoseconds began);
  std::optional<std::string> difference_as_it_is(std::chrono::nanoseconds began);
  std::optional<std::string> difference_to_vain(std::chrono::nanoseconds began);
  std::optional<std::string> difference_without(const std::optional<std::string>& missing,
                                                std::chrono::nanoseconds began);
  using Difference = std::optional<std::string> (Lab::*)(std::chrono::nanoseconds began);
  std::optional<std::string> unrest(std::chrono::nanoseconds began, Difference which);
  std::function<std::optional<std::string>()> looks(Difference which);
  services::LabState lab_state();

  sys::Loop& loop_;
  plan::Plan plan_;
  Options options_;
  EventLog events_;
  Rest rest_;
  FactLog fact_log_;
  std::shared_ptr<void> listening_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Retired> retired_;
  std::map<std::string, Node*> by_name_;
  std::vector<plan::Node> half_;  // what nodes were to become in applies that failed, and now partly are
  int next_index_ = 100;          // of link ends: unique in the lab, so that both ends of a link differ
  std::map<std::pair<std::string, std::string>, datapath::Impaired> impaired_;  // by the sending end
  std::vector<probes::Capture> captures_;
  FaultSite fault_site_;
  std::unique_ptr<faults::Registry> faults_;
  std::chrono::nanoseconds begun_{0};
  std::optional<Duration> converged_in_;
  std::vector<plan::Fact> given_up_;
};

}  // namespace xconn::lab
