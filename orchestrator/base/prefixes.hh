// SPDX-License-Identifier: Apache-2.0
// Many networks, of which is asked whether one of them overlaps with another: as fast for ten thousand as for ten.
#pragma once

#include <set>

#include "base/address.hh"

namespace xconn {

class Prefixes {
 public:
  void add(const Prefix& prefix) { all_.insert(prefix); }
  bool overlaps(const Prefix& prefix) const;

 private:
  std::set<Prefix> all_;
};

}  // namespace xconn
