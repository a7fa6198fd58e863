// SPDX-License-Identifier: Apache-2.0
#include "lab/rest.hh"

#include <fmt/format.h>

#include <algorithm>

namespace xconn::lab {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

void Rest::happened(std::chrono::nanoseconds at, const std::string& what) {
  if (at < last_) return;
  last_ = at;
  what_ = what;
}

/// Answers count that were asked for when half of the calm had passed: a daemon that gets no processor is not calm.
std::optional<std::string> Rest::difference(std::chrono::nanoseconds now, std::chrono::nanoseconds began,
                                            const std::optional<std::string>& missing, const Pending& pending) {
  last_ = std::min(last_, now);  // a daemon's wall clock may be ahead
  if (missing) {
    happened(now, *missing);
    return missing;
  }
  if (calm_ == Duration{0}) return std::nullopt;
  if (const auto what = pending(began)) {
    happened(now, *what);
    return what;
  }
  const auto calm = now - last_;
  if (calm < calm_) return fmt::format("{:.1f} s ago: {}", seconds(calm), what_);
  return pending(std::max(began, last_ + calm_ / 2));
}

std::optional<std::string> Rest::difference_as_it_is(std::chrono::nanoseconds now, std::chrono::nanoseconds began,
                                                     const std::optional<std::string>& missing,
                                                     const Pending& pending) {
  last_ = std::min(last_, now);
  if (missing && now - std::max(last_, began) < kInVain * calm_) return missing;
  return difference(now, began, std::nullopt, pending);
}

}  // namespace xconn::lab
