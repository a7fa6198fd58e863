// SPDX-License-Identifier: Apache-2.0
// The end of several things that take their time.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>

namespace xconn::sys {

class Loop;

/// Everybody who is at work holds it. When the last one has let go, `done` runs once, on the loop, later. So what is
/// dropped without an answer has ended too, and nobody waits for ever.
class Join {
 public:
  struct End {
    std::exception_ptr failure;   ///< the first that was told; nullptr: none
    std::chrono::nanoseconds at;  ///< when the last one let go, CLOCK_MONOTONIC
  };
  using Done = std::function<void(const End&)>;

  static std::shared_ptr<Join> begin(Loop& loop, Done done);
  Join(Loop& loop, Done done) : loop_(loop), done_(std::move(done)) {}
  ~Join();
  Join(const Join&) = delete;
  Join& operator=(const Join&) = delete;

  void failed(std::exception_ptr failure) {
    if (!failure_) failure_ = std::move(failure);
  }

 private:
  Loop& loop_;
  Done done_;
  std::exception_ptr failure_;
};

/// A share in what is not finished yet.
using Pending = std::shared_ptr<Join>;

}  // namespace xconn::sys
