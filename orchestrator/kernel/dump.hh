// SPDX-License-Identifier: Apache-2.0
// Reading the kernel's tables as plain structs (libnl-route parses).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"
#include "base/wiring.hh"
#include "sys/netns.hh"

namespace xconn::kernel {

struct LinkStatistics {
  std::uint64_t rx_packets = 0, rx_bytes = 0, rx_dropped = 0, rx_errors = 0;
  std::uint64_t tx_packets = 0, tx_bytes = 0, tx_dropped = 0, tx_errors = 0;
};

struct Link {
  int index = 0;
  std::string name;
  std::string kind;      ///< "veth", "bridge", "tun" ...; empty for lo
  bool up = false;       ///< administratively
  bool carrier = false;  ///< IFF_LOWER_UP
  int mtu = 0;
  std::optional<Mac> mac;
  int master = 0;        ///< index of the bridge it is a port of, or 0
  std::string queueing;  ///< "tbf", "noqueue" ...
  LinkStatistics statistics;
};

struct LinkAddress {
  std::string interface;
  InterfaceAddress address;
  std::optional<Address> peer;
};

struct RouteEntry {
  Route route;
  std::uint8_t protocol = 0;  ///< RTPROT_*: 2 kernel, 4 static, 186 bgp, 196 FRR static
};

struct RuleEntry {
  Rule rule;
  int family = 0;
};

struct Neighbour {
  std::string interface;
  Address address;
  std::optional<Mac> mac;
  std::uint16_t state = 0;  ///< NUD_*
  Duration confirmed{0};    ///< how long ago it last answered, or traffic proved it there
};

/// Reads one namespace; holds a socket inside. Move-only. All throw KernelError.
class Reader {
 public:
  explicit Reader(const sys::Netns& netns, std::string name = {});
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  std::vector<Link> links() const;
  std::optional<Link> link(const std::string& interface) const;  ///< nullopt: no such link
  std::vector<LinkAddress> addresses() const;
  /// Both families; unicast, blackhole, unreachable and throw routes. protocol 0 is any.
  std::vector<RouteEntry> routes(std::uint32_t table = 254, std::uint8_t protocol = 0) const;
  std::vector<RouteEntry> all_routes() const;
  std::vector<RuleEntry> rules() const;
  std::vector<Neighbour> neighbours() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xconn::kernel
