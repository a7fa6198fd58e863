// SPDX-License-Identifier: Apache-2.0
// Inside sys/ only: which children are ours, so that Process, run() and the Reaper never take each other's.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>

#include "base/duration.hh"
#include "sys/fd.hh"
#include "sys/process.hh"

namespace xconn::sys {

struct Child {
  pid_t pid = -1;
  Fd pidfd;
};

/// The descriptors a child gets as 0, 1 and 2.
struct Standard {
  int in = -1, out = -1, err = -1;
};

/// Forks and executes; returns once exec has happened. The child leads a session and a process group of its own.
std::shared_ptr<Child> spawn(const ProcessSpec& spec, const Standard& standard);

/// The wait status, once the child has ended; reaps it. From any thread.
std::optional<int> collect(const Child& child);

/// Waits for its end; nullopt at the deadline.
std::optional<int> collect_within(const Child& child, Duration bound);

/// Sends a signal to the child's whole process group, while the child is not reaped.
void signal_group(const Child& child, int number);

/// Reaps every child that has ended; tells those that nobody owns.
void reap_all(const std::function<void(pid_t pid, int wait_status)>& orphan);

}  // namespace xconn::sys
