// SPDX-License-Identifier: Apache-2.0
#include <pybind11/stl.h>

#include <nlohmann/json.hpp>

#include "bindings/core/bind.hh"
#include "model/objects.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"

namespace xconn::bindings {
namespace {

namespace py = pybind11;

py::object plan(const std::string& topology) {
  return to_python(plan::to_json(nodes::make_plan(model::read(topology))));
}

/// Kind -> the words that name each: "er1", "er1 private".
std::map<std::string, std::vector<std::string>> object_names(const std::string& topology) {
  const auto document = model::Document::load(topology);
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& kind : model::object_kinds()) all[std::string(kind.word)] = model::object_names(kind, document);
  return all;
}

}  // namespace

void bind_topology(py::module_& module) {
  module.def("plan", &plan, py::arg("topology"),
             "The plan of a topology file as a dict, secrets left out. Raises TopologyError with every finding.");
  module.def("object_names", &object_names, py::arg("topology"),
             "The objects of a topology file, and of what it extends: {kind: [\"NAME\" or \"NAME NAME\"]}. Raises "
             "TopologyError where it is no YAML.");
}

}  // namespace xconn::bindings
