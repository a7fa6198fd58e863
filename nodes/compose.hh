// From a topology to the plan of its lab: Azure's objects lowered, each node's fragment made by its role, links, and
// the facts that hold once it has converged. Pure: no file, no kernel, no clock.
#pragma once

#include "model/topology.hh"
#include "plan/plan.hh"

namespace xconn::nodes {

/// `topology` as model::read returns it: every name resolved, every value in range. Throws TopologyError only for a
/// role that is not in the table of roles (see roles.hh) or a section that its role does not take.
plan::Plan compose(const model::Topology& topology);

}  // namespace xconn::nodes
