// FRR for any role: frr.conf, the services zebra, bgpd and bfdd, and the facts of their sessions. The file is the
// integrated one that `vtysh` would write; services/ gives each daemon its part of it.
#pragma once

#include <vector>

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Nothing when the node has no BGP. `reject`: networks whose routes (longer ones too) are refused from every
/// neighbour.
void add_routing(const Setting& setting, Fragment& fragment, const std::vector<Prefix>& reject = {});

/// The address spaces that a customer's router learns by BGP over its circuits.
std::vector<Prefix> vnets_reached_by(const model::Topology& topology, const model::Node& router);

/// What the customers of the circuits that `vnet`'s gateways are connected to advertise by BGP.
std::vector<Prefix> prefixes_learned_by(const model::Topology& topology, const std::string& vnet);

}  // namespace xconn::nodes
