// SPDX-License-Identifier: Apache-2.0
// The lines that a daemon writes to its log, as they come.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace xconn::sys {
class Loop;
}

namespace xconn::services {

/// Calls back for each whole line appended after its construction (or the last rewind), until destroyed.
class LogTail {
 public:
  using OnLine = std::function<void(std::string_view line)>;
  /// Makes the file when it is not there. Throws KernelError.
  LogTail(sys::Loop& loop, const std::string& file, OnLine on_line);
  ~LogTail();
  /// Hands out now what is in the file and was not handed out yet: before an error is told from the lines.
  void catch_up();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace xconn::services
