// SPDX-License-Identifier: Apache-2.0
// The two peerings of circuits: their networks, tags, AS numbers and keys, and the customer's side of them.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/azure.hh"
#include "model/connectivity.hh"
#include "model/rules.hh"
#include "model/words.hh"

namespace xconn::model::azure_rules {
namespace {

constexpr const char* kMicrosoft = "microsoft";

struct KindOf {
  const char* name;
  std::optional<Peering> Circuit::*peering;
};
constexpr std::array<KindOf, 2> kKinds{
    {{"private", &Circuit::private_peering}, {kMicrosoft, &Circuit::microsoft_peering}}};

/// One of a peering's two paths, in one address family.
struct PathOf {
  const Circuit& circuit;
  const Peering& peering;
  const char* kind;  ///< as the file calls the peering
  const End& customer;
  const char* side;  ///< "primary"
  Prefix prefix;
  const char* key;  ///< "primary-v6"
};

template <class Visit>
void each_peering(const Topology& topology, Visit visit) {
  for (const auto& circuit : topology.circuits)
    for (const auto& kind : kKinds)
      if (const auto& peering = circuit.*kind.peering) visit(circuit, *peering, kind.name);
}

template <class Visit>
void each_path(const Topology& topology, Visit visit) {
  each_peering(topology, [&](const Circuit& circuit, const Peering& peering, const char* kind) {
    const auto &first = circuit.customer_primary, &second = circuit.customer_secondary;
    visit(PathOf{circuit, peering, kind, first, "primary", peering.primary, "primary"});
    visit(PathOf{circuit, peering, kind, second, "secondary", peering.secondary, "secondary"});
    if (peering.primary_v6) visit(PathOf{circuit, peering, kind, first, "primary", *peering.primary_v6, "primary-v6"});
    if (peering.secondary_v6)
      visit(PathOf{circuit, peering, kind, second, "secondary", *peering.secondary_v6, "secondary-v6"});
  });
}

/// A provider of layer 3 has a router of its own between the customer and Microsoft.
const Provider* layer3_provider(const Topology& topology, const Circuit& circuit) {
  const auto* provider = provider_of(topology, circuit);
  return provider != nullptr && connectivity_of(*provider).routes ? provider : nullptr;
}

bool is_peering_network(const Prefix& prefix) {
  return prefix.length() == (prefix.is_v4() ? azure::kPathLength : azure::kPathLengthV6);
}

/// Only the paths whose other end is the customer's own router, with that router.
template <class Visit>
void each_customer_path(Check& check, Visit visit) {
  each_path(check.topology, [&](const PathOf& path) {
    const auto* node = check.node(path.customer.node);
    if (node == nullptr || !is_read(path.prefix) || !is_peering_network(path.prefix)) return;
    if (layer3_provider(check.topology, path.circuit) == nullptr) visit(path, *node);
  });
}

Path peering_path(const Circuit& circuit, const char* kind, const char* key) {
  return {"circuits", circuit.name, "peerings", kind, key};
}

bool is_dot1q(const Topology& topology, const Circuit& circuit) {
  const auto* port = find_named(topology.direct_ports, circuit.port);
  return port != nullptr && port->encapsulation == Encapsulation::kDot1Q;
}

// --- the customer's side ---------------------------------------------------------------------------------------------

/// The tags with which a peering arrives at the customer's port: ExpressRoute Direct hands the S-tag out too.
std::vector<int> customer_tags(const Topology& topology, const Circuit& circuit, const Peering& peering) {
  if (circuit.port.empty() || is_dot1q(topology, circuit)) return {peering.vlan};
  return {circuit.s_tag, peering.vlan};
}

bool has_tags(const Interface& interface, const std::vector<int>& tags) {
  return std::equal(interface.tags.begin(), interface.tags.end(), tags.begin(), tags.end(),
                    [](const Tag& tag, int id) { return tag.id == id; });
}

const Interface* customer_interface(const Check& check, const Node& node, const PathOf& path) {
  const auto tags = customer_tags(check.topology, path.circuit, path.peering);
  for (const auto& interface : node.interfaces)
    if (interface.parent == path.customer.interface && has_tags(interface, tags)) return &interface;
  return nullptr;
}

/// A sub-interface of the customer's port that belongs to none of the peerings there, or nullptr.
const Interface* stray_interface(const Check& check, const Node& node, const End& customer) {
  std::vector<std::vector<int>> known;
  each_path(check.topology, [&](const PathOf& path) {
    if (path.customer == customer) known.push_back(customer_tags(check.topology, path.circuit, path.peering));
  });
  for (const auto& interface : node.interfaces)
    if (interface.parent == customer.interface && !interface.tags.empty() &&
        std::none_of(known.begin(), known.end(), [&](const auto& tags) { return has_tags(interface, tags); }))
      return &interface;
  return nullptr;
}

std::string vlan_list(const std::vector<int>& tags) {
  const auto vlan = std::to_string(tags.back());
  return tags.size() == 1 ? vlan : "[" + std::to_string(tags.front()) + ", " + vlan + "]";
}

void ask_for_interface(Check& check, const PathOf& path, const InterfaceAddress& wanted) {
  const auto tags = customer_tags(check.topology, path.circuit, path.peering);
  const auto& port = path.customer.interface;
  const Path here = path.circuit.port.empty() ? Path{"circuits", path.circuit.name, "customer", path.side}
                                              : Path{"circuits", path.circuit.name, "port"};
  check.report(here, text_of(path.customer),
               "add '" + port + "." + std::to_string(tags.back()) + ": {parent: " + port +
                   ", vlan: " + vlan_list(tags) + ", address: " + wanted.text() + "}' to its node");
}

void check_customer_address(Check& check, const PathOf& path, const Node& node) {
  const InterfaceAddress wanted{path.prefix.host(1), path.prefix.length()};
  const auto* interface = customer_interface(check, node, path);
  if (interface == nullptr) {
    if (stray_interface(check, node, path.customer) == nullptr) ask_for_interface(check, path, wanted);
    return;
  }
  const auto& all = interface->addresses;
  if (std::find(all.begin(), all.end(), wanted) == all.end())
    check.report({"nodes", node.name, "interfaces", interface->name, "address"}, all.empty() ? "" : all.front().text(),
                 "use " + wanted.text());
}

const BgpNeighbor* neighbor_of(const Node& node, const Address& address, std::size_t& index) {
  for (index = 0; index < node.bgp->neighbors.size(); ++index)
    if (node.bgp->neighbors[index].address == address) return &node.bgp->neighbors[index];
  return nullptr;
}

void check_customer_session(Check& check, const PathOf& path, const Node& node) {
  if (!node.bgp)
    return check.report({"nodes", node.name}, "",
                        "add bgp: {asn: " + path.peering.peer_asn.text() + ", neighbors: [...]}");
  std::size_t index = 0;
  const auto msee = path.prefix.host(2);
  const auto* neighbor = neighbor_of(node, msee, index);
  if (neighbor == nullptr)
    check.report({"nodes", node.name, "bgp", "neighbors"}, "", "add {address: " + msee.text() + ", asn: 12076}");
  else if (neighbor->asn.value() != azure::kMicrosoftAsn)
    check.report({"nodes", node.name, "bgp", "neighbors", index, "asn"}, neighbor->asn.text(), "use 12076");
}

void check_md5_same(Check& check, const PathOf& path, const Node& node) {
  if (!node.bgp) return;
  std::size_t index = 0;
  const auto* neighbor = neighbor_of(node, path.prefix.host(2), index);
  if (neighbor != nullptr && neighbor->password.value_or("") != path.peering.md5.value_or(""))
    check.report({"nodes", node.name, "bgp", "neighbors", index, "password"}, "",
                 path.peering.md5 ? "use the md5 of circuit " + path.circuit.name
                                  : "remove it, or give circuit " + path.circuit.name + " an md5");
}

// --- numbers ---------------------------------------------------------------------------------------------------------

void check_vlan(Check& check, const Path& path, int vlan) {
  constexpr int kMost = 4094;
  if (vlan < 1 || vlan > kMost) check.report(path, std::to_string(vlan), "use 1 to 4094");
}

void check_outer_tag(Check& check, const Circuit& circuit) {
  const Path path{"circuits", circuit.name, "s-tag"};
  if (is_dot1q(check.topology, circuit)) {
    if (circuit.s_tag != 0)
      check.report(path, std::to_string(circuit.s_tag), "remove it: port " + circuit.port + " is Dot1Q");
  } else if (!circuit.provider.empty() || !circuit.port.empty()) {
    check_vlan(check, path, circuit.s_tag);
  }
}

bool is_private(Asn asn) { return (asn.value() >= 64512 && asn.value() <= 65534) || asn.value() >= 4'200'000'000U; }

void check_length(Check& check, const PathOf& path) {
  const auto report = [&](const std::string& remedy) {
    check.report(peering_path(path.circuit, path.kind, path.key), path.prefix.text(), remedy);
  };
  const bool is_key_v4 = !std::string_view(path.key).ends_with("-v6");
  if (path.prefix.is_v4() != is_key_v4)
    report(is_key_v4 ? "write IPv6 as " + std::string(path.key) + "-v6" : "this is IPv4");
  else if (path.prefix.length() == azure::kPairLength)
    report("split it: primary " + Prefix::of(path.prefix.network(), 30).text() + ", secondary " +
           Prefix::of(path.prefix.host(4), 30).text() + "; or write prefix: " + path.prefix.text());
  else if (!is_peering_network(path.prefix))
    report("use " + Prefix::of(path.prefix.network(), is_key_v4 ? 30 : 126).text());
}

// --- Microsoft peering -----------------------------------------------------------------------------------------------

template <class Visit>
void each_microsoft_peering(const Topology& topology, Visit visit) {
  for (const auto& circuit : topology.circuits)
    if (circuit.microsoft_peering) visit(circuit, *circuit.microsoft_peering);
}

}  // namespace

void peering_networks(Check& check) {
  std::map<std::pair<std::string, Prefix>, std::string> seen;  // two customers may use the same
  each_path(check.topology, [&](const PathOf& path) {
    if (!is_read(path.prefix)) return;
    check_length(check, path);
    const auto [at, is_new] = seen.emplace(std::pair{path.customer.node, path.prefix},
                                           path.circuit.name + "'s " + path.kind + " " + path.key + " path");
    if (!is_new)
      check.report(peering_path(path.circuit, path.kind, path.key), path.prefix.text(), at->second + " has it already");
  });
  each_peering(check.topology, [&](const Circuit& circuit, const Peering& peering, const char* kind) {
    if (is_read(peering.primary) && peering.primary == peering.secondary &&
        circuit.customer_primary.node != circuit.customer_secondary.node)
      check.report(peering_path(circuit, kind, "secondary"), peering.secondary.text(),
                   "the primary path has it already");
  });
}

void customer_address(Check& check) {
  each_customer_path(check, [&](const PathOf& path, const Node& node) { check_customer_address(check, path, node); });
}

void customer_asn(Check& check) {
  std::set<std::pair<std::string, Asn>> done;
  each_customer_path(check, [&](const PathOf& path, const Node& node) {
    check_customer_session(check, path, node);
    if (node.bgp && node.bgp->asn != path.peering.peer_asn && done.emplace(node.name, path.peering.peer_asn).second)
      check.report({"nodes", node.name, "bgp", "asn"}, node.bgp->asn.text(),
                   "the peering of " + path.circuit.name + " has " + path.peering.peer_asn.text());
  });
}

void provider_asn(Check& check) {
  each_peering(check.topology, [&](const Circuit& circuit, const Peering& peering, const char* kind) {
    const auto* provider = layer3_provider(check.topology, circuit);
    if (provider == nullptr) return;
    if (!provider->asn)
      check.report({"providers", provider->name, "asn"}, "", "add asn: " + peering.peer_asn.text());
    else if (*provider->asn != peering.peer_asn)
      check.report(peering_path(circuit, kind, "peer-asn"), peering.peer_asn.text(), "use " + provider->asn->text());
  });
}

void md5_same(Check& check) {
  each_customer_path(check, [&](const PathOf& path, const Node& node) { check_md5_same(check, path, node); });
}

void md5_text(Check& check) {
  each_peering(check.topology, [&](const Circuit& circuit, const Peering& peering, const char* kind) {
    if (!peering.md5) return;
    const auto& key = *peering.md5;
    const auto is_good = std::all_of(key.begin(), key.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    if (key.empty() || key.size() > azure::kMd5Length || !is_good)
      check.report(peering_path(circuit, kind, "md5"), "", "use up to 25 letters and digits");
  });
}

void peer_asn(Check& check) {
  each_peering(check.topology, [&](const Circuit& circuit, const Peering& peering, const char* kind) {
    const auto ask = [&](Asn asn, const char* key) {
      if (azure::is_among(asn.value(), azure::kReservedAsns))
        check.report(peering_path(circuit, kind, key), asn.text(),
                     "use your own, or a private one: 64512 to 65514 or 65521 to 65534");
    };
    ask(peering.peer_asn, "peer-asn");
    if (peering.customer_asn) ask(*peering.customer_asn, "customer-asn");
  });
}

void vlans(Check& check) {
  std::map<std::pair<std::string, int>, std::string> outer, inner;
  for (const auto& circuit : check.topology.circuits) {
    check_outer_tag(check, circuit);
    const auto holder = circuit.provider.empty() ? "port " + circuit.port : "provider " + circuit.provider;
    const auto [at, is_new] = outer.emplace(std::pair{holder, circuit.s_tag}, circuit.name);
    if (!is_new && circuit.s_tag != 0)
      check.report({"circuits", circuit.name, "s-tag"}, std::to_string(circuit.s_tag),
                   "circuit " + at->second + " has it already");
  }
  each_peering(check.topology, [&](const Circuit& circuit, const Peering& peering, const char* kind) {
    const auto path = peering_path(circuit, kind, "vlan");
    check_vlan(check, path, peering.vlan);
    const auto holder = is_dot1q(check.topology, circuit) ? "port " + circuit.port : "circuit " + circuit.name;
    const auto who = std::string("the ") + kind + " peering of " + circuit.name;
    const auto [at, is_new] = inner.emplace(std::pair{holder, peering.vlan}, who);
    if (!is_new) check.report(path, std::to_string(peering.vlan), at->second + " has it already");
  });
  for (const auto& node : check.topology.nodes)
    for (const auto& interface : node.interfaces)
      for (const auto& tag : interface.tags)
        check_vlan(check, {"nodes", node.name, "interfaces", interface.name, "vlan"}, tag.id);
}

void one_vlan(Check& check) {
  each_customer_path(check, [&](const PathOf& path, const Node& node) {
    if (!path.prefix.is_v4() || customer_interface(check, node, path) != nullptr) return;
    const auto* other = stray_interface(check, node, path.customer);
    if (other != nullptr)
      check.report({"nodes", node.name, "interfaces", other->name, "vlan"}, std::to_string(other->tags.back().id),
                   std::string("the ") + path.kind + " peering of " + path.circuit.name + " has " +
                       vlan_list(customer_tags(check.topology, path.circuit, path.peering)));
  });
}

void public_networks(Check& check) {
  const auto ask = [&](const Prefix& prefix, const Path& path) {
    if (!prefix.is_public()) check.report(path, prefix.text(), "use a public network of the customer's own");
  };
  each_path(check.topology, [&](const PathOf& path) {
    if (path.kind == kMicrosoft && is_read(path.prefix))
      ask(path.prefix, peering_path(path.circuit, path.kind, path.key));
  });
  each_microsoft_peering(check.topology, [&](const Circuit& circuit, const Peering& peering) {
    for (std::size_t i = 0; i < peering.advertised_prefixes.size(); ++i)
      ask(peering.advertised_prefixes[i],
          {"circuits", circuit.name, "peerings", "microsoft", "advertised-prefixes", i});
  });
}

void advertised_prefixes(Check& check) {
  each_microsoft_peering(check.topology, [&](const Circuit& circuit, const Peering& peering) {
    if (peering.advertised_prefixes.empty())
      check.report(peering_path(circuit, "microsoft", "advertised-prefixes"), "",
                   "list the public prefixes that the customer translates to");
  });
}

void registries(Check& check) {
  each_microsoft_peering(check.topology, [&](const Circuit& circuit, const Peering& peering) {
    if (is_private(peering.peer_asn) && !peering.customer_asn)
      check.report(peering_path(circuit, "microsoft", "peer-asn"), peering.peer_asn.text(),
                   "add customer-asn: the public AS number that the prefixes are registered to");
    if (peering.customer_asn && peering.routing_registry == RoutingRegistry::kNone)
      check.report(peering_path(circuit, "microsoft", "routing-registry"), "NONE",
                   "name the registry of AS " + peering.customer_asn->text());
  });
}

void validation(Check& check) {
  each_microsoft_peering(check.topology, [&](const Circuit& circuit, const Peering& peering) {
    const bool has_prefixes = !peering.advertised_prefixes.empty();
    if (has_prefixes && peering.validation == PrefixValidation::kNotConfigured)
      check.report(peering_path(circuit, "microsoft", "validation"), Word<PrefixValidation>::show(peering.validation),
                   "use ValidationNeeded to rehearse prefixes that are not proven yet; BGP stays down");
  });
}

}  // namespace xconn::model::azure_rules
