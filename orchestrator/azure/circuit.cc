// A circuit: the provider's switch, which pushes and pops the S-tag between the customer's port and the MSEE's, and one
// MSEE for each of its two paths (Microsoft Learn, "ExpressRoute circuits and peering" and "Designing for high
// availability with ExpressRoute").
#include <algorithm>

#include "azure/expansion.hh"

namespace xconn::azure {
namespace {

constexpr const char* kPathNames[] = {"pri", "sec"};
constexpr std::uint32_t kStandardRoutes = 4000, kPremiumRoutes = 10000;  // route limits of private peering

const End& customer_end(const model::Circuit& circuit, int end) {
  return end == 0 ? circuit.customer_primary : circuit.customer_secondary;
}

const Prefix& path_prefix(const model::Peering& peering, int end) {
  return end == 0 ? peering.primary : peering.secondary;
}

std::string tagged(const std::string& parent, const std::vector<Tag>& tags) {
  std::string name = parent;
  for (const auto& tag : tags) name += "." + std::to_string(tag.id);
  return interface_name(name);
}

model::Interface sub_interface(const std::string& parent, std::vector<Tag> tags) {
  model::Interface made = port(tagged(parent, tags));
  made.parent = parent;
  made.tags = std::move(tags);
  return made;
}

model::Interface trunk(const std::string& name) {
  model::Interface made = port(name);
  made.mtu = kQinqMtu;
  return made;
}

Tag s_tag(const model::Circuit& circuit) { return {static_cast<std::uint16_t>(circuit.s_tag)}; }

/// One path through the provider: a bridge of the customer's port and the S-tagged sub-interface to the MSEE.
void add_provider_path(Expansion& expansion, const model::Circuit& circuit, int end) {
  const std::string path = circuit.name + "-" + kPathNames[end];
  const std::string inside = provider_interface(expansion.in, circuit, end);
  model::Interface bridge = port(interface_name("br-" + path));
  bridge.is_bridge = true;
  model::Interface outside = port(interface_name(path));
  model::Interface pushes = sub_interface(inside, {s_tag(circuit)});
  outside.bridge = pushes.bridge = bridge.name;
  const End customer_port{circuit.provider, outside.name};
  auto& interfaces = expansion.node(circuit.provider).interfaces;
  interfaces.insert(interfaces.end(), {outside, trunk(inside), bridge, pushes});
  expansion.link(customer_end(circuit, end), customer_port, circuit.where);
}

model::BgpNeighbor customer(const model::Circuit& circuit, const model::Peering& peering, int end) {
  model::BgpNeighbor made = neighbor(path_prefix(peering, end).host(1), peering.peer_asn);
  made.password = peering.md5;
  made.bfd = peering.bfd;
  made.remove_private_as = true;
  made.maximum_prefix = circuit.sku == "Premium" ? kPremiumRoutes : kStandardRoutes;
  return made;
}

/// The MSEE's side of the Microsoft core: one interface for each gateway that the circuit is connected to.
void join_gateways(Expansion& expansion, const model::Circuit& circuit, int end, model::Node& msee) {
  int count = 0;
  for (const auto& gateway : expansion.in.gateways) {
    if (!std::ranges::count(circuits_of(expansion.in, gateway), &circuit)) continue;
    const auto subnet = subnet_of(vnet_of(expansion.in, gateway.vnet), kGatewaySubnet).prefix;
    const std::string name = ++count == 1 ? "core" : "core" + std::to_string(count);
    msee.interfaces.push_back(port(name, {{core_address(expansion.in, gateway, circuit, end), subnet.length()}}));
    for (const auto& instance : gateway.instances) {
      msee.bgp->neighbors.push_back(neighbor(instance, *Asn::of(kGatewayAsn)));
      msee.bgp->neighbors.back().bfd = true;
    }
    expansion.link({msee.name, name}, {gateway_switch_name(gateway), interface_name(msee.name)}, circuit.where);
  }
}

void add_msee(Expansion& expansion, const model::Circuit& circuit, int end) {
  auto& msee = expansion.add_node(msee_name(expansion.in, circuit, end), "msee", "microsoft", circuit.where);
  msee.interfaces.push_back(trunk("prov"));
  msee.bgp = speaker(*Asn::of(kMicrosoftAsn));
  if (const auto& peering = circuit.private_peering) {
    const Prefix& prefix = path_prefix(*peering, end);
    auto inner = sub_interface("prov", {s_tag(circuit), {static_cast<std::uint16_t>(peering->vlan)}});
    inner.addresses.emplace_back(prefix.host(2), prefix.length());
    msee.interfaces.push_back(inner);
    msee.bgp->router_id = prefix.host(2);
    msee.bgp->neighbors.push_back(customer(circuit, *peering, end));
  }
  join_gateways(expansion, circuit, end, msee);
  Impairment port_speed;
  port_speed.rate = circuit.bandwidth;  // each path has the circuit's whole bandwidth
  expansion.link({circuit.provider, provider_interface(expansion.in, circuit, end)}, {msee.name, "prov"}, circuit.where,
                 port_speed);
}

}  // namespace

std::string msee_name(const model::Topology& topology, const model::Circuit& circuit, int end) {
  const std::string plain = "msee" + std::to_string(end + 1);
  return topology.circuits.size() == 1 ? plain : circuit.name + "-" + plain;
}

std::string provider_interface(const model::Topology& topology, const model::Circuit& circuit, int end) {
  return interface_name(msee_name(topology, circuit, end));
}

void add_circuits(Expansion& expansion) {
  for (const auto& provider : expansion.in.providers)
    expansion.add_node(provider.name, "provider", "provider", provider.where);
  for (const auto& circuit : expansion.in.circuits)
    for (int end : {0, 1}) {
      add_provider_path(expansion, circuit, end);
      add_msee(expansion, circuit, end);
    }
}

}  // namespace xconn::azure
