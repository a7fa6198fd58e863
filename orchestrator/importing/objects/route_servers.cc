// SPDX-License-Identifier: Apache-2.0
// Azure Route Server: two BGP speakers in RouteServerSubnet and their sessions with appliances. No packet passes by
// them, and what they learn is programmed nowhere (docs/fidelity.md).
#include <algorithm>

#include "base/azure.hh"
#include "importing/objects/gateways.hh"
#include "importing/objects/hubs.hh"
#include "importing/objects/types.hh"

namespace xconn::importing {
namespace {

RouteServer* server_of(const ResourceId& id, Draft& draft) {
  const auto found = std::ranges::find(draft.route_servers, draft.key(id), &RouteServer::key);
  return found == draft.route_servers.end() ? nullptr : &*found;
}

/// nullopt when it is in none of the files.
std::optional<network::SubnetRef> subnet_of(const RouteServer& server, const Draft& draft) {
  if (!server.subnet) return std::nullopt;
  const network::SubnetRef ref{draft.name_of(server.subnet->parent()), draft.name_of(*server.subnet)};
  const auto* vnet = find_named(draft.topology.vnets, ref.vnet);
  const bool is_there = vnet != nullptr && find_named(vnet->subnets, ref.subnet) != nullptr;
  return is_there ? std::optional(ref) : std::nullopt;
}

class Speakers {
 public:
  Speakers(const RouteServer& server, const network::SubnetRef& subnet, Draft& draft)
      : server_(server), subnet_(subnet), draft_(draft) {}

  void build() {
    constexpr std::size_t kInstances = 2;
    auto addresses = server_.addresses;
    std::erase_if(addresses, [&](const Address& address) { return !prefix().contains(address); });
    for (auto i = azure::kKeptAddresses; addresses.size() < kInstances; ++i)
      if (std::ranges::find(addresses, prefix().host(i)) == addresses.end()) addresses.push_back(prefix().host(i));
    addresses.resize(kInstances);
    for (std::size_t i = 0; i < kInstances; ++i) add_speaker(i, addresses[i]);
    for (const auto& peer : server_.peers) add_peer(peer);
    tell();
    if (server_.joins_branches && has_gateway(draft_, subnet_.vnet)) tell_of_branches();
  }

 private:
  const Prefix& prefix() const {
    return find_named(find_named(draft_.topology.vnets, subnet_.vnet)->subnets, subnet_.subnet)->prefix;
  }

  /// What it announces to appliances: its VNet, and those that use it as a gateway.
  std::vector<Prefix> spaces() const {
    auto out = find_named(draft_.topology.vnets, subnet_.vnet)->address_space;
    for (const auto& user : server_.users) {
      const auto& more = find_named(draft_.topology.vnets, user)->address_space;
      out.insert(out.end(), more.begin(), more.end());
    }
    std::erase_if(out, [](const Prefix& space) { return !space.is_v4(); });
    return out;
  }

  static Route by(const Prefix& to, const Address& hop, const std::string& interface) {
    Route route;
    route.to = to;
    route.next_hops.push_back({hop, interface, false});
    return route;
  }

  void add_speaker(std::size_t number, const Address& address) {
    auto& node = add_node(draft_.free_name(server_.name + "-" + std::to_string(number)), draft_);
    node.where = server_.where;
    node.role = "router";
    auto& nic = add_nic(node, subnet_);
    nic.addresses = {InterfaceAddress(address, prefix().length())};
    nic.ip_forwarding = false;
    for (const auto& space : spaces()) node.routes.push_back(by(space, prefix().host(1), kOnlyNic));
    node.bgp = network::Bgp{*Asn::of(azure::kGatewayAsn), address, spaces(), {}, {}, {}};
    speakers_.push_back(node.name);
    addresses_.push_back(address);
  }

  /// Its node; one is made when the files have nobody at that address of a subnet.
  std::optional<End> appliance_of(const RouteServerPeer& peer, const Address& address) {
    if (const auto end = end_at(address, draft_)) return end;
    for (const auto& vnet : draft_.topology.vnets)
      for (const auto& subnet : vnet.subnets)
        if (subnet.prefix.contains(address))
          return make_appliance(peer, address, {vnet.name, subnet.name}, subnet.prefix);
    return std::nullopt;
  }

  End make_appliance(const RouteServerPeer& peer, const Address& address, const network::SubnetRef& subnet,
                     const Prefix& around) {
    auto& node = add_node(draft_.free_name(peer.name), draft_);
    auto& nic = add_nic(node, subnet);
    nic.addresses = {InterfaceAddress(address, around.length())};
    nic.ip_forwarding = true;
    draft_.comment("nodes/" + node.name, "assumed: the BGP peer of Route Server " + server_.name);
    draft_.notes.add({peer.where,
                      "BGP peer " + peer.name,
                      "peerIp",
                      address.text(),
                      "belongs to nothing in the files",
                      "router " + node.name + " was made there",
                      {},
                      Outcome::kMade});
    return {node.name, kOnlyNic};
  }

  /// Why a lab's node cannot be this peer; empty when it can.
  static std::string why_not(const network::Node& node, const RouteServerPeer& peer) {
    if (node.bgp && node.bgp->asn != peer.asn) return node.name + " has another AS number already";
    if (!node.files.empty())
      return node.name + " answers a load balancer's probes, and a lab's node for that has no BGP";
    return {};
  }

  void add_peer(const RouteServerPeer& peer) {
    const auto address = peer.owner ? address_of(*peer.owner, draft_) : peer.address;
    const auto end = address ? appliance_of(peer, *address) : std::nullopt;
    auto* node = end ? find_named(draft_.topology.nodes, end->node) : nullptr;
    const auto why = node == nullptr ? "is in no subnet of the files" : why_not(*node, peer);
    if (why.empty()) return add_sessions(*node, end->interface, peer, *address);
    draft_.notes.add({peer.where, "BGP peer " + peer.name, "peerIp", address ? address->text() : "", why,
                      "its sessions were left out"});
  }

  void add_sessions(network::Node& node, const std::string& interface, const RouteServerPeer& peer,
                    const Address& address) {
    node.role = "router";
    if (!node.bgp) node.bgp = network::Bgp{peer.asn, {}, {}, {}, {}, {}};
    const auto& own = find_named(node.interfaces, interface)->addresses.front();
    node.routes.push_back(by(prefix(), own.network().host(1), interface));
    for (std::size_t i = 0; i < speakers_.size(); ++i) add_session(node, speakers_[i], address, addresses_[i]);
    appliances_.insert(node.name);
  }

  void add_session(network::Node& appliance, const std::string& speaker, const Address& own, const Address& server) {
    network::BgpNeighbor there{.address = server, .asn = *Asn::of(azure::kGatewayAsn)};
    there.ebgp_multihop = true;
    there.source = own;
    appliance.bgp->neighbors.push_back(there);
    network::BgpNeighbor back{.address = own, .asn = appliance.bgp->asn};
    back.ebgp_multihop = true;
    back.announce = spaces();
    find_named(draft_.topology.nodes, speaker)->bgp->neighbors.push_back(back);
  }

  void tell() {
    draft_.assume(
        {server_.where, "Route Server " + server_.name, "", "", "what it learns is programmed into no VNet here",
         "it is two BGP speakers beside all paths; write what it teaches as a route table" +
             (appliances_.empty() ? std::string{}
                                  : ", and what its peers announce as their `bgp: advertise`: " + joined(appliances_))},
        "nodes/" + speakers_.front());
  }

  void tell_of_branches() {
    draft_.notes.add({server_.where, "Route Server " + server_.name, "allowBranchToBranchTraffic", "true",
                      "what it tells gateways and appliances of each other's routes is not played",
                      "write it as `bgp: advertise` of those who announce it in the end"});
  }

  const RouteServer& server_;
  network::SubnetRef subnet_;
  Draft& draft_;
  std::vector<std::string> speakers_;
  std::vector<Address> addresses_;
  std::set<std::string> appliances_;
};

}  // namespace

void carry_route_server(const Resource& resource, Fields& fields, Draft& draft) {
  RouteServer server;
  server.where = resource.at.where();
  server.key = draft.key(resource.id);
  server.name = resource.id.name();
  server.subnet = fields.reference("subnet");
  for (const auto& text : fields.texts("virtualRouterIps"))
    if (const auto address = Address::parse(text)) server.addresses.push_back(*address);
  server.joins_branches = fields.truth("allowBranchToBranchTraffic");
  fields.ignore_rest();
  draft.call(resource.id, resource.id.name());
  draft.route_servers.push_back(std::move(server));
}

void carry_server_address(const Resource& resource, Fields& fields, Draft& draft) {
  auto* server = server_of(resource.id.parent(), draft);
  const auto subnet = fields.reference("subnet");
  fields.ignore_rest();
  if (server != nullptr && !server->subnet) server->subnet = subnet;
  if (server != nullptr) draft.call(resource.id, resource.id.name());
}

void carry_server_peer(const Resource& resource, Fields& fields, Draft& draft) {
  auto* server = server_of(resource.id.parent(), draft);
  RouteServerPeer peer;
  peer.where = resource.at.where();
  peer.name = resource.id.name();
  peer.owner = fields.owner("peerIp");
  peer.address = peer.owner ? std::nullopt : fields.address("peerIp", "the session was left out");
  const auto asn = device_asn(fields, "peerAsn", "the session was left out");
  fields.ignore({"hubVirtualNetworkConnection", "connectionState"});
  if (server == nullptr)
    return fields.note("", "its hub, whose router it speaks with, is not played",
                       "it was left out; write what it announces as routes of the hub's table");
  if (!asn || (!peer.address && !peer.owner)) return;
  peer.asn = *asn;
  draft.call(resource.id, resource.id.name());
  server->peers.push_back(std::move(peer));
}

void leave_out_lone_servers(Draft& draft) {
  for (const auto& server : draft.route_servers)
    if (!subnet_of(server, draft))
      draft.notes.add({server.where, "Route Server " + server.name, "subnet", "", "is in none of the files",
                       "it was left out; import `az network vnet list` and its ipConfigurations too"});
}

void play_route_servers(Draft& draft) {
  for (const auto& server : draft.route_servers)
    if (const auto subnet = subnet_of(server, draft)) Speakers(server, *subnet, draft).build();
}

}  // namespace xconn::importing
