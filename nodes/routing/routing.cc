// SPDX-License-Identifier: Apache-2.0
#include "nodes/routing/routing.hh"

#include <algorithm>

#include "frr/router.hh"
#include "nodes/routing/propagation.hh"

namespace xconn::nodes {
namespace {

using namespace std::chrono_literals;

/// What the two timer profiles mean to FRR. azure: ExpressRoute's documented defaults; fast: the lowest that its MSEEs
/// accept (Microsoft Learn, "ExpressRoute FAQ" and "Configure BFD over ExpressRoute").
struct Profile {
  const char* name;
  std::chrono::seconds keepalive, hold;
  std::chrono::milliseconds bfd;
};
constexpr int kDetectMultiplier = 3;
constexpr Profile kProfiles[] = {{"azure", 60s, 180s, 300ms}, {"fast", 3s, 10s, 100ms}};

const Profile& profile_of(const network::Network& network) {
  return kProfiles[network.timers == network::Timers::kFast];
}

/// The node's own address in the network of the neighbour.
std::optional<Address> connected_source(const network::Node& node, const Address& neighbor) {
  for (const auto& interface : node.interfaces)
    for (const auto& own : interface.addresses)
      if (own.network().contains(neighbor)) return own.address();
  return std::nullopt;
}

network::PolicyIn policy_in(const network::BgpNeighbor& from, const std::vector<Prefix>& reject) {
  network::PolicyIn in{from.accept, reject, from.accept_communities, from.local_preference};
  in.refuse.insert(in.refuse.end(), from.refuse.begin(), from.refuse.end());
  return in;
}

network::PolicyOut policy_out(const network::BgpNeighbor& to) {
  return {to.announce,      to.announce_communities, to.withhold_communities,
          to.withhold_asns, to.set_communities,      to.prepend};
}

/// With BFD the source is always said, for it is part of what a BFD session is known by.
network::Neighbor neighbor_of(const Setting& setting, const network::BgpNeighbor& neighbor,
                              const std::vector<Prefix>& reject) {
  const auto connected = connected_source(setting.node, neighbor.address);
  return {.address = neighbor.address,
          .asn = neighbor.asn,
          .password = neighbor.password,
          .source = neighbor.source || !neighbor.bfd ? neighbor.source : connected,
          .bfd = neighbor.bfd,
          .is_far = !connected,
          .multihop = neighbor.ebgp_multihop,
          .passive = neighbor.passive,
          .shutdown = neighbor.shutdown,
          .next_hop_self = neighbor.next_hop_self,
          .route_reflector_client = neighbor.route_reflector_client,
          .remove_private_as = neighbor.remove_private_as,
          .as_override = neighbor.as_override,
          .maximum_prefix = neighbor.maximum_prefix,
          .in = policy_in(neighbor, reject),
          .out = policy_out(neighbor)};
}

network::Origin origin_of(const network::Bgp& bgp, const Prefix& prefix) {
  const auto marked = bgp.communities.find(prefix);
  return {prefix, marked == bgp.communities.end() ? std::vector<std::string>{} : marked->second};
}

network::Speaker speaker_of(const Setting& setting, const std::vector<Prefix>& reject) {
  const auto& profile = profile_of(setting.network);
  const auto& bgp = *setting.node.bgp;
  network::Speaker speaker{.asn = bgp.asn,
                           .router_id = router_id_of(setting.node),
                           .keepalive = bgp.keepalive.value_or(profile.keepalive),
                           .hold = bgp.hold.value_or(profile.hold),
                           .maximum_paths = bgp.maximum_paths,
                           .bfd = {profile.name, profile.bfd, kDetectMultiplier}};
  for (const auto& prefix : bgp.advertise) speaker.networks.push_back(origin_of(bgp, prefix));
  for (const auto& neighbor : bgp.neighbors) speaker.neighbors.push_back(neighbor_of(setting, neighbor, reject));
  return speaker;
}

void add_services(const network::Speaker& speaker, Fragment& fragment) {
  std::vector<std::string> before_bgp{"zebra"};
  fragment.add_service("frr", "zebra", plan::kFrrFile);
  if (speaker.has_bfd()) {
    fragment.add_service("frr", "bfdd", plan::kFrrFile, {"zebra"});
    before_bgp.emplace_back("bfdd");
  }
  fragment.add_service("frr", "bgpd", plan::kFrrFile, before_bgp);
}

void add_facts(const Setting& setting, Fragment& fragment) {
  for (const auto& neighbor : setting.node.bgp->neighbors) {
    const auto session = session_with(setting.network, setting.node, neighbor);
    if (!session) continue;
    fragment.add_fact("bgp", neighbor.address.text(), "Established");
    if (neighbor.bfd && session->back->bfd) fragment.add_fact("bfd", neighbor.address.text(), "up");
  }
  for (const auto& [prefix, next_hops] : setting.propagation.learned(setting.node))
    fragment.add_route_fact(prefix, next_hops);
}

/// BFD gives up after three intervals, BGP after the hold time; 0 is never (RFC 4271 section 4.2).
void add_detections(const network::Speaker& speaker, Fragment& fragment) {
  for (const auto& neighbor : speaker.neighbors) {
    const auto address = neighbor.address.text();
    if (neighbor.bfd)
      fragment.add_detection("bfd", address, speaker.bfd.interval, speaker.bfd.multiplier * speaker.bfd.interval);
    if (speaker.hold > Duration{0}) fragment.add_detection("bgp", address, speaker.keepalive, speaker.hold);
  }
}

}  // namespace

void add_routing(const Setting& setting, Fragment& fragment, const std::vector<Prefix>& reject) {
  if (!setting.node.bgp) return;
  const auto speaker = speaker_of(setting, reject);
  fragment.add_file(plan::kFrrFile, frr::text(setting.node.name, speaker), speaker.has_secret());
  add_services(speaker, fragment);
  add_facts(setting, fragment);
  add_detections(speaker, fragment);
  fragment.node.bgp = speaker;
}

}  // namespace xconn::nodes
