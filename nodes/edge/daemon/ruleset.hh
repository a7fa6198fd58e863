// SPDX-License-Identifier: Apache-2.0
// The nftables text of the edge: pure functions from configuration and decisions to what libnftables runs. Each text is
// one transaction: the kernel takes all of it or nothing.
//
// table ip xconn_sdwan
//   prerouting (mangle)  remembers the path by which a connection's original direction comes in; sends what goes to the
//                        SD-WAN's destinations to `steer`
//   output (route)       answers of local connections go back by the path they came in; health checks are left alone;
//                        control protocols follow the main table; the rest goes to `steer`
//   steer                replies go back by their member while it is alive; then the rules in order, then implicit
//   pick-RULE            the decision: `goto use-RULE.MEMBER`, a hash over several, or nothing (the next rule is asked)
//   stay-RULE            with stickiness, before pick-RULE: a session stays on the member that it has while that is in
//   SLA use-RULE.MEMBER      counts, with stickiness notes the member in the session, then member-MEMBER sets the mark
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nodes/edge/daemon/engine.hh"

namespace xconn::sdwan {

constexpr const char* kTable = "xconn_sdwan";

/// The table as it is before the first decision: everything to the SD-WAN's destinations is dropped.
std::string table_text(const Config& config);

/// From `before` to `after`; empty when nothing differs. A default-made `before` writes everything.
std::string steering_text(const Config& config, const Steering& before, const Steering& after);

/// The destinations that are not steered. Replaces the set.
std::string bypass_text(const std::vector<Prefix>& prefixes);

/// Which path answers probes that came in by an interface. Replaces the map.
std::string interfaces_text(const std::map<std::string, int>& paths);

/// The counter of what a rule sent over a member ("implicit" is the last rule), and of what was dropped.
std::string counter_name(const std::string& rule, const std::string& member);
constexpr const char* kDroppedCounter = "dropped";

/// The bit of the connection mark for the n-th rule that names applications; 0 when the rule names none.
std::uint32_t application_bit(const Config& config, std::size_t rule);

}  // namespace xconn::sdwan
