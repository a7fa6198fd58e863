// SPDX-License-Identifier: Apache-2.0
// Which member(s) a rule uses, and why in words. Pure; the same facts always give the same choice.
#pragma once

#include <string>
#include <vector>

#include "network/names.hh"
#include "nodes/edge/daemon/window.hh"

namespace xconn::sdwan {

/// A member as one rule sees it.
struct Candidate {
  int member = 0;  ///< index in the configuration
  std::string name;
  std::string unusable;  ///< why it cannot carry traffic ("dead: 5 probes lost"); empty: it can
  std::string sla_miss;  ///< which target it misses; empty: in SLA
  Quality quality;
  Duration held{0};  ///< recovered: this much longer behind the others
  int cost = 0, priority = 1;
};

struct Choice {
  std::vector<int> members;  ///< empty: no member is usable; more than one: spread per flow
  std::string reason;
  friend bool operator==(const Choice&, const Choice&) = default;
};

/// `candidates` in the rule's order of preference; `current` is what it uses now (best quality moves away from that
/// only for a member better by the threshold, and back to a more preferred one when that is at least as good).
Choice choose(const network::SdwanRule& rule, const std::vector<Candidate>& candidates,
              const std::vector<int>& current);

/// The last rule: all usable members, as `algorithm` spreads over them.
Choice choose_implicit(network::Implicit by, const std::vector<Candidate>& candidates);

}  // namespace xconn::sdwan
