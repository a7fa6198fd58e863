// The same chain as bench/chain.cc builds through kernel/, with nothing but system calls: the floor.
#pragma once

#include <vector>

namespace xconn::bench {

/// Descriptors of the namespaces and of the sockets inside; closes all.
class BareChain {
 public:
  explicit BareChain(int count);
  BareChain(const BareChain&) = delete;
  BareChain& operator=(const BareChain&) = delete;
  ~BareChain();
  int last_namespace() const { return namespaces_.back(); }
  const std::vector<int>& namespaces() const { return namespaces_; }

 private:
  std::vector<int> namespaces_, sockets_;
};

}  // namespace xconn::bench
