// FRR for any role: the files and services of zebra, bgpd and bfdd, and the facts of their sessions. Each daemon has a
// file of its own, for in a shared one the `exit` of a block that a daemon does not know would end its configuration.
#pragma once

#include <vector>

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Nothing when the node has no BGP. `reject`: networks whose routes (longer ones too) are refused from every
/// neighbour.
void add_routing(const Setting& setting, Fragment& fragment, const std::vector<Prefix>& reject = {});

/// The address spaces that a customer's router learns over its circuits.
std::vector<Prefix> vnets_reached_by(const model::Topology& topology, const std::string& router);

/// What the customers of the circuits that `vnet`'s gateways are connected to advertise by BGP.
std::vector<Prefix> prefixes_learned_by(const model::Topology& topology, const std::string& vnet);

}  // namespace xconn::nodes
