// SPDX-License-Identifier: Apache-2.0
// Connections: from gateways to circuits, and to VPN devices on-prem.
#include <map>

#include "base/azure.hh"
#include "model/rules.hh"
#include "model/words.hh"

namespace xconn::model::azure_rules {
namespace {

void check_of_circuit(Check& check, const Connection& connection) {
  const auto report = [&](const char* key, std::string value) {
    check.report({"connections", connection.name, key}, std::move(value), "remove it: this leads to a circuit");
  };
  if (!connection.psk.empty()) report("psk", "");
  if (connection.bgp) report("bgp", "true");
  if (connection.ipsec_policy) report("ipsec-policy", "");
  if (connection.use_local_azure_address) report("use-local-azure-address", "true");
  if (connection.mode != ConnectionMode::kDefault) report("mode", Word<ConnectionMode>::show(connection.mode));
}

void check_of_device(Check& check, const Connection& connection) {
  const auto report = [&](const char* key, std::string value) {
    check.report({"connections", connection.name, key}, std::move(value), "remove it: this leads to a local gateway");
  };
  if (connection.weight != 0) report("weight", std::to_string(connection.weight));
  if (connection.fast_path) report("fast-path", "true");
  if (!connection.authorization.empty()) report("authorization", connection.authorization);
}

void check_times(Check& check, const Connection& connection) {
  constexpr Duration kShortestDpd = std::chrono::seconds{9}, kLongestDpd = std::chrono::seconds{3600};
  constexpr Duration kShortestLife = std::chrono::seconds{300};
  if (connection.dpd_timeout < kShortestDpd || connection.dpd_timeout > kLongestDpd)
    check.report({"connections", connection.name, "dpd-timeout"}, to_string(connection.dpd_timeout), "use 9s to 3600s");
  if (connection.ipsec_policy && connection.ipsec_policy->esp_lifetime < kShortestLife)
    check.report({"connections", connection.name, "ipsec-policy", "esp-lifetime"},
                 to_string(connection.ipsec_policy->esp_lifetime), "use 300s or more");
}

}  // namespace

void gateway_type(Check& check) {
  for (const auto& connection : check.topology.connections) {
    const auto* gateway = find_named(check.topology.gateways, connection.gateway);
    if (gateway == nullptr) continue;
    constexpr auto show = Word<GatewayType>::show;
    const auto wanted = connection.circuit.empty() ? GatewayType::kVpn : GatewayType::kExpressRoute;
    if (gateway->type && gateway->type != wanted)
      check.report({"connections", connection.name, "gateway"}, connection.gateway,
                   "it is of type " + show(*gateway->type) + "; name one of type " + show(wanted));
  }
}

void weight(Check& check) {
  for (const auto& connection : check.topology.connections)
    if (connection.weight < 0 || connection.weight > azure::kMostWeight)
      check.report({"connections", connection.name, "weight"}, std::to_string(connection.weight), "use 0 to 32000");
}

void connection_keys(Check& check) {
  for (const auto& connection : check.topology.connections)
    connection.circuit.empty() ? check_of_device(check, connection) : check_of_circuit(check, connection);
}

void connection_times(Check& check) {
  for (const auto& connection : check.topology.connections)
    if (connection.circuit.empty()) check_times(check, connection);
}

void one_authorization(Check& check) {
  std::map<std::pair<std::string, std::string>, std::string> seen;
  for (const auto& connection : check.topology.connections) {
    if (connection.authorization.empty()) continue;
    const auto [at, is_new] = seen.emplace(std::pair{connection.circuit, connection.authorization}, connection.name);
    if (!is_new)
      check.report({"connections", connection.name, "authorization"}, connection.authorization,
                   at->second + " uses it already; add another to circuit " + connection.circuit);
  }
}

void private_tunnels(Check& check) {
  for (const auto& connection : check.topology.connections) {
    const auto* gateway = find_named(check.topology.gateways, connection.gateway);
    if (connection.use_local_azure_address && connection.circuit.empty() && gateway != nullptr &&
        !gateway->private_address)
      check.report({"connections", connection.name, "use-local-azure-address"}, "true",
                   "add private-address: true to gateway " + gateway->name);
  }
}

}  // namespace xconn::model::azure_rules
