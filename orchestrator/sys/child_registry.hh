// SPDX-License-Identifier: Apache-2.0
// Inside sys/ only.
#pragma once

#include <sys/types.h>

#include <mutex>

namespace xconn::sys {

/// Held from before fork until the child is known: the Reaper must not meet a child that it takes for an orphan.
class ChildLock {
 public:
  ChildLock();
  void adopt(pid_t pid);
  void abandon(pid_t pid);  ///< kills and reaps a child that nobody will hold

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace xconn::sys
