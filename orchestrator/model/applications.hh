// SPDX-License-Identifier: Apache-2.0
// The applications that SD-WAN rules may name: those of the nDPI library that the edge's daemon is built with. The list
// is made when the project is built (nodes/edge/daemon/application_names.cc), for the model itself uses no nDPI.
#pragma once

#include <span>
#include <string_view>

namespace xconn::model {

std::span<const std::string_view> applications();

/// Upper and lower case are the same.
bool is_application(std::string_view name);

}  // namespace xconn::model
