// SPDX-License-Identifier: Apache-2.0
#include "bindings/core/bind.hh"

PYBIND11_MODULE(_core, module) {
  module.doc() = "Crossconnect's core; use the crossconnect package.";
  xconn::bindings::bind_errors(module);
  xconn::bindings::bind_topology(module);
  xconn::bindings::bind_drill(module);
  xconn::bindings::bind_lab(module);
}
