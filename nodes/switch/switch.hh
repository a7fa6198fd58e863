// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Every link end is a port of "br0", unless it names another bridge. No spanning tree.
void make_switch(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
