// SPDX-License-Identifier: Apache-2.0
// The tables of ExpressRoute: providers, ports, circuits, their peerings, and what is attached to them.
#include "base/azure.hh"
#include "model/connectivity.hh"
#include "model/keys.hh"

namespace xconn::model {
namespace {

// --- the customer's two ports ----------------------------------------------------------------------------------------

template <class T, End T::*Member>
void read_customer_end(const Cursor& at, std::string_view name, T& object) {
  const auto* entry = at.raw().find(name);
  if (entry == nullptr) return at.fault_at_key(name, "this key is required", "it is the customer's port of that path");
  if (auto end = read_word<End>(at.entry(*entry))) object.*Member = std::move(*end);
}

template <class T>
void read_customer(const Cursor& at, T& object) {
  if (!at.raw().is_map()) return at.fault_kind("a map", "write {primary: node:interface, secondary: node:interface}");
  for (const auto& entry : at.raw().entries)
    if (entry.key != "primary" && entry.key != "secondary")
      at.entry(entry).fault_at_key({}, "customer has no such key", did_you_mean(entry.key, {"primary", "secondary"}));
  read_customer_end<T, &T::customer_primary>(at, "primary", object);
  read_customer_end<T, &T::customer_secondary>(at, "secondary", object);
}

TypeInfo customer_type() {
  return own_type(
      "map of `primary` and `secondary`, each `node:interface`",
      R"("type": "object", "properties": {"primary": {"type": "string"}, "secondary": {"type": "string"}}, "required": ["primary", "secondary"], "additionalProperties": false)");
}

// --- peerings --------------------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 5> kMicrosoftOnly{"advertised-prefixes", "routing-registry", "customer-asn",
                                                         "validation", "route-filter"};

void read_private(const Cursor& at, Circuit& circuit) {
  detail::read_value<Peering>(at, circuit.private_peering);
  if (!at.raw().is_map()) return;
  for (const auto& entry : at.raw().entries)
    if (detail::is_one_of(entry.key, kMicrosoftOnly))
      at.entry(entry).fault_at_key({}, "only Microsoft peering has this key", "remove it");
}

void read_peerings(const Cursor& at, Circuit& circuit) {
  if (!at.raw().is_map()) return at.fault_kind("a map", "write {private: {...}}");
  for (const auto& entry : at.raw().entries) {
    if (entry.key == "private")
      read_private(at.entry(entry), circuit);
    else if (entry.key == "microsoft")
      detail::read_value<Peering>(at.entry(entry), circuit.microsoft_peering);
    else
      at.entry(entry).fault_at_key({}, "a circuit's peerings have no such key",
                                   "use 'private' or 'microsoft'; public peering no longer exists");
  }
}

TypeInfo peerings_type() {
  TypeInfo type;
  type.text = "map of `private` and `microsoft` to [peering](#peering)";
  type.schema =
      R"("type": "object", "properties": {"private": {"$ref": "#/$defs/peering"}, "microsoft": {"$ref": "#/$defs/peering"}}, "additionalProperties": false)";
  type.object = &object_info<Peering>;
  return type;
}

/// One /29 is the pair of its two /30.
void read_pair(const Cursor& at, Peering& peering) {
  const auto pair = read_word<Prefix>(at);
  if (!pair) return;
  if (pair->length() != azure::kPairLength || !pair->is_v4())
    return at.fault("the pair of a peering's networks is one /29", "or write primary: and secondary:, each a /30",
                    "V11");
  peering.primary = Prefix::of(pair->network(), azure::kPathLength);
  peering.secondary = Prefix::of(pair->host(4), azure::kPathLength);
}

/// One /125 is the pair of its two /126.
void read_pair_v6(const Cursor& at, Peering& peering) {
  const auto pair = read_word<Prefix>(at);
  if (!pair) return;
  if (pair->length() != azure::kPairLengthV6 || pair->is_v4())
    return at.fault("the pair of a peering's IPv6 networks is one /125",
                    "or write primary-v6: and secondary-v6:, each a /126", "V11");
  peering.primary_v6 = Prefix::of(pair->network(), azure::kPathLengthV6);
  peering.secondary_v6 = Prefix::of(pair->host(4), azure::kPathLengthV6);
}

struct PairKeys {
  const char *both, *primary, *secondary, *both_length, *one_length;
};

void check_pair_keys(const Cursor& at, const PairKeys& keys) {
  const auto has = [&](const char* name) { return at.raw().find(name) != nullptr; };
  if (has(keys.both) && !has(keys.primary) && !has(keys.secondary)) return;
  if (has(keys.both))
    return at.fault_at_key(
        keys.both,
        "a peering has either `" + std::string(keys.both) + "` or `" + keys.primary + "` and `" + keys.secondary + "`",
        "remove one of them");
  for (const auto* name : {keys.primary, keys.secondary})
    if (!has(name))
      at.fault_at_key(name, "a peering has two networks",
                      "add " + std::string(name) + ": ADDRESS/" + keys.one_length + ", or " + keys.both + ": ADDRESS/" +
                          keys.both_length);
}

void finish_peering(const Cursor& at, void*) {
  constexpr PairKeys kV4{"prefix", "primary", "secondary", "29", "30"};
  constexpr PairKeys kV6{"prefix-v6", "primary-v6", "secondary-v6", "125", "126"};
  check_pair_keys(at, kV4);
  for (const auto* name : {kV6.both, kV6.primary, kV6.secondary})
    if (at.raw().find(name) != nullptr) return check_pair_keys(at, kV6);
}

// --- circuits and what is attached -----------------------------------------------------------------------------------

/// A provider's circuit has an S-tag and ports of its own; Direct's has the port pair's, and an S-tag where that
/// stacks tags.
void finish_circuit(const Cursor& at, void* object) {
  const auto has = [&](const char* name) { return at.raw().find(name) != nullptr; };
  if (has("provider") == has("port"))
    return at.fault_at_key(
        has("port") ? "port" : "provider", "a circuit has either `provider` or `port`",
        has("port") ? "remove one of them" : "add provider: NAME, or port: NAME (ExpressRoute Direct)");
  for (const auto* name : {"customer", "peering-location"})
    if (has("port") && has(name)) at.fault_at_key(name, "with `port`, this is the port's", "remove it here");
  if (has("port")) return;
  for (const auto* name : {"s-tag", "customer"})
    if (!has(name)) at.fault_at_key(name, "this key is required", "a provider's circuit has it");
  if (!static_cast<Circuit*>(object)->rate_limit)
    at.fault_at_key("rate-limit", "only a circuit of ExpressRoute Direct may be without a limit", "remove it");
}

bool read_short_provider(const Cursor& at, void* object) {
  if (!at.raw().is_scalar()) return false;
  if (const auto model = read_word<Connectivity>(at)) static_cast<Provider*>(object)->connectivity = *model;
  return true;
}

void finish_provider(const Cursor& at, void* object) {
  const auto& provider = *static_cast<Provider*>(object);
  if (!provider.sites.empty() && !connectivity_of(provider).joins_sites)
    at.fault_at_key("sites", "only an ipvpn connects sites", "use model: ipvpn, or remove it");
}

bool read_short_authorization(const Cursor& at, void* object) {
  if (!at.raw().is_scalar()) return false;
  if (auto key = read_word<Guid>(at)) static_cast<Authorization*>(object)->key = std::move(*key);
  return true;
}

bool read_short_service(const Cursor& at, void* object) {
  if (!at.raw().is_scalar()) return false;
  if (const auto prefix = read_word<Prefix>(at)) static_cast<PublicService*>(object)->prefix = *prefix;
  return true;
}

}  // namespace

template <>
const ObjectInfo& object_info<Provider>() {
  static const ObjectInfo kInfo{
      "provider",
      "A connectivity provider: connects the customer's ports to Microsoft's edge.",
      "providers:\n  carrier: {model: l2-exchange}",
      {
          key<&Provider::connectivity>(
              "model",
              "how it connects: `l2-exchange` by a switch that pushes the circuit's S-tag, `l2-point-to-point` by a "
              "fibre for each path, with nothing in between that holds the carrier; the customer's router speaks BGP "
              "with Microsoft. With `managed-l3` and `ipvpn` the provider's does"),
          key<&Provider::asn>("asn", "of the provider's own router, for managed-l3 and ipvpn"),
          key<&Provider::sites>("sites",
                                "ipvpn: the customer's ports at further sites; all of them and the circuits reach each "
                                "other. A router that does not speak BGP there has its other networks routed to it"),
      },
      read_short_provider,
      "a map, or its model",
      R"("type": "string")",
      finish_provider};
  return kInfo;
}

template <>
const ObjectInfo& object_info<DirectPort>() {
  static const ObjectInfo kInfo{
      "port",
      "ExpressRoute Direct: a pair of ports at Microsoft's edge, without a provider.",
      "ports:\n  direct: {peering-location: Amsterdam, bandwidth: 10Gbps, customer: {primary: ce:pri, secondary: "
      "ce:sec}}",
      {
          key<&DirectPort::peering_location, Place>("peering-location", "where it is"),
          key<&DirectPort::bandwidth, BitRate>("bandwidth", "10 or 100 Gbps"),
          key<&DirectPort::encapsulation>("encapsulation",
                                          "QinQ: each circuit has an S-tag; Dot1Q: the peerings' VLAN ids alone"),
          key<DirectPort, read_customer<DirectPort>>("customer", customer_type(), "the customer's two ports",
                                                     kRequired),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Peering>() {
  static const ObjectInfo kInfo{
      "peering",
      "Private or Microsoft peering: two BGP sessions, one per path.",
      "peerings:\n  private: {vlan: 28, peer-asn: 65001, primary: 192.0.2.0/30, secondary: 192.0.2.4/30}",
      {
          key<&Peering::vlan>("vlan", "the C-tag, 1 to 4094, the same on both paths", kRequired),
          key<&Peering::peer_asn>("peer-asn", "the customer's AS number", kRequired),
          key<&Peering::primary>("primary", "a /30: the customer has its first address, Microsoft the second"),
          key<&Peering::secondary>("secondary", "the other /30"),
          key<Peering, read_pair>("prefix", word_type<Prefix>(), "both networks as one /29"),
          key<&Peering::primary_v6>("primary-v6", "an additional /126 for IPv6"),
          key<&Peering::secondary_v6>("secondary-v6", "the other /126"),
          key<Peering, read_pair_v6>("prefix-v6", word_type<Prefix>(), "both IPv6 networks as one /125"),
          key<&Peering::md5, Md5Key>("md5", "TCP MD5 key of both sessions: up to 25 letters and digits", kSecret),
          key<&Peering::bfd>("bfd", "BFD is enabled on Microsoft's side"),
          key<&Peering::state>("state", "Disabled: shut down on Microsoft's side"),
          key<&Peering::advertised_prefixes>("advertised-prefixes",
                                             "Microsoft peering: the customer's own public prefixes"),
          key<&Peering::routing_registry>("routing-registry",
                                          "Microsoft peering: the registry of the advertised prefixes"),
          key<&Peering::customer_asn>(
              "customer-asn",
              "Microsoft peering: the AS number that the prefixes are registered to, if peer-asn is "
              "private"),
          key<&Peering::validation>(
              "validation",
              "Microsoft peering: validation state of the advertised prefixes; BGP stays down while it "
              "is ValidationNeeded"),
          key<&Peering::route_filter, ObjectName>(
              "route-filter", "Microsoft peering: one of `route-filters`; without one nothing is announced"),
      },
      nullptr,
      {},
      {},
      finish_peering};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Authorization>() {
  static const ObjectInfo kInfo{"authorization",
                                "Allows another subscription to make one connection to the circuit.",
                                "authorizations:\n  partner: {key: 9d1e3c4a-5b6f-4abc-8def-0123456789ab}",
                                {key<&Authorization::key, Guid>("key", "by default, derived from the names")},
                                read_short_authorization,
                                "a map, or its key",
                                R"("type": "string")"};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Circuit>() {
  static const ObjectInfo kInfo{
      "circuit",
      "An ExpressRoute circuit: two paths from the customer's ports, over a provider or on "
      "ports of ExpressRoute Direct, to two MSEEs.",
      "circuits:\n  er1: {provider: carrier, bandwidth: 1Gbps, s-tag: 29, customer: {primary: ce:pri, secondary: "
      "ce:sec}, "
      "peerings: {private: {...}}}",
      {
          key<&Circuit::provider, ObjectName>("provider", "one of `providers`; or `port`"),
          key<&Circuit::port, ObjectName>("port", "one of `ports`, for ExpressRoute Direct"),
          key<&Circuit::peering_location, Place>("peering-location",
                                                 "where it connects to Microsoft; with `port`, the port's location"),
          key<&Circuit::bandwidth, BitRate>(
              "bandwidth", "50, 100, 200 or 500 Mbps, 1, 2, 5 or 10 Gbps; Direct up to 100 Gbps", kRequired),
          key<&Circuit::sku>("sku", "the SKU, which decides the reachable regions"),
          key<&Circuit::family>("family", "billing: metered or unlimited data"),
          key<&Circuit::service_key, Guid>("service-key", "by default, derived from the name"),
          key<&Circuit::provider_state>("provider-state", "provisioning state on the provider's side"),
          key<&Circuit::rate_limit>("rate-limit", "ExpressRoute Direct: enforce the circuit's bandwidth on the ports"),
          key<&Circuit::msee, ObjectName>("msee", "name of the MSEE pair; circuits with the same name share one pair"),
          key<&Circuit::routers, ObjectName>(
              "routers",
              "prefix of the names of its two MSEEs; by default `msee` if there is one circuit, else "
              "CIRCUIT-msee"),
          key<&Circuit::s_tag>("s-tag", "the outer tag, 1 to 4094; not on Dot1Q ports"),
          key<Circuit, read_customer<Circuit>>("customer", customer_type(),
                                               "the customer's two ports; not with `port`"),
          key<Circuit, read_peerings>("peerings", peerings_type(), "its private and Microsoft peering"),
          key<&Circuit::authorizations>("authorizations", "authorizations for connections from other subscriptions"),
      },
      nullptr,
      {},
      {},
      finish_circuit};
  return kInfo;
}

template <>
const ObjectInfo& object_info<GlobalReach>() {
  static const ObjectInfo kInfo{
      "global reach",
      "Connects the private peerings of two circuits at different locations; it is not "
      "transitive.",
      "global-reach:\n  ams-lon: {circuit: er1, peer-circuit: er2, prefix: 192.168.9.0/29}",
      {
          key<&GlobalReach::circuit, ObjectName>("circuit", "one of `circuits`", kRequired),
          key<&GlobalReach::peer_circuit, ObjectName>("peer-circuit", "another one of `circuits`", kRequired),
          key<&GlobalReach::prefix>("prefix", "a /29 for the links between Microsoft's routers", kRequired),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<RouteFilterRule>() {
  static const ObjectInfo kInfo{
      "route filter rule",
      "A rule of a route filter: which of Microsoft's routes are announced.",
      "rules:\n  west: {access: Allow, communities: ['12076:51002']}",
      {
          key<&RouteFilterRule::access>("access", "Azure accepts only Allow"),
          key<&RouteFilterRule::communities, Community>("communities", "routes with one of these", kRequired),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<RouteFilter>() {
  static const ObjectInfo kInfo{"route filter",
                                "A route filter: what Microsoft announces on Microsoft peering.",
                                "route-filters:\n  west: {rules: {allow: {communities: ['12076:51002']}}}",
                                {key<&RouteFilter::rules>("rules", "one rule", kRequired)}};
  return kInfo;
}

template <>
const ObjectInfo& object_info<PublicService>() {
  static const ObjectInfo kInfo{
      "public service",
      "A public prefix of Microsoft's, announced on Microsoft peering. Its first host answers.",
      "public-services:\n  storage: {prefix: 20.60.0.0/24, communities: ['12076:51002']}",
      {
          key<&PublicService::prefix>("prefix", "its addresses", kRequired),
          key<&PublicService::communities, Community>("communities", "the communities it is announced with"),
          key<&PublicService::internet>("internet", "the Internet node's interface through which it is also reachable"),
      },
      read_short_service,
      "a map, or its prefix",
      R"("type": "string")"};
  return kInfo;
}

}  // namespace xconn::model
