// SPDX-License-Identifier: Apache-2.0
// What Microsoft's edge routers see of a circuit: the kernel's neighbours and counters, and FRR's tables.
#include <fmt/format.h>

#include <algorithm>

#include "az/frr.hh"
#include "az/readouts.hh"
#include "az/refusal.hh"
#include "az/resource.hh"
#include "azure/expand.hh"
#include "model/rules.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

/// One peering of a circuit on one of its two paths.
struct Path {
  const model::Circuit& circuit;
  const model::Peering& peering;
  int end;  ///< 0 primary, 1 secondary
  std::string node;

  const Prefix& prefix() const { return end == 0 ? peering.primary : peering.secondary; }
  std::string microsoft() const { return prefix().host(2).text() + "/" + std::to_string(prefix().length()); }
};

Finding no_table(const std::string& circuit, const std::string& field, const std::string& value,
                 const std::string& remedy) {
  return model::finding_of(model::rule("V47", model::When::kReadOut), "circuit " + circuit, field, value, remedy);
}

Refusal no_sub_interface(const Query& query, const model::Circuit& circuit, const std::string& peering) {
  return refused("ResourceNotFound",
                 fmt::format("Can not find any subinterface for peering type '{}' for circuit '{}' .", peering,
                             service_key(query, circuit)),
                 kNotThere)
      .explained(no_table(circuit.name, "peering-name", peering,
                          "xconn peering list: name a peering that is there, on a circuit that is Provisioned"));
}

const model::Peering& peering_of(const Query& query, const model::Circuit& circuit, std::string_view called) {
  const std::string name(called);
  const auto& found = same_name(name, "MicrosoftPeering") ? circuit.microsoft_peering : circuit.private_peering;
  if (!found || !(same_name(name, "MicrosoftPeering") || same_name(name, "AzurePrivatePeering")))
    throw no_sub_interface(query, circuit, name);
  return *found;
}

/// Each peering ends in a VRF of the circuit's MSEE, which is a node: the one that has Microsoft's address of that
/// path.
std::string node_of(const Query& query, const network::Network& network, const Path& path) {
  const auto msee = azure::msee_name(query.topology, path.circuit, path.end);
  const auto has_address = [&](const network::Interface& interface) {
    return std::ranges::any_of(interface.addresses, [&](const auto& one) { return one.text() == path.microsoft(); });
  };
  for (const auto& node : network.nodes)
    if ((node.name == msee || node.name.starts_with(msee + "-")) && std::ranges::any_of(node.interfaces, has_address))
      return node.name;
  return msee;
}

Path path_of(const Query& query) {
  const auto& circuit = circuit_of(query);
  const auto& peering = peering_of(query, circuit, query.at("peering-name"));
  const auto path = query.at("path");
  if (!same_name(path, "primary") && !same_name(path, "secondary"))
    throw refused("InternalServerError", "Sequence contains no matching element")
        .explained(no_table(circuit.name, "path", path, "use primary or secondary"));
  const int end = same_name(path, "primary") ? 0 : 1;
  Path found{circuit, peering, end, {}};
  found.node = node_of(query, azure::expand(query.topology), found);
  return found;
}

/// The link of a node that has this address now. nullptr when none has.
const json* link_with(const json& links, const std::string& address) {
  for (const auto& link : links)
    for (const auto& one : link.at("addresses"))
      if (one == address) return &link;
  return nullptr;
}

std::string cisco_text(const std::string& mac) {
  const auto parsed = Mac::parse(mac);
  return parsed ? parsed->cisco_text() : "Incomplete";
}

json arp_row(const char* interface, const std::string& address, const std::string& mac, std::int64_t minutes) {
  return {{"age", minutes}, {"interface", interface}, {"ipAddress", address}, {"macAddress", mac}};
}

bool is_arp_entry(const json& neighbour, const json& link) {
  const auto state = neighbour.at("state").get<std::string>();
  const auto address = Address::parse(neighbour.at("address").get<std::string>());
  return neighbour.at("interface") == link.at("name") && address && address->is_v4() && state != "no-arp" &&
         state != "none";
}

/// A router that asks and hears nothing shows "Incomplete"; the kernel says "incomplete" while it asks, "failed" after.
json neighbour_row(const json& neighbour) {
  constexpr std::int64_t kMinute = 60'000;
  const auto state = neighbour.at("state").get<std::string>();
  const bool known = state != "incomplete" && state != "failed";
  return arp_row("On-Prem", neighbour.at("address"), known ? cisco_text(neighbour.at("mac")) : "Incomplete",
                 known ? neighbour.at("confirmed_ms").get<std::int64_t>() / kMinute : 0);
}

std::vector<const json*> best_first(const json& paths) {
  std::vector<const json*> out;
  for (const auto& path : paths) out.push_back(&path);
  std::ranges::stable_sort(
      out, [](const json* a, const json* b) { return a->value("bestpath", false) > b->value("bestpath", false); });
  return out;
}

std::string next_hop_of(const json& path) {
  const auto& hops = path.at("nexthops");
  return hops.empty() ? "" : hops.front().value("ip", "");
}

/// "65515 I", a line's end, and what is left of a column 20 wide: Azure hands on what its router printed.
std::string path_text(const json& path) {
  static const std::map<std::string, std::string> kOrigins{{"IGP", "I"}, {"EGP", "E"}, {"incomplete", "?"}};
  const auto origin = kOrigins.find(path.value("origin", "IGP"));
  const auto as_path = path.value("path", "");
  return as_path + (as_path.empty() ? "" : " ") + (origin == kOrigins.end() ? "?" : origin->second) + "\n" +
         std::string(20, ' ');
}

/// Among several ways to a network the active one is starred.
json route_row(const std::string& network, const json& path, bool star) {
  return {{"locPrf", std::to_string(path.value("locPrf", 100))},
          {"network", network},
          {"nextHop", next_hop_of(path) + (star ? "*" : "")},
          {"path", path_text(path)},
          {"weight", path.value("weight", 0)}};
}

/// As a router prints how long a session has been up or down: "25:24", "1:02:03", "2d 4:05:06".
std::string up_down(const json& peer) {
  const auto total = peer.value("peerUptimeMsec", std::int64_t{0}) / 1000;
  if (total == 0 && !is_established(peer)) return "never";
  const auto days = total / 86400, hours = total / 3600 % 24, minutes = total / 60 % 60, seconds = total % 60;
  if (days > 0) return fmt::format("{}d {}:{:02}:{:02}", days, hours, minutes, seconds);
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, seconds)
                   : fmt::format("{:02}:{:02}", minutes, seconds);
}

json summary_row(const Address& neighbour, const json& peer) {
  return {{"as", peer.at("remoteAs")},
          {"neighbor", neighbour.text()},
          {"statePfxRcd", is_established(peer) ? std::to_string(peer.value("pfxRcd", 0)) : peer.value("state", "Idle")},
          {"upDown", up_down(peer)},
          {"v", peer.value("version", 4)}};
}

void demand_sessions(const Query& query, const json* summary) {
  if (summary != nullptr)
    for (const auto peers = member(*summary, "peers"); const auto& peer : peers)
      if (is_established(peer)) return;
  throw refused("BadRequest", "Gateway does not have any Bgp sessions.")
      .explained(no_table(circuit_of(query).name, "path", query.at("path"),
                          "see list-route-tables-summary for the state of its sessions"));
}

/// Both paths of each peering of a circuit.
std::vector<Path> paths_of(const Query& query, const model::Circuit& circuit) {
  const auto network = azure::expand(query.topology);
  std::vector<Path> paths;
  for (const auto* peering : {&circuit.private_peering, &circuit.microsoft_peering})
    for (int end : {0, 1}) {
      if (!*peering) continue;
      paths.push_back({circuit, **peering, end, {}});
      paths.back().node = node_of(query, network, paths.back());
    }
  return paths;
}

}  // namespace

std::vector<Question> ask_arp_table(const Query& query) {
  const auto path = path_of(query);
  return {{path.node, "links", ""}, {path.node, "neighbours", ""}};
}

json arp_table(const Query& query, const Answers& answers) {
  const auto path = path_of(query);
  const auto* link = link_with(answers.at(0), path.microsoft());
  if (link == nullptr) throw no_sub_interface(query, path.circuit, query.at("peering-name"));
  auto rows = json::array();
  for (const auto& neighbour : answers.at(1))
    if (is_arp_entry(neighbour, *link)) rows.push_back(neighbour_row(neighbour));
  if (query.at("msee-vendor") != "juniper")  // whose MSEEs do not show their own address
    rows.push_back(arp_row("Microsoft", path.prefix().host(2).text(), cisco_text(link->at("mac")), 0));
  return {{"value", rows}};
}

std::vector<Question> ask_route_table(const Query& query) {
  const auto node = path_of(query).node;
  return {{node, "vty", kShowRoutes}, {node, "vty", kShowSummary}};
}

json route_table(const Query& query, const Answers& answers) {
  demand_sessions(query, answers.find(1));
  auto rows = json::array();
  for (const auto& [prefix, paths] : in_order<Prefix>(member(answers.at(0), "routes")))
    for (const auto* path : best_first(paths))
      rows.push_back(route_row(prefix.text(), *path, paths.size() > 1 && path->value("bestpath", false)));
  return {{"value", rows}};
}

std::vector<Question> ask_route_summary(const Query& query) { return {{path_of(query).node, "vty", kShowSummary}}; }

json route_summary(const Query&, const Answers& answers) {
  auto rows = json::array();
  for (const auto& [address, peer] : in_order<Address>(member(answers.at(0), "peers")))
    rows.push_back(summary_row(address, peer));
  return {{"value", rows}};
}

std::vector<Question> ask_statistics(const Query& query) {
  std::vector<Question> questions;
  for (const auto& path : paths_of(query, circuit_of(query))) questions.push_back({path.node, "links", ""});
  return questions;
}

/// In is from on-prem. Both peerings count.
json statistics(const Query& query, const Answers& answers) {
  json out{{"primarybytesIn", 0}, {"primarybytesOut", 0}, {"secondarybytesIn", 0}, {"secondarybytesOut", 0}};
  const auto paths = paths_of(query, circuit_of(query));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto* link = link_with(answers.at(i), paths[i].microsoft());
    if (link == nullptr) continue;
    const std::string name = paths[i].end == 0 ? "primarybytes" : "secondarybytes";
    for (const auto& [side, counter] : {std::pair{"In", "rx_bytes"}, std::pair{"Out", "tx_bytes"}})
      out[name + side] = out[name + side].get<std::uint64_t>() + link->at(counter).get<std::uint64_t>();
  }
  return out;
}

}  // namespace xconn::az
