// SPDX-License-Identifier: Apache-2.0
// Connections of gateways: to circuits, and to local gateways by IPsec.
#include <sstream>

#include "az/readouts.hh"
#include "az/refusal.hh"
#include "az/resource.hh"
#include "azure/expand.hh"
#include "model/algorithms.hh"
#include "model/words.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

bool is_ipsec(const model::Connection& connection) { return !connection.local_gateway.empty(); }

/// All, or the one that is asked for.
std::vector<const model::Connection*> connections_of(const Query& query) {
  std::vector<const model::Connection*> all;
  if (query.at("name").empty()) {
    for (const auto& connection : query.topology.connections) all.push_back(&connection);
    return all;
  }
  const auto* connection = find_named(query.topology.connections, query.at("name"));
  if (connection == nullptr) throw resource_not_found("connections", query.at("name"), query.group());
  return {connection};
}

std::string location_of(const Query& query, const model::Connection& connection) {
  const auto* gateway = find_named(query.topology.gateways, connection.gateway);
  return gateway == nullptr ? "" : location_of(query, *gateway);
}

void add_far_side(const Query& query, const model::Connection& connection, json& out) {
  if (is_ipsec(connection)) {
    out["localNetworkGateway2"] = reference(query, "localNetworkGateways/" + connection.local_gateway);
    out["connectionProtocol"] = "IKEv2";
  } else {
    out["peer"] = reference(query, "expressRouteCircuits/" + connection.circuit);
  }
}

json connection_json(const Query& query, const model::Connection& connection) {
  const auto path = "connections/" + connection.name;
  auto out = resource(query, path);
  out.update({{"authenticationType", "PSK"},
              {"connectionMode", model::Word<model::ConnectionMode>::show(connection.mode)},
              {"connectionType", is_ipsec(connection) ? "IPsec" : "ExpressRoute"},
              {"dpdTimeoutSeconds", is_ipsec(connection) ? connection.dpd_timeout / std::chrono::seconds{1} : 0},
              {"egressBytesTransferred", 0},
              {"enableBgp", connection.bgp},
              {"enablePrivateLinkFastPath", false},
              {"expressRouteGatewayBypass", connection.fast_path},
              {"gatewayCustomBgpIpAddresses", json::array()},
              {"ingressBytesTransferred", 0},
              {"ipsecPolicies", json::array()},
              {"location", location_of(query, connection)},
              {"resourceGuid", guid_of(query, path)},
              {"routingWeight", connection.weight},
              {"trafficSelectorPolicies", json::array()},
              {"tunnelProperties", json::array()},
              {"useLocalAzureIpAddress", connection.use_local_azure_address},
              {"usePolicyBasedTrafficSelectors", false},
              {"virtualNetworkGateway1", reference(query, "virtualNetworkGateways/" + connection.gateway)}});
  add_far_side(query, connection, out);
  return out;
}

/// Azure's word for one of charon's; `none` when the proposal has no word for that use.
std::string azure_word(const std::string& proposal, model::AlgorithmUse use, const std::string& none) {
  std::istringstream words(proposal);
  for (std::string word; std::getline(words, word, '-');)
    for (const auto& row : model::kAlgorithms)
      if (row.use == use && row.charon == word) return std::string(row.azure);
  return none;
}

/// What the tunnel offers first. An algorithm that is AEAD stands for integrity too.
json policy_json(const network::Tunnel& tunnel) {
  using enum model::AlgorithmUse;
  constexpr int kKilobytes = 102'400'000;  // Azure's default; charon counts no bytes here
  const auto &ike = tunnel.ike_proposals.front(), &esp = tunnel.esp_proposals.front();
  const auto ike_encryption = azure_word(ike, kEncryption, ""), esp_encryption = azure_word(esp, kEncryption, "");
  return {{"dhGroup", azure_word(ike, kIkeGroup, "None")},
          {"ikeEncryption", ike_encryption},
          {"ikeIntegrity", azure_word(ike, kIntegrity, ike_encryption)},
          {"ipsecEncryption", esp_encryption},
          {"ipsecIntegrity", azure_word(esp, kIntegrity, esp_encryption)},
          {"pfsGroup", azure_word(esp, kPfsGroup, "None")},
          {"saDataSizeKilobytes", kKilobytes},
          {"saLifeTimeSeconds", tunnel.esp_lifetime / std::chrono::seconds{1}}};
}

struct TunnelEnd {
  std::string node;  ///< where its charon is
  network::Tunnel tunnel;
};

/// The tunnels of an IPsec connection: one for each pair of an instance and the device, each with its charon in the
/// instance's node or in one that the instance has for it.
std::vector<TunnelEnd> tunnels_of(const Query& query, const network::Network& network,
                                  const model::Connection& connection) {
  const auto* gateway = find_named(query.topology.gateways, connection.gateway);
  const auto* device = find_named(query.topology.local_gateways, connection.local_gateway);
  std::vector<TunnelEnd> ends;
  if (gateway == nullptr || device == nullptr) return ends;
  for (int index = 0; index < static_cast<int>(gateway->instances.size()); ++index)
    for (const auto& node : network.nodes) {
      const auto instance = azure::instance_name(*gateway, index);
      if (node.name != instance && !node.name.starts_with(instance + "-")) continue;
      for (const auto& tunnel : node.tunnels)
        if (tunnel.remote == device->address) ends.push_back({node.name, tunnel});
    }
  return ends;
}

std::uint64_t count_of(const json& child, const char* name) {
  const auto value = child.value(name, json("0"));
  return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
}

/// charon's security associations of one tunnel, in Azure's words (VirtualNetworkGatewayConnectionStatus).
json tunnel_status(const std::string& connection, const TunnelEnd& end, const json* state) {
  json status{{"connectionStatus", "NotConnected"},
              {"egressBytesTransferred", 0},
              {"ingressBytesTransferred", 0},
              {"tunnel", connection + "_" + end.tunnel.local.text() + "_" + end.tunnel.remote.text()}};
  if (state == nullptr) return status;
  std::uint64_t in = 0, sent = 0;
  const auto all = state->value("sas", json::object());
  for (const auto& sa : all.value(end.tunnel.name, json::array())) {
    if (sa.value("state", "") == "CONNECTING" && status["connectionStatus"] != "Connected")
      status["connectionStatus"] = "Connecting";
    for (const auto children = sa.value("child-sas", json::object()); const auto& child : children) {
      if (child.value("state", "") != "INSTALLED") continue;
      status["connectionStatus"] = "Connected";
      in += count_of(child, "bytes-in");
      sent += count_of(child, "bytes-out");
    }
  }
  status.update({{"egressBytesTransferred", sent}, {"ingressBytesTransferred", in}});
  return status;
}

/// A connection is Connected when one of its tunnels is.
std::string status_of(const json& tunnels) {
  std::string best = "NotConnected";
  for (const auto& tunnel : tunnels) {
    const auto status = tunnel.at("connectionStatus").get<std::string>();
    if (status == "Connected" || best == "NotConnected") best = status;
  }
  return best;
}

/// `first`: where the answers about its tunnels begin.
void add_tunnels(const std::vector<TunnelEnd>& ends, const Answers& answers, std::size_t first,
                 const model::Connection& connection, json& out) {
  auto tunnels = json::array();
  for (std::size_t i = 0; i < ends.size(); ++i)
    tunnels.push_back(tunnel_status(connection.name, ends[i], answers.find(first + i)));
  for (const auto* count : {"egressBytesTransferred", "ingressBytesTransferred"})
    for (const auto& tunnel : tunnels)
      out[count] = out[count].get<std::uint64_t>() + tunnel[count].get<std::uint64_t>();
  if (connection.ipsec_policy && !ends.empty()) out["ipsecPolicies"] = json::array({policy_json(ends.front().tunnel)});
  out["connectionStatus"] = status_of(tunnels);
  out["tunnelConnectionStatus"] = tunnels;
}

}  // namespace

std::vector<Question> ask_connections(const Query& query) {
  const auto network = azure::expand(query.topology);
  std::vector<Question> questions;
  for (const auto* connection : connections_of(query))
    for (const auto& end : tunnels_of(query, network, *connection))
      questions.push_back({end.node, "service", "charon"});
  return questions;
}

json connection_list(const Query& query, const Answers& answers) {
  const auto network = azure::expand(query.topology);
  auto out = json::array();
  std::size_t first = 0;
  for (const auto* connection : connections_of(query)) {
    out.push_back(connection_json(query, *connection));
    if (!is_ipsec(*connection)) continue;
    const auto ends = tunnels_of(query, network, *connection);
    add_tunnels(ends, answers, first, *connection, out.back());
    first += ends.size();
  }
  return out;
}

json connection_show(const Query& query, const Answers& answers) { return connection_list(query, answers).front(); }

}  // namespace xconn::az
