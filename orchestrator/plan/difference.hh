// What changes between two plans, for `xconn plan --against` and for a reader of a pull request. Pure.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hh"

namespace xconn::plan {

enum class ChangeKind { kAdded, kRemoved, kChanged };

/// One thing that differs. The values of secret files are never told, only that they differ.
struct Change {
  ChangeKind kind = ChangeKind::kChanged;
  std::string object;  ///< "node hq-fgt", "link a:x--b:y", "service hq-er:bgpd", "fact hq-er bgp 10.0.0.1"
  std::string detail;  ///< what in it, for kChanged: "interface er, file frr.conf"; else empty
  friend bool operator==(const Change&, const Change&) = default;
};

/// Nodes, then links, then services, then facts, each in the order of the plan that has it.
std::vector<Change> difference(const Plan& before, const Plan& after);

/// One line: "+ node x", "- link a:b--c:d", "~ node y: interface er, routes".
std::string to_string(const Change& change);

}  // namespace xconn::plan
