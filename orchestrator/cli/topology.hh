// SPDX-License-Identifier: Apache-2.0
// From what the user typed to a topology file.
#pragma once

#include <string>
#include <vector>

#include "drill/drill.hh"
#include "nodes/make_plan.hh"

namespace xconn::cli {

/// A file, a folder with a topology.yaml, or the name of a reference topology ("sdwan-expressroute"). Empty:
/// topology.yaml of the current folder. A path that is not there is handed back, for reading to report; throws
/// NotFoundError for what can only be a name.
std::string find_topology(const std::string& word);

/// A drill file, or the name of a reference topology's drill ("sdwan-expressroute/er-silent-health-check"). A path that
/// is not there is handed back, for reading to report; throws NotFoundError for a drill that a reference topology has
/// not.
std::string find_drill(const std::string& word);

/// A drill's `topology` may be a reference topology's name; what is beside the drill comes first. Throws TopologyError
/// for what can only be a name, and is none.
std::string topology_of_drill(const drill::Drill& drill);

/// All of them, in order.
std::vector<std::string> reference_drills();

/// The names of the reference topologies, in order.
std::vector<std::string> reference_topologies();

/// `name`, when not empty, is the lab's name in place of the topology's own. Throws TopologyError.
nodes::Planned choose_topology(const std::string& word, const std::string& name = {});

/// The plan alone.
plan::Plan read_plan(const std::string& word, const std::string& name = {});

/// Says on stderr, before a lab of it comes up, that a topology brings commands of its own.
void tell_of_commands(const plan::Plan& plan);
/// ... and of what a topology breaks on purpose.
void tell_of_breaches(const std::vector<Finding>& breaches);

}  // namespace xconn::cli
