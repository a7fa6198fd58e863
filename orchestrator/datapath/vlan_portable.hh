// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "datapath/vlan.hh"
#include "sys/netns.hh"

namespace xconn::datapath {

/// The portable driver of Vlan.
class PortableVlan {
 public:
  PortableVlan(const sys::Netns& netns, const SubInterface& sub_interface);
  ~PortableVlan();
  void leave();  ///< the destructor will not delete the interface

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
