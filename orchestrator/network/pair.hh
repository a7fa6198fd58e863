// SPDX-License-Identifier: Apache-2.0
// An active/passive pair as one of its nodes runs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn::network {

/// An address that the active node of a pair has.
struct MovedAddress {
  std::string interface;
  InterfaceAddress address;
  friend bool operator==(const MovedAddress&, const MovedAddress&) = default;
};

/// An active/passive pair, elected by VRRP over unicast (the cloud has no multicast).
struct Ha {
  std::string group;
  std::string interface;
  Address peer;
  int priority = 100;
  int probe_port = 8008;
  Duration heartbeat{std::chrono::milliseconds{400}};
  int lost_threshold = 3;
  std::vector<MovedAddress> addresses;
  friend bool operator==(const Ha&, const Ha&) = default;
};

}  // namespace xconn::network
