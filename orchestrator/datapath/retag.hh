// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/wiring.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::datapath {

/// The node's outer tag `own` on a trunk is `wire` for everybody else, from construction to destruction: a
/// sub-interface configured with another VLAN id, or type of tag, than its peer's. Carrier and sub-interface stay;
/// captures show what is on the wire.
class Retag {
 public:
  /// Throws KernelError. `wire` must be no tag of the trunk's own.
  Retag(const sys::Netns& netns, const std::string& trunk, const Tag& own, const Tag& wire);
  ~Retag();
  Retag(Retag&&) noexcept;
  Retag& operator=(Retag&&) noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
