// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Forwards between Microsoft's core and the VNet; BGP to both.
void make_er_gateway(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
