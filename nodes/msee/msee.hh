// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Forwards; BGP towards the customer and the gateways.
void make_msee(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
