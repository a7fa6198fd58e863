// SPDX-License-Identifier: Apache-2.0
// What a gateway's instances say of BGP. Of an ExpressRoute gateway's one answers, as in Azure; a VPN gateway's all do.
#include <fmt/format.h>

#include <algorithm>

#include "az/frr.hh"
#include "az/readouts.hh"
#include "az/refusal.hh"
#include "azure/expand.hh"
#include "base/azure.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

/// The fabric's own session with an instance stands in for the platform's channel; Azure has no such BGP peer.
std::string fabric_of(const Query& query, const model::Gateway& gateway) {
  for (const auto& vnet : query.topology.vnets)
    for (const auto& subnet : vnet.subnets)
      if (vnet.name == gateway.vnet && subnet.name == azure::kGatewaySubnet) return subnet.prefix.host(1).text();
  return {};
}

/// The answers of one instance, of which each has the same number.
struct Instance {
  std::string address;
  std::size_t first;  ///< index of its first answer
};

std::vector<Instance> instances(const model::Gateway& gateway, std::size_t answers_each) {
  std::vector<Instance> out;
  for (std::size_t i = 0; i < gateway.instances.size(); ++i)
    out.push_back({gateway.instances[i].text(), i * answers_each});
  return out;
}

std::vector<Question> ask_instances(const Query& query, const std::vector<Question>& each) {
  const auto& gateway = gateway_of(query);
  std::vector<Question> out;
  for (std::size_t i = 0; i < gateway.instances.size(); ++i)
    for (const auto& question : each)
      out.push_back({azure::instance_name(gateway, static_cast<int>(i)), question.what, question.text});
  return out;
}

/// Those that speak for the gateway: the first that answers, or all of a VPN gateway.
std::vector<Instance> speaking(const model::Gateway& gateway, const Answers& answers, std::size_t answers_each) {
  auto all = instances(gateway, answers_each);
  std::erase_if(all, [&](const Instance& one) { return answers.find(one.first) == nullptr; });
  if (gateway.type != model::GatewayType::kVpn && all.size() > 1) all.resize(1);
  return all;
}

/// hh:mm:ss.fffffff, with days before it from the first: how .NET writes a span of 100 ns ticks.
std::string span_text(std::int64_t nanoseconds) {
  const auto ticks = nanoseconds / 100, seconds = ticks / 10'000'000;
  const auto days = seconds / 86400;
  return fmt::format("{}{:02}:{:02}:{:02}.{:07}", days > 0 ? std::to_string(days) + "." : "", seconds / 3600 % 24,
                     seconds / 60 % 60, seconds % 60, ticks % 10'000'000);
}

/// bgpd counts whole seconds; its log, which the lab follows, has the moment.
std::int64_t connected_for(const std::string& neighbour, const json& peer, const json* events) {
  constexpr std::int64_t kMillisecond = 1'000'000;
  const json* last = nullptr;
  if (events != nullptr)
    for (const auto& event : *events)
      if (event.at("text").get<std::string>().starts_with("neighbor " + neighbour + " ")) last = &event;
  if (last != nullptr && last->at("text") == "neighbor " + neighbour + " up") return last->at("age_ns");
  return peer.value("peerUptimeMsec", std::int64_t{0}) * kMillisecond;
}

std::string state_word(const std::string& state) {  // of Azure's BgpPeerState
  if (state == "Established") return "Connected";
  if (state == "Idle (Admin)") return "Stopped";
  return state == "Idle" ? "Idle" : "Connecting";
}

json peer_row(const Instance& instance, const std::string& neighbour, const json& peer, const json* events) {
  json row{{"asn", peer.at("remoteAs")},
           {"localAddress", instance.address},
           {"messagesReceived", peer.value("msgRcvd", 0)},
           {"messagesSent", peer.value("msgSent", 0)},
           {"neighbor", neighbour},
           {"routesReceived", peer.value("pfxRcd", 0)},
           {"state", state_word(peer.value("state", ""))}};
  if (row["state"] == "Connected") row["connectedDuration"] = span_text(connected_for(neighbour, peer, events));
  return row;
}

std::string dashed(std::string path) {
  std::ranges::replace(path, ' ', '-');
  return path;
}

bool is_own(const json& path) { return path.value("peerId", "") == "(unspec)"; }

/// An IBgp route is one of the other instance's; FRR says "internal" of it.
std::string origin_of(const json& path) {
  if (is_own(path)) return "Network";
  return path.value("pathFrom", "") == "internal" ? "IBgp" : "EBgp";
}

json learned_row(const Instance& instance, const std::string& network, const json& path) {
  const bool own = is_own(path);
  const auto as_path = path.value("path", "");
  const bool over_express_route = as_path.starts_with(std::to_string(azure::kMicrosoftAsn));
  json row{{"asPath", dashed(as_path)},
           {"localAddress", instance.address},
           {"network", network},
           {"origin", origin_of(path)},
           {"sourcePeer", own ? instance.address : path.value("peerId", "")},
           {"weight", over_express_route ? azure::kExpressRouteWeight : azure::kOwnWeight}};
  if (!own && !path.at("nexthops").empty()) row["nextHop"] = path.at("nexthops").front().value("ip", "");
  return row;
}

std::string origin_word(const std::string& code) { return code == "i" ? "Igp" : code == "e" ? "Egp" : "Incomplete"; }

/// What bgpd is about to send has neither its own AS number in front nor its own address as next hop yet.
json advertised_row(const Instance& instance, const std::string& network, const json& route,
                    const std::string& own_as) {
  const auto path = route.value("path", "");
  const auto next_hop = route.value("nextHop", "0.0.0.0");
  return {{"asPath", dashed(own_as + (own_as.empty() || path.empty() ? "" : " ") + path)},
          {"localAddress", instance.address},
          {"network", network},
          {"nextHop", next_hop == "0.0.0.0" || !own_as.empty() ? instance.address : next_hop},
          {"origin", origin_word(route.value("bgpOriginCode", "i"))},
          {"weight", 0}};
}

/// 0 when it is not a peer.
std::uint32_t remote_as(const json* summary, const std::string& peer) {
  if (summary == nullptr) return 0;
  const auto peers = member(*summary, "peers");
  return peers.contains(peer) ? peers.at(peer).at("remoteAs").get<std::uint32_t>() : 0;
}

}  // namespace

std::vector<Question> ask_bgp_peers(const Query& query) {
  return ask_instances(query, {{"", "vty", kShowSummary}, {"", "events", "bgp"}});
}

json bgp_peers(const Query& query, const Answers& answers) {
  const auto& gateway = gateway_of(query);
  const auto fabric = fabric_of(query, gateway);
  auto rows = json::array();
  for (const auto& instance : speaking(gateway, answers, 2))
    for (const auto& [address, peer] : in_order<Address>(member(answers.at(instance.first), "peers")))
      if (address.text() != fabric)
        rows.push_back(peer_row(instance, address.text(), peer, answers.find(instance.first + 1)));
  return {{"value", rows}};
}

std::vector<Question> ask_learned_routes(const Query& query) {
  return ask_instances(query, {{"", "vty", kShowRoutes}});
}

json learned_routes(const Query& query, const Answers& answers) {
  const auto& gateway = gateway_of(query);
  const auto fabric = fabric_of(query, gateway);
  auto own = json::array(), learned = json::array();
  for (const auto& instance : speaking(gateway, answers, 1))
    for (const auto& [prefix, paths] : in_order<Prefix>(member(answers.at(instance.first), "routes")))
      for (const auto& path : paths)
        if (path.value("peerId", "") != fabric)
          (is_own(path) ? own : learned).push_back(learned_row(instance, prefix.text(), path));
  own.insert(own.end(), learned.begin(), learned.end());
  return {{"value", own}};
}

std::vector<Question> ask_advertised_routes(const Query& query) {
  const auto peer = Address::parse(query.at("peer"));
  if (!peer) throw refused("BadRequest", "The peer IP address '" + query.at("peer") + "' is invalid.");
  return ask_instances(query,
                       {{"", "vty", kShowSummary},
                        {"", "vty", "show bgp ipv4 unicast neighbors " + peer->text() + " advertised-routes json"}});
}

/// To something that is no peer nothing is advertised: an empty list, and no error.
json advertised_routes(const Query& query, const Answers& answers) {
  const auto& gateway = gateway_of(query);
  const auto peer = query.at("peer");
  auto rows = json::array();
  for (const auto& instance : speaking(gateway, answers, 2)) {
    const auto asn = remote_as(answers.find(instance.first), peer);
    if (asn == 0 || peer == fabric_of(query, gateway)) continue;
    const auto own_as = asn == gateway.asn.value() ? std::string{} : gateway.asn.text();
    const auto sent = member(answers.at(instance.first + 1), "advertisedRoutes");
    for (const auto& [prefix, route] : in_order<Prefix>(sent))
      rows.push_back(advertised_row(instance, prefix.text(), route, own_as));
  }
  return {{"value", rows}};
}

}  // namespace xconn::az
