// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Azure's fabric: Fabric's NICs and subnets become routes, rules and tables; learned routes are mirrored.
void make_vnet(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
