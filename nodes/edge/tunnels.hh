#pragma once

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// strongSwan for the node's tunnels: swanctl.conf, strongswan.conf, the service "charon", the tunnel interfaces with
/// their addresses and routes to the peers. Of each tunnel that initiates, the child is a fact.
void add_tunnels(const Setting& setting, Fragment& fragment);

}  // namespace xconn::nodes
