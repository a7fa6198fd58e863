// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

namespace xconn::sys {
class Netns;
}

namespace xconn::datapath {

/// The node is no hop for what enters by this interface: TTL (IPv4) or hop limit (IPv6) is given back on arrival, up to
/// 255, so that forwarding takes away what was given. Azure's fabric shows no hop to traceroute.
class HideHop {
 public:
  HideHop(const sys::Netns& netns, const std::string& interface);  ///< throws KernelError
  ~HideHop();
  HideHop(HideHop&&) noexcept;
  HideHop& operator=(HideHop&&) noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
