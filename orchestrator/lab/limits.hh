// SPDX-License-Identifier: Apache-2.0
// What a plan needs of a host that may not have so much: descriptors, address space, short paths.
#pragma once

#include <string>

#include "base/errors.hh"
#include "plan/plan.hh"

namespace xconn::lab {

/// Throws HostError when the plan's agent would need more descriptors than it may ever open.
void demand_descriptors(const plan::Plan& plan);

/// Throws HostError when `ulimit -v` lets the plan's daemons have less address space than they take.
void demand_address_space(const plan::Plan& plan);

/// Throws HostError when a socket in the lab's run folder would have a longer path than strongSwan takes. All others
/// may be longer (sys/line.hh).
void demand_short_paths(const plan::Plan& plan, const std::string& folder);

}  // namespace xconn::lab
