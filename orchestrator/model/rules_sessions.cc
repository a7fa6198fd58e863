// SPDX-License-Identifier: Apache-2.0
// What has two ends in one file: BGP sessions and tunnels.
#include <algorithm>
#include <map>

#include "base/azure.hh"
#include "model/rules.hh"

namespace xconn::model::edge {
namespace {

bool contains(const std::vector<Address>& all, const Address& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

using Places = std::multimap<Address, const Node*>;

Places places_of(const Topology& topology) {
  Places places;
  for (const auto& node : topology.nodes) {
    for (const auto& interface : node.interfaces)
      for (const auto& address : interface.addresses) places.emplace(address.address(), &node);
    for (const auto& tunnel : node.tunnels) places.emplace(tunnel.address.address(), &node);
  }
  return places;
}

/// The one other node that has the address, or nullptr: none, or several (VRFs of different customers may agree).
const Node* only_node_at(const Places& places, const Address& address, const Node& but) {
  const Node* found = nullptr;
  const auto [first, last] = places.equal_range(address);
  for (auto at = first; at != last; ++at) {
    if (at->second == &but || at->second == found) continue;
    if (found != nullptr) return nullptr;
    found = at->second;
  }
  return found;
}

bool is_own(const Node& node, const Address& address) {
  const auto has = [&](const Interface& interface) {
    return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                       [&](const InterfaceAddress& own) { return own.address() == address; });
  };
  return std::any_of(node.interfaces.begin(), node.interfaces.end(), has) ||
         std::any_of(node.tunnels.begin(), node.tunnels.end(),
                     [&](const network::Tunnel& tunnel) { return tunnel.address.address() == address; });
}

/// The other side's row for this session: a neighbour whose address is one of `node`'s.
const BgpNeighbor* row_for(const Node& other, const Node& node) {
  const auto& rows = other.bgp->neighbors;
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const BgpNeighbor& row) { return is_own(node, row.address); });
  return at == rows.end() ? nullptr : &*at;
}

struct Session {
  const Node& node;
  const BgpNeighbor& neighbor;
  std::size_t index;
};

template <class Visit>
void each_session(const Topology& topology, Visit visit) {
  for (const auto& node : topology.nodes) {
    if (!node.bgp) continue;
    for (std::size_t i = 0; i < node.bgp->neighbors.size(); ++i)
      if (is_read(node.bgp->neighbors[i].address)) visit(Session{node, node.bgp->neighbors[i], i});
  }
}

Path session_path(const Session& session, const char* key) {
  return {"nodes", session.node.name, "bgp", "neighbors", session.index, key};
}

void check_other_end(Check& check, const Session& session, const Node& other) {
  const auto& neighbor = session.neighbor;
  if (!other.bgp) {
    // A command may well be its BGP speaker.
    if (other.commands.empty())
      check.report(session_path(session, "address"), neighbor.address.text(), "give " + other.name + " bgp");
    return;
  }
  if (other.bgp->asn != neighbor.asn)
    check.report(session_path(session, "asn"), neighbor.asn.text(), other.name + " is AS " + other.bgp->asn.text());
  const auto* back = row_for(other, session.node);
  if (back == nullptr)
    return check.report(session_path(session, "address"), neighbor.address.text(),
                        "give " + other.name + " a neighbor with an address of " + session.node.name);
  if (session.node.name > other.name) return;  // the rest is said once
  if (neighbor.password.value_or("") != back->password.value_or(""))
    check.report(session_path(session, "password"), "", "use the same at " + other.name + ", or none at both");
  if (neighbor.passive && back->passive)
    check.report(session_path(session, "passive"), "true", other.name + " waits as well: one must call");
}

/// The session between a VPN gateway and the device that `local` pictures, where that device is a node of the file.
void check_vpn_session(Check& check, const LocalGateway& local, const Gateway& gateway, const Node& device) {
  const auto at = [&](const char* key) { return Path{"local-gateways", local.name, key}; };
  const auto& wanted = gateway.apipa.empty() ? gateway.instances : gateway.apipa;
  if (!device.bgp) return check.report(at("bgp-address"), local.bgp_address->text(), "give " + device.name + " bgp");
  if (local.asn && *local.asn != device.bgp->asn)
    check.report(at("asn"), local.asn->text(), device.name + " is AS " + device.bgp->asn.text());
  bool is_known = false;
  for (std::size_t i = 0; i < device.bgp->neighbors.size(); ++i) {
    const auto& row = device.bgp->neighbors[i];
    if (!contains(wanted, row.address)) continue;
    is_known = true;
    if (row.asn != gateway.asn)
      check.report({"nodes", device.name, "bgp", "neighbors", i, "asn"}, row.asn.text(),
                   "gateway " + gateway.name + " is AS " + gateway.asn.text());
  }
  if (!is_known && !wanted.empty())
    check.report(
        {"nodes", device.name, "bgp", "neighbors"}, "",
        "add {address: " + wanted.front().text() + ", asn: " + gateway.asn.text() + "} for gateway " + gateway.name);
}

bool is_connected(const Check& check, const Node& node, const Address& address) {
  const auto holds = [&](const Interface& interface) {
    const auto* subnet = interface.subnet ? check.subnet(*interface.subnet) : nullptr;
    if (interface.subnet) return subnet == nullptr || subnet->prefix.contains(address);
    return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                       [&](const InterfaceAddress& own) { return !is_read(own) || own.network().contains(address); });
  };
  return std::any_of(node.interfaces.begin(), node.interfaces.end(), holds) ||
         std::any_of(node.tunnels.begin(), node.tunnels.end(), [&](const network::Tunnel& tunnel) {
           return tunnel.peer_address == address ||
                  (is_read(tunnel.address) && tunnel.address.network().contains(address));
         });
}

// --- tunnels ---------------------------------------------------------------------------------------------------------

/// A tunnel's own address, and the frontends of load balancers before its node.
std::vector<Address> faces_of(const Topology& topology, const Node& node, const network::Tunnel& tunnel) {
  std::vector<Address> faces{tunnel.local};
  for (const auto& balancer : topology.load_balancers)
    if (std::any_of(balancer.backends.begin(), balancer.backends.end(),
                    [&](const End& backend) { return backend.node == node.name; }))
      faces.push_back(balancer.frontend);
  return faces;
}

struct TunnelEnd {
  const Node& node;
  const network::Tunnel& tunnel;
  std::vector<Address> faces;  ///< by which others know it
};

void check_tunnels(Check& check, const TunnelEnd& a, const TunnelEnd& b) {
  const auto path = [&](const char* key) { return Path{"nodes", a.node.name, "tunnels", a.tunnel.name, key}; };
  if (a.tunnel.psk != b.tunnel.psk)
    check.report(path("psk"), "", "use the psk of tunnel " + b.tunnel.name + " of " + b.node.name);
  if (!a.tunnel.initiate && !b.tunnel.initiate)
    check.report(path("initiate"), "false", b.node.name + " does not initiate either: add initiate: true to one side");
}

/// Whether the tunnel leads from the device that `local` pictures to the gateway.
bool leads_to(const Gateway& gateway, const LocalGateway& local, const network::Tunnel& tunnel) {
  return tunnel.local == local.address &&
         (contains(gateway.public_addresses, tunnel.remote) || contains(gateway.instances, tunnel.remote));
}

void check_connection(Check& check, const Connection& connection, const Gateway& gateway, const LocalGateway& local) {
  for (const auto& node : check.topology.nodes)
    for (const auto& tunnel : node.tunnels) {
      if (!leads_to(gateway, local, tunnel)) continue;
      const Path path{"connections", connection.name, "psk"};
      if (tunnel.psk != connection.psk && !connection.psk.empty())
        check.report(path, "", "use the psk of tunnel " + tunnel.name + " of " + node.name);
      if (!tunnel.initiate && connection.mode == ConnectionMode::kResponderOnly)
        check.report({"connections", connection.name, "mode"}, "ResponderOnly",
                     node.name + " does not initiate either: add initiate: true to its tunnel " + tunnel.name);
    }
}

}  // namespace

void bgp_ends(Check& check) {
  const auto places = places_of(check.topology);
  each_session(check.topology, [&](const Session& session) {
    if (const auto* other = only_node_at(places, session.neighbor.address, session.node))
      check_other_end(check, session, *other);
  });
  static const Node kNone;
  for (const auto& connection : check.topology.connections) {
    const auto* gateway = find_named(check.topology.gateways, connection.gateway);
    const auto* local = find_named(check.topology.local_gateways, connection.local_gateway);
    if (!connection.bgp || gateway == nullptr || local == nullptr || !local->bgp_address) continue;
    if (const auto* device = only_node_at(places, *local->bgp_address, kNone))
      check_vpn_session(check, *local, *gateway, *device);
  }
}

void bgp_connected(Check& check) {
  each_session(check.topology, [&](const Session& session) {
    const bool is_external = session.neighbor.asn != session.node.bgp->asn &&
                             session.neighbor.asn.value() != azure::kMicrosoftAsn;  // V12 says what is wrong with those
    if (is_external && !session.neighbor.ebgp_multihop && !is_connected(check, session.node, session.neighbor.address))
      check.report(session_path(session, "address"), session.neighbor.address.text(),
                   "none of " + session.node.name + "'s networks has it; add ebgp-multihop: true if that is meant");
  });
}

void both_tunnels(Check& check) {
  std::vector<TunnelEnd> ends;
  std::multimap<Address, std::size_t> known_as;
  for (const auto& node : check.topology.nodes)
    for (const auto& tunnel : node.tunnels) {
      ends.push_back({node, tunnel, faces_of(check.topology, node, tunnel)});
      for (const auto& face : ends.back().faces) known_as.emplace(face, ends.size() - 1);
    }
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const auto [first, last] = known_as.equal_range(ends[i].tunnel.remote);
    for (auto at = first; at != last; ++at)
      if (at->second < i && contains(ends[i].faces, ends[at->second].tunnel.remote))
        check_tunnels(check, ends[i], ends[at->second]);
  }
  for (const auto& connection : check.topology.connections) {
    const auto* gateway = find_named(check.topology.gateways, connection.gateway);
    const auto* local = find_named(check.topology.local_gateways, connection.local_gateway);
    if (gateway != nullptr && local != nullptr) check_connection(check, connection, *gateway, *local);
  }
}

}  // namespace xconn::model::edge
