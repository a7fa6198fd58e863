// SPDX-License-Identifier: Apache-2.0
// The same tree of errors in Python, told apart by C++ type, never by text. The fields of each are attributes.
#include <nlohmann/json.hpp>

#include "bindings/core/bind.hh"
#include "lab/remote.hh"
#include "world/error_wire.hh"

namespace xconn::bindings {
namespace {

namespace py = pybind11;

/// Module lifetime: the interpreter owns the classes, this table borrows them.
struct Classes {
  PyObject *error, *topology, *host, *kernel, *service, *timeout, *not_found;
};

Classes& classes() {
  static Classes table{};
  return table;
}

PyObject* new_class(py::module_& module, const char* name, const char* doc, const py::object& base) {
  const auto qualified = std::string("crossconnect.") + name;
  auto* made = PyErr_NewExceptionWithDoc(qualified.c_str(), doc, base.ptr(), nullptr);
  module.attr(name) = py::reinterpret_borrow<py::object>(made);
  return made;
}

void raise(PyObject* type, const std::exception& error) {
  const auto fields = world::error_to_json(error);
  auto value = py::reinterpret_borrow<py::object>(type)(error.what());
  for (const auto& [name, field] : fields.items())
    if (name != "type") value.attr(name.c_str()) = to_python(field);
  PyErr_SetObject(type, value.ptr());
}

void translate(std::exception_ptr pointer) {
  try {
    if (pointer) std::rethrow_exception(pointer);
  } catch (const sys::Interrupted&) {
    PyErr_SetNone(PyExc_KeyboardInterrupt);
  } catch (const TopologyError& error) {
    raise(classes().topology, error);
  } catch (const HostError& error) {
    raise(classes().host, error);
  } catch (const KernelError& error) {
    raise(classes().kernel, error);
  } catch (const ServiceError& error) {
    raise(classes().service, error);
  } catch (const TimeoutError& error) {
    raise(classes().timeout, error);
  } catch (const NotFoundError& error) {
    raise(classes().not_found, error);
  } catch (const Error& error) {
    raise(classes().error, error);
  }
}

}  // namespace

void bind_errors(py::module_& module) {
  auto& table = classes();
  const auto builtin = [](PyObject* object) { return py::reinterpret_borrow<py::object>(object); };
  table.error =
      new_class(module, "Error", "Root of all errors that a user can do something about.", builtin(PyExc_Exception));
  const auto root = builtin(table.error);
  table.topology = new_class(module, "TopologyError", "The file is wrong; `findings` has every fault of it.", root);
  table.host = new_class(module, "HostError", "The host lacks something; `remedy` is the line that fixes it.", root);
  table.kernel = new_class(module, "KernelError", "The kernel refused an operation.", root);
  table.service = new_class(module, "ServiceError", "A daemon did not start, or ended when it should not have.", root);
  table.not_found = new_class(module, "NotFoundError", "No lab, node, link or fault of that name.", root);
  table.timeout = new_class(module, "TimeoutError", "A fact did not become true in time; also a built-in TimeoutError.",
                            py::make_tuple(root, builtin(PyExc_TimeoutError)));
  py::register_exception_translator(translate);
}

}  // namespace xconn::bindings
