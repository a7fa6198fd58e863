// SPDX-License-Identifier: Apache-2.0
// What a service tells the timeline: one sentence with the moment at which it happened.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace xconn::services {

struct Event {
  std::chrono::nanoseconds at{
      0};              ///< CLOCK_MONOTONIC: the daemon's own stamp if it gives one, else when we heard of it
  std::string source;  ///< "bfd", "bgp", "ike", "sdwan", "ha", "lb", "controller", "service"
  std::string node;
  std::string text;      ///< for people: "192.168.251.2 down (control detection time expired)"
  bool stamped = false;  ///< `at` is the moment itself, by the daemon's stamp or by who did it; else when it was heard
};

/// Called on the loop's thread, in the order in which the events are heard.
using EventSink = std::function<void(const Event&)>;

}  // namespace xconn::services
