#include "nodes/routing/routing.hh"

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "nodes/routing/policy.hh"
#include "nodes/routing/propagation.hh"
#include "nodes/templates.hh"

namespace xconn::nodes {
namespace {

using Data = kainjow::mustache::data;
constexpr const char* kConfig = "frr.conf";

using Milliseconds = std::chrono::milliseconds;

/// What the two timer profiles mean to FRR. azure: ExpressRoute's documented defaults; fast: the lowest that its MSEEs
/// accept (Microsoft Learn, "ExpressRoute FAQ" and "Configure BFD over ExpressRoute").
struct Profile {
  const char* name;
  std::chrono::seconds keepalive, hold;
  Milliseconds bfd;
};
constexpr int kDetectMultiplier = 3;
constexpr Profile kProfiles[] = {{"azure", std::chrono::seconds(60), std::chrono::seconds(180), Milliseconds(300)},
                                 {"fast", std::chrono::seconds(3), std::chrono::seconds(10), Milliseconds(100)}};

const Profile& profile_of(const model::Topology& topology) {
  return kProfiles[topology.timers == model::Timers::kFast];
}

std::string seconds_text(std::optional<Duration> wanted, std::chrono::seconds otherwise) {
  return std::to_string(wanted ? std::chrono::duration_cast<std::chrono::seconds>(*wanted).count() : otherwise.count());
}

Data item(const char* key, const std::string& value) {
  Data data;
  data.set(key, value);
  return data;
}

void flag(Data& data, const char* name, bool value) {
  data.set(name, value ? Data::type::bool_true : Data::type::bool_false);
}

/// The node's own address in the network of the neighbour.
std::optional<Address> connected_source(const model::Node& node, const Address& neighbor) {
  for (const auto& interface : node.interfaces)
    for (const auto& own : interface.addresses)
      if (own.network().contains(neighbor)) return own.address();
  return std::nullopt;
}

/// With BFD the source is always said, for it is part of what a BFD session is known by.
void set_source(Data& data, const Setting& setting, const model::BgpNeighbor& neighbor) {
  const auto connected = connected_source(setting.node, neighbor.address);
  const auto source = neighbor.source ? neighbor.source : connected;
  if (!source || (!neighbor.source && !neighbor.bfd)) return;
  data.set("update_source", item("from", source->text()));
  Data peer = item("from", source->text());
  flag(peer, "far", !connected);
  if (neighbor.bfd) data.set("bfd_peer", peer);
}

Data neighbor_data(const Setting& setting, const model::BgpNeighbor& neighbor, const Policy& policy,
                   const Profile& profile) {
  Data data = item("address", neighbor.address.text());
  data.set("asn", neighbor.asn.text());
  data.set("bfd_profile", profile.name);
  const std::pair<const char*, bool> flags[] = {{"bfd", neighbor.bfd},
                                                {"passive", neighbor.passive},
                                                {"shutdown", neighbor.shutdown},
                                                {"multihop", neighbor.ebgp_multihop},
                                                {"next_hop_self", neighbor.next_hop_self},
                                                {"route_reflector_client", neighbor.route_reflector_client},
                                                {"remove_private_as", neighbor.remove_private_as},
                                                {"filters_in", policy.filters_in},
                                                {"filters_out", policy.filters_out},
                                                {"map_in", policy.map_in},
                                                {"map_out", policy.map_out}};
  for (const auto& [name, value] : flags) flag(data, name, value);
  if (neighbor.password) data.set("password", item("text", *neighbor.password));
  // bgpd looks at the number before it has counted the new prefix, so it would take one more (docs/fidelity.md)
  if (neighbor.maximum_prefix)
    data.set("maximum_prefix", item("count", std::to_string(std::max(*neighbor.maximum_prefix, 2U) - 1)));
  set_source(data, setting, neighbor);
  return data;
}

/// The sections of frr.conf that are lists; each address family has those of its own.
struct Sections {
  Data policy{Data::type::list}, neighbors{Data::type::list}, families{Data::type::list};
};

Data family_data(const model::Bgp& bgp, bool v4, const Data& neighbors) {
  Data family = item("family", v4 ? "ipv4" : "ipv6"), networks{Data::type::list};
  for (const auto& prefix : bgp.advertise) {
    if (prefix.is_v4() != v4) continue;
    Data network = item("prefix", prefix.text());
    if (bgp.communities.contains(prefix)) network.set("map", item("name", origin_map(prefix)));
    networks.push_back(network);
  }
  family.set("networks", networks);
  family.set("neighbors", neighbors);
  return family;
}

Sections sections_of_bgp(const Setting& setting, const std::vector<Prefix>& reject, const Profile& profile) {
  const auto& bgp = *setting.node.bgp;
  Sections sections;
  for (const auto& line : origin_maps(bgp)) sections.policy.push_back(item("line", line));
  Data v4{Data::type::list}, v6{Data::type::list};
  for (const auto& neighbor : bgp.neighbors) {
    const auto policy = policy_of(setting, neighbor, reject);
    for (const auto& line : policy.lines) sections.policy.push_back(item("line", line));
    const Data data = neighbor_data(setting, neighbor, policy, profile);
    sections.neighbors.push_back(data);
    (neighbor.address.is_v4() ? v4 : v6).push_back(data);
  }
  sections.families.push_back(family_data(bgp, true, v4));
  if (!v6.is_empty_list()) sections.families.push_back(family_data(bgp, false, v6));
  return sections;
}

Data node_data(const Setting& setting, const std::vector<Prefix>& reject) {
  const auto& profile = profile_of(setting.topology);
  const auto& bgp = *setting.node.bgp;
  const auto sections = sections_of_bgp(setting, reject, profile);
  Data data = item("node", setting.node.name);
  data.set("asn", bgp.asn.text());
  if (const auto id = router_id_of(setting.node)) data.set("router_id", item("address", id->text()));
  data.set("keepalive", seconds_text(bgp.keepalive, profile.keepalive));
  data.set("hold", seconds_text(bgp.hold, profile.hold));
  data.set("maximum_paths", std::to_string(bgp.maximum_paths));
  data.set("bfd_profile", profile.name);
  data.set("bfd_interval", std::to_string(profile.bfd.count()));
  data.set("bfd_multiplier", std::to_string(kDetectMultiplier));
  data.set("policy", sections.policy);
  data.set("neighbors", sections.neighbors);
  data.set("families", sections.families);
  return data;
}

void add_facts(const Setting& setting, Fragment& fragment) {
  for (const auto& neighbor : setting.node.bgp->neighbors) {
    const auto session = session_with(setting.topology, setting.node, neighbor);
    if (!session) continue;
    fragment.add_fact("bgp", neighbor.address.text(), "Established");
    if (neighbor.bfd && session->back->bfd) fragment.add_fact("bfd", neighbor.address.text(), "up");
  }
  for (const auto& [prefix, next_hops] : setting.propagation.learned(setting.node))
    fragment.add_route_fact(prefix, next_hops);
}

/// BFD gives up after three intervals, BGP after the hold time; 0 is never (RFC 4271 section 4.2).
void add_detections(const Setting& setting, Fragment& fragment) {
  const auto& profile = profile_of(setting.topology);
  const auto& bgp = *setting.node.bgp;
  const Duration hold = bgp.hold.value_or(profile.hold), keepalive = bgp.keepalive.value_or(profile.keepalive);
  for (const auto& neighbor : bgp.neighbors) {
    if (neighbor.bfd)
      fragment.add_detection("bfd", neighbor.address.text(), profile.bfd, kDetectMultiplier * profile.bfd);
    if (hold > Duration{0}) fragment.add_detection("bgp", neighbor.address.text(), keepalive, hold);
  }
}

}  // namespace

void add_routing(const Setting& setting, Fragment& fragment, const std::vector<Prefix>& reject) {
  if (!setting.node.bgp) return;
  const auto& bgp = *setting.node.bgp;
  const bool with_bfd = std::ranges::any_of(bgp.neighbors, &model::BgpNeighbor::bfd);
  const bool secret =
      std::ranges::any_of(bgp.neighbors, [](const auto& neighbor) { return neighbor.password.has_value(); });
  Data data = node_data(setting, reject);
  flag(data, "with_bfd", with_bfd);
  fragment.add_file(kConfig, rendered("routing/frr.conf", data), secret);
  std::vector<std::string> before_bgp{"zebra"};
  fragment.add_service("frr", "zebra", kConfig);
  if (with_bfd) {
    fragment.add_service("frr", "bfdd", kConfig, {"zebra"});
    before_bgp.emplace_back("bfdd");
  }
  fragment.add_service("frr", "bgpd", kConfig, before_bgp);
  add_facts(setting, fragment);
  add_detections(setting, fragment);
}

}  // namespace xconn::nodes
