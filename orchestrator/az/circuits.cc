// SPDX-License-Identifier: Apache-2.0
// Circuits, peerings and providers: what their owner configured, and whether Microsoft's edge has shut a peering.
#include <fmt/format.h>

#include <algorithm>

#include "az/frr.hh"
#include "az/readouts.hh"
#include "az/refusal.hh"
#include "az/resource.hh"
#include "azure/expand.hh"
#include "base/azure.hh"
#include "base/guid.hh"
#include "model/names.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

std::string path_of(const model::Circuit& circuit) { return "expressRouteCircuits/" + circuit.name; }

struct NamedPeering {
  const char* name;
  const std::optional<model::Peering> model::Circuit::*member;
};
constexpr NamedPeering kPeerings[] = {{"AzurePrivatePeering", &model::Circuit::private_peering},
                                      {"MicrosoftPeering", &model::Circuit::microsoft_peering}};

/// The region of a VNet that it is connected to; a circuit's own place is its peering location.
std::string location_of(const Query& query, const model::Circuit& circuit) {
  for (const auto& connection : query.topology.connections) {
    if (connection.circuit != circuit.name) continue;
    const auto* gateway = find_named(query.topology.gateways, connection.gateway);
    const auto region = gateway == nullptr ? "" : location_of(query, *gateway);
    if (!region.empty()) return region;
  }
  std::string location;
  for (const char c : circuit.peering_location)
    if (c != ' ') location += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return location;
}

bool has_global_reach(const Query& query, const model::Circuit& circuit) {
  return std::ranges::any_of(query.topology.global_reach, [&](const model::GlobalReach& reach) {
    return reach.circuit == circuit.name || reach.peer_circuit == circuit.name;
  });
}

json microsoft_config(const model::Peering& peering) {
  json prefixes = json::array();
  for (const auto& prefix : peering.advertised_prefixes) prefixes.push_back(prefix.text());
  return {{"advertisedCommunities", json::array()},
          {"advertisedPublicPrefixes", prefixes},
          {"advertisedPublicPrefixesState", xconn::name_of(peering.validation)},
          {"customerASN", peering.customer_asn ? peering.customer_asn->value() : 0},
          {"legacyMode", 0},
          {"routingRegistryName", xconn::name_of(peering.routing_registry)}};
}

json global_reach_json(const Query& query, const model::Circuit& circuit, const std::string& peering_path) {
  auto out = json::array();
  for (const auto& reach : query.topology.global_reach) {
    if (reach.circuit != circuit.name) continue;
    auto one = resource(query, peering_path + "/connections/" + reach.name);
    one["addressPrefix"] = reach.prefix.text();
    one["expressRouteCircuitPeering"] = reference(query, peering_path);
    one["peerExpressRouteCircuitPeering"] =
        reference(query, "expressRouteCircuits/" + reach.peer_circuit + "/peerings/AzurePrivatePeering");
    out.push_back(std::move(one));
  }
  return out;
}

void add_optional_parts(const Query& query, const model::Peering& peering, bool is_microsoft, const char* state,
                        json& out) {
  if (is_microsoft) out["microsoftPeeringConfig"] = microsoft_config(peering);
  if (!peering.route_filter.empty()) out["routeFilter"] = reference(query, "routeFilters/" + peering.route_filter);
  if (peering.primary_v6 && peering.secondary_v6)
    out["ipv6PeeringConfig"] = {{"primaryPeerAddressPrefix", peering.primary_v6->text()},
                                {"secondaryPeerAddressPrefix", peering.secondary_v6->text()},
                                {"state", state}};
}

/// Who configures a peering: the provider where it peers with the MSEEs itself.
std::string modified_by(const Query& query, const model::Circuit& circuit) {
  const auto* provider = find_named(query.topology.providers, circuit.provider);
  return provider != nullptr && provider->asn ? "Provider" : "Customer";
}

/// The MSEEs' own words, by node; empty where nobody answered.
using Summaries = std::map<std::string, json>;

/// Of the circuits that the command is about.
std::vector<const model::Circuit*> circuits_of(const Query& query) {
  std::vector<const model::Circuit*> all;
  for (const char* option : {"name", "circuit-name"})
    if (const auto* found = find_named(query.topology.circuits, query.at(option))) return {found};
  for (const auto& circuit : query.topology.circuits) all.push_back(&circuit);
  return all;
}

std::string router_of(const Query& query, const model::Circuit& circuit, bool is_microsoft, int end) {
  return (is_microsoft ? azure::microsoft_router_name : azure::msee_name)(query.topology, circuit, end);
}

/// Of either path: a session that somebody shut at the MSEE. One that waits for its prefixes' validation is no such.
bool is_shut(const Query& query, const model::Circuit& circuit, const model::Peering& peering, bool is_microsoft,
             const Summaries& summaries) {
  if (is_microsoft && peering.validation != model::PrefixValidation::kConfigured)
    return peering.state == model::PeeringState::kDisabled;
  for (const int end : {0, 1}) {
    const auto found = summaries.find(router_of(query, circuit, is_microsoft, end));
    if (found == summaries.end()) return peering.state == model::PeeringState::kDisabled;
    const auto customer = (end == 0 ? peering.primary : peering.secondary).host(1).text();
    if (member(member(found->second, "peers"), customer.c_str()).value("state", "") == "Idle (Admin)") return true;
  }
  return false;
}

json peering_json(const Query& query, const model::Circuit& circuit, const NamedPeering& named,
                  const Summaries& summaries) {
  const auto& peering = *(circuit.*named.member);
  const auto path = path_of(circuit) + "/peerings/" + named.name;
  const bool is_microsoft = named.member == &model::Circuit::microsoft_peering;
  const char* state = is_shut(query, circuit, peering, is_microsoft, summaries) ? "Disabled" : "Enabled";
  auto out = resource(query, path);
  out.update({{"azureASN", azure::kMicrosoftAsn},
              {"connections", is_microsoft ? json::array() : global_reach_json(query, circuit, path)},
              {"gatewayManagerEtag", ""},
              {"lastModifiedBy", modified_by(query, circuit)},
              {"peerASN", peering.peer_asn.value()},
              {"peeredConnections", json::array()},
              {"peeringType", named.name},
              {"primaryAzurePort", ""},
              {"primaryPeerAddressPrefix", peering.primary.text()},
              {"secondaryAzurePort", ""},
              {"secondaryPeerAddressPrefix", peering.secondary.text()},
              {"state", state},
              {"vlanId", peering.vlan}});
  add_optional_parts(query, peering, is_microsoft, state, out);
  return out;
}

json peerings_json(const Query& query, const model::Circuit& circuit, const Summaries& summaries) {
  auto out = json::array();
  for (const auto& named : kPeerings)
    if (circuit.*named.member) out.push_back(peering_json(query, circuit, named, summaries));
  return out;
}

json authorizations_json(const Query& query, const model::Circuit& circuit) {
  auto out = json::array();
  for (const auto& authorization : circuit.authorizations) {
    const bool used = std::ranges::any_of(query.topology.connections, [&](const model::Connection& connection) {
      return connection.circuit == circuit.name && connection.authorization == authorization.name;
    });
    auto one = resource(query, path_of(circuit) + "/authorizations/" + authorization.name);
    one["authorizationUseStatus"] = used ? "InUse" : "Available";
    out.push_back(std::move(one));
  }
  return out;
}

void add_way_in(const Query& query, const model::Circuit& circuit, json& out) {
  if (circuit.port.empty()) {
    out["serviceProviderProperties"] = {{"bandwidthInMbps", circuit.bandwidth / azure::kMbps},
                                        {"peeringLocation", circuit.peering_location},
                                        {"serviceProviderName", circuit.provider}};
  } else {
    out["bandwidthInGbps"] = static_cast<double>(circuit.bandwidth) / static_cast<double>(azure::kGbps);
    out["expressRoutePort"] = reference(query, "ExpressRoutePorts/" + circuit.port);
  }
}

json sku_json(const model::Circuit& circuit) {
  const auto tier = xconn::name_of(circuit.sku), family = xconn::name_of(circuit.family);
  return {{"family", family}, {"name", fmt::format("{}_{}", tier, family)}, {"tier", tier}};
}

json circuit_json(const Query& query, const model::Circuit& circuit, const Summaries& summaries) {
  auto out = resource(query, path_of(circuit));
  out.update({{"allowClassicOperations", false},
              {"authorizations", authorizations_json(query, circuit)},
              {"circuitProvisioningState", "Enabled"},
              {"gatewayManagerEtag", ""},
              {"globalReachEnabled", has_global_reach(query, circuit)},
              {"location", location_of(query, circuit)},
              {"peerings", peerings_json(query, circuit, summaries)},
              {"serviceKey", service_key(query, circuit)},
              {"serviceProviderProvisioningState", xconn::name_of(circuit.provider_state)},
              {"sku", sku_json(circuit)},
              {"stag", circuit.s_tag}});
  add_way_in(query, circuit, out);
  return out;
}

Summaries summaries_in(const Query& query, const Answers& answers) {
  Summaries summaries;
  const auto questions = ask_peerings(query);
  for (std::size_t i = 0; i < questions.size(); ++i)
    if (const auto* answer = answers.find(i)) summaries[questions[i].node] = *answer;
  return summaries;
}

}  // namespace

const model::Circuit& circuit_of(const Query& query, std::string_view option) {
  const auto* circuit = find_named(query.topology.circuits, query.at(option));
  if (circuit == nullptr) throw resource_not_found("expressRouteCircuits", query.at(option), query.group());
  return *circuit;
}

std::string service_key(const Query& query, const model::Circuit& circuit) {
  return circuit.service_key.empty() ? guid_of(query, path_of(circuit)) : circuit.service_key;
}

std::vector<Question> ask_peerings(const Query& query) {
  std::vector<Question> questions;
  for (const auto* circuit : circuits_of(query))
    for (const auto& named : kPeerings)
      if (circuit->*named.member)
        for (const int end : {0, 1})
          questions.push_back({router_of(query, *circuit, named.member == &model::Circuit::microsoft_peering, end),
                               "vty", kShowSummary});
  return questions;
}

json circuit_list(const Query& query, const Answers& answers) {
  const auto summaries = summaries_in(query, answers);
  auto out = json::array();
  for (const auto& circuit : query.topology.circuits) out.push_back(circuit_json(query, circuit, summaries));
  return out;
}

json circuit_show(const Query& query, const Answers& answers) {
  return circuit_json(query, circuit_of(query), summaries_in(query, answers));
}

json peering_list(const Query& query, const Answers& answers) {
  return peerings_json(query, circuit_of(query, "circuit-name"), summaries_in(query, answers));
}

json peering_show(const Query& query, const Answers& answers) {
  const auto& circuit = circuit_of(query, "circuit-name");
  for (const auto& named : kPeerings)
    if (same_name(named.name, query.at("name")) && circuit.*named.member)
      return peering_json(query, circuit, named, summaries_in(query, answers));
  throw child_not_found(id_of(query, path_of(circuit) + "/peerings/" + query.at("name")));
}

json provider_list(const Query& query, const Answers&) {
  auto offers = json::array();
  for (const auto rate : azure::kProviderBandwidths)
    offers.push_back({{"offerName", rate < azure::kGbps ? std::to_string(rate / azure::kMbps) + "Mbps"
                                                        : std::to_string(rate / azure::kGbps) + "Gbps"},
                      {"valueInMbps", rate / azure::kMbps}});
  auto out = json::array();
  for (const auto& provider : query.topology.providers) {
    auto locations = json::array();
    for (const auto& circuit : query.topology.circuits)
      if (circuit.provider == provider.name && !std::ranges::count(locations, json(circuit.peering_location)))
        locations.push_back(circuit.peering_location);
    auto one = resource(query, "expressRouteServiceProviders/" + provider.name);
    one.erase("etag");
    one["resourceGroup"] = "";  // a provider belongs to nobody
    one["bandwidthsOffered"] = offers;
    one["peeringLocations"] = locations;
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace xconn::az
