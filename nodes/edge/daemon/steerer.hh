// SPDX-License-Identifier: Apache-2.0
// What the edge does to its namespace: the nftables table, and one routing table with one policy rule for each path (a
// member, or an interface that answers probes). Everything is taken back by the destructor; what an earlier run left
// behind is removed at the start.
//
//   rule 1000+n  fwmark n/mask -> table 1000+n
//   table 1000+n default over the member (there while its interface is), and below it a blackhole: a packet that is
//                marked for a member whose interface just went is dropped, it does not fall through to the main table
//   rule 1900    -> table 1900: the SD-WAN's routes over the present choice, for the source addresses of what the edge
//                itself sends; the mark then decides
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kernel/dump.hh"
#include "kernel/netlink.hh"
#include "nodes/control/conntrack.hh"
#include "nodes/edge/daemon/engine.hh"
#include "nodes/edge/daemon/nft.hh"
#include "sys/netns.hh"

namespace xconn::sdwan {

class Steerer {
 public:
  /// In the namespace of the calling thread. Throws KernelError.
  explicit Steerer(const Config& config);
  ~Steerer();
  Steerer(const Steerer&) = delete;
  Steerer& operator=(const Steerer&) = delete;

  /// Makes the kernel do what was decided: one nftables transaction, then the local table. Returns how long the
  /// transaction took; zero when nothing had to change.
  Duration apply(const Steering& steering);

  /// The default route of the members over `interface`, which came or lost its routes with an address.
  void restore_member(const std::string& interface);

  /// Destinations that the main table knows better.
  void set_bypass(const std::vector<Prefix>& prefixes);

  /// The interfaces that may be probed, with the gateway by which each answers (none: on the link). Only with "ha".
  void set_answering(const std::map<std::string, std::optional<Address>>& gateways);

  std::map<std::string, Counter> counters() { return nft_.counters("xconn_sdwan"); }

 private:
  void remove_leftovers();
  void prepare_path(int path);
  void put_path(int path, const NextHop& hop);
  void put_local(const Steering& steering);
  void forget_connections(const Steering& before, const Steering& after);

  const Config& config_;
  sys::Netns netns_;
  kernel::Netlink netlink_;
  kernel::Reader reader_;
  Nftables nft_;
  control::Conntrack conntrack_;
  Steering applied_;
  std::vector<Prefix> bypass_;
  std::map<std::string, int> answering_;  // interface to path
  int next_path_;
};

}  // namespace xconn::sdwan
