// SPDX-License-Identifier: Apache-2.0
// From a request to its effects: one row per kind. For this folder only.
#pragma once

#include <memory>
#include <vector>

#include "faults/fault.hh"

namespace xconn::faults {

using Effects = std::vector<std::unique_ptr<Effect>>;

/// Applies a valid request. When one effect cannot be had, those before it are undone and the refusal is
/// thrown. What takes time holds `pending`.
Effects apply(sys::Loop& loop, Site& site, Holds& holds, const Request& request, const sys::Pending& pending);

}  // namespace xconn::faults
