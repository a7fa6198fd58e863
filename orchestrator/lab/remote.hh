// SPDX-License-Identifier: Apache-2.0
// A lab as its users hold it, in a process of their own: started, asked and ended over the agent's socket. The command
// line and the Python module are both thin over this.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/errors.hh"
#include "base/wiring.hh"
#include "plan/plan.hh"
#include "plan/rehearsed.hh"
#include "sys/signals.hh"

namespace xconn::lab {

struct UpOptions {
  std::string program;            ///< the xconn binary that becomes the agent
  std::string datapath = "auto";  ///< "kernel", "portable" or "auto"
  std::vector<End> captures;      ///< captured from before the first daemon, into the run folder
  Duration bound{std::chrono::seconds{90}};
  /// agent-debug.log in the run folder says what the agent does; the folder stays, also of a lab that fails.
  bool debug_log = false;
  bool breached = false;          ///< the topology is wrong on purpose: facts that will not hold are given up
  bool keep_unconverged = false;  ///< one that does not converge is thrown all the same, and stays to be looked at
  std::string topology;  ///< the document (model/document.hh, JSON) that the plan was made of; kept in the run folder
};

class RemoteLab {
 public:
  using Progress = std::function<void(const nlohmann::json&)>;

  /// Starts the plan's lab and returns once it has converged. When it fails, nothing of it is left (but see
  /// keep_unconverged and debug_log), and what failed is thrown: TimeoutError, ServiceError, KernelError, HostError,
  /// sys::Interrupted; Error when a lab of that name is up.
  static RemoteLab up(const plan::Plan& plan, const UpOptions& options, const Progress& progress = {});
  /// A lab that is up. Throws NotFoundError.
  static RemoteLab attach(const std::string& name);

  const std::string& name() const { return name_; }
  /// The run folder: rendered configuration, logs, captures.
  std::string folder() const;

  nlohmann::json inspect() const;
  nlohmann::json inspect_node(const std::string& node) const;
  /// words as on the command line: {"loss", "hq-fgt:er", "30%", "--for", "20s"}. Returns the fault's number.
  int fault(const std::vector<std::string>& words) const;
  void heal(int id) const;
  std::vector<int> heal_all() const;
  nlohmann::json faults() const;
  /// Starts a node's daemon again, with those that come after it; without `daemon` all of the node's. Returns once they
  /// serve. Throws NotFoundError, ServiceError, TimeoutError; Error when a fault holds it down.
  void restart(const std::string& node, const std::string& daemon, Duration bound) const;
  /// Waits until all facts of the plan hold (again). Throws TimeoutError, and ServiceError when a daemon has ended and
  /// stays away.
  void wait(Duration bound) const;
  /// Makes the lab what `plan` says (its `lab` must be this one's name), touching only what differs, and waits until
  /// its facts hold. `topology` is the document it was made of. Returns what was changed, in words. What fails is
  /// thrown and leaves the lab running; TimeoutError when it was applied and a fact does not hold within `bound`.
  /// `breached`: as in UpOptions.
  std::vector<std::string> apply(const plan::Plan& plan, const std::string& topology, Duration bound,
                                 const Progress& progress = {}, bool breached = false) const;
  /// What runs, and the file with the document that it was made of; from the run folder.
  plan::Plan plan() const;
  std::string topology_file() const;
  struct DrillRequest {
    std::string text;                           ///< of a drill file
    std::string file;                           ///< what findings call it, and what its topology is relative to
    std::string capture_folder;                 ///< for pcap files; empty: none
    std::vector<plan::Rehearsed> changes = {};  ///< what each of its commands makes of the lab: nodes::rehearse()
    /// Judges the lab as somebody's own commands have left it: what the plan promises and does not come by itself is
    /// not awaited.
    bool as_it_is = false;
    bool lab_ends_with_us = false;  ///< when this process ends before the drill, however it ends, so does the lab
  };
  /// Runs a drill, and heals and ends it when this process goes. `progress` sees events as they happen. Returns
  /// drill::Report as JSON. With `signals` one that comes meanwhile is thrown: sys::Interrupted.
  nlohmann::json drill(const DrillRequest& request, const Progress& progress = {},
                       const sys::Signals* signals = nullptr) const;
  /// Events so far, each {"at", "source", "node", "text"}; with `follow` each new one until the lab goes.
  void events(bool follow, const Progress& each) const;
  /// Many questions in one round trip; see ask.hh for what can be asked. Answers are in the order of the questions,
  /// each
  /// {"answer": ...} or {"error": "what did not work"}.
  nlohmann::json ask(nlohmann::json questions) const;
  /// Ends the lab and returns when the kernel has taken it back. False when it was not up.
  static bool down(const std::string& name);

 private:
  explicit RemoteLab(std::string name) : name_(std::move(name)) {}
  nlohmann::json call(const std::string& verb, nlohmann::json parameters = nlohmann::json::object(),
                      const Progress& progress = {}, const sys::Signals* signals = nullptr) const;

  std::string name_;
};

}  // namespace xconn::lab
