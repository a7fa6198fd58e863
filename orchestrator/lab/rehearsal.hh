// SPDX-License-Identifier: Apache-2.0
// Whether a lab can rehearse a drill: all that the drill names is in the lab's plan. Pure.
#pragma once

#include <vector>

#include "base/errors.hh"
#include "drill/mention.hh"
#include "plan/plan.hh"

namespace xconn::lab {

std::vector<Finding> not_there(const std::vector<drill::Mention>& mentions, const plan::Plan& plan);
/// Throws TopologyError with all that is not there.
void demand_there(const std::vector<drill::Mention>& mentions, const plan::Plan& plan);

}  // namespace xconn::lab
