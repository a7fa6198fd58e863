// SPDX-License-Identifier: Apache-2.0
// Being told when files appear in a folder or a file grows: inotify. One inotify instance serves all watches of a loop
// (the kernel allows 128 instances for a user).
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace xconn::sys {
class Loop;
}

namespace xconn::services {

/// Calls back after something was created in the folder, or the file was written to, until destroyed. May be destroyed
/// inside its own callback.
class PathWatch {
 public:
  PathWatch() = default;  ///< never calls
  /// `path` must exist. Throws KernelError.
  PathWatch(sys::Loop& loop, const std::string& path, std::function<void()> changed);
  bool watching() const { return entry_ != nullptr; }

 private:
  struct Entry;
  class Instance;
  std::shared_ptr<Entry> entry_;
};

}  // namespace xconn::services
