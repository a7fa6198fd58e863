// SPDX-License-Identifier: Apache-2.0
// Errors over the agent's socket: the same class comes out at the other end.
#pragma once

#include <exception>
#include <nlohmann/json_fwd.hpp>

#include "base/errors.hh"

namespace xconn::world {

nlohmann::json to_json(const Finding& finding);

/// {"type": "KernelError", "message": ..., and the fields of that class}
nlohmann::json error_to_json(const std::exception& error);

/// The inverse. Throws the error; an unknown type becomes Error.
[[noreturn]] void throw_error(const nlohmann::json& json);

}  // namespace xconn::world
