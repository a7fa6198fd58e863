// SPDX-License-Identifier: Apache-2.0
#include "base/prefixes.hh"

namespace xconn {

/// What lies in a prefix comes right behind it in order; what it lies in is one of few.
bool Prefixes::overlaps(const Prefix& prefix) const {
  const auto next = all_.lower_bound(prefix);
  if (next != all_.end() && prefix.contains(*next)) return true;
  for (int length = 0; length < prefix.length(); ++length)
    if (all_.contains(Prefix::of(prefix.network(), length))) return true;
  return false;
}

}  // namespace xconn
