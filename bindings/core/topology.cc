// SPDX-License-Identifier: Apache-2.0
#include <pybind11/stl.h>

#include <nlohmann/json.hpp>

#include "bindings/core/bind.hh"
#include "model/read.hh"
#include "nodes/make_plan.hh"

namespace xconn::bindings {
namespace {

namespace py = pybind11;

py::object plan(const std::string& topology) {
  return to_python(plan::to_json(nodes::make_plan(model::read(topology))));
}

}  // namespace

void bind_topology(py::module_& module) {
  module.def("plan", &plan, py::arg("topology"),
             "The plan of a topology file as a dict, secrets left out. Raises TopologyError with every finding.");
}

}  // namespace xconn::bindings
