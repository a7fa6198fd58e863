// SPDX-License-Identifier: Apache-2.0
// What of a plan a fault may name.
#pragma once

#include "faults/site.hh"
#include "plan/plan.hh"

namespace xconn::lab {

faults::Inventory inventory_of(const plan::Plan& plan);

}  // namespace xconn::lab
