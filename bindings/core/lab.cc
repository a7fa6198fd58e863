// SPDX-License-Identifier: Apache-2.0
#include <pybind11/functional.h>
#include <pybind11/stl.h>

#include "bindings/core/bind.hh"
#include "drill/drill.hh"
#include "lab/remote.hh"
#include "model/commands.hh"
#include "model/objects.hh"
#include "nodes/make_plan.hh"
#include "nodes/plan_commands.hh"

namespace xconn::bindings {
namespace {

namespace py = pybind11;
using lab::RemoteLab;

Duration seconds(double value) { return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value)); }

End end_of(const std::string& word) {
  const auto colon = word.find(':');
  if (colon == std::string::npos) throw NotFoundError("'" + word + "' is not NODE:INTERFACE");
  return {word.substr(0, colon), word.substr(colon + 1)};
}

/// A Python callable that C++ calls without holding the GIL.
RemoteLab::Progress calling(const py::object& callback) {
  if (callback.is_none()) return {};
  return [callback](const nlohmann::json& step) {
    const py::gil_scoped_acquire gil;
    callback(to_python(step));
  };
}

RemoteLab up(const std::string& topology, const std::string& name, const std::string& program,
             const std::string& datapath, const std::vector<std::string>& captures, double timeout,
             bool keep_unconverged, bool debug_log, const py::object& progress) {
  const auto chosen = nodes::plan_file(topology, name);
  lab::UpOptions options{.program = program,
                         .datapath = datapath,
                         .captures = {},
                         .bound = seconds(timeout),
                         .debug_log = debug_log,
                         .breached = !chosen.topology.breaches.empty(),
                         .keep_unconverged = keep_unconverged,
                         .topology = chosen.document.json()};
  for (const auto& word : captures) options.captures.push_back(end_of(word));
  const auto tell = calling(progress);
  const py::gil_scoped_release others;
  return RemoteLab::up(chosen.plan, options, tell);
}

std::vector<std::string> become(const RemoteLab& lab, const nodes::Planned& chosen, double timeout,
                                const py::object& progress) {
  const auto tell = calling(progress);
  const py::gil_scoped_release others;
  return lab.apply(chosen.plan, chosen.document.json(), seconds(timeout), tell, !chosen.topology.breaches.empty());
}

std::vector<std::string> apply(const RemoteLab& lab, const std::string& topology, double timeout,
                               const py::object& progress) {
  const auto wanted = nodes::plan_file(topology, lab.name());
  return become(lab, nodes::plan_change(lab.topology_file(), wanted.document), timeout, progress);
}

model::Command command_of(const std::vector<std::string>& words) {
  auto parsed = model::parse_command(words);
  if (auto* fault = std::get_if<model::Fault>(&parsed))
    throw TopologyError({model::finding_of({}, {"command"}, std::move(*fault))});
  return std::get<model::Command>(std::move(parsed));
}

/// KIND VERB NAME... [KEY=VALUE]...
std::vector<std::string> command(const RemoteLab& lab, const std::vector<std::string>& words, double timeout,
                                 const py::object& progress) {
  const auto running = model::Document::load(lab.topology_file());
  return become(lab, nodes::plan_command(running, command_of(words)), timeout, progress);
}

/// Kind of object -> its verbs.
std::map<std::string, std::vector<std::string>> object_verbs() {
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& kind : model::object_kinds())
    for (const auto* verb : model::verbs_of(kind)) all[std::string(kind.word)].emplace_back(verb->word);
  return all;
}

/// Runs `call` without the GIL, then turns its JSON into Python's.
template <typename Call>
py::object asked(Call call) {
  nlohmann::json answer;
  {
    const py::gil_scoped_release others;
    answer = call();
  }
  return to_python(answer);
}

py::object drill(const RemoteLab& lab, const std::string& text, const std::string& file, const std::string& captures,
                 const py::object& progress, bool as_it_is) {
  const auto tell = calling(progress);
  return asked([&] {
    auto changes = nodes::rehearse_file(lab.topology_file(), drill::commands_of(drill::read_text(text, file)));
    return lab.drill(
        {.text = text, .file = file, .capture_folder = captures, .changes = std::move(changes), .as_it_is = as_it_is},
        tell);
  });
}

py::object events(const RemoteLab& lab) {
  return asked([&] {
    auto all = nlohmann::json::array();
    lab.events(false, [&](const nlohmann::json& event) { all.push_back(event); });
    return all;
  });
}

}  // namespace

void bind_lab(py::module_& module) {
  module.def("object_verbs", &object_verbs, "The table of objects and their verbs: {kind: [verb]}.");
  using namespace py::literals;
  const auto quiet = py::call_guard<py::gil_scoped_release>();
  py::class_<RemoteLab>(module, "Lab", "A lab that is up, held over its agent's socket.")
      .def_static("up", &up, "topology"_a, "name"_a = "", "program"_a, "datapath"_a = "auto",
                  "captures"_a = std::vector<std::string>{}, "timeout"_a = 90.0, "keep_unconverged"_a = false,
                  "debug_log"_a = false, "progress"_a = py::none(),
                  "Builds a topology's lab and returns once it has converged (timeout in seconds). Nothing is left "
                  "when it fails.")
      .def_static("attach", &RemoteLab::attach, "name"_a, quiet, "A lab that is up. Raises NotFoundError.")
      .def_static("down", &RemoteLab::down, "name"_a, quiet, "Ends a lab; False when it was not up.")
      .def_property_readonly("name", &RemoteLab::name)
      .def_property_readonly("folder", &RemoteLab::folder, "The run folder: rendered configuration, logs, captures.")
      .def(
          "inspect", [](const RemoteLab& lab) { return asked([&] { return lab.inspect(); }); },
          "What is true of the lab now, as a dict.")
      .def(
          "inspect_node",
          [](const RemoteLab& lab, const std::string& node) { return asked([&] { return lab.inspect_node(node); }); },
          "node"_a, "One node: interfaces, routes, state of its daemons.")
      .def("fault", &RemoteLab::fault, "words"_a, quiet,
           "Breaks something; words as on the command line. Returns the fault's number.")
      .def("heal", &RemoteLab::heal, "id"_a, quiet)
      .def("heal_all", &RemoteLab::heal_all, quiet, "Returns the numbers of the faults that were healed.")
      .def(
          "faults", [](const RemoteLab& lab) { return asked([&] { return lab.faults(); }); }, "The faults in force.")
      .def(
          "restart",
          [](const RemoteLab& lab, const std::string& node, const std::string& daemon, double timeout) {
            lab.restart(node, daemon, seconds(timeout));
          },
          "node"_a, "daemon"_a = "", "timeout"_a = 60.0, quiet,
          "Starts a daemon again, or all of a node, and waits until they serve. Raises ServiceError, TimeoutError.")
      .def(
          "wait", [](const RemoteLab& lab, double timeout) { lab.wait(seconds(timeout)); }, "timeout"_a = 60.0, quiet,
          "Waits until every fact of the plan holds. Raises TimeoutError; ServiceError when a daemon stays away.")
      .def("apply", &apply, "topology"_a, "timeout"_a = 90.0, "progress"_a = py::none(),
           "Makes the lab what a topology says, touching only what differs. Returns what was changed, in words.")
      .def("command", &command, "words"_a, "timeout"_a = 90.0, "progress"_a = py::none(),
           "Changes an object: KIND VERB NAME... [KEY=VALUE]... Returns what was changed, in words.")
      .def("drill", &drill, "text"_a, "file"_a, "captures"_a = "", "progress"_a = py::none(), "as_it_is"_a = false,
           "Runs a drill; returns its report as a dict, times in seconds. `as_it_is`: facts that do not hold and will "
           "not by themselves keep it from nothing.")
      .def("events", &events, "All events so far, each {at (ns), source, node, text}.");
}

}  // namespace xconn::bindings
