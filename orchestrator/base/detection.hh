// SPDX-License-Identifier: Apache-2.0
// How long a silence each protocol of a lab endures: what a host that stalls can do to it.
#pragma once

#include <string>

#include "base/duration.hh"

namespace xconn {

/// The node gives `subject` up when nothing came of it for `after`, while something is to come each `interval`.
struct Detection {
  std::string node;
  std::string source;  ///< of the event that tells it: "bfd", "bgp", "sdwan", "ike", "ha", "lb", "controller"
  std::string subject;
  Duration interval{0}, after{0};

  /// The shortest stall that can make it give up what is well.
  Duration margin() const { return after - interval; }
  friend bool operator==(const Detection&, const Detection&) = default;
};

}  // namespace xconn
