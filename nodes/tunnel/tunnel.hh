// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// The namespace of one tunnel of a node that has several: charon, and forwarding between the tun and the node. The
/// tunnel's address is the node's.
void make_tunnel(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
