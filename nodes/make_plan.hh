// SPDX-License-Identifier: Apache-2.0
// From a topology to the plan of its lab: Azure's objects lowered, each node's fragment made by its role, links, and
// the facts that hold once it has converged. Pure: no file, no kernel, no clock.
#pragma once

#include <string>
#include <vector>

#include "base/errors.hh"
#include "model/commands.hh"
#include "model/document.hh"
#include "model/topology.hh"
#include "plan/plan.hh"

namespace xconn::nodes {

/// `topology` as model::read returns it: every name resolved, every value in range. Throws TopologyError only for a
/// role that is not in the table of roles (see roles.hh) or a section that its role does not take.
plan::Plan make_plan(const model::Topology& topology);

/// What a lab is made of: the document, which it keeps, what was read of it, and the plan that it amounts to.
struct Planned {
  model::Document document;
  plan::Plan plan;
  model::Topology topology;  ///< as read; what it breaks on purpose is in its `breaches`
};

/// Of a file, or a folder with a topology.yaml. `name`, when not empty, is the lab's in place of the topology's own;
/// `named_at` as in model::read_with_document. Throws TopologyError.
Planned plan_file(const std::string& path, const std::string& name = {}, const Where& named_at = {});

/// `wanted` for a lab that runs what `running_file` says: what that has settled stays (azure/guards.hh). Throws
/// TopologyError.
Planned plan_change(const std::string& running_file, const model::Document& wanted);

/// The same of a verb that has edited the document of a lab that runs `running`. Azure's guards are asked first, then
/// all the rules: where both say no, the step is what was wrong. Throws TopologyError.
Planned plan_edit(const model::Topology& running, const model::Document& edited, model::Actor by);

/// The same of a command to a lab that runs `running`. Throws NotFoundError and Error too, as model::edit().
Planned plan_command(const model::Document& running, const model::Command& command);

}  // namespace xconn::nodes
