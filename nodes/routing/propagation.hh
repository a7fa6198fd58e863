// SPDX-License-Identifier: Apache-2.0
// Who learns what by BGP, as far as it can be told beforehand: the convergence that a lab waits for.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "network/node.hh"

namespace xconn::nodes {

/// Of an interface or a tunnel.
bool owns(const network::Node& node, const Address& address);

/// Whether the node keeps the session shut: the sessions of a standby over its tunnels come up when it takes over.
bool sleeps(const network::Network& network, const network::Node& node, const network::BgpNeighbor& neighbor);

/// A session that both sides want.
struct Session {
  const network::Node* peer;
  const network::BgpNeighbor* back;  ///< the same session as the peer configures it
};

/// nullopt when nobody who has `neighbor`'s address wants a session with `node`.
std::optional<Session> session_with(const network::Network& network, const network::Node& node,
                                    const network::BgpNeighbor& neighbor);

/// Of the loopback, else of the first interface, where the topology gives none. Said always: what zebra would choose
/// depends on which addresses are there by then, and equal paths are decided by it.
std::optional<Address> router_id_of(const network::Node& node);

/// What a VNet's own routes say, and no learned one can, nor a longer one: its address space and its peers'.
std::vector<Prefix> system_prefixes(const network::Fabric& fabric);

/// A prefix of others that reaches a node, and where that sends it: the next hops of the best path and of what is equal
/// to it. None: they cannot be told beforehand.
struct Learned {
  Prefix prefix;
  std::set<Address> next_hops;
};

/// By way of sessions, filters, AS path loops, iBGP's rule that what one internal neighbour said is not told to another
/// (RFC 4271, 9.2; RFC 4456 for reflectors' clients), and the decision of each speaker (FRR's, in its order, as far as
/// frr.conf leaves anything to decide: local preference, length of the AS path, external before internal).
class Propagation {
 public:
  explicit Propagation(const network::Network& network);

  /// In the order of who advertises them. A VNet's fabric refuses its system_prefixes().
  const std::vector<Learned>& learned(const network::Node& node) const;

 private:
  std::map<std::string, std::vector<Learned>> learned_;
};

}  // namespace xconn::nodes
