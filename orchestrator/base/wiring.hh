// SPDX-License-Identifier: Apache-2.0
// The small words that the topology and the plan share: what a wire, a route and a rule are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn {

/// One 802.1Q tag on the wire, outermost first in a list.
struct Tag {
  std::uint16_t id = 0;              ///< 1 to 4094
  std::uint16_t ethertype = 0x8100;  ///< 0x8100, or 0x88a8 for an 802.1ad outer tag
  friend bool operator==(const Tag&, const Tag&) = default;
};

struct NextHop {
  std::optional<Address> via;
  std::string interface;
  bool onlink = false;
  friend bool operator==(const NextHop&, const NextHop&) = default;
};

inline constexpr std::uint32_t kMainTable = 254;  ///< RT_TABLE_MAIN of linux/rtnetlink.h

enum class RouteKind { kUnicast, kBlackhole, kUnreachable, kThrow };

struct Route {
  Prefix to;
  RouteKind kind = RouteKind::kUnicast;
  std::vector<NextHop> next_hops;  ///< more than one is ECMP
  std::uint32_t table = kMainTable;
  std::uint32_t metric = 0;
  std::optional<Address> source;  ///< preferred source
  friend bool operator==(const Route&, const Route&) = default;
};

/// A policy routing rule. An empty field does not select.
struct Rule {
  std::uint32_t priority = 0;
  std::string in_interface;
  std::uint32_t mark = 0, mask = 0;  ///< selects when mask is not 0
  std::optional<Prefix> from, to;
  std::uint16_t udp_port = 0;  ///< selects UDP to this port when not 0
  std::uint32_t table = kMainTable;
  friend bool operator==(const Rule&, const Rule&) = default;
};

/// Copies every route that protocol `from_protocol` puts into table `from_table` into each of `to_tables`, with
/// `metric`, and takes it away again with it: how a VNet's subnets receive what its gateways learned, how those of
/// a spoke receive what the gateways of its hub learned, and how a data path lags behind the routes it follows.
struct RouteMirror {
  std::string from_node;  ///< whose table; empty: this node's own
  std::uint32_t from_table = kMainTable;
  std::uint8_t from_protocol = 186;  ///< RTPROT_BGP
  std::vector<std::uint32_t> to_tables;
  std::uint32_t metric = 20;
  std::string interface;       ///< copies leave by it; empty: by the original's interfaces
  std::vector<Prefix> reject;  ///< no copies of these, nor of longer ones
  std::vector<Prefix> accept;  ///< only copies of these, and of longer ones; empty: of all
  /// Copies keep a next hop by these interfaces of the original for `delay` after the original has lost it.
  std::vector<std::string> late_interfaces;
  Duration delay{0};
  friend bool operator==(const RouteMirror&, const RouteMirror&) = default;
};

/// What one direction of a link does to frames. Default: nothing.
struct Impairment {
  Duration delay{0};
  Duration jitter{0};  ///< uniform, delay +- jitter, order kept unless reorder > 0
  double loss = 0;     ///< 0 to 1, as are the next three
  double reorder = 0;
  double duplicate = 0;
  double corrupt = 0;
  std::uint64_t rate = 0;  ///< bits per second, 0 is unlimited
  friend bool operator==(const Impairment&, const Impairment&) = default;
};

struct End {
  std::string node;
  std::string interface;
  friend bool operator==(const End&, const End&) = default;
};

}  // namespace xconn
