// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Ends tunnels, speaks BGP, and lowers what TCP takes for a segment; keepalived when it is one of an active-standby
/// pair.
void make_vpn_gateway(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
