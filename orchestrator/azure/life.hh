// SPDX-License-Identifier: Apache-2.0
// What Azure lets happen to its objects, and in which order: the guards of the verbs that change a running lab. A
// topology alone is judged by model/rules.hh; these judge the step from one topology to the next, whichever verb asked
// for it. Code, statement and source of each stand in the same table (model/rules.cc, When::kChange).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/errors.hh"
#include "model/commands.hh"
#include "model/document.hh"
#include "model/topology.hh"

namespace xconn::azure {

using model::Actor;

struct Change {
  const model::Topology& before;  ///< what runs
  const model::Topology& after;   ///< what is asked for; the rules of files have not been asked about it
  Actor by = Actor::kCustomer;
};

/// One guard: what it says no to is a finding of the rule of that code.
struct Guard {
  std::string_view code;
  void (*check)(const Change& change, std::vector<Finding>& out);
};

std::span<const Guard> guards();

/// The document for a lab that runs `running`: its circuits keep the names that their routers have, whatever circuits
/// come or go beside them, and what is left of a VNet peering is Disconnected. Throws TopologyError when the document
/// cannot be read.
model::Document carried_over(const model::Topology& running, model::Document document);

/// Throws TopologyError with every refusal.
void demand_possible(const Change& change);

}  // namespace xconn::azure
