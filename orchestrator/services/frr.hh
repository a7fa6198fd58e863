// SPDX-License-Identifier: Apache-2.0
// One FRR daemon (zebra, bgpd, bfdd) of a router, in the foreground, under FRR's path space `-N NODE`: its
// sockets are in /run/frr/NODE, so `vtysh -N NODE` works.
//
// State: bgpd  {"as", "router_id", "neighbors": {ADDRESS: FRR's summary of it, "state" and "pfxRcd" among it, and
//               "endOfRib": the neighbour has said that its table is told}}
//        bfdd  {"peers": [FRR's `show bfd peers json`]}
//        others {}
// Events: "bgp" from bgpd's log and "bfd" from bfdd's, with their own stamps.
//
// zebra has its mgmtd with it, where FRR has one (9 and later).
//
// A zebra that was killed leaves its routes in the kernel, as a crashed router does; the next one sweeps them at its
// start (no -K, no -r), and its clients must start anew too: NodeServices::restart does, by `after`.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "services/bgp_watch.hh"
#include "services/frr_log.hh"
#include "services/service.hh"

namespace xconn::services {

class FrrDaemon : public Service {
 public:
  FrrDaemon(const plan::Service& spec, const Context& context);
  ~FrrDaemon() override;

  /// In place, over the vty: only what differs from what runs. Where the daemon refuses that, it wants a restart.
  void files_changed(const std::vector<std::string>& names) override;
  /// Becomes what the context's router says. One that does not run reads it at its start. `pending` (or nothing) is
  /// held until the daemon has answered, and told when it does not within a time that a fault can wait.
  void take_over(const sys::Pending& pending);
  std::optional<std::string> pending(const RoutesSeen& main_table) const override;
  std::vector<std::string> refusals() const override;

 protected:
  sys::ProcessSpec process_spec() override;
  std::shared_ptr<void> follow() override;
  std::optional<std::string> unready() override;
  void request_state() override;
  void logged(std::string_view line) override;

 private:
  struct Following;
  std::string socket() const;
  std::string config_file() const;
  void write_config(const std::string& content) const;
  void tell_difference(Following& following);
  void reloaded(sys::Outcome<std::string> outcome);
  std::unique_ptr<sys::Process> start_manager() const;
  void greet();
  void greeted(bool answered);
  void serves();
  void notified(BgpNotification notification, std::optional<std::chrono::nanoseconds> stamp);
  void bgp_changed(BgpChange change, std::optional<std::chrono::nanoseconds> stamp);
  void answered_with(const std::string& reply);
  void read_tables();
  void table_arrived(const std::string& family, const std::string& reply, std::uint64_t asked_at);
  nlohmann::json state_of(const nlohmann::json& answer) const;

  std::weak_ptr<Following> following_;
  BgpNotification last_notification_;
  std::map<std::string, std::set<std::string>> refusals_;  // of openings, by neighbour
  BgpWatch bgp_;                                           // of this life of the process
  frr::Router running_;                                    // what it was told last
};

}  // namespace xconn::services
