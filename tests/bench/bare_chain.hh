// SPDX-License-Identifier: Apache-2.0
// The same chains and stars as bench/chain.cc builds through kernel/, with nothing but system calls, batched as well as
// they can be: the floor.
#pragma once

#include <string>
#include <vector>

namespace xconn::bench {

/// A link from one node, by its number, to another. The n-th has the n-th /31 of 10.0.0.0/8.
struct Wire {
  int node, peer;
  std::string name, peer_name;
};

std::vector<Wire> chain(int count);  ///< 0 - 1 - 2 ...
std::vector<Wire> star(int count);   ///< 0 is the hub

/// Descriptors of the namespaces and of the sockets inside; closes all.
class BareWires {
 public:
  BareWires(int count, const std::vector<Wire>& wires);
  BareWires(const BareWires&) = delete;
  BareWires& operator=(const BareWires&) = delete;
  ~BareWires();
  int last_namespace() const { return namespaces_.back(); }

 private:
  void make_namespaces(int count);
  int namespace_of(int node) const { return namespaces_[static_cast<std::size_t>(node)]; }
  std::vector<int> namespaces_, sockets_;
};

}  // namespace xconn::bench
