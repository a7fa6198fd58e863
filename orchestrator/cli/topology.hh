// From what the user typed to a topology file.
#pragma once

#include <string>
#include <vector>

#include "model/document.hh"
#include "plan/plan.hh"

namespace xconn::cli {

/// A file, a folder with a topology.yaml, or the name of a reference topology ("sdwan-expressroute"). Empty:
/// topology.yaml of the current folder. A path that is not there is handed back, for reading to report; throws
/// NotFoundError for what can only be a name.
std::string find_topology(const std::string& word);

/// The names of the reference topologies, in order.
std::vector<std::string> reference_topologies();

/// What a lab is made of: the words, for the run folder, and the plan that they amount to.
struct Chosen {
  model::Document document;
  plan::Plan plan;
};

/// `name`, when not empty, is the lab's name in place of the topology's own. Throws TopologyError.
Chosen choose_topology(const std::string& word, const std::string& name = {});

/// The same for the lab `name` that runs what `topology_file` says: names that it has given stay.
Chosen choose_topology_for(const std::string& topology_file, const std::string& word, const std::string& name);

/// The plan alone.
plan::Plan read_plan(const std::string& word, const std::string& name = {});

}  // namespace xconn::cli
