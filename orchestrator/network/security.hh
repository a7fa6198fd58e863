// SPDX-License-Identifier: Apache-2.0
// Network security groups, and whose names their rules may use for prefixes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/address.hh"
#include "base/errors.hh"
#include "base/wiring.hh"

namespace xconn::network {

enum class Direction { kInbound, kOutbound };
enum class Access { kAllow, kDeny };
enum class TrafficProtocol { kTcp, kUdp, kIcmp, kEsp, kAh, kAny };

struct SecurityRule {
  std::string name;
  int priority = 0;
  Direction direction = Direction::kInbound;
  Access access = Access::kAllow;
  TrafficProtocol protocol = TrafficProtocol::kAny;
  std::vector<std::string> sources, destinations;  ///< prefixes and service tags; empty: any
  std::vector<std::pair<std::uint16_t, std::uint16_t>> source_ports, destination_ports;  ///< empty: any
};

/// A network security group. Azure's six default rules come after these.
struct Nsg {
  Where where;
  std::string name;
  std::vector<SecurityRule> rules;
};

/// A public prefix of Microsoft's, announced on Microsoft peering with its communities; its first host answers. On the
/// Internet it is reached too where it hangs on one of its nodes.
struct PublicService {
  Where where;
  std::string name;
  Prefix prefix;
  std::vector<std::string> communities;
  End internet;  ///< the Internet node's interface that it hangs on, or empty
};

}  // namespace xconn::network
