// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "bindings/core/bind.hh"

namespace xconn::bindings {
namespace {

namespace py = pybind11;

py::object list_of(const nlohmann::json& from) {
  py::list out;
  for (const auto& item : from) out.append(to_python(item));
  return out;
}

py::object dict_of(const nlohmann::json& from) {
  py::dict out;
  for (const auto& [key, value] : from.items()) out[py::str(key)] = to_python(value);
  return out;
}

}  // namespace

py::object to_python(const nlohmann::json& from) {
  if (from.is_object()) return dict_of(from);
  if (from.is_array()) return list_of(from);
  if (from.is_string()) return py::str(from.get<std::string>());
  if (from.is_boolean()) return py::bool_(from.get<bool>());
  if (from.is_number_unsigned()) return py::int_(from.get<std::uint64_t>());
  if (from.is_number_integer()) return py::int_(from.get<std::int64_t>());
  if (from.is_number_float()) return py::float_(from.get<double>());
  return py::none();
}

}  // namespace xconn::bindings
