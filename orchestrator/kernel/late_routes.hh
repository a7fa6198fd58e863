// SPDX-License-Identifier: Apache-2.0
// Routes that outlive what withdrew them: a data path that lags behind its control plane.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/wiring.hh"

namespace xconn::kernel {

using Routes = std::map<Prefix, Route>;

/// Remembers what it returned: a route that loses a next hop by one of `interfaces` stays as it was for `delay`, and is
/// then as it is. What comes, or changes otherwise, comes at once. Pure: the caller says what time it is.
class LateRoutes {
 public:
  LateRoutes(std::vector<std::string> interfaces, Duration delay);

  Routes settled(Routes current, std::chrono::nanoseconds now);
  /// How long after `now` a route that is kept will be due; nullopt when none is.
  std::optional<Duration> next_due(std::chrono::nanoseconds now) const;

 private:
  bool loses(const Route& before, const Routes& current) const;

  std::vector<std::string> interfaces_;
  Duration delay_;
  Routes last_;
  std::map<Prefix, std::chrono::nanoseconds> due_;  ///< routes that are kept
};

}  // namespace xconn::kernel
