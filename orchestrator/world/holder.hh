// SPDX-License-Identifier: Apache-2.0
// Who runs a lab: the process that has its lock.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "sys/fd.hh"

namespace xconn::world {

struct Holder {
  pid_t pid = -1;  ///< as the host sees it
  sys::Fd pidfd;
};

/// The lab's agent: the process that has the lab's lock open and is pid 1 of a world. The file `pid` only says where to
/// look first. nullopt when the lab is not up, or has no agent yet.
std::optional<Holder> find_agent(const std::string& lab);

/// Detects an agent that is stopped (SIGSTOP, a debugger) and so cannot answer. One that resumes soon is only late.
class Wakefulness {
 public:
  explicit Wakefulness(std::string lab) : lab_(std::move(lab)) {}
  /// To be asked each second of silence. Throws Error when the agent was stopped at every look for some seconds.
  void demand(pid_t agent);
  /// It said something.
  void heard() { stopped_since_.reset(); }

 private:
  std::string lab_;
  std::optional<std::chrono::nanoseconds> stopped_since_;
};

}  // namespace xconn::world
