// SPDX-License-Identifier: Apache-2.0
// The host world: a lab in namespaces of the host's kernel. The agent is pid 1 of a pid namespace and owns a mount, a
// network, a UTS and an IPC namespace; when it dies, in any way, the kernel takes back everything that it made.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "sys/fd.hh"
#include "world/run_folder.hh"

namespace xconn::world {

/// What a lab has of its own.
constexpr int kWorld = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC;

/// The agent as the one who started it sees it.
struct AgentProcess {
  pid_t pid = -1;  ///< in the host's pid namespace
  sys::Fd pidfd;
  sys::Fd status;  ///< JSON lines from the agent; end of file when it is gone
};

/// Starts `program` as pid 1 of a new world, with argv `program agent LAB --lock FD --status FD`, its output in
/// agent.log of the run folder. The agent ends by itself when the status pipe is closed before it said "ready".
AgentProcess start_agent(const RunFolder& folder, const std::string& program);

/// Called first by the agent: own /run, /var/tmp, /proc and /sys, the run folder at its usual place, host name, lo up;
/// and from then on its children are confined (sys/confine.hh). Returns what of that the host refuses.
std::optional<std::string> settle_in(const std::string& lab);

/// Waits until the process is gone, at most `bound`. False when it is still there.
bool wait_gone(const sys::Fd& pidfd, std::chrono::nanoseconds bound);

}  // namespace xconn::world
