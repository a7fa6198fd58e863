// SPDX-License-Identifier: Apache-2.0
// What a kind of service may do as root of its node.
#pragma once

#include <optional>
#include <string_view>

#include "sys/confine.hh"

namespace xconn::services {

/// What its programs ask for when they start, and no more. nullopt: what any program of the user's may.
std::optional<sys::Capabilities> capabilities_of(std::string_view kind);

}  // namespace xconn::services
