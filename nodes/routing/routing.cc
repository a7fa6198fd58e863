#include "nodes/routing/routing.hh"

#include <algorithm>
#include <kainjow/mustache.hpp>

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

std::string or_longer(const Prefix& prefix) {
  return prefix.length() < prefix.network().bits() ? prefix.text() + " le " + std::to_string(prefix.network().bits())
                                                   : prefix.text();
}

/// The lines of one prefix list; none when everything may pass.
Data filter(const std::string& name, const std::vector<Prefix>& permitted, const std::vector<Prefix>& rejected) {
  Data lines{Data::type::list};
  int sequence = 0;
  const auto add = [&](const char* action, const std::string& what) {
    Data line = item("name", name);
    line.set("sequence", std::to_string(sequence += 5));
    line.set("rule", std::string(action) + " " + what);
    lines.push_back(line);
  };
  for (const auto& prefix : rejected) add("deny", or_longer(prefix));
  for (const auto& prefix : permitted) add("permit", prefix.text());
  if (permitted.empty() && !rejected.empty()) add("permit", "any");
  return lines;
}

std::string prepended(const Asn& own, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += " " + own.text();
  return text;
}

void flag(Data& data, const char* name, bool value) {
  data.set(name, value ? Data::type::bool_true : Data::type::bool_false);
}

void set_filters(Data& data, const std::string& id, const model::BgpNeighbor& neighbor,
                 const std::vector<Prefix>& reject) {
  const auto in = filter("IN-" + id, neighbor.accept, reject), out = filter("OUT-" + id, neighbor.announce, {});
  flag(data, "filters_in", !in.is_empty_list());
  flag(data, "filters_out", !out.is_empty_list());
  data.set("list_in", in);
  data.set("list_out", out);
}

/// The node's own address in the network of the neighbour.
std::optional<Address> source_towards(const model::Node& node, const model::BgpNeighbor& neighbor) {
  if (neighbor.source) return neighbor.source;
  for (const auto& interface : node.interfaces)
    for (const auto& own : interface.addresses)
      if (own.network().contains(neighbor.address)) return own.address();
  return std::nullopt;
}

Data neighbor_data(const Setting& setting, const model::BgpNeighbor& neighbor, const std::vector<Prefix>& reject,
                   const Profile& profile) {
  Data data;
  const std::string id = neighbor.address.text();
  data.set("address", id);
  data.set("asn", neighbor.asn.text());
  data.set("bfd_profile", profile.name);
  flag(data, "bfd", neighbor.bfd);
  const auto source = source_towards(setting.node, neighbor);
  if (neighbor.bfd && source) data.set("bfd_peer", item("from", source->text()));
  flag(data, "passive", neighbor.passive);
  flag(data, "next_hop_self", neighbor.next_hop_self);
  flag(data, "route_reflector_client", neighbor.route_reflector_client);
  flag(data, "remove_private_as", neighbor.remove_private_as);
  if (neighbor.password) data.set("password", item("text", *neighbor.password));
  if (neighbor.maximum_prefix) data.set("maximum_prefix", item("count", std::to_string(*neighbor.maximum_prefix)));
  if (neighbor.local_preference)
    data.set("local_preference", item("value", std::to_string(*neighbor.local_preference)));
  if (neighbor.prepend > 0) data.set("prepend", item("path", prepended(setting.node.bgp->asn, neighbor.prepend)));
  set_filters(data, id, neighbor, reject);
  return data;
}

Data node_data(const Setting& setting, const std::vector<Prefix>& reject) {
  const auto& profile = profile_of(setting.topology);
  const auto& bgp = *setting.node.bgp;
  Data data = item("node", setting.node.name);
  data.set("asn", bgp.asn.text());
  if (bgp.router_id) data.set("router_id", item("address", bgp.router_id->text()));
  data.set("keepalive", seconds_text(bgp.keepalive, profile.keepalive));
  data.set("hold", seconds_text(bgp.hold, profile.hold));
  data.set("maximum_paths", std::to_string(bgp.maximum_paths));
  data.set("bfd_profile", profile.name);
  data.set("bfd_interval", std::to_string(profile.bfd.count()));
  Data networks{Data::type::list}, neighbors{Data::type::list};
  for (const auto& prefix : bgp.advertise) networks.push_back(item("prefix", prefix.text()));
  for (const auto& neighbor : bgp.neighbors) neighbors.push_back(neighbor_data(setting, neighbor, reject, profile));
  data.set("networks", networks);
  data.set("neighbors", neighbors);
  return data;
}

void add_facts(const Setting& setting, Fragment& fragment) {
  for (const auto& neighbor : setting.node.bgp->neighbors) {
    const auto session = session_with(setting.topology, setting.node, neighbor);
    if (!session) continue;
    fragment.add_fact("bgp", neighbor.address.text(), "Established");
    if (neighbor.bfd && session->back->bfd) fragment.add_fact("bfd", neighbor.address.text(), "up");
  }
  for (const auto& prefix : learned_prefixes(setting.topology, setting.node))
    fragment.add_fact("route", prefix.text(), "");
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
}

}  // namespace xconn::nodes
