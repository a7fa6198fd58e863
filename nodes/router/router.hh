// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Forwards; FRR when there is BGP.
void make_router(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
