// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/wiring.hh"
#include "datapath/wire.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::datapath {

/// Everything that an Impairment says about one direction of a live link, by whichever of Filter (loss, at the far
/// end), Wire (the rest) and Rate it needs and no more. Undone by the destructor.
class Impaired {
 public:
  /// From `interface` in `netns` towards `far_interface` in `far_netns`, the other end of the same link.
  Impaired(const sys::Netns& netns, const std::string& interface, const sys::Netns& far_netns,
           const std::string& far_interface, const Impairment& impairment, WireOptions options = {});
  ~Impaired();
  Impaired(Impaired&&) noexcept;
  Impaired& operator=(Impaired&&) noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
