// Who runs a lab: the process that has its lock.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "sys/fd.hh"

namespace xconn::world {

struct Holder {
  pid_t pid = -1;  ///< as the host sees it
  sys::Fd pidfd;
};

/// The lab's agent: the process that has the lab's lock open and is pid 1 of a world. The file `pid` only says where to
/// look first. nullopt when the lab is not up, or has no agent yet.
std::optional<Holder> find_agent(const std::string& lab);

/// The agent's pid as the host sees it. Throws NotFoundError when there is none.
int agent_pid(const std::string& lab);

/// Throws Error when the process is stopped (SIGSTOP, a debugger), and so can answer nobody.
void demand_awake(const std::string& lab, pid_t agent);

}  // namespace xconn::world
