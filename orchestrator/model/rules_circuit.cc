// Circuits and their peerings.
#include <algorithm>
#include <array>
#include <map>

#include "model/rules.hh"

namespace xconn::model::azure_rules {
namespace {

constexpr std::uint32_t kMicrosoftAsn = 12076;

struct PathOf {
  const Circuit& circuit;
  const Peering& peering;
  const End& customer;
  const Prefix& prefix;
  const char* key;
};

template <class Visit>
void each_path(const Topology& topology, Visit visit) {
  for (const auto& circuit : topology.circuits) {
    const auto* provider = find_named(topology.providers, circuit.provider);
    const bool is_l3 = provider != nullptr && !provider->connectivity.starts_with("l2-");
    if (!circuit.private_peering || is_l3) continue;  // there the provider's router is Microsoft's peer
    const auto& peering = *circuit.private_peering;
    visit(PathOf{circuit, peering, circuit.customer_primary, peering.primary, "primary"});
    visit(PathOf{circuit, peering, circuit.customer_secondary, peering.secondary, "secondary"});
  }
}

bool is_peering_network(const Prefix& prefix) {
  constexpr int kLengthV4 = 30, kLengthV6 = 126;
  return prefix.length() == (prefix.is_v4() ? kLengthV4 : kLengthV6);
}

/// The sub-interface of the customer's port that carries the peering's VLAN, or nullptr.
const Interface* customer_interface(const Node& node, const PathOf& path) {
  for (const auto& interface : node.interfaces)
    if (interface.parent == path.customer.interface && !interface.tags.empty() &&
        interface.tags.back().id == path.peering.vlan && (interface.tags.size() == 1 || !path.circuit.port.empty()))
      return &interface;
  return nullptr;
}

const Interface* any_sub_interface(const Node& node, const std::string& parent) {
  for (const auto& interface : node.interfaces)
    if (interface.parent == parent) return &interface;
  return nullptr;
}

Path peering_path(const PathOf& path, const char* key) {
  return {"circuits", path.circuit.name, "peerings", "private", key};
}

void check_customer_address(Check& check, const PathOf& path) {
  const auto* node = check.node(path.customer.node);
  if (node == nullptr || !is_read(path.prefix) || !is_peering_network(path.prefix)) return;
  const InterfaceAddress wanted{path.prefix.host(1), path.prefix.length()};
  const auto* interface = customer_interface(*node, path);
  if (interface == nullptr) {
    const auto& port = path.customer.interface;
    const auto vlan = std::to_string(path.peering.vlan);
    if (any_sub_interface(*node, port) == nullptr)
      check.report({"circuits", path.circuit.name, "customer", path.key}, text_of(path.customer),
                   "add '" + port + "." + vlan + ": {parent: " + port + ", vlan: " + vlan +
                       ", address: " + wanted.text() + "}' to its node");
    return;
  }
  const auto& all = interface->addresses;
  if (std::find(all.begin(), all.end(), wanted) == all.end())
    check.report({"nodes", node->name, "interfaces", interface->name, "address"}, all.empty() ? "" : all.front().text(),
                 "use " + wanted.text());
}

const BgpNeighbor* neighbor_of(const Node& node, const Address& address, std::size_t& index) {
  for (index = 0; index < node.bgp->neighbors.size(); ++index)
    if (node.bgp->neighbors[index].address == address) return &node.bgp->neighbors[index];
  return nullptr;
}

void check_customer_asn(Check& check, const PathOf& path) {
  const auto* node = check.node(path.customer.node);
  if (node == nullptr || !is_read(path.prefix) || !is_peering_network(path.prefix)) return;
  if (!node->bgp)
    return check.report({"nodes", node->name}, "",
                        "add bgp: {asn: " + path.peering.peer_asn.text() + ", neighbors: [...]}");
  if (node->bgp->asn != path.peering.peer_asn && &path.prefix == &path.peering.primary)  // once, not for each path
    check.report({"nodes", node->name, "bgp", "asn"}, node->bgp->asn.text(),
                 "the peering of " + path.circuit.name + " has " + path.peering.peer_asn.text());
  std::size_t index = 0;
  const auto msee = path.prefix.host(2);
  const auto* neighbor = neighbor_of(*node, msee, index);
  if (neighbor == nullptr)
    check.report({"nodes", node->name, "bgp", "neighbors"}, "", "add {address: " + msee.text() + ", asn: 12076}");
  else if (neighbor->asn.value() != kMicrosoftAsn)
    check.report({"nodes", node->name, "bgp", "neighbors", index, "asn"}, neighbor->asn.text(), "use 12076");
}

void check_md5_same(Check& check, const PathOf& path) {
  const auto* node = check.node(path.customer.node);
  if (node == nullptr || !node->bgp || !is_read(path.prefix)) return;
  std::size_t index = 0;
  const auto* neighbor = neighbor_of(*node, path.prefix.host(2), index);
  if (neighbor != nullptr && neighbor->password.value_or("") != path.peering.md5.value_or(""))
    check.report({"nodes", node->name, "bgp", "neighbors", index, "password"}, "",
                 path.peering.md5 ? "use the md5 of circuit " + path.circuit.name
                                  : "remove it, or give circuit " + path.circuit.name + " an md5");
}

void check_vlan(Check& check, const Path& path, int vlan) {
  constexpr int kMost = 4094;
  if (vlan < 1 || vlan > kMost) check.report(path, std::to_string(vlan), "use 1 to 4094");
}

// 64496-64511, 65535-65551: documentation; 23456: AS_TRANS; the others are Azure's own.
bool is_reserved(std::uint32_t asn) {
  struct Block {
    std::uint32_t first, last;
  };
  constexpr std::array<Block, 6> kReserved{
      {{8074, 8075}, {12076, 12076}, {23456, 23456}, {64496, 64511}, {65515, 65520}, {65535, 65551}}};
  return std::any_of(kReserved.begin(), kReserved.end(),
                     [&](const Block& block) { return asn >= block.first && asn <= block.last; });
}

}  // namespace

void bandwidth(Check& check) {
  constexpr std::array<std::uint64_t, 10> kMbps{50, 100, 200, 500, 1000, 2000, 5000, 10000, 40000, 100000};
  for (const auto& circuit : check.topology.circuits) {
    if (circuit.bandwidth == 0) continue;
    const auto end = kMbps.end() - (circuit.port.empty() ? 2 : 0);  // 40 and 100 Gbps are Direct's
    const auto wanted = std::lower_bound(kMbps.begin(), end, (circuit.bandwidth + 999'999) / 1'000'000);
    if (wanted == end || *wanted * 1'000'000 != circuit.bandwidth)
      check.report({"circuits", circuit.name, "bandwidth"}, std::to_string(circuit.bandwidth / 1'000'000) + "Mbps",
                   "the next is " + std::to_string(wanted == end ? *(end - 1) : *wanted) + "Mbps");
  }
}

void peering_networks(Check& check) {
  std::map<Prefix, std::string> seen;
  each_path(check.topology, [&](const PathOf& path) {
    if (!is_read(path.prefix)) return;
    if (!is_peering_network(path.prefix))
      return check.report(peering_path(path, path.key), path.prefix.text(),
                          path.prefix.length() == 29
                              ? "split it: primary " + Prefix::of(path.prefix.network(), 30).text() + ", secondary " +
                                    Prefix::of(path.prefix.host(4), 30).text() +
                                    "; or write prefix: " + path.prefix.text()
                              : "use " + Prefix::of(path.prefix.network(), 30).text());
    const auto [at, is_new] = seen.emplace(path.prefix, path.circuit.name + "'s " + path.key + " path");
    if (!is_new) check.report(peering_path(path, path.key), path.prefix.text(), at->second + " has it already");
  });
}

void customer_address(Check& check) {
  each_path(check.topology, [&](const PathOf& path) { check_customer_address(check, path); });
}

void customer_asn(Check& check) {
  each_path(check.topology, [&](const PathOf& path) { check_customer_asn(check, path); });
}

void md5_same(Check& check) {
  each_path(check.topology, [&](const PathOf& path) { check_md5_same(check, path); });
}

void md5_text(Check& check) {
  constexpr std::size_t kLongest = 25;
  for (const auto& circuit : check.topology.circuits) {
    if (!circuit.private_peering || !circuit.private_peering->md5) continue;
    const auto& key = *circuit.private_peering->md5;
    const auto is_good = std::all_of(key.begin(), key.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    if (key.empty() || key.size() > kLongest || !is_good)
      check.report({"circuits", circuit.name, "peerings", "private", "md5"}, "", "use up to 25 letters and digits");
  }
}

void peer_asn(Check& check) {
  for (const auto& circuit : check.topology.circuits)
    if (circuit.private_peering && is_reserved(circuit.private_peering->peer_asn.value()))
      check.report({"circuits", circuit.name, "peerings", "private", "peer-asn"},
                   circuit.private_peering->peer_asn.text(),
                   "use your own, or a private one: 64512 to 65514 or 65521 to 65534");
}

void vlans(Check& check) {
  std::map<std::pair<std::string, int>, std::string> seen;
  for (const auto& circuit : check.topology.circuits) {
    if (!circuit.provider.empty()) check_vlan(check, {"circuits", circuit.name, "s-tag"}, circuit.s_tag);
    if (circuit.private_peering)
      check_vlan(check, {"circuits", circuit.name, "peerings", "private", "vlan"}, circuit.private_peering->vlan);
    const auto [at, is_new] =
        seen.emplace(std::pair{circuit.provider + "/" + circuit.port, circuit.s_tag}, circuit.name);
    if (!is_new && circuit.s_tag != 0)
      check.report({"circuits", circuit.name, "s-tag"}, std::to_string(circuit.s_tag),
                   "circuit " + at->second + " has it already");
  }
  for (const auto& node : check.topology.nodes)
    for (const auto& interface : node.interfaces)
      for (const auto& tag : interface.tags)
        check_vlan(check, {"nodes", node.name, "interfaces", interface.name, "vlan"}, tag.id);
}

void one_vlan(Check& check) {
  each_path(check.topology, [&](const PathOf& path) {
    const auto* node = check.node(path.customer.node);
    if (node == nullptr || customer_interface(*node, path) != nullptr) return;
    const auto* other = any_sub_interface(*node, path.customer.interface);
    if (other != nullptr && !other->tags.empty())
      check.report({"nodes", node->name, "interfaces", other->name, "vlan"}, std::to_string(other->tags.front().id),
                   "the peering of " + path.circuit.name + " has " + std::to_string(path.peering.vlan));
  });
}

void circuit_names(Check& check) {
  for (const auto& circuit : check.topology.circuits)
    if (!circuit.name.empty() && !is_object_name(circuit.name))
      check.report({"circuits", circuit.name}, circuit.name, "use letters, digits, '-' and '_'");
}

}  // namespace xconn::model::azure_rules
