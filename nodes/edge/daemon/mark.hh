// SPDX-License-Identifier: Apache-2.0
// How a packet's and a connection's 32-bit mark is divided, and which rules and tables are ours. Bits outside of these
// masks belong to others and are kept.
#pragma once

#include <cstdint>

namespace xconn::sdwan {

/// Connection mark: bit r is set when nDPI found an application of the r-th rule that names applications.
constexpr std::uint32_t kApplicationMask = 0x0000ffff;

/// Packet mark: the path that the packet must leave by. Connection mark: the path that it last came in by.
/// 1 to 99 are members in their order, 101 to 250 are interfaces that answer the load balancer's probes.
constexpr std::uint32_t kPathMask = 0x00ff0000;
constexpr int kPathShift = 16;
constexpr int kFirstInterfacePath = 101, kLastInterfacePath = 250;

/// Packet mark: made by a health check, which chooses its member itself.
constexpr std::uint32_t kProbeBit = 0x01000000;

/// Connection mark: the member on which a rule with stickiness has put the session.
constexpr std::uint32_t kSessionMask = 0xfe000000;
constexpr int kSessionShift = 25;

constexpr std::uint32_t session_mark(int path) { return static_cast<std::uint32_t>(path) << kSessionShift; }
constexpr std::uint32_t path_mark(int path) { return static_cast<std::uint32_t>(path) << kPathShift; }
constexpr int member_path(int member) { return member + 1; }

/// Path n is looked up by the rule of priority 1000 + n in table 1000 + n.
constexpr std::uint32_t kPathBase = 1000;

/// What has no mark yet: the first route look-up of packets that the edge itself sends, for their source address.
constexpr std::uint32_t kLocalTable = 1900;

}  // namespace xconn::sdwan
