// SPDX-License-Identifier: Apache-2.0
// A load balancer: "front" holds the frontend's address, and one link for each backend leads back into the fabric,
// which sends what comes by it out of exactly that backend's NIC, whatever its destination (Microsoft Learn, "High
// availability ports overview": as the next hop of a user route the packets keep their destination).
#include <algorithm>
#include <stdexcept>

#include "azure/expansion.hh"
#include "base/azure.hh"

namespace xconn::azure {
namespace {

const network::Interface& interface_of(const network::Node& node, std::string_view name) {
  const auto found = std::ranges::find(node.interfaces, name, &network::Interface::name);
  if (found == node.interfaces.end())
    throw std::logic_error("azure: " + node.name + " has no interface " + std::string(name));
  return *found;
}

/// The fabric's side of a machine's NIC.
std::string fabric_side(const Expansion& expansion, const End& machine) {
  const auto link =
      std::ranges::find_if(expansion.out.links, [&](const network::Link& item) { return item.a == machine; });
  if (link == expansion.out.links.end()) throw std::logic_error("azure: " + machine.node + " is not plugged in");
  return link->b.interface;
}

const std::string& vnet_name(const Expansion& expansion, const model::LoadBalancer& balancer) {
  const End& first = balancer.backends.front();
  for (const auto& node : expansion.in.nodes)
    if (balancer.vnet.empty() && node.name == first.node) return interface_of(node, first.interface).subnet->vnet;
  return balancer.vnet;
}

network::Backend join_backend(Expansion& expansion, const std::string& balancer, const std::string& vnet,
                              const End& end) {
  network::Backend backend;
  backend.name = end.node + ":" + end.interface;
  backend.address = interface_of(expansion.node(end.node), end.interface).addresses.front().address();
  backend.interface = interface_name(end.node + "." + end.interface);
  backend.fabric_interface = fabric_side(expansion, end);
  const auto side = expansion.plug(vnet, {balancer, backend.interface}, "", backend.address);
  auto& fabric = expansion.node(vnet);
  fabric.fabric->nics.pop_back();  // a way in only: nothing is sent to the balancer by it
  force_out(fabric, side, {backend.fabric_interface, backend.address, ""});
  return backend;
}

void reach_vnet(const model::Vnet& vnet, network::Node& node) {
  for (const auto& prefix : vnet.address_space) node.routes.push_back(route_to(prefix, {{}, "front", false}));
}

/// A public frontend hangs on a link to the Internet, and its VNet's way out leads through it.
void reach_internet(Expansion& expansion, const model::LoadBalancer& balancer, const std::string& front,
                    const std::string& vnet, network::Node& node) {
  const auto router = internet_router(expansion, balancer.internet, balancer.frontend);
  auto outside = port("inet", {{balancer.frontend, router.length()}});
  outside.hide_hop = true;
  node.interfaces.push_back(outside);
  node.gateway = router.address();
  node.balancer->internet_interface = "inet";
  expansion.link({balancer.name, "inet"}, balancer.internet, balancer.where);
  auto& fabric = *expansion.node(vnet).fabric;
  if (fabric.internet_interface.empty()) fabric.internet_interface = front;
}

network::Balancer described(const model::LoadBalancer& balancer, const std::string& vnet) {
  network::Balancer made;
  made.name = balancer.name;
  made.frontend = balancer.frontend;
  made.is_public = balancer.is_public;
  made.front_interface = "front";
  made.probe_netns = "/run/netns/" + vnet;
  made.probe_source = *Address::parse(azure::kPlatformAddress);
  made.probe = balancer.probe;
  made.rules = balancer.rules;
  made.idle_timeout = balancer.idle_timeout;
  made.tcp_reset = balancer.tcp_reset;
  return made;
}

void add_balancer(Expansion& expansion, const model::LoadBalancer& balancer) {
  const std::string vnet = vnet_name(expansion, balancer);
  expansion.add_node(balancer.name, "load-balancer", "azure", balancer.where).balancer = described(balancer, vnet);
  const auto front =
      expansion.plug(vnet, {balancer.name, "front"}, balancer.is_public ? "" : balancer.subnet, balancer.frontend);
  std::vector<network::Interface> interfaces{port("front", {{balancer.frontend, 32}})};
  std::vector<network::Backend> backends;
  for (const auto& end : balancer.backends) {
    backends.push_back(join_backend(expansion, balancer.name, vnet, end));
    interfaces.push_back(port(backends.back().interface));
  }
  for (auto& interface : interfaces) interface.hide_hop = true;
  // An internal one steers below IP, where no hop is counted that could be given back.
  if (!balancer.is_public) interfaces.front().hide_hop = false;
  auto& node = expansion.node(balancer.name);
  node.interfaces = std::move(interfaces);
  node.balancer->backends = std::move(backends);
  reach_vnet(vnet_of(expansion.in, vnet), node);
  if (balancer.is_public) reach_internet(expansion, balancer, front, vnet, node);
}

}  // namespace

void add_balancers(Expansion& expansion) {
  for (const auto& balancer : expansion.in.load_balancers) add_balancer(expansion, balancer);
}

}  // namespace xconn::azure
