// SPDX-License-Identifier: Apache-2.0
// A fault in the user's words: "loss hq-fgt:er 30% --for 20s". A drill's {fault: loss, on: hq-fgt:er, loss: 30%}
// becomes the same request; both are read by the tables of kinds.hh and values.hh, and say the same of a mistake.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/duration.hh"
#include "base/errors.hh"

namespace xconn::faults {

struct Inventory;

struct Request {
  std::string kind;
  std::string target;                             ///< "NODE:INTERFACE", "NODE:DAEMON", "NODE:MEMBER" or "NODE"
  std::map<std::string, std::string> parameters;  ///< as written; see kinds.hh for the words
  std::optional<Duration> for_;                   ///< absent: until healed
  friend bool operator==(const Request&, const Request&) = default;
};

/// From a command line's words: KIND TARGET [VALUE of the kind's first parameter] [NAME=VALUE]... [--for DURATION].
/// Throws TopologyError (file "fault") with all findings.
Request parse(const std::vector<std::string>& words);

/// What to do about a kind that is none.
std::string kind_remedy(const std::string& kind);

/// With the target's name in the lab, for a tunnel that has another in the topology: hq-ce-vpn0:vpn0 for hq-ce:vpn0.
Request as_built(Request request, const Inventory& inventory);

/// Throws NotFoundError for a kind or target that is not there (naming what is), TopologyError for wrong parameters.
void validate(const Request& request, const Inventory& inventory);

/// "loss hq-fgt:er loss=30% for 20s"
std::string to_string(const Request& request);

}  // namespace xconn::faults
