// SPDX-License-Identifier: Apache-2.0
// Two sides that are configured differently. For this folder only.
#pragma once

#include <memory>

#include "faults/fault.hh"

namespace xconn::faults {

/// The effect of a valid mismatch.
std::unique_ptr<Effect> mismatched(Site& site, const Request& request, const sys::Pending& pending);

}  // namespace xconn::faults
