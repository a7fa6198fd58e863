// The tables of Azure's objects.
#include "model/keys.hh"

namespace xconn::model {
namespace {

// --- circuits --------------------------------------------------------------------------------------------------------

template <End Circuit::*Member>
void read_customer_end(const Cursor& at, std::string_view name, Circuit& circuit) {
  const auto* entry = at.raw().find(name);
  if (entry == nullptr) return at.fault_at_key(name, "this key is required", "it is the customer's port of that path");
  if (auto end = read_word<End>(at.entry(*entry))) circuit.*Member = std::move(*end);
}

void read_customer(const Cursor& at, Circuit& circuit) {
  if (!at.raw().is_map()) return at.fault_kind("a map", "write {primary: node:interface, secondary: node:interface}");
  for (const auto& entry : at.raw().entries)
    if (entry.key != "primary" && entry.key != "secondary")
      at.entry(entry).fault_at_key({}, "customer has no such key", did_you_mean(entry.key, {"primary", "secondary"}));
  read_customer_end<&Circuit::customer_primary>(at, "primary", circuit);
  read_customer_end<&Circuit::customer_secondary>(at, "secondary", circuit);
}

void read_peerings(const Cursor& at, Circuit& circuit) {
  if (!at.raw().is_map()) return at.fault_kind("a map", "write {private: {...}}");
  for (const auto& entry : at.raw().entries) {
    if (entry.key == "private")
      detail::read_value<Peering>(at.entry(entry), circuit.private_peering);
    else
      at.entry(entry).fault_at_key({}, "a circuit's peerings have no such key",
                                   "the one that can be rehearsed is 'private'");
  }
}

/// One /29 is the pair of its two /30.
void read_pair(const Cursor& at, Peering& peering) {
  const auto pair = read_word<Prefix>(at);
  if (!pair) return;
  constexpr int kPairLength = 29;
  if (pair->length() != kPairLength || !pair->is_v4())
    return at.fault("the pair of a peering's networks is one /29", "or write primary: and secondary:, each a /30",
                    "V11");
  peering.primary = Prefix::of(pair->network(), kPairLength + 1);
  peering.secondary = Prefix::of(pair->host(4), kPairLength + 1);
}

void finish_peering(const Cursor& at, void*) {
  const auto has = [&](const char* name) { return at.raw().find(name) != nullptr; };
  if (has("prefix") && !has("primary") && !has("secondary")) return;
  if (has("prefix"))
    return at.fault_at_key("prefix", "a peering has either `prefix` or `primary` and `secondary`",
                           "remove one of them");
  for (const auto* name : {"primary", "secondary"})
    if (!has(name))
      at.fault_at_key(name, "a peering has two networks",
                      "add " + std::string(name) + ": ADDRESS/30, or prefix: ADDRESS/29");
}

TypeInfo customer_type() {
  return own_type(
      "map of `primary` and `secondary`, each `node:interface`",
      R"("type": "object", "properties": {"primary": {"type": "string"}, "secondary": {"type": "string"}}, "required": ["primary", "secondary"], "additionalProperties": false)");
}

TypeInfo peerings_type() {
  TypeInfo type;
  type.text = "map of `private` to [peering](#peering)";
  type.schema =
      R"("type": "object", "properties": {"private": {"$ref": "#/$defs/peering"}}, "additionalProperties": false)";
  type.object = &object_info<Peering>;
  return type;
}

// --- routes ----------------------------------------------------------------------------------------------------------

// "next-hop: 10.0.0.4" and "next-hop: Internet" both say what they mean.
void read_next_hop(const Cursor& at, UserRoute& route) {
  const auto text = read_word<std::string>(at);
  if (!text) return;
  route.next_hop = Address::parse(*text);
  if (route.next_hop) return;
  if (const auto type = Word<NextHopType>::parse(*text))
    route.type = *type;
  else
    at.fault("a next hop is the address of a virtual appliance, or VnetLocal, Internet or None",
             did_you_mean(*text, {"VnetLocal", "Internet", "None"}), "V29");
}

void read_next_hop_type(const Cursor& at, UserRoute& route) {
  const auto text = read_word<std::string>(at);
  if (!text) return;
  if (const auto type = Word<NextHopType>::parse(*text))
    route.type = *type;
  else
    at.fault("the type of a user route's next hop is " + Word<NextHopType>::info().name,
             *text == "VirtualNetworkGateway" || *text == "VNetPeering"
                 ? "Azure makes such routes itself; remove this one"
                 : did_you_mean(*text, {"VirtualAppliance", "VnetLocal", "Internet", "None"}),
             "V29");
}

bool read_short_subnet(const Cursor& at, void* object) {
  if (!at.raw().is_scalar()) return false;
  if (const auto prefix = read_word<Prefix>(at)) static_cast<Subnet*>(object)->prefix = *prefix;
  return true;
}

bool read_short_provider(const Cursor& at, void* object) {
  if (!at.raw().is_scalar()) return false;
  static_cast<Provider*>(object)->connectivity = at.raw().text;
  return true;
}

// --- load balancers
// ----------------------------------------------------------------------------------------------------

void read_balancer_subnet(const Cursor& at, LoadBalancer& balancer) {
  const auto subnet = read_word<SubnetRef>(at);
  if (!subnet) return;
  balancer.vnet = subnet->vnet;
  balancer.subnet = subnet->subnet;
}

void read_probe_protocol(const Cursor& at, Probe& probe) {
  const auto text = read_word<std::string>(at);
  if (!text) return;
  if (*text != "tcp" && *text != "http") return at.fault("a load balancer's probe is tcp or http");
  probe.protocol = *text;
}

void finish_balancer(const Cursor& at, void* object) {
  const auto& balancer = *static_cast<LoadBalancer*>(object);
  const auto demand = [&](const char* name, const char* remedy) {
    if (at.raw().find(name) == nullptr) at.fault_at_key(name, "this key is required", remedy);
  };
  if (!balancer.is_public)
    return demand("subnet", "an internal load balancer's frontend stands in a subnet: VNET/SUBNET");
  demand("vnet", "the VNet whose machines it serves");
  demand("internet", "the node:interface of the Internet that it hangs on");
}

}  // namespace

template <>
const ObjectInfo& object_info<Provider>() {
  static const ObjectInfo kInfo{
      "provider",
      "A connectivity provider: joins the customer's ports to Microsoft's edge.",
      "providers:\n  carrier: {model: l2-exchange}",
      {key<&Provider::connectivity>("model", "how it connects: `l2-exchange` pushes the circuit's S-tag")},
      read_short_provider,
      "a map, or its model",
      R"("type": "string")"};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Peering>() {
  static const ObjectInfo kInfo{
      "peering",
      "Private peering: two BGP sessions, one per path.",
      "peerings:\n  private: {vlan: 28, peer-asn: 65001, primary: 192.0.2.0/30, secondary: 192.0.2.4/30}",
      {
          key<&Peering::vlan>("vlan", "the C-tag, 1 to 4094, the same on both paths", kRequired),
          key<&Peering::peer_asn>("peer-asn", "the customer's AS number", kRequired),
          key<&Peering::primary>("primary", "a /30: the customer has its first address, Microsoft the second"),
          key<&Peering::secondary>("secondary", "the other /30"),
          key<Peering, read_pair>("prefix", word_type<Prefix>(), "both as one /29"),
          key<&Peering::md5>("md5", "TCP MD5 key of both sessions: up to 25 letters and digits", kSecret),
          key<&Peering::bfd>("bfd", "Microsoft's side answers BFD"),
      },
      nullptr,
      {},
      {},
      finish_peering};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Circuit>() {
  static const ObjectInfo kInfo{
      "circuit",
      "An ExpressRoute circuit: two paths from the customer's ports over a provider to two routers of Microsoft's "
      "edge.",
      "circuits:\n  er1: {provider: carrier, bandwidth: 1Gbps, s-tag: 29, customer: {primary: ce:pri, secondary: "
      "ce:sec}, "
      "peerings: {private: {...}}}",
      {
          key<&Circuit::provider, ObjectName>("provider", "one of `providers`", kRequired),
          key<&Circuit::peering_location>("peering-location", "where it meets Microsoft"),
          key<&Circuit::bandwidth, BitRate>("bandwidth", "50, 100, 200 or 500 Mbps, 1, 2, 5 or 10 Gbps", kRequired),
          key<&Circuit::sku>("sku", "Local, Standard or Premium"),
          key<&Circuit::s_tag>("s-tag", "the provider's outer tag, 1 to 4094", kRequired),
          key<Circuit, read_customer>("customer", customer_type(), "the customer's two ports", kRequired),
          key<Circuit, read_peerings>("peerings", peerings_type(), "its peerings"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Subnet>() {
  static const ObjectInfo kInfo{
      "subnet",
      "Part of a VNet. Azure keeps the first four addresses and the last.",
      "subnets:\n  app: 10.1.0.0/24\n  GatewaySubnet: {prefix: 10.1.255.0/27, route-table: gateway}",
      {
          key<&Subnet::prefix>("prefix", "its addresses", kRequired),
          key<&Subnet::route_table>("route-table", "one of `route-tables`"),
      },
      read_short_subnet,
      "a map, or its prefix",
      R"("type": "string")"};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Vnet>() {
  static const ObjectInfo kInfo{"vnet",
                                "A virtual network. Machines are nodes whose interfaces name a subnet.",
                                "vnets:\n  hub: {address-space: [10.1.0.0/16], subnets: {app: 10.1.0.0/24}}",
                                {
                                    key<&Vnet::region>("region", "as Azure spells it: westeurope"),
                                    key<&Vnet::address_space>("address-space", "its prefixes", kRequired),
                                    key<&Vnet::subnets>("subnets", "its subnets", kRequired),
                                }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<UserRoute>() {
  static const ObjectInfo kInfo{
      "user route",
      "A user-defined route.",
      "- {to: 0.0.0.0/0, next-hop: 10.1.0.4}\n- {to: 10.0.0.0/8, next-hop: None}",
      {
          key<&UserRoute::to>("to", "where to", kRequired),
          key<UserRoute, read_next_hop>("next-hop",
                                        own_type("address, VnetLocal, Internet or None", R"("type": "string")"),
                                        "the virtual appliance's address, or another kind of next hop"),
          key<UserRoute, read_next_hop_type>("type", word_type<NextHopType>(),
                                             "kind of next hop, when `next-hop` does not say it"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<RouteTable>() {
  static const ObjectInfo kInfo{
      "route table",
      "User-defined routes of subnets.",
      "route-tables:\n  app: {propagate-bgp: false, routes: [{to: 0.0.0.0/0, next-hop: 10.1.0.4}]}",
      {
          key<&RouteTable::propagate_bgp>("propagate-bgp", "subnets also get what the gateways learned"),
          key<&RouteTable::routes>("routes", "the routes"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Gateway>() {
  static const ObjectInfo kInfo{
      "gateway",
      "A virtual network gateway of two instances in AS 65515.",
      "gateways:\n  er-gw: {type: ExpressRoute, vnet: hub, sku: ErGw1AZ, instances: [10.1.255.12, 10.1.255.13]}",
      {
          key<&Gateway::type>("type", "ExpressRoute", kRequired),
          key<&Gateway::vnet, ObjectName>("vnet", "one of `vnets`", kRequired),
          key<&Gateway::sku>("sku", "Standard, HighPerformance, UltraPerformance, ErGw1AZ, ErGw2AZ or ErGw3AZ"),
          key<&Gateway::instances>("instances", "the two instances' addresses in GatewaySubnet", kRequired),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Connection>() {
  static const ObjectInfo kInfo{"connection",
                                "Joins a gateway to a circuit.",
                                "connections:\n  er1-hub: {gateway: er-gw, circuit: er1}",
                                {
                                    key<&Connection::gateway, ObjectName>("gateway", "one of `gateways`", kRequired),
                                    key<&Connection::circuit, ObjectName>("circuit", "one of `circuits`", kRequired),
                                    key<&Connection::weight>("weight", "0 to 32000; the higher is preferred"),
                                }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Probe>() {
  static const ObjectInfo kInfo{
      "probe",
      "How a load balancer asks its backends, from 168.63.129.16.",
      "probe: {protocol: tcp, port: 8008, interval: 5s, threshold: 2}",
      {
          key<Probe, read_probe_protocol>("protocol", own_type("tcp or http", R"("enum": ["tcp", "http"])"),
                                          "how; without it tcp"),
          key<&Probe::port, Range<1, 65535>>("port", "where", kRequired),
          key<&Probe::path>("path", "of an http request"),
          key<&Probe::interval>("interval", "between probes"),
          key<&Probe::threshold, Range<1, 100>>("threshold", "probes in a row that change the backend's state"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<BalancerRule>() {
  static const ObjectInfo kInfo{
      "load balancing rule",
      "What is balanced: all ports of an internal load balancer, or one port.",
      "rules:\n  - {ha-ports: true, floating-ip: true}\n  - {protocol: udp, port: 500}",
      {
          key<&BalancerRule::ha_ports>("ha-ports", "all protocols and ports; internal only"),
          key<&BalancerRule::protocol, IpProtocol>("protocol", "tcp or udp; not with ha-ports"),
          key<&BalancerRule::port>("port", "of the frontend; not with ha-ports"),
          key<&BalancerRule::backend_port>("backend-port", "of the backends; 0 is the same"),
          key<&BalancerRule::floating_ip>("floating-ip", "backends see the frontend's address as destination"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<LoadBalancer>() {
  static const ObjectInfo kInfo{
      "load balancer",
      "Azure's Standard load balancer.",
      "load-balancers:\n  ilb: {kind: internal, subnet: hub/app, frontend: 10.1.0.4, backends: [fw-a:port1, "
      "fw-b:port1], "
      "probe: {port: 8008}, rules: [{ha-ports: true}]}",
      {
          key<&LoadBalancer::is_public, BalancerKind>("kind", "internal or public", kRequired),
          key<&LoadBalancer::vnet, ObjectName>("vnet", "public: the VNet of its backends"),
          key<LoadBalancer, read_balancer_subnet>("subnet", word_type<SubnetRef>(),
                                                  "internal: where its frontend stands"),
          key<&LoadBalancer::frontend>("frontend", "the address that is balanced", kRequired),
          key<&LoadBalancer::internet>("internet", "public: the interface of the Internet's node that it hangs on"),
          key<&LoadBalancer::backends>("backends", "interfaces of nodes in the VNet", kRequired),
          key<&LoadBalancer::probe>("probe", "how backends are asked", kRequired),
          key<&LoadBalancer::rules>("rules", "what is balanced", kRequired),
      },
      nullptr,
      {},
      {},
      finish_balancer};
  return kInfo;
}

}  // namespace xconn::model
