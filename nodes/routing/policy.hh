// What a BGP session lets through and changes, as FRR's prefix lists, community lists and route maps.
#pragma once

#include <string>
#include <vector>

#include "nodes/fragment.hh"

namespace xconn::nodes {

/// Lines for frr.conf that define lists and maps, and which of them the neighbour's section names: IN-ADDRESS and
/// OUT-ADDRESS.
struct Policy {
  std::vector<std::string> lines;
  bool filters_in = false, filters_out = false;  ///< prefix lists
  bool map_in = false, map_out = false;          ///< route maps
};

/// `reject`: networks whose routes (longer ones too) are refused whatever the neighbour's own filters say.
Policy policy_of(const Setting& setting, const model::BgpNeighbor& neighbor, const std::vector<Prefix>& reject);

/// Route maps that give the node's own prefixes their communities, and the name of one.
std::vector<std::string> origin_maps(const model::Bgp& bgp);
std::string origin_map(const Prefix& prefix);

/// A neighbour that refuses `refused` refuses this prefix: it is inside, but for the default route, which is itself
/// only.
bool is_refused(const std::vector<Prefix>& refused, const Prefix& prefix);

}  // namespace xconn::nodes
