// SPDX-License-Identifier: Apache-2.0
// What is told live of a lab's events: thousands of routes that come at once would hide all else.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "services/event.hh"

namespace xconn::cli {

class Chatter {
 public:
  /// A few a second of each source of each node; the next that is told says how many were not.
  std::optional<std::string> line(const services::Event& event);

 private:
  struct Speaker {
    std::chrono::nanoseconds since{0};
    int told = 0, held = 0;
  };
  std::map<std::pair<std::string, std::string>, Speaker> speakers_;
};

}  // namespace xconn::cli
