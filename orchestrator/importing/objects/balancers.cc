// SPDX-License-Identifier: Apache-2.0
// Load balancers. Azure's has several frontends, pools and probes; the topology's has one of each, so each frontend
// becomes one.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/azure.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

using model::Raw;

constexpr long long kShortestIdle = 4, kLongestIdle = 100;  // minutes

std::optional<Address> public_address(Fields& fields, const Draft& draft) {
  const auto id = fields.reference("publicIPAddress");
  const auto* resource = id ? draft.inventory.find(*id) : nullptr;
  const auto* text = resource == nullptr ? nullptr : property(*resource->body, "ipAddress");
  return text == nullptr ? std::nullopt : Address::parse(text->text);
}

void place_internal(model::LoadBalancer& balancer, const ResourceId& subnet, Fields& fields, Draft& draft) {
  balancer.vnet = draft.name_of(subnet.parent());
  balancer.subnet = draft.name_of(subnet);
  if (const auto address = fields.address("privateIPAddress", kLeftOut)) balancer.frontend = *address;
}

void place_public(model::LoadBalancer& balancer, Fields& fields, Draft& draft) {
  balancer.is_public = true;
  if (const auto address = public_address(fields, draft)) balancer.frontend = *address;
}

void append_at(const Address& address, const Draft& draft, std::vector<End>& ends) {
  for (const auto& node : draft.topology.nodes)
    for (const auto& nic : node.interfaces)
      if (nic.subnet && !nic.addresses.empty() && nic.addresses.front().address() == address)
        if (const End end{node.name, nic.name}; std::ranges::find(ends, end) == ends.end()) ends.push_back(end);
}

std::vector<End> backends_of(const ResourceId& pool, Draft& draft) {
  std::vector<End> ends;
  for (const auto& address : draft.pool_addresses[draft.key(pool)]) append_at(address, draft, ends);
  for (const auto& nic : draft.pools[draft.key(pool)]) {
    const auto found = draft.nics.find(nic);
    if (found != draft.nics.end() && std::ranges::find(ends, found->second) == ends.end())
      ends.push_back(found->second);
  }
  return ends;
}

/// Terraform names it.
std::optional<ResourceId> frontend_of(const Resource& rule, Fields& fields) {
  const auto name = fields.text("frontendIpConfigurationName");
  if (auto id = fields.reference("frontendIPConfiguration"); id || name.empty()) return id;
  return rule.id.parent().child("frontendIPConfigurations", name);
}

/// Several are for gateway load balancers.
std::optional<ResourceId> pool_of(Fields& fields) {
  const auto* several = fields.raw("backendAddressPools");
  if (auto id = fields.reference("backendAddressPool"); id || several == nullptr || several->items.empty()) return id;
  const auto* id = property(*several->items.front(), "id");
  return id == nullptr ? std::nullopt : ResourceId::parse(id->text);
}

network::BalancerRule read_rule(Fields& fields) {
  constexpr std::uint8_t kTcp = 6, kUdp = 17;
  constexpr long long kMostPort = 65535;
  network::BalancerRule rule;
  const auto protocol = fields.one_of("protocol", {"All", "Tcp", "Udp"}, "Tcp");
  const auto port = fields.number("frontendPort", 0, kMostPort, kLeftOut).value_or(0);
  const auto backend = fields.number("backendPort", 0, kMostPort, kLeftOut).value_or(0);
  rule.ha_ports = protocol == "All";
  rule.floating_ip = fields.truth("enableFloatingIP") || fields.truth("floatingIpEnabled");
  if (rule.ha_ports) return rule;
  rule.protocol = protocol == "Udp" ? kUdp : kTcp;
  rule.port = static_cast<std::uint16_t>(port);
  rule.backend_port = static_cast<std::uint16_t>(backend == port ? 0 : backend);
  return rule;
}

/// A pool of addresses says them; the portal writes those of NICs so too, and names the NIC.
void add_member(const Raw& member, const Resource& pool, Fields& fields, Draft& draft) {
  if (!member.is_map()) return;
  Fields inner(member, fields.object(), draft);
  const auto key = draft.key(pool.id);
  if (const auto nic = inner.reference("networkInterfaceIPConfiguration"))
    draft.pools[key].push_back(draft.key(nic->parent()));
  else if (const auto* text = inner.raw("ipAddress"); text != nullptr && says_something(*text))
    if (const auto address = inner.address("ipAddress", kLeftOut)) draft.pool_addresses[key].push_back(*address);
}

/// What a balancer lacks; empty when it is whole.
std::string lack_of(const model::LoadBalancer& balancer, const Draft& draft) {
  if (!balancer.is_public && (balancer.vnet.empty() || balancer.subnet.empty())) return "its subnet";
  if (!balancer.is_public && balancer.frontend == Address()) return "its frontend's address";
  if (balancer.rules.empty()) return "its load balancing rules";
  if (balancer.backends.empty()) return "its backends' NICs";
  if (balancer.probe.port == 0) return "its probe";
  for (const auto& end : balancer.backends) {
    const auto* node = find_named(draft.topology.nodes, end.node);
    if (node == nullptr || find_named(node->interfaces, end.interface) == nullptr) return "its backends' subnets";
  }
  return {};
}

/// What a backend answers on beside what every host does. No file says which programs a machine runs.
struct Listening {
  std::set<int> tcp{7}, udp{7}, http{80};

  void add(const model::LoadBalancer& balancer) {
    constexpr int kUdp = 17;
    const auto& probe = balancer.probe;
    (probe.protocol == network::BackendProbe::kHttp ? http : tcp).insert(probe.port);
    for (const auto& rule : balancer.rules)
      if (!rule.ha_ports)
        (rule.protocol == kUdp ? udp : tcp).insert(rule.backend_port != 0 ? rule.backend_port : rule.port);
    for (const int port : http) tcp.erase(port);
  }

  std::string text() const {
    const auto list = [](const std::set<int>& ports) { return fmt::format("[{}]", fmt::join(ports, ", ")); };
    return fmt::format(R"({{"tcp": {}, "udp": {}, "http": {}}})", list(tcp), list(udp), list(http)) + "\n";
  }
};

/// A router has no programs that answer, so an appliance behind a balancer is a host that forwards.
void answer(network::Node& node, const Listening& listening, Draft& draft) {
  node.files.push_back({"echo.json", listening.text(), true});
  if (node.role == "router") {
    node.role = "host";
    node.sysctls["net.ipv4.ip_forward"] = "1";
  }
  draft.assume({node.where, "machine " + node.name, "", "", "which programs it runs is in no file",
                "it answers on the ports of its load balancers and their probes"},
               "nodes/" + node.name + "/files");
}

/// Azure takes a probe's answer from the NIC that it went to. With several an appliance needs a route back by each.
void answer_by(const std::string& interface, network::Node& node, Draft& draft) {
  constexpr std::uint32_t kPriority = 500;
  constexpr int kWhole = 32;
  const auto& nic = *find_named(node.interfaces, interface);
  const auto own = Prefix::of(nic.addresses.front().address(), kWhole);
  if (std::ranges::find(node.rules, own, &Rule::from) != node.rules.end()) return;
  const auto table = kPriority + 1 + static_cast<std::uint32_t>(node.rules.size());
  Route back{.to = Prefix::of(*Address::parse(azure::kPlatformAddress), kWhole)};
  back.next_hops.push_back({nic.addresses.front().network().host(1), {}, false});
  back.table = table;
  Rule rule{.priority = kPriority};
  rule.from = own;
  rule.to = back.to;
  rule.table = table;
  node.routes.push_back(std::move(back));
  node.rules.push_back(rule);
  draft.comment("nodes/" + node.name + "/rules", "assumed: a probe is answered by the NIC that it came to");
}

void add_ways_back(Draft& draft) {
  for (const auto& balancer : draft.topology.load_balancers)
    for (const auto& end : balancer.backends)
      if (auto& node = *find_named(draft.topology.nodes, end.node); node.interfaces.size() > 1)
        answer_by(end.interface, node, draft);
}

void add_listeners(Draft& draft) {
  std::map<std::string, Listening> listening;
  for (const auto& balancer : draft.topology.load_balancers)
    for (const auto& end : balancer.backends) listening[end.node].add(balancer);
  for (const auto& [name, ports] : listening) answer(*find_named(draft.topology.nodes, name), ports, draft);
}

}  // namespace

void carry_balancer(const Resource& resource, Fields& fields, Draft& draft) {
  const auto* frontends = fields.raw("frontendIPConfigurations");
  if (same_word(fields.text("sku.name"), "Gateway")) {
    fields.ignore_rest();
    draft.leave_out(resource.id);
    return fields.note("sku", "is Gateway: it hands packets over in VXLAN, which is not modelled", kLeftOut);
  }
  fields.ignore({"sku", "backendAddressPools", "probes", "loadBalancingRules", "privateIpAddress", "privateIpAddresses",
                 "skuTier"});
  if (frontends == nullptr) return fields.note("", "has no frontend", kLeftOut);
  for (const auto& item : frontends->items) {
    if (!item->is_map()) continue;
    Fields inner(*item, fields.object(), draft);
    const auto own = inner.text("name");
    auto id = resource.id.child("frontendIPConfigurations", own);
    model::LoadBalancer balancer;
    balancer.where = item->at.where();
    balancer.name = draft.free_name(frontends->items.size() == 1 ? resource.id.name() : resource.id.name() + "-" + own);
    draft.call(id, balancer.name);
    draft.call(resource.id, balancer.name);
    if (const auto subnet = inner.reference("subnet"))
      place_internal(balancer, *subnet, inner, draft);
    else
      place_public(balancer, inner, draft);
    draft.topology.load_balancers.push_back(std::move(balancer));
  }
}

/// A NIC names its pools; a pool may name its NICs' configurations too, or addresses.
void carry_pool(const Resource& resource, Fields& fields, Draft& draft) {
  if (draft.is_left_out(resource.id.parent())) return fields.ignore_rest();
  auto& pool = draft.pools[draft.key(resource.id)];
  if (const auto* members = fields.raw("loadBalancerBackendAddresses"))
    for (const auto& member : members->items) add_member(*member, resource, fields, draft);
  fields.ignore({"loadBalancingRules", "outboundRules", "inboundNatRules", "loadbalancer", "loadbalancerId",
                 "backendAddress", "virtualNetwork", "syncMode"});
  const auto* list = fields.raw("backendIPConfigurations");
  for (const auto& item : list == nullptr ? std::vector<model::RawPtr>{} : list->items) {
    const auto* text = item->is_map() ? property(*item, "id") : item.get();
    const auto id = text == nullptr ? std::nullopt : ResourceId::parse(text->text);
    if (id) pool.push_back(draft.key(id->parent()));
  }
}

void carry_probe(const Resource& resource, Fields& fields, Draft& draft) {
  constexpr long long kMostPort = 65535, kLongest = 2147483;
  network::Probe probe;
  const auto protocol = fields.one_of("protocol", {"Tcp", "Http", "Https"}, "Tcp");
  if (protocol == "Https") fields.note("protocol", "is not modelled", "it is a TCP probe");
  probe.protocol = protocol == "Http" ? network::BackendProbe::kHttp : network::BackendProbe::kTcp;
  probe.port = static_cast<std::uint16_t>(fields.number("port", 1, kMostPort, kLeftOut).value_or(0));
  if (const auto path = fields.text("requestPath"); path.starts_with("/")) probe.path = path;
  probe.interval = std::chrono::seconds(fields.number("intervalInSeconds", 1, kLongest, "it is 5 s").value_or(5));
  const auto count = fields.number("numberOfProbes", 1, 100, "it is 2");
  const auto threshold = fields.number("probeThreshold", 1, 100, "it is 2");
  probe.threshold = static_cast<int>(std::max(count.value_or(0), threshold.value_or(0)));
  if (probe.threshold == 0) probe.threshold = 2;
  fields.ignore({"loadBalancingRules", "loadbalancer", "noHealthyBackendsBehavior"});
  draft.probes[draft.key(resource.id)] = probe;
}

void carry_balancer_rule(const Resource& resource, Fields& fields, Draft& draft) {
  if (draft.is_left_out(resource.id.parent())) return fields.ignore_rest();
  const auto frontend = frontend_of(resource, fields);
  const auto probe = fields.reference("probe");
  const auto pool = pool_of(fields);
  const auto idle = fields.number("idleTimeoutInMinutes", kShortestIdle, kLongestIdle, "it is 4 min");
  const bool resets = fields.truth("enableTcpReset") || fields.truth("tcpResetEnabled");
  fields.ignore({"enableTcpReset", "tcpResetEnabled", "disableOutboundSnat", "loadbalancer", "enableConnectionTracking",
                 "frontendPort", "backendPort"});
  auto* balancer = frontend ? find_named(draft.topology.load_balancers, draft.name_of(*frontend)) : nullptr;
  auto rule = read_rule(fields);
  const auto distribution = fields.one_of("loadDistribution", {"Default", "SourceIP", "SourceIPProtocol"}, "Default");
  if (distribution != "Default") fields.note("loadDistribution", "is not modelled", "it is by the five-tuple");
  if (balancer == nullptr || !pool) return fields.note("", "its frontend or pool is in none of the files", kLeftOut);
  auto backends = backends_of(*pool, draft);
  if (!balancer->rules.empty() && backends != balancer->backends)
    return fields.note("backendAddressPool", "is another one than that of the frontend's first rule", kLeftOut);
  balancer->backends = std::move(backends);
  if (probe && draft.probes.contains(draft.key(*probe))) balancer->probe = draft.probes[draft.key(*probe)];
  balancer->tcp_reset |= resets && !balancer->is_public;
  if (idle) balancer->idle_timeout = std::max(balancer->idle_timeout, Duration{std::chrono::minutes(*idle)});
  balancer->rules.push_back(rule);
}

void finish_balancers(Draft& draft) {
  for (auto& balancer : draft.topology.load_balancers) {
    if (balancer.is_public && !balancer.backends.empty()) {
      const auto* node = find_named(draft.topology.nodes, balancer.backends[0].node);
      const auto* nic = node == nullptr ? nullptr : find_named(node->interfaces, balancer.backends[0].interface);
      if (nic != nullptr && nic->subnet) balancer.vnet = nic->subnet->vnet;
    }
    if (const auto lack = lack_of(balancer, draft); !lack.empty()) {
      draft.notes.add(
          {balancer.where, "load balancer " + balancer.name, "", "", lack + ": not in the files", kLeftOut});
      balancer.name.clear();
    }
  }
  std::erase_if(draft.topology.load_balancers, [](const auto& balancer) { return balancer.name.empty(); });
  add_listeners(draft);
  add_ways_back(draft);
}

}  // namespace xconn::importing
