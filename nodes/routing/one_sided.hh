// SPDX-License-Identifier: Apache-2.0
// What one side says and the other does not answer to, in a topology that is wrong on purpose: its author wants it, so
// it is promised, and `up` tells that it is not there.
#pragma once

#include <vector>

#include "network/node.hh"
#include "plan/plan.hh"

namespace xconn::nodes {

std::vector<plan::Fact> one_sided(const network::Network& network);

}  // namespace xconn::nodes
