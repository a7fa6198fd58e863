// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Forwards; charon for tunnels, keepalived for a pair, the SD-WAN edge for steering, FRR when there is BGP.
void make_edge(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
