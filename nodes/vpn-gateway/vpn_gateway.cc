// SPDX-License-Identifier: Apache-2.0
#include "nodes/vpn-gateway/vpn_gateway.hh"

#include "nodes/edge/pair.hh"
#include "nodes/edge/tunnels.hh"
#include "nodes/routing/routing.hh"
#include "nodes/templates.hh"

namespace xconn::nodes {

void make_vpn_gateway(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_routing(setting, fragment);
  add_tunnels(setting, fragment);
  add_pair(setting, fragment);
  fragment.node.nftables += rendered("vpn-gateway/clamp.nft", kainjow::mustache::data("mss", std::to_string(kSegment)));
}

}  // namespace xconn::nodes
