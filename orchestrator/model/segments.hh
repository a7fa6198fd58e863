// SPDX-License-Identifier: Apache-2.0
// Segments: which interfaces can hear each other's ARP. Links, switches and bridges join them; each stack of VLAN tags
// is a segment of its own, and so is each subnet of a VNet.
#pragma once

#include <map>
#include <string>

#include "model/topology.hh"

namespace xconn::model {

class Segments {
 public:
  explicit Segments(const Topology& topology);

  /// The name of the interface's segment; what is on it is of use for comparison only.
  std::string of(const Node& node, const Interface& interface);

 private:
  std::string root(const std::string& name);
  void join(const std::string& a, const std::string& b) { up_[root(a)] = root(b); }

  std::map<std::string, std::string> up_;  ///< union-find over names of link ends
};

}  // namespace xconn::model
