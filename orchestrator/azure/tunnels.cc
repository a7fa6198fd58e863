// SPDX-License-Identifier: Apache-2.0
// A node with several tunnels. charon's user-space IPsec has one tun for all its tunnels and chooses among them by
// traffic selector, so tunnels that are chosen by routing need a charon each, in a namespace of its own:
//
//   NODE:TUNNEL      -- NODE-TUNNEL:inner  what is in the tunnel; the node's end plays the tunnel's interface
//   NODE:TUNNEL.ike  -- NODE-TUNNEL:outer  IKE and ESP, in UDP, with the node's own address
//
// The node hands over the IKE and ESP that the peer sends to that address, by policy routing, which therefore is asked
// before the `local` table. Everything else that the peer sends is for the node, ARP too if both are on one network.
#include <initializer_list>
#include <utility>

#include "azure/expansion.hh"

namespace xconn::azure {
namespace {

constexpr std::uint32_t kHandOverRule = 10, kLocalRule = 20, kInnerRule = 100;
constexpr std::uint32_t kHandOverTables = 601;  // of the node: one for each tunnel
constexpr std::uint16_t kIke = 500, kNatTraversal = 4500;
constexpr std::uint32_t kInnerTable = 100, kLocalTable = 255, kGuardMetric = 1000;

InterfaceAddress alone(const Address& address) { return {address, address.bits()}; }

/// Both sides have the node's own address, and ask for their neighbours with it; each answers for what is behind it.
void borrow_address(network::Node& node, const std::string& interface) {
  node.sysctls["net/ipv4/conf/" + interface + "/accept_local"] = "1";
  node.sysctls["net/ipv4/conf/" + interface + "/proxy_arp"] = "1";
  node.sysctls["net/ipv4/neigh/" + interface + "/proxy_delay"] = "0";
}

/// Both sides show no hop, so that the two together are the one that they play.
network::Interface inner_port(const std::string& name, const network::Tunnel& tunnel) {
  network::Interface interface = port(name);
  interface.mtu = tunnel.mtu;
  interface.hide_hop = true;
  return interface;
}

void hand_over(const network::Tunnel& tunnel, const std::string& outer, std::uint32_t table, network::Node& node) {
  for (const auto port : {kIke, kNatTraversal})
    node.rules.push_back({.priority = kHandOverRule,
                          .from = alone(tunnel.remote).network(),
                          .to = alone(tunnel.local).network(),
                          .udp_port = port,
                          .table = table});
  Route route = route_to(alone(tunnel.local).network(), {{}, outer, false});
  route.table = table;
  node.routes.push_back(route);
}

void join(const network::Tunnel& tunnel, const std::string& outer, std::uint32_t table, network::Node& node) {
  auto inner = inner_port(tunnel.name, tunnel);
  inner.addresses.push_back(tunnel.address);
  node.interfaces.push_back(inner);
  node.interfaces.push_back(port(outer));
  for (const auto& name : {tunnel.name, outer}) borrow_address(node, name);
  hand_over(tunnel, outer, table, node);
  if (!tunnel.peer_address) return;
  for (auto& route : node.routes)
    for (auto& hop : route.next_hops)
      if (hop.via == tunnel.peer_address && hop.interface.empty()) hop = {{}, tunnel.name, false};
  node.routes.push_back(route_to(alone(*tunnel.peer_address).network(), {{}, tunnel.name, false}));
}

/// What comes in by `inner` goes into the tunnel or nowhere; what comes out of it goes to the node.
void route_through(const network::Tunnel& tunnel, network::Node& room) {
  room.routes = {route_to(alone(tunnel.remote).network(), {{}, "outer", false}),
                 route_to(Prefix{}, {tunnel.address.address(), "inner", true}),
                 route_to(Prefix{}, {{}, tunnel.name, false}), route_to(Prefix{})};
  room.routes[2].table = room.routes[3].table = kInnerTable;
  room.routes[3].kind = RouteKind::kBlackhole;
  room.routes[3].metric = kGuardMetric;
  Rule rule;
  rule.priority = kInnerRule;
  rule.in_interface = "inner";
  rule.table = kInnerTable;
  room.rules.push_back(rule);
}

void add_room(Expansion& expansion, const network::Tunnel& tunnel, const std::string& name, const std::string& site,
              const Where& where) {
  auto& room = expansion.add_node(name, "tunnel", site, where);
  room.interfaces = {inner_port("inner", tunnel), port("outer", {alone(tunnel.local)})};
  for (const auto& interface : room.interfaces) borrow_address(room, interface.name);
  room.tunnels = {tunnel};
  room.tunnels.front().peer_address.reset();
  route_through(tunnel, room);
}

void split(Expansion& expansion, const std::string& name) {
  const auto tunnels = std::exchange(expansion.node(name).tunnels, {});
  std::uint32_t table = kHandOverTables;
  for (const auto& tunnel : tunnels) {
    const std::string room = name + "-" + tunnel.name, outer = interface_name(tunnel.name + ".ike");
    join(tunnel, outer, table++, expansion.node(name));
    const auto where = expansion.node(name).where;
    add_room(expansion, tunnel, room, std::string(expansion.node(name).site), where);
    expansion.link({name, tunnel.name}, {room, "inner"}, where);
    expansion.link({name, outer}, {room, "outer"}, where);
  }
  Rule local;
  local.priority = kLocalRule;
  local.table = kLocalTable;
  expansion.node(name).rules.push_back(local);
}

}  // namespace

void split_tunnels(Expansion& expansion) {
  std::vector<std::string> names;
  for (const auto& node : expansion.out.nodes)
    if (node.tunnels.size() > 1) names.push_back(node.name);
  for (const auto& name : names) split(expansion, name);
}

}  // namespace xconn::azure
