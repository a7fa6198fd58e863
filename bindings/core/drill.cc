// SPDX-License-Identifier: Apache-2.0
#include "drill/drill.hh"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bindings/core/bind.hh"
#include "drill/sentence.hh"
#include "faults/kinds.hh"
#include "lab/rehearsal.hh"
#include "nodes/make_plan.hh"
#include "nodes/plan_commands.hh"

namespace xconn::bindings {
namespace {

namespace py = pybind11;
using nlohmann::json;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

json to_json(const drill::Drill& drill) {
  auto expectations = json::array();
  for (const auto& one : drill.expectations) {
    expectations.push_back({{"line", one.where.line}, {"sentence", drill::sentence_of(one)}, {"because", one.because}});
  }
  return {{"name", drill.name},
          {"about", drill.about},
          {"topology", drill.topology},
          {"duration", seconds(drill.duration)},
          {"expectations", expectations}};
}

py::object read_drill(const std::string& file) { return to_python(to_json(drill::read(file))); }

void check_drill(const std::string& file, const std::string& topology) {
  const auto drill = drill::read(file);
  const auto planned = nodes::plan_file(topology, {}, drill.topology_at);
  lab::demand_there(drill.mentions, planned.plan);
  (void)nodes::rehearse(planned.document, drill::commands_of(drill));
}

json to_json(const faults::Kind& kind) {
  auto needed = json::array();
  for (const auto& parameter : kind.parameters)
    if (parameter.default_value.empty()) needed.push_back(std::string(parameter.name));
  return {{"name", kind.name}, {"target", faults::to_string(kind.target)}, {"needs", needed}};
}

py::object fault_kinds() {
  auto all = json::array();
  for (const auto& kind : faults::kinds()) all.push_back(to_json(kind));
  return to_python(all);
}

}  // namespace

void bind_drill(py::module_& module) {
  module.def("read_drill", &read_drill, py::arg("file"),
             "What a drill file says: {name, about, topology, duration, expectations: [{line, sentence, because}]}. "
             "Raises TopologyError with every finding.");
  module.def(
      "check_drill", &check_drill, py::arg("file"), py::arg("topology"),
      "Reads a drill's topology, too, and looks up all that the drill names of it. Raises TopologyError with every "
      "finding.");
  module.def("fault_kinds", &fault_kinds, "The table of faults: [{name, target, needs: [parameter]}].");
}

}  // namespace xconn::bindings
