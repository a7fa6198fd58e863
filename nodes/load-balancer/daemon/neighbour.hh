// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/address.hh"

namespace xconn::sys {
class Netns;
}

namespace xconn::lb {

/// One of our interfaces towards the fabric, with the Ethernet address at its other side.
struct NextDevice {
  int index = 0;
  Mac near_mac, far_mac;
};

/// Reads both sides of the veth pair, so that no ARP is needed. Throws KernelError when it is not there or its peer is
/// not in `far`.
NextDevice next_device(const sys::Netns& near, const std::string& interface, const sys::Netns& far);

}  // namespace xconn::lb
