// SPDX-License-Identifier: Apache-2.0
// A Connected VNet peering joins two fabrics by links: one for what the machines of the two VNets say to each other,
// one to a hub's gateways when a spoke uses them, and one for each appliance that is a next hop in the other VNet,
// because a packet does not say what its next hop was (Microsoft Learn, "Virtual network peering").
#include "azure/peering.hh"

#include <algorithm>

#include "azure/expansion.hh"
#include "model/rules.hh"

namespace xconn::azure {
namespace {

network::FabricPeer* find_peer(network::Fabric& fabric, const std::string& vnet) {
  const auto found = std::ranges::find(fabric.peers, vnet, &network::FabricPeer::vnet);
  return found == fabric.peers.end() ? nullptr : &*found;
}

/// The address that a VNet's side of every link to its peers has: the first router that it can have.
Address router_of(const model::Vnet& vnet) { return vnet.address_space.front().host(1); }

std::string add_side(Expansion& expansion, const model::Vnet& vnet, const std::string& name) {
  auto side = port(interface_name(name), {{router_of(vnet), 32}});
  side.hide_hop = true;
  expansion.node(vnet.name).interfaces.push_back(side);
  return side.name;
}

network::FabricPeer peer_of(const model::Topology& topology, const model::Vnet& remote,
                            const model::VnetPeering& half) {
  network::FabricPeer peer;
  peer.vnet = remote.name;
  peer.address_space = known_address_space(topology, half);
  peer.router = router_of(remote);
  peer.access = half.allow_vnet_access;
  peer.forwarded_traffic = half.allow_forwarded_traffic;
  return peer;
}

/// The two sides of one more link between `a` and `b`: the interface in a, and the one in b.
std::pair<std::string, std::string> join(Expansion& expansion, const model::Vnet& a, const model::Vnet& b,
                                         const std::string& what) {
  const std::string in_a = add_side(expansion, a, b.name + what), in_b = add_side(expansion, b, a.name + what);
  expansion.link({a.name, in_a}, {b.name, in_b}, a.where);
  return {in_a, in_b};
}

void connect(Expansion& expansion, const model::Vnet& a, const model::VnetPeering& half,
             const model::VnetPeering& other) {
  const auto& b = vnet_of(expansion.in, half.remote);
  auto in_a = peer_of(expansion.in, b, half), in_b = peer_of(expansion.in, a, other);
  std::tie(in_a.interface, in_b.interface) = join(expansion, a, b, "");
  in_a.remote_gateways = uses_remote_gateways(expansion.in, a.name, half);
  in_b.remote_gateways = uses_remote_gateways(expansion.in, b.name, other);
  if (in_a.remote_gateways || in_b.remote_gateways)
    std::tie(in_a.transit_interface, in_b.transit_interface) = join(expansion, a, b, "-gw");
  expansion.fabric(a.name).peers.push_back(std::move(in_a));
  expansion.fabric(b.name).peers.push_back(std::move(in_b));
}

/// Several user routes may have one next hop: they share its link, which is the one with a route to it.
const NextHop* known_way(const network::Fabric& fabric, const Address& appliance) {
  for (const auto& subnet : fabric.subnets)
    for (const auto& route : subnet.routes)
      for (const auto& hop : route.next_hops)
        if (hop.via == appliance) return &hop;
  return nullptr;
}

const model::VnetPeering* find_half(const model::Topology& topology, const std::string& vnet, const std::string& name) {
  const auto* owner = find_named(topology.vnets, vnet);
  return owner == nullptr ? nullptr : find_named(owner->peerings, name);
}

bool is_in_sync(const model::Topology& topology, const model::VnetPeering& half) {
  return std::ranges::is_permutation(known_address_space(topology, half), vnet_of(topology, half.remote).address_space);
}

}  // namespace

const model::VnetPeering* other_half(const model::Topology& topology, const std::string& vnet,
                                     const model::VnetPeering& half) {
  const auto remote = std::ranges::find(topology.vnets, half.remote, &model::Vnet::name);
  if (half.disconnected || remote == topology.vnets.end()) return nullptr;
  const auto other = std::ranges::find(remote->peerings, vnet, &model::VnetPeering::remote);
  return other == remote->peerings.end() || other->disconnected ? nullptr : &*other;
}

std::string peering_state(const model::Topology& topology, const std::string& vnet, const model::VnetPeering& half) {
  return other_half(topology, vnet, half) == nullptr ? state_unjoined(half) : "Connected";
}

std::string state_unjoined(const model::VnetPeering& half) { return half.disconnected ? "Disconnected" : "Initiated"; }

const std::vector<Prefix>& known_address_space(const model::Topology& topology, const model::VnetPeering& half) {
  return half.remote_address_space.empty() ? vnet_of(topology, half.remote).address_space : half.remote_address_space;
}

std::string_view sync_level(const model::Topology& topology, const std::string& vnet, const model::VnetPeering& half) {
  const auto* other = other_half(topology, vnet, half);
  if (other == nullptr) return "RemoteNotInSync";
  const bool knows_remote = is_in_sync(topology, half), remote_knows = is_in_sync(topology, *other);
  if (knows_remote) return remote_knows ? "FullyInSync" : "LocalNotInSync";
  return remote_knows ? "RemoteNotInSync" : "LocalAndRemoteNotInSync";
}

std::string peering_interface(const std::string& remote) { return interface_name(remote); }

std::vector<std::pair<std::string, std::string>> left_alone(const model::Topology& before,
                                                            const model::Topology& after) {
  std::vector<std::pair<std::string, std::string>> left;
  for (const auto& vnet : before.vnets)
    for (const auto& half : vnet.peerings)
      if (peering_state(before, vnet.name, half) != "Initiated")
        if (const auto* now = find_half(after, vnet.name, half.name);
            now != nullptr && !other_half(after, vnet.name, *now))
          left.emplace_back(vnet.name, half.name);
  return left;
}

std::vector<Unsynced> left_unsynced(const model::Topology& before, const model::Topology& after) {
  std::vector<Unsynced> left;
  for (const auto& vnet : before.vnets)
    for (const auto& half : vnet.peerings) {
      const auto* now = find_half(after, vnet.name, half.name);
      if (now == nullptr || now->remote != half.remote || !now->remote_address_space.empty()) continue;
      if (!other_half(before, vnet.name, half) || !other_half(after, vnet.name, *now)) continue;
      const auto& known = known_address_space(before, half);
      if (!std::ranges::is_permutation(known, vnet_of(after, now->remote).address_space))
        left.push_back({vnet.name, half.name, known});
    }
  return left;
}

bool uses_remote_gateways(const model::Topology& topology, const std::string& spoke, const model::VnetPeering& half) {
  const auto* other = other_half(topology, spoke, half);
  return half.use_remote_gateways && other != nullptr && other->allow_gateway_transit;
}

std::string vnet_of_gateways(const model::Topology& topology, const std::string& vnet) {
  const auto* own = find_named(topology.vnets, vnet);
  if (own == nullptr) return vnet;
  const auto hub =
      std::ranges::find_if(own->peerings, [&](const auto& half) { return uses_remote_gateways(topology, vnet, half); });
  return hub == own->peerings.end() ? vnet : hub->remote;
}

std::vector<Prefix> reached_through_gateways_of(const model::Topology& topology, const model::Vnet& vnet) {
  std::vector<Prefix> reached = vnet.address_space;
  for (const auto& spoke : topology.vnets)
    for (const auto& half : spoke.peerings)
      if (half.remote == vnet.name && uses_remote_gateways(topology, spoke.name, half))
        std::ranges::copy(known_address_space(topology, *other_half(topology, spoke.name, half)),
                          std::back_inserter(reached));
  return reached;
}

void add_vnet_peerings(Expansion& expansion) {
  for (const auto& vnet : expansion.in.vnets)
    for (const auto& half : vnet.peerings) {
      const auto* other = other_half(expansion.in, vnet.name, half);
      if (other != nullptr && find_peer(expansion.fabric(vnet.name), half.remote) == nullptr)
        connect(expansion, vnet, half, *other);
    }
}

std::optional<NextHop> appliance_across_peering(Expansion& expansion, const std::string& vnet,
                                                const Address& appliance) {
  if (const auto* way = known_way(expansion.fabric(vnet), appliance)) return *way;
  for (const auto& peer : expansion.fabric(vnet).peers) {
    const auto* found = nic_of(expansion.fabric(peer.vnet), appliance);
    if (found == nullptr) continue;
    const network::FabricNic nic = *found;
    const std::string remote = peer.vnet, suffix = "-" + nic.interface;
    const auto [here, there] = join(expansion, vnet_of(expansion.in, vnet), vnet_of(expansion.in, remote), suffix);
    force_out(expansion.node(remote), there, nic);
    find_peer(expansion.fabric(remote), vnet)->appliance_interfaces.push_back(there);
    return NextHop{appliance, here, true};
  }
  return std::nullopt;
}

}  // namespace xconn::azure
