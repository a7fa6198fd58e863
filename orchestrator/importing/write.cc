// SPDX-License-Identifier: Apache-2.0
#include "importing/write.hh"

#include <fmt/format.h>

#include "model/document.hh"
#include "model/words.hh"

namespace xconn::importing {
namespace {

using model::Raw;
using model::RawPtr;

RawPtr word(const std::string& text) { return make_text(text, {}); }
RawPtr word(const Address& address) { return word(address.text()); }
RawPtr word(const Prefix& prefix) { return word(prefix.text()); }
RawPtr word(const InterfaceAddress& address) { return word(address.text()); }
RawPtr word(const End& end) { return word(end.node + ":" + end.interface); }
RawPtr word(const Asn& asn) { return word(asn.text()); }
RawPtr word(Duration duration) { return word(xconn::to_string(duration)); }
RawPtr word(int number) { return word(std::to_string(number)); }

template <model::HasNames Named>
RawPtr word(Named value) {
  return word(model::Word<Named>::show(value));
}

template <class T>
RawPtr list(const std::vector<T>& items) {
  auto out = std::make_shared<Raw>();
  out->kind = Raw::Kind::kList;
  for (const auto& item : items) out->items.push_back(word(item));
  return out;
}

/// A map that is written key by key; what has its default is not written.
class Map {
 public:
  Map() { raw_->kind = Raw::Kind::kMap; }

  Map& put(const std::string& key, RawPtr value) {
    raw_->entries.push_back({key, {}, std::move(value)});
    return *this;
  }
  Map& put(const std::string& key, const Map& map) { return put(key, RawPtr(map.raw_)); }
  Map& put(const std::string& key, const std::string& text) { return text.empty() ? *this : put(key, word(text)); }
  template <class T>
  Map& put_all(const std::string& key, const std::vector<T>& items) {
    return items.empty() ? *this : put(key, list(items));
  }
  template <class T>
  Map& put_if(const std::string& key, const std::optional<T>& value) {
    return value ? put(key, word(*value)) : *this;
  }
  Map& flag(const std::string& key, bool value, bool standard) {
    return value == standard ? *this : put(key, word(std::string(value ? "true" : "false")));
  }
  bool empty() const { return raw_->entries.empty(); }
  RawPtr raw() const { return raw_; }

 private:
  std::shared_ptr<Raw> raw_ = std::make_shared<Raw>();
};

std::string rate(std::uint64_t bits) {
  constexpr std::uint64_t kGiga = 1'000'000'000, kMega = 1'000'000;
  return bits % kGiga == 0 ? std::to_string(bits / kGiga) + "Gbps" : std::to_string(bits / kMega) + "Mbps";
}

/// What each thing is in YAML; `named` and `all_of` find them below.
Map written(const model::Authorization&);
Map written(const model::Circuit&);
Map written(const model::Connection&);
Map written(const model::DirectPort&);
Map written(const model::Gateway&);
Map written(const model::GlobalReach&);
Map written(const model::LoadBalancer&);
Map written(const model::LocalGateway&);
Map written(const network::Node&);
Map written(const network::Nsg&);
Map written(const model::Provider&);
Map written(const model::RouteFilter&);
Map written(const model::RouteFilterRule&);
Map written(const model::RouteTable&);
Map written(const network::SecurityRule&);
Map written(const network::BalancerRule&);
Map written(const model::UserRoute&);
Map written(const Route&);
Map written(const Rule&);
Map written(const model::Subnet&);
Map written(const model::Vnet&);
Map written(const model::VnetPeering&);

// --- plain nodes -------------------------------------------------------------------------------------------------

Map written(const network::Interface& interface) {
  Map map;
  if (interface.subnet) map.put("subnet", interface.subnet->vnet + "/" + interface.subnet->subnet);
  map.put("parent", interface.parent);
  std::vector<int> tags;
  for (const auto& tag : interface.tags) tags.push_back(tag.id);
  if (tags.size() == 1)
    map.put("vlan", word(tags.front()));
  else
    map.put_all("vlan", tags);
  if (interface.addresses.size() > 1)
    map.put_all("addresses", interface.addresses);
  else if (!interface.addresses.empty())
    map.put("address", interface.subnet ? word(interface.addresses[0].address()) : word(interface.addresses[0]));
  map.put("nsg", interface.nsg);
  if (interface.ip_forwarding) map.put("ip-forwarding", std::string(*interface.ip_forwarding ? "true" : "false"));
  return map;
}

Map written(const network::BgpNeighbor& neighbor) {
  Map map;
  map.put("address", word(neighbor.address)).put("asn", word(neighbor.asn)).put_if("password", neighbor.password);
  map.flag("bfd", neighbor.bfd, false).flag("ebgp-multihop", neighbor.ebgp_multihop, false);
  return map.put_if("source", neighbor.source).put_all("announce", neighbor.announce);
}

template <class List>
RawPtr all_of(const List& items) {
  auto out = std::make_shared<Raw>();
  out->kind = Raw::Kind::kList;
  for (const auto& item : items) out->items.push_back(written(item).raw());
  return out;
}

Map written(const network::Bgp& bgp) {
  Map map;
  map.put("asn", word(bgp.asn)).put_if("router-id", bgp.router_id).put_all("advertise", bgp.advertise);
  return bgp.neighbors.empty() ? map : map.put("neighbors", all_of(bgp.neighbors));
}

Map written(const network::Tunnel& tunnel) {
  Map map;
  map.put("local", word(tunnel.local)).put("remote", word(tunnel.remote)).put("psk", tunnel.psk);
  map.flag("initiate", tunnel.initiate, false).put("address", word(tunnel.address));
  map.put_if("peer-address", tunnel.peer_address);
  map.put_all("ike-proposals", tunnel.ike_proposals).put_all("esp-proposals", tunnel.esp_proposals);
  return map.put("dpd",
                 Map().put("interval", xconn::to_string(tunnel.dpd.interval)).put("retries", word(tunnel.dpd.retries)));
}

Map written(const Route& route) {
  Map map;
  map.put("to", word(route.to));
  const auto& hop = route.next_hops.front();
  map.put_if("via", hop.via).put("interface", hop.interface);
  if (route.table != Route{}.table) map.put("table", word(static_cast<int>(route.table)));
  return route.metric == 0 ? map : map.put("metric", word(static_cast<int>(route.metric)));
}

Map written(const Rule& rule) {
  auto map = Map().put("priority", word(static_cast<int>(rule.priority)));
  return map.put_if("from", rule.from).put_if("to", rule.to).put("table", word(static_cast<int>(rule.table)));
}

template <class List>
Map named(const List& items) {
  Map map;
  for (const auto& item : items) map.put(item.name, written(item));
  return map;
}

Map written(const network::Node& node) {
  Map map;
  map.put("role", node.role).put("site", node.site);
  if (!node.interfaces.empty()) map.put("interfaces", named(node.interfaces));
  map.put_if("gateway", node.gateway);
  if (!node.routes.empty()) map.put("routes", all_of(node.routes));
  if (!node.rules.empty()) map.put("rules", all_of(node.rules));
  if (node.bgp) map.put("bgp", written(*node.bgp));
  if (!node.tunnels.empty()) map.put("tunnels", named(node.tunnels));
  Map sysctls, files;
  for (const auto& [key, value] : node.sysctls) sysctls.put(key, value);
  for (const auto& file : node.files)
    files.put(file.name, Map().put(file.replace ? "replace" : "append", file.content));
  if (!sysctls.empty()) map.put("sysctls", sysctls);
  if (!files.empty()) map.put("files", files);
  return map.put("nftables", node.nftables);
}

// --- ExpressRoute ------------------------------------------------------------------------------------------------

Map written(const model::Provider& provider) {
  return Map().put("model", word(provider.connectivity)).put_if("asn", provider.asn);
}

Map ends(const End& primary, const End& secondary) {
  return Map().put("primary", word(primary)).put("secondary", word(secondary));
}

Map written(const model::DirectPort& port) {
  Map map;
  map.put("peering-location", port.peering_location).put("bandwidth", rate(port.bandwidth));
  map.put("encapsulation", word(port.encapsulation));
  return port.customer_primary.node.empty() ? map
                                            : map.put("customer", ends(port.customer_primary, port.customer_secondary));
}

Map written(const model::Peering& peering, bool is_microsoft) {
  Map map;
  map.put("vlan", word(peering.vlan)).put("peer-asn", word(peering.peer_asn));
  map.put("primary", word(peering.primary)).put("secondary", word(peering.secondary));
  map.put_if("primary-v6", peering.primary_v6).put_if("secondary-v6", peering.secondary_v6);
  map.put_if("md5", peering.md5);
  if (peering.state != model::PeeringState::kEnabled) map.put("state", word(peering.state));
  if (!is_microsoft) return map;
  map.put_all("advertised-prefixes", peering.advertised_prefixes)
      .put("routing-registry", word(peering.routing_registry));
  map.put_if("customer-asn", peering.customer_asn).put("route-filter", peering.route_filter);
  return map.put("validation", word(peering.validation));
}

Map written(const model::Authorization& authorization) { return Map().put("key", authorization.key); }

Map written(const model::Circuit& circuit) {
  Map map, peerings;
  map.put("provider", circuit.provider).put("port", circuit.port).put("peering-location", circuit.peering_location);
  map.put("bandwidth", rate(circuit.bandwidth)).put("sku", word(circuit.sku)).put("family", word(circuit.family));
  map.put("service-key", circuit.service_key);
  if (circuit.provider_state != model::ProviderState::kProvisioned)
    map.put("provider-state", word(circuit.provider_state));
  if (!circuit.port.empty()) map.flag("rate-limit", circuit.rate_limit, true);
  if (circuit.s_tag != 0) map.put("s-tag", word(circuit.s_tag));
  if (!circuit.customer_primary.node.empty())
    map.put("customer", ends(circuit.customer_primary, circuit.customer_secondary));
  if (circuit.private_peering) peerings.put("private", written(*circuit.private_peering, false));
  if (circuit.microsoft_peering) peerings.put("microsoft", written(*circuit.microsoft_peering, true));
  if (!peerings.empty()) map.put("peerings", peerings);
  return circuit.authorizations.empty() ? map : map.put("authorizations", named(circuit.authorizations));
}

Map written(const model::GlobalReach& reach) {
  return Map().put("circuit", reach.circuit).put("peer-circuit", reach.peer_circuit).put("prefix", word(reach.prefix));
}

Map written(const model::RouteFilterRule& rule) {
  return Map().put("access", word(rule.access)).put_all("communities", rule.communities);
}

Map written(const model::RouteFilter& filter) { return Map().put("rules", named(filter.rules)); }

// --- VNets -------------------------------------------------------------------------------------------------------

Map written(const model::Subnet& subnet) {
  return Map().put("prefix", word(subnet.prefix)).put("route-table", subnet.route_table).put("nsg", subnet.nsg);
}

Map written(const model::VnetPeering& peering) {
  return Map()
      .put("remote", peering.remote)
      .flag("allow-vnet-access", peering.allow_vnet_access, true)
      .flag("allow-forwarded-traffic", peering.allow_forwarded_traffic, false)
      .flag("allow-gateway-transit", peering.allow_gateway_transit, false)
      .flag("use-remote-gateways", peering.use_remote_gateways, false)
      .flag("disconnected", peering.disconnected, false);
}

Map written(const model::Vnet& vnet) {
  Map map;
  map.put("region", vnet.region).put_all("address-space", vnet.address_space).put("bgp-community", vnet.bgp_community);
  map.put("subnets", named(vnet.subnets));
  return vnet.peerings.empty() ? map : map.put("peerings", named(vnet.peerings));
}

RawPtr next_hop(const model::UserRoute& route) {
  return route.type == model::NextHopType::kVirtualAppliance ? word(*route.next_hop) : word(route.type);
}

Map written(const model::UserRoute& route) { return Map().put("to", word(route.to)).put("next-hop", next_hop(route)); }

Map written(const model::RouteTable& table) {
  return Map().flag("propagate-bgp", table.propagate_bgp, true).put("routes", all_of(table.routes));
}

RawPtr ports(const std::vector<std::pair<std::uint16_t, std::uint16_t>>& ranges) {
  std::vector<std::string> words;
  for (const auto& [first, last] : ranges)
    words.push_back(first == last ? std::to_string(first) : fmt::format("{}-{}", first, last));
  return list(words);
}

Map written(const network::SecurityRule& rule) {
  Map map;
  map.put("priority", word(rule.priority)).put("direction", word(rule.direction));
  map.put("access", word(rule.access)).put("protocol", word(rule.protocol));
  map.put_all("sources", rule.sources).put_all("destinations", rule.destinations);
  if (!rule.source_ports.empty()) map.put("source-ports", ports(rule.source_ports));
  return rule.destination_ports.empty() ? map : map.put("destination-ports", ports(rule.destination_ports));
}

Map written(const network::Nsg& nsg) { return Map().put("rules", named(nsg.rules)); }

// --- gateways ----------------------------------------------------------------------------------------------------

Map written(const model::Gateway& gateway) {
  Map map;
  map.put_if("type", gateway.type).put("vnet", gateway.vnet).put_if("sku", gateway.sku);
  map.put_all("instances", gateway.instances);
  if (gateway.type != model::GatewayType::kVpn)
    return map.flag("allow-remote-vnet-traffic", gateway.allow_remote_vnet_traffic, false);
  map.put_all("public-addresses", gateway.public_addresses).put("internet", word(gateway.internet));
  map.put("asn", word(gateway.asn)).flag("active-active", gateway.active_active, false);
  return map.put_all("apipa", gateway.apipa).flag("private-address", gateway.private_address, false);
}

Map written(const model::LocalGateway& gateway) {
  return Map()
      .put("address", word(gateway.address))
      .put_all("address-space", gateway.address_space)
      .put_if("asn", gateway.asn)
      .put_if("bgp-address", gateway.bgp_address);
}

Map written(const model::IpsecPolicy& policy) {
  return Map()
      .put_all("ike-proposals", policy.ike_proposals)
      .put_all("esp-proposals", policy.esp_proposals)
      .put("esp-lifetime", word(policy.esp_lifetime));
}

Map written(const model::Connection& connection) {
  Map map;
  map.put("gateway", connection.gateway).put("circuit", connection.circuit);
  map.put("local-gateway", connection.local_gateway);
  if (connection.weight != 0) map.put("weight", word(connection.weight));
  map.flag("fast-path", connection.fast_path, false).put("psk", connection.psk).flag("bgp", connection.bgp, false);
  if (connection.ipsec_policy) map.put("ipsec-policy", written(*connection.ipsec_policy));
  if (connection.dpd_timeout != model::Connection{}.dpd_timeout) map.put("dpd-timeout", word(connection.dpd_timeout));
  map.flag("use-local-azure-address", connection.use_local_azure_address, false);
  if (connection.mode != model::ConnectionMode::kDefault) map.put("mode", word(connection.mode));
  return map;
}

Map written(const network::BalancerRule& rule) {
  constexpr int kUdp = 17;
  Map map;
  map.flag("ha-ports", rule.ha_ports, false);
  if (!rule.ha_ports)
    map.put("protocol", std::string(rule.protocol == kUdp ? "udp" : "tcp")).put("port", word(rule.port));
  if (rule.backend_port != 0) map.put("backend-port", word(rule.backend_port));
  return map.flag("floating-ip", rule.floating_ip, false);
}

Map written(const model::LoadBalancer& balancer) {
  auto map = Map().put("kind", std::string(balancer.is_public ? "public" : "internal"));
  if (balancer.is_public)
    map.put("vnet", balancer.vnet).put("internet", word(balancer.internet));
  else
    map.put("subnet", balancer.vnet + "/" + balancer.subnet);
  map.put("frontend", word(balancer.frontend)).put_all("backends", balancer.backends);
  const auto& probe = balancer.probe;
  Map probe_map;
  probe_map.put("protocol", word(probe.protocol)).put("port", word(probe.port));
  if (probe.protocol == network::BackendProbe::kHttp) probe_map.put("path", probe.path);
  map.put("probe", probe_map.put("interval", xconn::to_string(probe.interval)).put("threshold", word(probe.threshold)));
  if (balancer.idle_timeout != model::LoadBalancer{}.idle_timeout) map.put("idle-timeout", word(balancer.idle_timeout));
  map.flag("tcp-reset", balancer.tcp_reset, false);
  return map.put("rules", all_of(balancer.rules));
}

RawPtr links(const std::vector<network::Link>& all) {
  auto out = std::make_shared<Raw>();
  out->kind = Raw::Kind::kList;
  for (const auto& link : all) out->items.push_back(list(std::vector<End>{link.a, link.b}));
  return out;
}

}  // namespace

std::string write(const Draft& draft) {
  const auto& topology = draft.topology;
  Map root;
  root.put("name", topology.name).put("title", topology.title).put("message", topology.message);
  const auto section = [&](const char* key, const auto& items) {
    if (!items.empty()) root.put(key, named(items));
  };
  section("nodes", topology.nodes);
  if (!topology.links.empty()) root.put("links", links(topology.links));
  section("providers", topology.providers);
  section("ports", topology.direct_ports);
  section("circuits", topology.circuits);
  section("global-reach", topology.global_reach);
  section("route-filters", topology.route_filters);
  section("vnets", topology.vnets);
  section("route-tables", topology.route_tables);
  section("nsgs", topology.nsgs);
  section("gateways", topology.gateways);
  section("local-gateways", topology.local_gateways);
  section("connections", topology.connections);
  section("load-balancers", topology.load_balancers);
  return "# Made by `xconn import`. What is marked as assumed is in none of the files.\n" +
         model::yaml_text(*root.raw(), true, draft.comments);
}

}  // namespace xconn::importing
