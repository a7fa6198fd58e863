// SPDX-License-Identifier: Apache-2.0
// xconn-lb, which takes another probe in place: flows, counters and verdicts stay. Anything else of its configuration
// is for a restart.
//
// Ours, while somebody edits the probe: SERVICE.faults.json, its configuration with the edits.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "network/probe_edit.hh"
#include "services/json_daemon.hh"

namespace xconn::services {

class Stream;
struct Waiting;

class LoadBalancer : public JsonDaemon {
 public:
  LoadBalancer(const plan::Service& spec, const Context& context);
  ~LoadBalancer() override;

  void files_changed(const std::vector<std::string>& names) override;
  /// Changes how it probes, also after a restart, until undo_edit() of the same number; edits add up. Both return at
  /// once; `pending` (or nothing) is held until xconn-lb has taken it, and told when it cannot.
  void edit_probe(int number, network::ProbeEdit edit, const sys::Pending& pending);
  void undo_edit(int number, const sys::Pending& pending);

 protected:
  std::shared_ptr<void> follow() override;
  std::optional<std::string> unready() override;
  std::string config() const override;

 private:
  nlohmann::json edited() const;
  void configure(const sys::Pending& pending);
  void answered(const nlohmann::json& answer);
  void refused(const sys::Pending& pending, const std::string& why);
  void hang_up();

  std::map<int, network::ProbeEdit> edits_;
  std::unique_ptr<Stream> requests_;                // while one is not answered yet
  std::list<std::shared_ptr<Waiting>> unanswered_;  // the oldest first
};

}  // namespace xconn::services
