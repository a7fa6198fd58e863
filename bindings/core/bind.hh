// SPDX-License-Identifier: Apache-2.0
// One function a bound noun; module.cc calls them in the order of their dependencies.
#pragma once

#include <pybind11/pybind11.h>

#include <nlohmann/json_fwd.hpp>

namespace xconn::bindings {

void bind_errors(pybind11::module_& module);
void bind_topology(pybind11::module_& module);
void bind_drill(pybind11::module_& module);
void bind_lab(pybind11::module_& module);

/// dict, list, str, int, float, bool, None. Holds the GIL.
pybind11::object to_python(const nlohmann::json& json);

}  // namespace xconn::bindings
