// What Azure lets happen to its objects, and in which order: the guards of the verbs that change a running lab. A
// topology alone is judged by model/rules.hh; these rows judge the step from one topology to the next.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/document.hh"
#include "model/topology.hh"

namespace xconn::azure {

/// A step that is asked for: `object` is a kind ("circuit", "peering") and `names` leads to it ({"er1", "private"}).
struct Step {
  std::string verb;  ///< "create", "update", "delete" ...
  std::string object;
  std::vector<std::string> names;
};

/// Why a step is refused: Azure's sentence where one is known, and what to do first.
struct Refusal {
  std::string code;    ///< of the row
  std::string object;  ///< "circuit er1"
  std::string reason, remedy;
};

/// One guard. `before` is what runs. A guard of steps is asked before anything is changed: what still uses an object
/// that is to go, what must be there before one comes. A guard of changes looks at what `after` has otherwise.
struct StepGuard {
  std::string_view code, verb, object, statement, source;
  void (*check)(const model::Topology& before, const Step& step, std::vector<Refusal>& out);
};
struct ChangeGuard {
  std::string_view code, statement, source;
  void (*check)(const model::Topology& before, const model::Topology& after, std::vector<Refusal>& out);
};

std::span<const StepGuard> step_guards();
std::span<const ChangeGuard> change_guards();

/// The document for a lab that runs `running`: its circuits keep the names that their routers have, whatever circuits
/// come or go beside them. Throws TopologyError when the document breaks a rule.
model::Document keeping_names(const model::Topology& running, model::Document document);

/// Throws TopologyError with every refusal.
void demand_possible(const model::Topology& before, const Step& step);
void demand_changeable(const model::Topology& before, const model::Topology& after);

}  // namespace xconn::azure
