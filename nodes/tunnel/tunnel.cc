// SPDX-License-Identifier: Apache-2.0
#include "nodes/tunnel/tunnel.hh"

#include "nodes/edge/tunnels.hh"

namespace xconn::nodes {

void make_tunnel(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_tunnels(setting, fragment);
  for (const auto& tunnel : setting.node.tunnels) fragment.find_interface(tunnel.name)->addresses.clear();
}

}  // namespace xconn::nodes
