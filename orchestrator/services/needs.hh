// SPDX-License-Identifier: Apache-2.0
// What a plan's services need of the host. Asked before anything is made, for a daemon that lacks a part of itself does
// not say so: it starts, and its tunnels never come up.
#pragma once

#include "plan/plan.hh"

namespace xconn::services {

/// Throws HostError, with the line that installs or grants it, for the first program, plugin or device that is missing.
void demand_needs(const plan::Plan& plan);

}  // namespace xconn::services
