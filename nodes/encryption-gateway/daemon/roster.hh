// SPDX-License-Identifier: Apache-2.0
// Which gateways live, and which one is chosen. Pure: time comes in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/duration.hh"

namespace xconn::encryption {

class Roster {
 public:
  /// All live at `now`, so that the first is chosen until it has been silent for `detection`.
  Roster(std::vector<std::string> gateways, Duration detection, Duration now);

  void heard(const std::string& gateway, Duration now);  ///< one that is not known is not heard
  bool alive(std::size_t gateway, Duration now) const { return now - heard_[gateway] < detection_; }
  Duration silence(std::size_t gateway, Duration now) const { return now - heard_[gateway]; }
  bool has_reported(std::size_t gateway) const { return heard_[gateway] != start_; }
  /// The first of the list that lives; nullopt when none does: the routes stay as they are then.
  std::optional<std::size_t> chosen(Duration now) const;

 private:
  std::vector<std::string> gateways_;
  std::vector<Duration> heard_;
  Duration detection_, start_;
};

}  // namespace xconn::encryption
