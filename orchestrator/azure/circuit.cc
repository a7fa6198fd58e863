// SPDX-License-Identifier: Apache-2.0
// The wire of a circuit: what a provider puts between the customer's port and the MSEE's, or a pair of ports of
// ExpressRoute Direct; and the trunk at Microsoft's side, whose tags lead to one VRF for each peering of each circuit
// (Microsoft Learn, "ExpressRoute circuits and peering", "Designing for high availability with ExpressRoute" and "About
// ExpressRoute Direct").
#include <algorithm>
#include <map>

#include "azure/expansion.hh"
#include "model/connectivity.hh"

namespace xconn::azure {
namespace {

constexpr const char* kPathNames[] = {"pri", "sec"};
constexpr const char* kTrunk = "prov";

/// What ends at one pair of Microsoft's routers.
struct Edge {
  std::string shared;  ///< the name of the pair, or of the pair of ports; empty: one circuit's own
  std::vector<const model::Circuit*> circuits;
};

std::vector<Edge> edges_of(const model::Topology& topology) {
  std::vector<Edge> edges;
  for (const auto& circuit : topology.circuits) {
    const auto& name = shared_routers(circuit);
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

network::Interface bridge(const std::string& name) {
  network::Interface made = port(interface_name("br-" + name));
  made.is_bridge = true;
  return made;
}

/// A bridge of two interfaces: what the one takes off a frame, the other puts on.
void join(network::Node& node, const std::string& name, network::Interface one, network::Interface other) {
  auto joined = bridge(name);
  one.bridge = other.bridge = joined.name;
  node.interfaces.insert(node.interfaces.end(), {std::move(joined), std::move(one), std::move(other)});
}

/// Every circuit has one place where all its frames pass, whatever number of peerings it has: their bandwidth is
/// shared.
Impairment limit_of(const model::Circuit& circuit) {
  Impairment limit;
  if (circuit.rate_limit) limit.rate = circuit.bandwidth;
  return limit;
}

// --- the provider ----------------------------------------------------------------------------------------------------

/// The provider's port towards a pair of MSEEs: one cable, however many circuits are on it.
void add_provider_trunk(network::Node& provider, const std::string& name) {
  if (std::ranges::count(provider.interfaces, name, &network::Interface::name) == 0)
    provider.interfaces.push_back(trunk(name));
}

/// One path through the provider: a bridge of the customer's port and the S-tagged sub-interface to the MSEE. Until the
/// provider has provisioned the circuit, the customer's port is joined to nothing.
void add_provider_path(Expansion& expansion, const model::Circuit& circuit, int end) {
  const std::string path = circuit.name + "-" + kPathNames[end];
  const std::string inside = provider_interface(expansion.in, circuit, end);
  auto& provider = expansion.node(circuit.provider);
  network::Interface outside = port(interface_name(path)), joined = bridge(path);
  network::Interface pushes = sub_interface(inside, {s_tag(circuit)});
  outside.bridge = pushes.bridge = joined.name;
  const End customer_port{circuit.provider, outside.name};
  provider.interfaces.push_back(outside);
  add_provider_trunk(provider, inside);
  provider.interfaces.push_back(joined);
  if (is_provisioned(circuit)) provider.interfaces.push_back(pushes);
  expansion.link(customer_end(circuit, end), customer_port, circuit.where);
}

End provider_end(const Expansion& expansion, const model::Circuit& circuit, int end) {
  return {circuit.provider, provider_interface(expansion.in, circuit, end)};
}

End edge_router_end(const Expansion&, const model::Circuit& circuit, int end) {
  return {edge_router_name(circuit, end), "msee"};
}

/// The customer's port, or that of a pair of ExpressRoute Direct, which reading has made the circuit's.
End port_end(const Expansion&, const model::Circuit& circuit, int end) { return customer_end(circuit, end); }

void add_nothing(Expansion&, const model::Circuit&, int) {}

/// How a circuit comes to Microsoft's port.
struct Attachment {
  void (*add)(Expansion&, const model::Circuit&, int end);         ///< what stands in between
  End (*cable)(const Expansion&, const model::Circuit&, int end);  ///< where the cable to Microsoft begins
  bool s_tagged;                                                   ///< its frames have the circuit's S-tag
};

// A fibre of a point-to-point provider is one circuit's: what puts the S-tag on stands at its end, beside Microsoft's
// port, and shows on no wire here. Nothing in between holds a carrier up, so both sides see it go.
const std::map<model::Connectivity, Attachment> kProviderAttachments{
    {model::Connectivity::kL2Exchange, {add_provider_path, provider_end, true}},
    {model::Connectivity::kL2PointToPoint, {add_nothing, port_end, false}},
    {model::Connectivity::kManagedL3, {add_edge_router, edge_router_end, true}},
    {model::Connectivity::kIpVpn, {add_edge_router, edge_router_end, true}},
};
const std::map<model::Encapsulation, Attachment> kDirectAttachments{
    {model::Encapsulation::kQinQ, {add_nothing, port_end, true}},
    {model::Encapsulation::kDot1Q, {add_nothing, port_end, false}},
};

const Attachment& attachment_of(const model::Topology& topology, const model::Circuit& circuit) {
  const auto* provider = model::provider_of(topology, circuit);
  if (provider != nullptr) return kProviderAttachments.at(provider->connectivity);
  return kDirectAttachments.at(port_of(topology, circuit)->encapsulation);
}

// --- Microsoft's side ------------------------------------------------------------------------------------------------

std::vector<Tag> tags_of(const Expansion& expansion, const Vrf& vrf) {
  const Tag c_tag{static_cast<std::uint16_t>(vrf.peering->vlan)};
  if (attachment_of(expansion.in, *vrf.circuit).s_tagged) return {s_tag(*vrf.circuit), c_tag};
  return {c_tag};
}

/// The VRF's interface towards the customer, named after its tags whether it is on the trunk itself or behind it.
network::Interface customer_interface(const Expansion& expansion, const Vrf& vrf, bool is_first, int end) {
  auto made = sub_interface(kTrunk, tags_of(expansion, vrf));
  if (!is_first) made = port(made.name);
  for (const auto* prefix : path_prefixes(*vrf.peering, end))
    made.addresses.emplace_back(prefix->host(2), prefix->length());
  return made;
}

/// A VRF is a namespace of its own. The first one of a circuit has the circuit's trunk.
void add_vrf(Expansion& expansion, const Vrf& vrf, bool is_first, int end) {
  auto& node = expansion.add_node(vrf.node, "msee", "microsoft", vrf.circuit->where);
  if (is_first) node.interfaces.push_back(trunk(kTrunk));
  node.bgp = speaker(*Asn::of(kMicrosoftAsn));
  if (vrf.peering != nullptr) node.interfaces.push_back(customer_interface(expansion, vrf, is_first, end));
  add_sessions(expansion, vrf, end, node);
}

/// A further VRF hangs behind the first one, on a link without a tag. So it can come and go while the first one stays.
void hang_behind(Expansion& expansion, const std::string& first, const Vrf& vrf) {
  if (vrf.peering == nullptr) return;
  const auto tags = tags_of(expansion, vrf);
  const auto out = port(interface_name(vrf.node));
  join(expansion.node(first), vrf.node, sub_interface(kTrunk, tags), out);
  expansion.link({first, out.name}, {vrf.node, tagged(kTrunk, tags)}, vrf.circuit->where);
}

void add_vrfs(Expansion& expansion, const model::Circuit& circuit, int end) {
  const auto vrfs = vrfs_of(expansion.in, circuit, end);
  for (const auto& vrf : vrfs) add_vrf(expansion, vrf, &vrf == &vrfs.front(), end);
  for (std::size_t i = 1; i < vrfs.size(); ++i) hang_behind(expansion, vrfs.front().node, vrfs[i]);
}

/// Where the circuit's trunk ends.
End trunk_end(const Expansion& expansion, const model::Circuit& circuit, int end) {
  return {vrfs_of(expansion.in, circuit, end).front().node, kTrunk};
}

// --- a pair of routers, or of ports, that circuits share -------------------------------------------------------------

/// The tags by which a trunk knows a circuit: its S-tag, or without one the VLAN id of each of its peerings.
std::vector<std::vector<Tag>> lanes_of(const Expansion& expansion, const model::Circuit& circuit, int end) {
  if (attachment_of(expansion.in, circuit).s_tagged) return {{s_tag(circuit)}};
  std::vector<std::vector<Tag>> lanes;
  for (const auto& vrf : vrfs_of(expansion.in, circuit, end))
    if (vrf.peering != nullptr) lanes.push_back(tags_of(expansion, vrf));
  return lanes;
}

/// From a trunk to that of one of its circuits, tags and all.
void join_circuit(Expansion& expansion, const std::string& trunk_node, const std::string& cable,
                  const model::Circuit& circuit, int end) {
  const auto inner = trunk_end(expansion, circuit, end);
  auto& node = expansion.node(trunk_node);
  const auto out = trunk(interface_name(inner.node));
  node.interfaces.push_back(out);
  for (const auto& lane : lanes_of(expansion, circuit, end))
    join(node, inner.node + "." + std::to_string(lane.front().id), sub_interface(cable, lane),
         sub_interface(out.name, lane));
  expansion.link({trunk_node, out.name}, inner, circuit.where, limit_of(circuit));
}

/// The interfaces of a trunk node, one for each cable: "prov", "prov2" ...
std::string trunk_interface(std::size_t index) { return index == 0 ? kTrunk : kTrunk + std::to_string(index + 1); }

void add_trunk_node(Expansion& expansion, const Edge& edge, int end) {
  const auto name = edge.shared + std::to_string(end + 1);
  expansion.add_node(name, "msee-trunk", "microsoft", edge.circuits.front()->where);
  std::vector<End> cables;
  for (const auto* circuit : edge.circuits) {
    const auto from = attachment_of(expansion.in, *circuit).cable(expansion, *circuit, end);
    const auto known = static_cast<std::size_t>(std::ranges::find(cables, from) - cables.begin());
    const auto interface = trunk_interface(known);
    if (known == cables.size()) {
      cables.push_back(from);
      expansion.node(name).interfaces.push_back(trunk(interface));
      expansion.link(from, {name, interface}, circuit->where);
    }
    join_circuit(expansion, name, interface, *circuit, end);
  }
}

void add_edge(Expansion& expansion, const Edge& edge, int end) {
  for (const auto* circuit : edge.circuits) attachment_of(expansion.in, *circuit).add(expansion, *circuit, end);
  for (const auto* circuit : edge.circuits) add_vrfs(expansion, *circuit, end);
  if (!edge.shared.empty()) return add_trunk_node(expansion, edge, end);
  const auto& circuit = *edge.circuits.front();
  expansion.link(attachment_of(expansion.in, circuit).cable(expansion, circuit, end),
                 trunk_end(expansion, circuit, end), circuit.where, limit_of(circuit));
}

void add_provider(Expansion& expansion, const model::Provider& provider) {
  const auto& model = model::connectivity_of(provider);
  if (model.switches) expansion.add_node(provider.name, "provider", "provider", provider.where);
  if (model.joins_sites) add_provider_core(expansion, provider);
}

}  // namespace

const End& customer_end(const model::Circuit& circuit, int end) {
  return end == 0 ? circuit.customer_primary : circuit.customer_secondary;
}

std::string provider_interface(const model::Topology& topology, const model::Circuit& circuit, int end) {
  return interface_name(circuit.msee.empty() ? msee_name(topology, circuit, end)
                                             : circuit.msee + std::to_string(end + 1));
}

bool is_provisioned(const model::Circuit& circuit) {
  return circuit.provider_state == model::ProviderState::kProvisioned;
}

Tag s_tag(const model::Circuit& circuit) { return {static_cast<std::uint16_t>(circuit.s_tag)}; }

std::string tagged(const std::string& parent, const std::vector<Tag>& tags) {
  std::string name = parent;
  for (const auto& tag : tags) name += "." + std::to_string(tag.id);
  return interface_name(name, kSubInterfaceNameLength);
}

network::Interface sub_interface(const std::string& parent, std::vector<Tag> tags) {
  network::Interface made = port(tagged(parent, tags));
  made.parent = parent;
  made.tags = std::move(tags);
  return made;
}

network::Interface trunk(const std::string& name) {
  network::Interface made = port(name);
  made.mtu = kQinqMtu;
  return made;
}

void add_circuits(Expansion& expansion) {
  for (const auto& provider : expansion.in.providers) add_provider(expansion, provider);
  for (const auto& edge : edges_of(expansion.in))
    for (int end : {0, 1}) add_edge(expansion, edge, end);
}

}  // namespace xconn::azure
