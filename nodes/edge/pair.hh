// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// keepalived for a node of an active/passive pair. It tells every change of role by "@RUN@/vrrp.fifo". The node with
/// the highest priority of its group is expected to be MASTER (the first of equals), the others BACKUP.
void add_pair(const Setting& setting, Fragment& fragment);

/// True for a node that is expected to be active: the master of its group, or no member of any.
bool is_active(const network::Network& network, const network::Node& node);

inline constexpr const char* kVrrpFifo = "@RUN@/vrrp.fifo";

}  // namespace xconn::nodes
