// SPDX-License-Identifier: Apache-2.0
// BGP for any role: the typed speaker, frr.conf, the services zebra, bgpd and bfdd, and the facts of their sessions and
// of what they learn.
#pragma once

#include <vector>

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Nothing when the node has no BGP. `reject`: networks whose routes (longer ones too) are refused from every
/// neighbour.
void add_routing(const Setting& setting, Fragment& fragment, const std::vector<Prefix>& reject = {});

}  // namespace xconn::nodes
