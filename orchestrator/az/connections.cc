// Connections of gateways: to circuits, and to local gateways by IPsec.
#include <algorithm>

#include "az/readouts.hh"
#include "az/refusal.hh"
#include "az/resource.hh"
#include "azure/expand.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

bool is_ipsec(const model::Connection& connection) { return !connection.local_gateway.empty(); }

const model::Connection& connection_of(const Query& query) {
  const auto* connection = find_named(query.topology.connections, query.at("name"));
  if (connection == nullptr) throw resource_not_found("connections", query.at("name"), query.group());
  return *connection;
}

std::string location_of(const Query& query, const model::Connection& connection) {
  const auto* gateway = find_named(query.topology.gateways, connection.gateway);
  const auto* vnet = gateway == nullptr ? nullptr : find_named(query.topology.vnets, gateway->vnet);
  return vnet == nullptr ? "" : vnet->region;
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
              {"connectionMode", connection.initiate ? "Default" : "ResponderOnly"},
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

struct TunnelEnd {
  std::string node;  ///< where its charon is
  model::Tunnel tunnel;
};

/// The tunnels of an IPsec connection: one for each pair of an instance and the device, each with its charon in the
/// instance's node or in one that the instance has for it.
std::vector<TunnelEnd> tunnels_of(const Query& query, const model::Connection& connection) {
  const auto* gateway = find_named(query.topology.gateways, connection.gateway);
  const auto* device = find_named(query.topology.local_gateways, connection.local_gateway);
  std::vector<TunnelEnd> ends;
  if (gateway == nullptr || device == nullptr) return ends;
  const auto expanded = azure::expand(query.topology);
  for (int index = 0; index < static_cast<int>(gateway->instances.size()); ++index)
    for (const auto& node : expanded.nodes) {
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

}  // namespace

json connection_list(const Query& query, const Answers&) {
  auto out = json::array();
  for (const auto& connection : query.topology.connections) out.push_back(connection_json(query, connection));
  return out;
}

std::vector<Question> ask_connection(const Query& query) {
  std::vector<Question> questions;
  for (const auto& end : tunnels_of(query, connection_of(query))) questions.push_back({end.node, "service", "charon"});
  return questions;
}

json connection_show(const Query& query, const Answers& answers) {
  const auto& connection = connection_of(query);
  auto out = connection_json(query, connection);
  if (!is_ipsec(connection)) return out;
  const auto ends = tunnels_of(query, connection);
  auto tunnels = json::array();
  for (std::size_t i = 0; i < ends.size(); ++i)
    tunnels.push_back(tunnel_status(connection.name, ends[i], answers.find(i)));
  for (const auto* count : {"egressBytesTransferred", "ingressBytesTransferred"})
    for (const auto& tunnel : tunnels)
      out[count] = out[count].get<std::uint64_t>() + tunnel[count].get<std::uint64_t>();
  out["connectionStatus"] = status_of(tunnels);
  out["tunnelConnectionStatus"] = tunnels;
  return out;
}

}  // namespace xconn::az
