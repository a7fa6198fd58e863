// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "bindings/core/bind.hh"

namespace xconn::bindings {
namespace {

namespace py = pybind11;

py::object list_of(const nlohmann::json& json) {
  py::list out;
  for (const auto& item : json) out.append(to_python(item));
  return out;
}

py::object dict_of(const nlohmann::json& json) {
  py::dict out;
  for (const auto& [key, value] : json.items()) out[py::str(key)] = to_python(value);
  return out;
}

}  // namespace

py::object to_python(const nlohmann::json& json) {
  if (json.is_object()) return dict_of(json);
  if (json.is_array()) return list_of(json);
  if (json.is_string()) return py::str(json.get<std::string>());
  if (json.is_boolean()) return py::bool_(json.get<bool>());
  if (json.is_number_unsigned()) return py::int_(json.get<std::uint64_t>());
  if (json.is_number_integer()) return py::int_(json.get<std::int64_t>());
  if (json.is_number_float()) return py::float_(json.get<double>());
  return py::none();
}

}  // namespace xconn::bindings
