// SPDX-License-Identifier: Apache-2.0
// The services of one node, started in the order that `after` asks for, as parallel as that allows.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "network/probe_edit.hh"
#include "services/router_config.hh"
#include "services/service.hh"
#include "sys/loop.hh"

namespace xconn::services {

class NodeServices {
 public:
  /// Starts nothing. Throws NotFoundError for an unknown kind or an `after` that names no service of the node.
  NodeServices(const plan::Node& node, const Context& context);
  ~NodeServices();

  const std::string& node() const { return context_.node; }
  const std::vector<std::unique_ptr<Service>>& all() const { return services_; }
  Service* find(std::string_view name) const;
  /// Throws NotFoundError, naming the services that there are.
  Service& at(std::string_view name) const;

  /// Starts what waits for nothing; returns at once. The rest starts from missing().
  void start();
  /// Starts what has become startable, and says what is still missing: "msee1: bgpd: no vty socket yet".
  std::optional<std::string> missing();
  /// The first that has not answered a question asked since then, or has something before it: "msee1: bgpd: ...".
  /// Never blocks: asking goes on in the background. `main_table` is the node's.
  std::optional<std::string> pending(std::chrono::nanoseconds since, const RoutesSeen& main_table);
  /// All that run have been asked for their state since then, and have answered; asks those that have not.
  bool have_answered(std::chrono::nanoseconds since);
  /// Restarts it and, as FRR's watchfrr does when zebra dies, everything that came after it. Returns at once; the rest
  /// happens by itself, and missing() says when all serve again. What a fault holds down stays so.
  void restart(std::string_view name);
  /// All of them.
  void restart();
  /// Starts again what has ended and would not come back now; what a fault holds down stays so.
  void mend();
  /// Makes the services what `node` lists: stops what is not there any more, makes and starts what is new or is run
  /// in another way, and lets the rest take over the files that were written anew. As restart() in time.
  void change(const plan::Node& node, const std::vector<std::string>& files);
  /// Changes what bgpd and bfdd run until undo_edit() of the same number; edits add up, and outlive a restart.
  /// Returns at once; `pending` (or nothing) is held until both have taken it, and told when one cannot.
  void edit_router(int number, network::SpeakerEdit edit, const sys::Pending& pending);
  void undo_edit(int number, const sys::Pending& pending);
  /// The same of how its load balancer `name` probes (load_balancer.hh).
  void edit_probe(std::string_view name, int number, network::ProbeEdit edit, const sys::Pending& pending);
  void undo_probe(std::string_view name, int number, const sys::Pending& pending);
  /// All at once; `pending` is held until the last has ended.
  void stop(Duration grace, const sys::Pending& pending);

  /// {"zebra": {...}, "bgpd": {...}}: Service::state of each; of one that does not answer within `bound` only
  /// "running", "pids" and why: "error". `told` is called once, later.
  void state(Duration bound, std::function<void(const nlohmann::json& states)> told);

 private:
  std::unique_ptr<Service> made(const plan::Service& spec);
  void take_over_router(const sys::Pending& pending);
  void come_back(const std::string& name);
  void tell(const std::string& failure);
  bool may_start(const Service& service) const;
  void advance();
  void keep_advancing();

  RouterConfig router_;
  Context context_;
  std::vector<std::unique_ptr<Service>> services_;
  std::vector<std::unique_ptr<Service>> leaving_;  // no services of the node any more, but still ending
  sys::Timer advancing_;
  std::string told_;  // the last failure, which is not told again and again
};

}  // namespace xconn::services
