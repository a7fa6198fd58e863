// SPDX-License-Identifier: Apache-2.0
// The agent: pid 1 of a lab's world. It builds the lab from plan.json of the run folder, says so on the status pipe,
// and serves the lab's socket until it is told to end (SIGTERM) or dies; the kernel takes back the rest.
#pragma once

#include <string>
#include <vector>

#include "base/wiring.hh"

namespace xconn::lab {

/// What `up` hands to the agent in options.json.
struct AgentOptions {
  std::string vlan = "portable";  ///< "kernel" or "portable"
  std::vector<End> captures;
  std::int64_t bound_ms = 90000;
  bool keep_unconverged = false;
  bool breached = false;   ///< the topology is wrong on purpose
  bool debug_log = false;  ///< agent-debug.log in the run folder
};

std::string to_text(const AgentOptions& options);

/// Runs until the lab ends; returns the exit status. `lock_fd` keeps the run folder's lock; on `status_fd` it writes
/// {"progress": text} lines, then {"ready": true} or {"error": ...}.
int run_agent(const std::string& lab, int lock_fd, int status_fd);

}  // namespace xconn::lab
