// SPDX-License-Identifier: Apache-2.0
// When is a lab at rest? When it is as planned, nothing is under way, and nothing has happened for a second. Pure: the
// caller says what time it is (CLOCK_MONOTONIC).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/duration.hh"

namespace xconn::lab {

class Rest {
 public:
  static constexpr Duration kCalm = std::chrono::seconds{1};
  static constexpr int kInVain = 5;  ///< calms until what is missing does not come by itself: routers try each second

  /// `calm` is how long nothing may have happened: zero where nothing can happen by itself.
  explicit Rest(Duration calm = kCalm) : calm_(calm) {}
  void set_calm(Duration calm) { calm_ = calm; }

  /// A route, a session, an SA, an election, a decision. `at` may be the past: what is told late counts when it was.
  void happened(std::chrono::nanoseconds at, const std::string& what);

  /// What is pending: a daemon is asked for what it answers to a question that was not asked before `since`.
  using Pending = std::function<std::optional<std::string>(std::chrono::nanoseconds since)>;

  /// What keeps it from rest, nullopt when nothing does: what is not as planned (`missing`), what is pending, or what
  /// happened last. `began`: when the wait began; no answer from before it counts.
  std::optional<std::string> difference(std::chrono::nanoseconds now, std::chrono::nanoseconds began,
                                        const std::optional<std::string>& missing, const Pending& pending);
  /// The same for who takes the lab as it is: what is not as planned is awaited only until nothing
  /// has happened for kInVain, of which `began` is the earliest beginning.
  std::optional<std::string> difference_as_it_is(std::chrono::nanoseconds now, std::chrono::nanoseconds began,
                                                 const std::optional<std::string>& missing, const Pending& pending);

 private:
  Duration calm_;
  std::chrono::nanoseconds last_{0};
  std::string what_ = "it began";
};

}  // namespace xconn::lab
