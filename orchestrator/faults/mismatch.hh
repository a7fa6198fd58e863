// SPDX-License-Identifier: Apache-2.0
// Two sides that are configured differently, and what one of them lacks. For this folder only.
#pragma once

#include <memory>

#include "faults/fault.hh"

namespace xconn::faults {

/// The effect of a valid mismatch.
std::unique_ptr<Effect> mismatched(Site& site, const Request& request, const sys::Pending& pending);

/// The target's static route is missing.
std::unique_ptr<Effect> unrouted(Site& site, const Request& request);

}  // namespace xconn::faults
