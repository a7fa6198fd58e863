// SPDX-License-Identifier: Apache-2.0
// ExpressRoute: ports, circuits, their peerings, route filters, Global Reach.
#include <algorithm>
#include <array>

#include "base/azure.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

using azure::kMbps;

Asn peer_asn(Fields& fields) {
  const auto assumed = *Asn::of(65001);
  const std::string instead = "the customer has AS " + assumed.text();
  const auto asn = fields.asn("peerASN", instead);
  if (asn && !azure::is_among(asn->value(), azure::kReservedAsns)) return *asn;
  if (asn) fields.note("peerASN", "is an AS number that Azure or IANA reserves", instead);
  return assumed;
}

std::string provider_of(Fields& fields, Draft& draft) {
  const auto wanted = fields.text("serviceProviderProperties.serviceProviderName");
  const ResourceId id{"", "provider", {wanted.empty() ? "provider" : wanted}};
  if (const auto known = draft.name_of(id); !known.empty()) return known;
  model::Provider provider;
  provider.name = draft.free_name(id.name());
  draft.call(id, provider.name);
  draft.comment("providers/" + provider.name, "assumed: Azure does not say whether it is layer 2 or 3");
  draft.topology.providers.push_back(provider);
  return provider.name;
}

/// A provider that configures the peering itself peers with its own router, in the peering's AS. It may have other
/// circuits whose customers do that.
void take_provider_for_routed(model::Circuit& circuit, Asn asn, Draft& draft) {
  auto& providers = draft.topology.providers;
  const bool is_shared = std::ranges::any_of(draft.topology.circuits, [&](const model::Circuit& other) {
    return &other != &circuit && other.provider == circuit.provider && other.private_peering;
  });
  auto* provider = find_named(providers, circuit.provider);
  if (provider->asn == asn || (provider->asn && !is_shared)) return;
  if (is_shared) {
    auto& other = providers.emplace_back();
    other.name = draft.free_name(circuit.provider + "-l3");
    circuit.provider = other.name;
    provider = &other;
  }
  provider->connectivity = model::Connectivity::kManagedL3;
  provider->asn = asn;
  draft.comment("providers/" + provider->name, "assumed: it configures a peering itself");
}

void read_who_configures(model::Circuit& circuit, const model::Peering& peering, bool is_private, Fields& fields,
                         Draft& draft) {
  const auto who = fields.text("lastModifiedBy");
  if (!same_word(who, "Provider") || circuit.provider.empty()) return;
  if (!is_private) return fields.note("lastModifiedBy", "says that the provider configures it", kLeftOut);
  take_provider_for_routed(circuit, peering.peer_asn, draft);
  fields.note("lastModifiedBy", "says that the provider configures the peering",
              "provider " + circuit.provider + " is managed-l3 in AS " + peering.peer_asn.text());
}

/// Unique with its provider, as the tag is what tells circuits apart on the way to Microsoft.
void choose_s_tag(model::Circuit& circuit, Fields& fields, Draft& draft) {
  constexpr int kMost = 4094, kFirstAssumed = 1000;
  const auto is_used = [&](int tag) {
    return std::ranges::any_of(draft.topology.circuits, [&](const model::Circuit& other) {
      return other.provider == circuit.provider && other.port == circuit.port && other.s_tag == tag;
    });
  };
  const auto given = fields.number("stag", 1, kMost, "another one was taken");
  if (given && !is_used(static_cast<int>(*given))) {
    circuit.s_tag = static_cast<int>(*given);
    return;
  }
  circuit.s_tag = kFirstAssumed;
  while (is_used(circuit.s_tag)) ++circuit.s_tag;
  const auto reason = given ? "another circuit has it already" : "the file does not say the S-tag";
  draft.assume({fields.where(), fields.object(), "stag", given ? std::to_string(*given) : "", reason,
                "it is " + std::to_string(circuit.s_tag)},
               "circuits/" + circuit.name + "/s-tag");
}

/// A Dot1Q port pair has none [V16].
bool has_s_tag(const model::Circuit& circuit, const Draft& draft) {
  const auto* port = find_named(draft.topology.direct_ports, circuit.port);
  return port == nullptr || port->encapsulation != model::Encapsulation::kDot1Q;
}

bool offers(std::uint64_t rate) {
  return std::ranges::count(azure::kProviderBandwidths, rate) + std::ranges::count(azure::kDirect10Bandwidths, rate) +
             std::ranges::count(azure::kDirect100Bandwidths, rate) >
         0;
}

void choose_bandwidth(model::Circuit& circuit, Fields& fields, Draft& draft) {
  constexpr long long kAssumed = 1000, kMost = azure::kDirect100Bandwidths.back() / kMbps;
  const std::string instead = "it has 1 Gbps";
  auto mbps = fields.number("serviceProviderProperties.bandwidthInMbps", 0, kMost, instead);
  if (const auto gbps = fields.number("bandwidthInGbps", 0, 100, instead); gbps && *gbps > 0) mbps = *gbps * 1000;
  const bool is_offered = mbps && offers(static_cast<std::uint64_t>(*mbps) * kMbps);
  circuit.bandwidth = static_cast<std::uint64_t>(is_offered ? *mbps : kAssumed) * kMbps;
  if (is_offered) return;
  draft.assume({fields.where(), fields.object(), "bandwidthInMbps", mbps ? std::to_string(*mbps) : "",
                mbps ? "is no bandwidth that Azure offers" : "the file does not say the bandwidth", instead},
               "circuits/" + circuit.name + "/bandwidth");
}

bool is_guid(const std::string& text) {
  constexpr std::size_t kLength = 36;
  return text.size() == kLength && std::ranges::count(text, '-') == 4 &&
         text.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
}

/// One path's network. What is none is replaced, so that the lab has a path at all.
Prefix path_network(const char* key, const std::string& path, Fields& fields, Draft& draft) {
  const auto given = fields.prefix(key, "another network was taken");
  const bool is_whole = given && given->is_v4() && given->length() == azure::kPathLength;
  if (is_whole && draft.is_free(*given)) {
    draft.take(*given);
    return *given;
  }
  const auto network = draft.free_network(azure::kPathLength);
  draft.assume({fields.where(), fields.object(), key, given ? given->text() : "",
                is_whole ? "overlaps with another network"
                : given  ? "is no /30"
                         : "has no /30 that can be used",
                "it is " + network.text()},
               path);
  return network;
}

void read_ipv6(model::Peering& peering, Fields& fields) {
  const auto read = [&](const char* key) {
    auto prefix = fields.prefix(key, kLeftOut);
    if (prefix && (prefix->is_v4() || prefix->length() != azure::kPathLengthV6)) {
      fields.note(key, "is no /126", kLeftOut);
      prefix.reset();
    }
    return prefix;
  };
  peering.primary_v6 = read("ipv6PeeringConfig.primaryPeerAddressPrefix");
  peering.secondary_v6 = read("ipv6PeeringConfig.secondaryPeerAddressPrefix");
  if (peering.primary_v6.has_value() == peering.secondary_v6.has_value()) return;
  fields.note("ipv6PeeringConfig", "has one path of two", kLeftOut);
  peering.primary_v6.reset();
  peering.secondary_v6.reset();
}

void read_microsoft(model::Peering& peering, Fields& fields, Draft& draft) {
  const std::string config = "microsoftPeeringConfig.";
  peering.advertised_prefixes = fields.prefixes(config + "advertisedPublicPrefixes");
  peering.routing_registry = fields.one_of(config + "routingRegistryName", peering.routing_registry);
  const auto* asn = fields.raw(config + "customerASN");
  if (asn != nullptr && says_something(*asn)) peering.customer_asn = fields.asn(config + "customerASN", kLeftOut);
  peering.validation = fields.one_of(config + "advertisedPublicPrefixesState", peering.validation);
  if (const auto filter = fields.reference("routeFilter")) peering.route_filter = draft.name_of(*filter);
}

/// The keys of BGP sessions never leave Azure, so nobody can say whether there is one.
void read_md5(model::Peering& peering, Fields& fields) {
  constexpr std::size_t kLongest = 25;
  const auto* key = fields.raw("sharedKey");
  const bool is_key = key != nullptr && key->is_scalar() && !key->text.empty() && key->text.size() <= kLongest &&
                      !is_placeholder(key->text) &&
                      std::ranges::all_of(key->text, [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; });
  if (is_key)
    peering.md5 = key->text;
  else
    fields.note("sharedKey", "Azure does not export MD5 keys",
                "the sessions have none; if yours do, write `md5:` here and `password:` at the router's neighbors");
}

model::Peering read_peering(const std::string& path, Fields& fields, Draft& draft) {
  constexpr int kMostVlan = 4094, kAssumedVlan = 100;
  model::Peering peering;
  peering.peer_asn = peer_asn(fields);
  const auto vlan = fields.number("vlanId", 1, kMostVlan, "it is " + std::to_string(kAssumedVlan));
  peering.vlan = static_cast<int>(vlan.value_or(kAssumedVlan));
  if (!vlan) draft.comment(path + "/vlan", "assumed: the file has no VLAN id that can be used");
  if (fields.raw("vlanId") == nullptr) fields.note("vlanId", "is not there", "it is " + std::to_string(kAssumedVlan));
  peering.primary = path_network("primaryPeerAddressPrefix", path + "/primary", fields, draft);
  peering.secondary = path_network("secondaryPeerAddressPrefix", path + "/secondary", fields, draft);
  peering.state = fields.one_of("state", peering.state);
  read_ipv6(peering, fields);
  read_md5(peering, fields);
  return peering;
}

}  // namespace

void carry_port(const Resource& resource, Fields& fields, Draft& draft) {
  model::DirectPort port;
  port.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  port.where = resource.at.where();
  port.peering_location = fields.text("peeringLocation");
  const auto gbps = fields.number("bandwidthInGbps", 1, 400, "it has 10 Gbps").value_or(10);
  port.bandwidth = (gbps >= 100 ? 100U : 10U) * azure::kGbps;
  port.encapsulation = fields.one_of("encapsulation", port.encapsulation);
  fields.ignore(
      {"circuits", "links", "provisionedBandwidthInGbps", "mtu", "etherType", "allocationDate", "billingType"});
  draft.topology.direct_ports.push_back(std::move(port));
}

void carry_route_filter(const Resource& resource, Fields& fields, Draft& draft) {
  const auto name = draft.name_for(resource.id, "route filter", resource.at.where(), fields.object());
  fields.ignore({"rules", "peerings", "ipv6Peerings", "rule"});
  draft.topology.route_filters.push_back({resource.at.where(), name, {}});
}

void carry_route_filter_rule(const Resource& resource, Fields& fields, Draft& draft) {
  auto* filter = find_named(draft.topology.route_filters, draft.name_of(resource.id.parent()));
  model::RouteFilterRule rule;
  rule.name =
      draft.name_for(resource.id, "rule of " + resource.id.parent().path(), resource.at.where(), fields.object());
  rule.access = fields.one_of("access", rule.access);
  rule.communities = fields.texts("communities");
  fields.ignore({"routeFilterRuleType"});
  if (filter != nullptr && !rule.communities.empty()) filter->rules.push_back(std::move(rule));
}

void carry_circuit(const Resource& resource, Fields& fields, Draft& draft) {
  model::Circuit circuit;
  circuit.name = draft.name_for(resource.id, "", resource.at.where(), fields.object());
  circuit.where = resource.at.where();
  if (const auto port = fields.reference("expressRoutePort")) circuit.port = draft.name_of(*port);
  if (circuit.port.empty()) circuit.provider = provider_of(fields, draft);
  circuit.peering_location = fields.text("serviceProviderProperties.peeringLocation");
  if (!circuit.port.empty()) circuit.peering_location.clear();
  choose_bandwidth(circuit, fields, draft);
  circuit.sku = fields.one_of("sku.tier", circuit.sku);
  circuit.family = fields.one_of("sku.family", circuit.family);
  circuit.provider_state = fields.one_of("serviceProviderProvisioningState", circuit.provider_state);
  circuit.rate_limit = fields.truth("enableDirectPortRateLimit", circuit.port.empty());
  const auto key = fields.text("serviceKey");
  if (is_guid(key))
    circuit.service_key = key;
  else if (!key.empty())
    fields.note("serviceKey", "is no GUID", "one is made from the circuit's name");
  if (has_s_tag(circuit, draft))
    choose_s_tag(circuit, fields, draft);
  else
    fields.ignore({"stag"});
  fields.ignore({"peerings", "authorizations", "circuitProvisioningState", "globalReachEnabled",
                 "allowClassicOperations", "allowGlobalReach", "peering", "bandwidthInGbps", "serviceProviderNotes"});
  draft.topology.circuits.push_back(std::move(circuit));
}

void carry_peering(const Resource& resource, Fields& fields, Draft& draft) {
  auto* circuit = find_named(draft.topology.circuits, draft.name_of(resource.id.parent()));
  fields.ignore({"primaryAzurePort", "secondaryAzurePort", "azureASN", "stats", "connections", "peeredConnections",
                 "expressRouteConnection", "peeringType", "ipv4Enabled", "ipv4", "primary_azure_port"});
  if (circuit == nullptr) {
    fields.ignore_rest();
    return fields.note("", "its circuit is in none of the files", "it was left out; import the circuit too");
  }
  const bool is_private = same_word(resource.id.name(), "AzurePrivatePeering");
  if (!is_private && !same_word(resource.id.name(), "MicrosoftPeering"))
    return fields.note("peeringType", "is of a kind that Azure has retired", kLeftOut);
  const auto path = "circuits/" + circuit->name + "/peerings/" + (is_private ? "private" : "microsoft");
  auto peering = read_peering(path, fields, draft);
  if (!is_private) read_microsoft(peering, fields, draft);
  read_who_configures(*circuit, peering, is_private, fields, draft);
  (is_private ? circuit->private_peering : circuit->microsoft_peering) = std::move(peering);
}

void carry_authorization(const Resource& resource, Fields& fields, Draft& draft) {
  auto* circuit = find_named(draft.topology.circuits, draft.name_of(resource.id.parent()));
  model::Authorization authorization;
  const auto* key = fields.raw("authorizationKey");
  if (key != nullptr && is_guid(key->text)) authorization.key = key->text;
  fields.ignore({"authorizationUseStatus", "connectionResourceUri"});
  if (circuit == nullptr) return;
  authorization.name =
      draft.name_for(resource.id, "authorization of " + circuit->name, resource.at.where(), fields.object());
  circuit->authorizations.push_back(std::move(authorization));
}

void carry_global_reach(const Resource& resource, Fields& fields, Draft& draft) {
  const auto own = resource.id.parent().parent();
  const auto peer = fields.reference("peerExpressRouteCircuitPeering");
  const auto prefix = fields.prefix("addressPrefix", kLeftOut);
  fields.ignore(
      {"circuitConnectionStatus", "expressRouteCircuitPeering", "authorizationKey", "ipv6CircuitConnectionConfig"});
  model::GlobalReach reach;
  reach.circuit = draft.name_of(own);
  reach.peer_circuit = peer ? draft.name_of(peer->parent()) : "";
  if (reach.circuit.empty() || reach.peer_circuit.empty() || !prefix || prefix->length() != azure::kReachLength)
    return fields.note("", "needs two circuits of the files and a /29", kLeftOut);
  reach.name = draft.name_for(resource.id, "Global Reach", resource.at.where(), fields.object());
  reach.prefix = *prefix;
  draft.topology.global_reach.push_back(std::move(reach));
}

}  // namespace xconn::importing
