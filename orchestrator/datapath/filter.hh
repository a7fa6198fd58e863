// SPDX-License-Identifier: Apache-2.0
// Faults on arrival: what an interface silently loses of the frames that reach it. The sender sees nothing: carrier
// stays, no ICMP is sent. Matching looks through up to two 802.1Q tags, at IPv4 and IPv6, and needs no vlan module.
//
// All programs of this folder sit on the interface's clsact hook (kernel::clsact_add). Whoever makes an interface
// should add that while it is still down: where it is missing it is added here, and adding it to a live interface makes
// the kernel stop its transmission for a moment, which costs the frames of that moment.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xconn::sys {
class Netns;
}

namespace xconn::datapath {

/// Which packets. Fields at their default do not select; a default Match is every frame.
struct Match {
  enum class Payload : std::uint8_t {
    kAny,
    kEsp,  ///< UDP whose payload is ESP, not IKE or a keepalive (RFC 3948)
    kIke,  ///< UDP whose payload has the non-ESP marker
  };
  std::uint16_t ethertype = 0;                ///< after the tags: 0x0806 is ARP
  std::uint8_t protocol = 0;                  ///< of IPv4 or IPv6
  std::uint16_t port_low = 0, port_high = 0;  ///< source or destination port in this range (TCP, UDP)
  Payload payload = Payload::kAny;
};

inline constexpr int kMaxMatches = 4;

/// "all", "arp", "ip", "icmp", "tcp", "udp", "bfd" (udp 3784), "bgp" (tcp 179), "esp" (protocol 50, and ESP in UDP),
/// "ike", "ipsec-natt" (udp 4500), "ipsec" (udp 500, udp 4500, protocol 50), "vrrp", "gre", and "tcp/PORT", "udp/PORT",
/// "tcp/LOW-HIGH", "udp/LOW-HIGH", "proto/NUMBER". nullopt for any other word.
std::optional<std::vector<Match>> match_of(std::string_view word);

/// The words that match_of knows, without the parameterised forms, for help and error texts.
std::vector<std::string> match_words();

struct FilterRule {
  std::vector<Match> matches;  ///< any of them (at most kMaxMatches); empty: every frame
  double loss = 1;             ///< 0 to 1: how likely a matched packet is lost
  std::uint64_t seed = 1;      ///< of the loss; the same seed and packets lose the same ones
  std::optional<std::uint32_t>
      bigger_than;  ///< lose only packets whose IP size on the wire is more than this, in bytes
};

struct FilterCounters {
  std::uint64_t matched = 0;  ///< packets on the wire (segments of an offloaded packet count each)
  std::uint64_t dropped = 0;
  std::uint64_t dropped_bytes = 0;  ///< of frames as the interface saw them
};

/// One rule on one interface, from construction to destruction. Any number may be on the same interface: a packet is
/// lost when one of them says so. Adding and removing disturbs no other traffic; after the destructor, traffic flows.
class Filter {
 public:
  /// Throws KernelError, std::invalid_argument for a rule out of range.
  Filter(const sys::Netns& netns, const std::string& interface, const FilterRule& rule);
  ~Filter();
  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;

  FilterCounters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xconn::datapath
