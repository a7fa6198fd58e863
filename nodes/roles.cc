// SPDX-License-Identifier: Apache-2.0
#include "nodes/roles.hh"

#include <algorithm>

#include "nodes/edge/edge.hh"
#include "nodes/encryption-gateway/encryption_gateway.hh"
#include "nodes/er-gateway/er_gateway.hh"
#include "nodes/host/host.hh"
#include "nodes/internet/internet.hh"
#include "nodes/load-balancer/load_balancer.hh"
#include "nodes/msee/msee.hh"
#include "nodes/provider/provider.hh"
#include "nodes/public-service/public_service.hh"
#include "nodes/router/router.hh"
#include "nodes/switch/switch.hh"
#include "nodes/tunnel/tunnel.hh"
#include "nodes/vnet/vnet.hh"
#include "nodes/vpn-gateway/vpn_gateway.hh"

namespace xconn::nodes {

const std::vector<Role>& roles() {
  static const std::vector<Role> table{
      {"host", "a machine that answers echo and HTTP", "on-prem", {}, make_host},
      {"switch", "a learning bridge of all its link ends", "on-prem", {}, make_switch},
      {"router", "an FRR router with static routes and BGP", "on-prem", {"bgp"}, make_router},
      {"edge",
       "an SD-WAN edge: tunnels, health checks, steering, active/passive pairs",
       "on-prem",
       {"bgp", "tunnels", "sdwan", "ha"},
       make_edge},
      {"provider",
       "a connectivity provider's switch: bridges customer ports to S-tagged trunks",
       "provider",
       {},
       make_provider},
      {"msee", "a Microsoft enterprise edge router, AS 12076", "microsoft", {"bgp"}, make_msee},
      {"msee-trunk", "what leads a trunk's tags to the VRFs of an MSEE", "microsoft", {}, make_provider},
      {"public-service", "a public service of Microsoft's, behind its edge", "microsoft", {"bgp"}, make_public_service},
      {"er-gateway", "one instance of an ExpressRoute gateway, AS 65515", "azure", {"bgp"}, make_er_gateway},
      {"vpn-gateway", "one instance of a VPN gateway", "azure", {"bgp", "tunnels", "ha"}, make_vpn_gateway},
      {"vnet", "the fabric of a VNet: one routing table for each subnet", "azure", {"bgp", "fabric"}, make_vnet},
      {"load-balancer", "an internal or public load balancer", "azure", {"balancer"}, make_load_balancer},
      {"encryption-gateway", "one of a pair of encryption gateways", "azure", {"tunnels"}, make_encryption_gateway},
      {"encryption-controller",
       "points route tables at the encryption gateway that lives",
       "azure",
       {},
       make_encryption_controller},
      {"tunnel", "one tunnel of a node that has several", "on-prem", {"tunnels"}, make_tunnel},
      {"internet", "routers between public addresses", "internet", {}, make_internet},
  };
  return table;
}

const Role* find_role(std::string_view name) {
  const auto found = std::ranges::find(roles(), name, &Role::name);
  return found == roles().end() ? nullptr : &*found;
}

std::vector<std::string_view> sections_of(const network::Node& node) {
  const std::pair<std::string_view, bool> all[] = {
      {"bgp", node.bgp.has_value()}, {"tunnels", !node.tunnels.empty()},  {"sdwan", node.sdwan.has_value()},
      {"ha", node.ha.has_value()},   {"fabric", node.fabric.has_value()}, {"balancer", node.balancer.has_value()}};
  std::vector<std::string_view> used;
  for (const auto& [name, present] : all)
    if (present) used.push_back(name);
  return used;
}

}  // namespace xconn::nodes
