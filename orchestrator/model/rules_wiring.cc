// SPDX-License-Identifier: Apache-2.0
// Names, links and interfaces.
#include <map>
#include <set>

#include "model/rules.hh"
#include "model/words.hh"

namespace xconn::model::wiring {
namespace {

template <class T>
void check_names(Check& check, const Path& holder, const std::vector<T>& all) {
  for (const auto& one : all) {
    if (one.name.empty() || is_object_name(one.name)) continue;
    auto path = holder;
    path.emplace_back(one.name);
    check.report(path, one.name, "rename it");
  }
}

/// Reports every name that `seen` has already; `seen` maps a name to what has it.
template <class T>
void check_unique(Check& check, const Path& holder, const std::vector<T>& all, std::map<std::string, std::string>& seen,
                  const std::string& what) {
  for (const auto& one : all) {
    const auto [at, is_new] = seen.emplace(one.name, what);
    if (is_new || one.name.empty()) continue;
    auto path = holder;
    path.emplace_back(one.name);
    check.report(path, one.name, "there is a " + at->second + " of this name; rename one");
  }
}

template <class T>
void check_unique(Check& check, const Path& holder, const std::vector<T>& all, const std::string& what) {
  std::map<std::string, std::string> seen;
  check_unique(check, holder, all, seen, what);
}

void check_names_of_steering(Check& check, const Path& path, const network::Sdwan& sdwan) {
  const auto below = [&](const char* key) {
    auto longer = path;
    longer.emplace_back(key);
    return longer;
  };
  check_names(check, below("members"), sdwan.members);
  check_names(check, below("health-checks"), sdwan.health_checks);
  check_names(check, below("rules"), sdwan.rules);
}

void check_unique_in_node(Check& check, const Node& node) {
  check_unique(check, {"nodes", node.name, "interfaces"}, node.interfaces, "interface");
  check_unique(check, {"nodes", node.name, "tunnels"}, node.tunnels, "tunnel");
  if (!node.sdwan) return;
  check_unique(check, {"nodes", node.name, "sdwan", "members"}, node.sdwan->members, "member");
  check_unique(check, {"nodes", node.name, "sdwan", "health-checks"}, node.sdwan->health_checks, "health check");
  check_unique(check, {"nodes", node.name, "sdwan", "rules"}, node.sdwan->rules, "rule");
}

bool has_implicit_interfaces(const Node& node) { return node.interfaces.empty() || node.role == "switch"; }

bool is_parent(const Node& node, std::string_view name) {
  for (const auto& interface : node.interfaces)
    if (interface.parent == name) return true;
  return false;
}

bool may_end_a_link(const Interface& interface) {
  return interface.parent.empty() && !interface.is_bridge && !interface.subnet && interface.name != "lo";
}

/// Where each interface is, for a hub has as many as there are links.
using Interfaces = std::map<std::pair<std::string_view, std::string_view>, const Interface*>;

Interfaces interfaces_of(const Topology& topology) {
  Interfaces all;
  for (const auto& node : topology.nodes)
    for (const auto& interface : node.interfaces) all.try_emplace({node.name, interface.name}, &interface);
  return all;
}

void check_link_interface(Check& check, const Interfaces& interfaces, const End& end, const Path& path) {
  const auto* node = check.node(end.node);
  if (node == nullptr) return;
  if (const auto known = interfaces.find({end.node, end.interface}); known != interfaces.end()) {
    if (!may_end_a_link(*known->second)) check.report(path, text_of(end), "link another interface, or change this one");
  } else if (!has_implicit_interfaces(*node) && !is_parent(*node, end.interface)) {
    const auto near = did_you_mean(end.interface, names_in(node->interfaces));
    check.report(path, text_of(end), near.empty() ? "add it to the node's interfaces" : near);
  }
}

/// A customer's port needs no row of its own: V12 asks for its sub-interface.
void check_port(Check& check, const Interfaces& interfaces, const End& end, const Path& path) {
  if (interfaces.contains({end.node, end.interface})) check_link_interface(check, interfaces, end, path);
}

template <class Visit>
void each_end(const Topology& topology, Visit visit) {
  for (std::size_t i = 0; i < topology.links.size(); ++i) {
    visit(topology.links[i].a, Path{"links", i, "ends", std::size_t{0}});
    visit(topology.links[i].b, Path{"links", i, "ends", std::size_t{1}});
  }
}

template <class T, class Visit>
void visit_customer_ends(const char* collection, const T& object, Visit visit) {
  visit(object.customer_primary, Path{collection, object.name, "customer", "primary"});
  visit(object.customer_secondary, Path{collection, object.name, "customer", "secondary"});
}

template <class Visit>
void each_customer_end(const Topology& topology, Visit visit) {
  for (const auto& port : topology.direct_ports) visit_customer_ends("ports", port, visit);
  for (const auto& circuit : topology.circuits)
    if (circuit.port.empty()) visit_customer_ends("circuits", circuit, visit);
  for (const auto& provider : topology.providers)
    for (std::size_t i = 0; i < provider.sites.size(); ++i)
      visit(provider.sites[i], Path{"providers", provider.name, "sites", i});
}

template <class Visit>
void each_internet_end(const Topology& topology, Visit visit) {
  for (const auto& balancer : topology.load_balancers)
    visit(balancer.internet, Path{"load-balancers", balancer.name, "internet"});
  for (const auto& gateway : topology.gateways) visit(gateway.internet, Path{"gateways", gateway.name, "internet"});
  for (const auto& service : topology.public_services)
    visit(service.internet, Path{"public-services", service.name, "internet"});
}

template <class Visit>
void each_interface(const Topology& topology, Visit visit) {
  for (const auto& node : topology.nodes)
    for (const auto& interface : node.interfaces)
      visit(node, interface, Path{"nodes", node.name, "interfaces", interface.name});
}

}  // namespace

void names(Check& check) {
  const auto& topology = check.topology;
  check_names(check, {"nodes"}, topology.nodes);
  check_names(check, {"providers"}, topology.providers);
  check_names(check, {"ports"}, topology.direct_ports);
  check_names(check, {"global-reach"}, topology.global_reach);
  check_names(check, {"route-filters"}, topology.route_filters);
  check_names(check, {"public-services"}, topology.public_services);
  check_names(check, {"vnets"}, topology.vnets);
  check_names(check, {"route-tables"}, topology.route_tables);
  check_names(check, {"nsgs"}, topology.nsgs);
  check_names(check, {"gateways"}, topology.gateways);
  check_names(check, {"local-gateways"}, topology.local_gateways);
  check_names(check, {"connections"}, topology.connections);
  check_names(check, {"load-balancers"}, topology.load_balancers);
  check_names(check, {"encryption-gateways"}, topology.encryption_gateways);
  for (const auto& circuit : topology.circuits)
    check_names(check, {"circuits", circuit.name, "authorizations"}, circuit.authorizations);
  for (const auto& vnet : topology.vnets) {
    check_names(check, {"vnets", vnet.name, "subnets"}, vnet.subnets);
    check_names(check, {"vnets", vnet.name, "peerings"}, vnet.peerings);
  }
  for (const auto& filter : topology.route_filters)
    check_names(check, {"route-filters", filter.name, "rules"}, filter.rules);
  for (const auto& nsg : topology.nsgs) check_names(check, {"nsgs", nsg.name, "rules"}, nsg.rules);
  for (const auto& node : topology.nodes)
    if (node.sdwan) check_names_of_steering(check, {"nodes", node.name, "sdwan"}, *node.sdwan);
}

void interface_names(Check& check) {
  each_interface(check.topology, [&](const Node&, const Interface& interface, const Path& path) {
    if (!interface.name.empty() && !is_written_interface(interface.name))
      check.report(path, interface.name, "shorten or rename it");
  });
}

void file_names(Check& check) {
  for (const auto& node : check.topology.nodes)
    for (const auto& file : node.files)
      if (!file.name.empty() && !Word<FileName>::parse(file.name))
        check.report({"nodes", node.name, "files", file.name}, file.name, "rename it");
}

void duplicates(Check& check) {
  const auto& topology = check.topology;
  std::map<std::string, std::string> nodes;
  check_unique(check, {"nodes"}, topology.nodes, nodes, "node");
  check_unique(check, {"providers"}, topology.providers, nodes, "provider");
  check_unique(check, {"vnets"}, topology.vnets, nodes, "VNet");
  check_unique(check, {"load-balancers"}, topology.load_balancers, nodes, "load balancer");
  check_unique(check, {"encryption-gateways"}, topology.encryption_gateways, nodes, "encryption gateway");
  check_unique(check, {"public-services"}, topology.public_services, nodes, "public service");
  check_unique(check, {"ports"}, topology.direct_ports, "port");
  check_unique(check, {"circuits"}, topology.circuits, "circuit");
  check_unique(check, {"global-reach"}, topology.global_reach, "global reach");
  check_unique(check, {"route-filters"}, topology.route_filters, "route filter");
  check_unique(check, {"route-tables"}, topology.route_tables, "route table");
  check_unique(check, {"nsgs"}, topology.nsgs, "nsg");
  check_unique(check, {"gateways"}, topology.gateways, "gateway");
  check_unique(check, {"local-gateways"}, topology.local_gateways, "local gateway");
  check_unique(check, {"connections"}, topology.connections, "connection");
  for (const auto& node : topology.nodes) check_unique_in_node(check, node);
  for (const auto& vnet : topology.vnets) {
    check_unique(check, {"vnets", vnet.name, "subnets"}, vnet.subnets, "subnet");
    check_unique(check, {"vnets", vnet.name, "peerings"}, vnet.peerings, "vnet peering");
  }
  for (const auto& nsg : topology.nsgs) check_unique(check, {"nsgs", nsg.name, "rules"}, nsg.rules, "security rule");
}

void link_nodes(Check& check) {
  each_end(check.topology, [&](const End& end, const Path& path) {
    if (end.node.empty() || check.node(end.node) != nullptr) return;
    const auto near = did_you_mean(end.node, names_in(check.topology.nodes));
    check.report(path, text_of(end), near.empty() ? "add the node '" + end.node + "'" : near);
  });
}

void link_interfaces(Check& check) {
  const auto interfaces = interfaces_of(check.topology);
  const auto check_end = [&](const End& end, const Path& path) { check_link_interface(check, interfaces, end, path); };
  each_end(check.topology, check_end);
  each_customer_end(check.topology,
                    [&](const End& end, const Path& path) { check_port(check, interfaces, end, path); });
  each_internet_end(check.topology, check_end);
}

void single_use(Check& check) {
  std::set<std::string> done;
  const auto check_end = [&](const End& end) {
    const auto& uses = check.uses(end);
    if (uses.size() < 2 || !done.insert(text_of(end)).second) return;
    for (std::size_t i = 1; i < uses.size(); ++i) {
      if (uses[i].front() == uses[0].front() && uses[i][1] == uses[0][1] && uses[i].front().name == "links")
        continue;  // T10
      check.report(uses[i], text_of(end), "give the node another interface for it");
    }
  };
  each_end(check.topology, [&](const End& end, const Path&) { check_end(end); });
  each_customer_end(check.topology, [&](const End& end, const Path&) { check_end(end); });
  each_internet_end(check.topology, [&](const End& end, const Path&) { check_end(end); });
}

void connected(Check& check) {
  each_interface(check.topology, [&](const Node& node, const Interface& interface, const Path& path) {
    if (!may_end_a_link(interface) || !check.uses({node.name, interface.name}).empty()) return;
    check.report(path, "", "add a link to " + node.name + ":" + interface.name + ", or remove it");
  });
}

void parents(Check& check) {
  each_interface(check.topology, [&](const Node& node, const Interface& interface, Path path) {
    const auto is_there = [&](const std::string& name) {
      return find_named(node.interfaces, name) != nullptr || !check.uses({node.name, name}).empty();
    };
    if (!interface.parent.empty() && (!is_there(interface.parent) || interface.parent == interface.name)) {
      path.emplace_back("parent");
      check.report(path, interface.parent, did_you_mean(interface.parent, names_in(node.interfaces)));
    } else if (!interface.bridge.empty()) {
      const auto* bridge = find_named(node.interfaces, interface.bridge);
      path.emplace_back("bridge");
      if (bridge == nullptr || !bridge->is_bridge)
        check.report(path, interface.bridge, "add " + interface.bridge + ": {kind: bridge}");
    }
  });
}

void tunnel_names(Check& check) {
  for (const auto& node : check.topology.nodes)
    for (const auto& tunnel : node.tunnels) {
      const Path path{"nodes", node.name, "tunnels", tunnel.name};
      const bool is_taken =
          find_named(node.interfaces, tunnel.name) != nullptr || !check.uses({node.name, tunnel.name}).empty();
      if (is_taken) check.report(path, tunnel.name, "rename the tunnel or the interface");
      if (!is_written_interface(tunnel.name))
        check.report(path, tunnel.name, "at most 15 letters, digits, '.', '-' and '_'");
    }
}

void two_ends(Check& check) {
  for (std::size_t i = 0; i < check.topology.links.size(); ++i) {
    const auto& link = check.topology.links[i];
    if (!link.a.node.empty() && link.a == link.b)
      check.report({"links", i, "ends", std::size_t{1}}, text_of(link.b), "name the other end");
  }
}

}  // namespace xconn::model::wiring
