// The wire of a circuit: the provider's switch, which pushes and pops the S-tag between the customer's port and the
// MSEE's, or a pair of ports of ExpressRoute Direct; and the trunk at Microsoft's side, whose tags lead to one VRF for
// each peering of each circuit (Microsoft Learn, "ExpressRoute circuits and peering", "Designing for high availability
// with ExpressRoute" and "About ExpressRoute Direct").
#include <algorithm>

#include "azure/expansion.hh"

namespace xconn::azure {
namespace {

constexpr const char* kPathNames[] = {"pri", "sec"};
constexpr const char* kTrunk = "prov";

/// What ends at one pair of Microsoft's routers.
struct Edge {
  std::string shared;  ///< the name of the pair, or of the pair of ports; empty: one circuit's own
  std::vector<const model::Circuit*> circuits;
};

std::string shared_name(const model::Circuit& circuit) { return circuit.port.empty() ? circuit.msee : circuit.port; }

std::vector<Edge> edges_of(const model::Topology& topology) {
  std::vector<Edge> edges;
  for (const auto& circuit : topology.circuits) {
    const auto name = shared_name(circuit);
    const auto found = std::ranges::find(edges, name, &Edge::shared);
    if (name.empty() || found == edges.end())
      edges.push_back({name, {&circuit}});
    else
      found->circuits.push_back(&circuit);
  }
  return edges;
}

const model::DirectPort* port_of(const model::Topology& topology, const model::Circuit& circuit) {
  const auto found = std::ranges::find(topology.direct_ports, circuit.port, &model::DirectPort::name);
  return found == topology.direct_ports.end() ? nullptr : &*found;
}

const End& customer_end(const model::Circuit& circuit, int end) {
  return end == 0 ? circuit.customer_primary : circuit.customer_secondary;
}

model::Interface bridge(const std::string& name) {
  model::Interface made = port(interface_name("br-" + name));
  made.is_bridge = true;
  return made;
}

Impairment limited_to(std::uint64_t rate) {
  Impairment limit;
  limit.rate = rate;
  return limit;
}

// --- the provider ----------------------------------------------------------------------------------------------------

/// The provider's port towards a pair of MSEEs: one cable, however many circuits are on it.
void add_provider_trunk(model::Node& provider, const std::string& name) {
  if (std::ranges::count(provider.interfaces, name, &model::Interface::name) == 0)
    provider.interfaces.push_back(trunk(name));
}

/// One path through the provider: a bridge of the customer's port and the S-tagged sub-interface to the MSEE. Until the
/// provider has provisioned the circuit, the customer's port is joined to nothing.
void add_provider_path(Expansion& expansion, const model::Circuit& circuit, int end) {
  const std::string path = circuit.name + "-" + kPathNames[end];
  const std::string inside = provider_interface(expansion.in, circuit, end);
  auto& provider = expansion.node(circuit.provider);
  model::Interface outside = port(interface_name(path)), joined = bridge(path);
  model::Interface pushes = sub_interface(inside, {s_tag(circuit)});
  outside.bridge = pushes.bridge = joined.name;
  const End customer_port{circuit.provider, outside.name};
  provider.interfaces.push_back(outside);
  add_provider_trunk(provider, inside);
  provider.interfaces.push_back(joined);
  if (is_provisioned(circuit)) provider.interfaces.push_back(pushes);
  // A trunk that circuits share is as wide as all of them, so each is held to its bandwidth where it enters.
  expansion.link(customer_end(circuit, end), customer_port, circuit.where,
                 shared_name(circuit).empty() ? Impairment{} : limited_to(circuit.bandwidth));
}

// --- Microsoft's side ------------------------------------------------------------------------------------------------

std::vector<Vrf> all_vrfs(const Expansion& expansion, const Edge& edge, int end) {
  std::vector<Vrf> vrfs;
  for (const auto* circuit : edge.circuits)
    for (auto& vrf : vrfs_of(expansion.in, *circuit, end)) vrfs.push_back(std::move(vrf));
  return vrfs;
}

std::vector<Tag> tags_of(const Expansion& expansion, const Vrf& vrf) {
  const Tag c_tag{static_cast<std::uint16_t>(vrf.peering->vlan)};
  const auto* direct = port_of(expansion.in, *vrf.circuit);
  if (direct != nullptr && direct->encapsulation == "Dot1Q") return {c_tag};
  return {s_tag(*vrf.circuit), c_tag};
}

/// The VRF's interface towards the customer, named after its tags whether it is on the trunk itself or behind it.
model::Interface customer_interface(const Expansion& expansion, const Vrf& vrf, bool alone, int end) {
  auto made = sub_interface(kTrunk, tags_of(expansion, vrf));
  if (!alone) made = port(made.name);
  for (const auto* prefix : path_prefixes(*vrf.peering, end))
    made.addresses.emplace_back(prefix->host(2), prefix->length());
  return made;
}

/// A VRF is a namespace of its own. One that is alone on its trunk has the trunk itself.
void add_vrf(Expansion& expansion, const Vrf& vrf, bool alone, int end) {
  auto& node = expansion.add_node(vrf.node, "msee", "microsoft", vrf.circuit->where);
  if (alone) node.interfaces.push_back(trunk(kTrunk));
  node.bgp = speaker(*Asn::of(kMicrosoftAsn));
  if (vrf.peering != nullptr) node.interfaces.push_back(customer_interface(expansion, vrf, alone, end));
  add_sessions(expansion, vrf, end, node);
}

/// From a trunk's tags to a VRF: a bridge, as at the provider, so that the VRF's link carries no tag.
void join_vrf(Expansion& expansion, const std::string& trunk_node, const std::string& parent, const Vrf& vrf) {
  if (vrf.peering == nullptr) return;
  auto popped = sub_interface(parent, tags_of(expansion, vrf));
  auto joined = bridge(vrf.node), out = port(interface_name(vrf.node));
  popped.bridge = out.bridge = joined.name;
  auto& interfaces = expansion.node(trunk_node).interfaces;
  interfaces.insert(interfaces.end(), {joined, popped, out});
  const bool limited = port_of(expansion.in, *vrf.circuit) != nullptr && vrf.circuit->rate_limit;
  expansion.link({trunk_node, out.name}, {vrf.node, tagged(kTrunk, tags_of(expansion, vrf))}, vrf.circuit->where,
                 limited ? limited_to(vrf.circuit->bandwidth) : Impairment{});
}

std::string trunk_node_name(const Expansion& expansion, const Edge& edge, int end) {
  return edge.shared.empty() ? msee_name(expansion.in, *edge.circuits.front(), end) + "-trunk"
                             : edge.shared + std::to_string(end + 1);
}

/// The interfaces of a trunk node, one for each provider: "prov", "prov2" ...
std::string trunk_interface(const std::vector<std::string>& providers, const std::string& provider) {
  const auto index = std::ranges::find(providers, provider) - providers.begin();
  return index == 0 ? kTrunk : kTrunk + std::to_string(index + 1);
}

/// Where the cable comes from that carries the circuit to Microsoft.
End cable_end(const Expansion& expansion, const model::Circuit& circuit, int end) {
  if (const auto* direct = port_of(expansion.in, circuit))
    return end == 0 ? direct->customer_primary : direct->customer_secondary;
  if (is_routed(expansion.in, circuit)) return {edge_router_name(circuit, end), "msee"};
  return {circuit.provider, provider_interface(expansion.in, circuit, end)};
}

/// `alone`: the cable ends at the one VRF that there is, and is as wide as its circuit.
void add_cable(Expansion& expansion, const model::Circuit& circuit, int end, const End& at, bool alone) {
  const auto* direct = port_of(expansion.in, circuit);
  const bool limited = direct != nullptr ? alone && circuit.rate_limit : alone || circuit.msee.empty();
  expansion.link(cable_end(expansion, circuit, end), at, circuit.where,
                 limited ? limited_to(circuit.bandwidth) : Impairment{});
}

void add_trunk_node(Expansion& expansion, const Edge& edge, int end) {
  const auto name = trunk_node_name(expansion, edge, end);
  expansion.add_node(name, "msee-trunk", "microsoft", edge.circuits.front()->where);
  std::vector<std::string> cables;
  for (const auto* circuit : edge.circuits) {
    const auto from = cable_end(expansion, *circuit, end);
    if (std::ranges::count(cables, from.node + ":" + from.interface) == 0) {
      cables.push_back(from.node + ":" + from.interface);
      const auto interface = trunk_interface(cables, cables.back());
      expansion.node(name).interfaces.push_back(trunk(interface));
      add_cable(expansion, *circuit, end, {name, interface}, false);
    }
    for (const auto& vrf : vrfs_of(expansion.in, *circuit, end))
      join_vrf(expansion, name, trunk_interface(cables, from.node + ":" + from.interface), vrf);
  }
}

void add_edge(Expansion& expansion, const Edge& edge, int end) {
  for (const auto* circuit : edge.circuits) {
    if (is_routed(expansion.in, *circuit))
      add_edge_router(expansion, *circuit, end);
    else if (circuit->port.empty())
      add_provider_path(expansion, *circuit, end);
  }
  const auto vrfs = all_vrfs(expansion, edge, end);
  const bool alone = vrfs.size() == 1;
  for (const auto& vrf : vrfs) add_vrf(expansion, vrf, alone, end);
  if (alone)
    add_cable(expansion, *edge.circuits.front(), end, {vrfs.front().node, kTrunk}, true);
  else
    add_trunk_node(expansion, edge, end);
}

}  // namespace

std::string provider_interface(const model::Topology& topology, const model::Circuit& circuit, int end) {
  return interface_name(circuit.msee.empty() ? msee_name(topology, circuit, end)
                                             : circuit.msee + std::to_string(end + 1));
}

bool is_provisioned(const model::Circuit& circuit) { return circuit.provider_state == "Provisioned"; }

Tag s_tag(const model::Circuit& circuit) { return {static_cast<std::uint16_t>(circuit.s_tag)}; }

std::string tagged(const std::string& parent, const std::vector<Tag>& tags) {
  std::string name = parent;
  for (const auto& tag : tags) name += "." + std::to_string(tag.id);
  return interface_name(name, kSubInterfaceNameLength);
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

void add_circuits(Expansion& expansion) {
  for (const auto& provider : expansion.in.providers)
    if (!is_routed(provider)) expansion.add_node(provider.name, "provider", "provider", provider.where);
  for (const auto& edge : edges_of(expansion.in))
    for (int end : {0, 1}) add_edge(expansion, edge, end);
}

}  // namespace xconn::azure
