// Who learns what by BGP, as far as it can be told beforehand: the convergence that a lab waits for.
#pragma once

#include <optional>
#include <vector>

#include "model/topology.hh"

namespace xconn::nodes {

/// A session that both sides want.
struct Session {
  const model::Node* peer;
  const model::BgpNeighbor* back;  ///< the same session as the peer configures it
};

/// nullopt when nobody who has `neighbor`'s address wants a session with `node`.
std::optional<Session> session_with(const model::Topology& topology, const model::Node& node,
                                    const model::BgpNeighbor& neighbor);

/// What a VNet's own routes say, and no learned one can, nor a longer one: its address space and its peers'.
std::vector<Prefix> system_prefixes(const model::Fabric& fabric);

/// The prefixes of others that reach `node`: by way of sessions, filters, AS path loops, and iBGP's rule that what one
/// internal neighbour said is not told to another (RFC 4271, 9.2; RFC 4456 for reflectors' clients). In the order of
/// who advertises them. A VNet's fabric refuses its system_prefixes().
std::vector<Prefix> learned_prefixes(const model::Topology& topology, const model::Node& node);

}  // namespace xconn::nodes
