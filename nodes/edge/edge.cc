// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/edge.hh"

#include "nodes/edge/pair.hh"
#include "nodes/edge/steering.hh"
#include "nodes/edge/tunnels.hh"
#include "nodes/routing/routing.hh"

namespace xconn::nodes {

void make_edge(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_routing(setting, fragment);
  add_tunnels(setting, fragment);
  add_pair(setting, fragment);
  add_steering(setting, fragment);
}

}  // namespace xconn::nodes
