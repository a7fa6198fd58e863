// SPDX-License-Identifier: Apache-2.0
// What changes between two plans, in words: for `xconn up --dry-run`, for the answer of an apply, and for a reader of a
// pull request. Pure.
#pragma once

#include <string>
#include <vector>

#include "plan/edits.hh"

namespace xconn::plan {

enum class ChangeKind { kAdded, kRemoved, kChanged };

/// One thing that differs. What a secret file says is never told, only that it differs.
struct Change {
  ChangeKind kind = ChangeKind::kChanged;
  std::string object;  ///< "node hq-fgt", "link a:x--b:y", "fact hq-er bgp 10.0.0.1"
  /// For kChanged, what in it: "+ route 10.1.0.0/16 via 10.0.0.1", "+ bgp neighbour 10.0.0.1 AS 65001", "nftables"
  std::vector<std::string> details;
  friend bool operator==(const Change&, const Change&) = default;
};

/// Nodes, then links, then facts, each in the order of the plan that has it.
std::vector<Change> difference(const Edits& edits);
std::vector<Change> difference(const Plan& before, const Plan& after);

/// What an engineer is told when a lab is changed: the same without the facts, each in to_string()'s words.
std::vector<std::string> sentences(const Edits& edits);

/// "+ node x", "- link a:b--c:d", "~ node y: + interface er"; several details take a line each.
std::string to_string(const Change& change);

}  // namespace xconn::plan
