// SPDX-License-Identifier: Apache-2.0
// A BGP speaker as it will run: what it originates, its neighbours, and what it lets through and changes in each
// direction. frr/ says it in FRR's language; everything else reads these types.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hh"
#include "base/duration.hh"

namespace xconn::network {

/// What is taken from a neighbour, and as what. An empty list takes everything.
struct PolicyIn {
  std::vector<Prefix> accept;
  std::vector<Prefix> refuse;  ///< longer ones neither; 0.0.0.0/0 is itself only
  std::vector<std::string> communities;
  std::optional<std::uint32_t> local_preference;
  friend bool operator==(const PolicyIn&, const PolicyIn&) = default;
};

/// What is told to a neighbour, and how. An empty list tells everything.
struct PolicyOut {
  std::vector<Prefix> announce;
  std::optional<std::vector<std::string>> communities;  ///< only routes with one of these; none when empty
  std::vector<std::string> withhold_communities;
  std::vector<Asn> withhold_asns;
  std::vector<std::string> set_communities;  ///< added
  int prepend = 0;                           ///< the speaker's own AS this many times more
  friend bool operator==(const PolicyOut&, const PolicyOut&) = default;
};

struct Neighbor {
  Address address;
  Asn asn = *Asn::of(1);
  std::optional<std::string> password = {};  ///< TCP MD5 (RFC 2385)
  std::optional<Address> source = {};        ///< the session's own address; absent: the one towards it
  bool bfd = false;
  bool is_far = false;    ///< on no network of the speaker's: BFD goes over several hops
  bool multihop = false;  ///< the session may go over several hops
  bool passive = false;   ///< waits for the neighbour to initiate
  bool shutdown = false;  ///< held down by the administrator
  bool next_hop_self = false;
  bool route_reflector_client = false;
  bool remove_private_as = false;
  bool as_override = false;                          ///< its own AS number in a path becomes the speaker's
  std::optional<std::uint32_t> maximum_prefix = {};  ///< the session ends with one more
  PolicyIn in = {};
  PolicyOut out = {};
  friend bool operator==(const Neighbor&, const Neighbor&) = default;
};

/// A network that the speaker originates, be it in its routing table or not.
struct Origin {
  Prefix prefix;
  std::vector<std::string> communities = {};
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// The timers of all BFD sessions of a speaker.
struct BfdTimers {
  std::string profile;  ///< FRR's name for them
  Duration interval{0};
  int multiplier = 3;
  friend bool operator==(const BfdTimers&, const BfdTimers&) = default;
};

struct Speaker {
  Asn asn = *Asn::of(1);
  std::optional<Address> router_id = {};
  Duration keepalive{0}, hold{0};  ///< whole seconds
  int maximum_paths = 1;
  BfdTimers bfd = {};
  std::vector<Origin> networks = {};
  std::vector<Neighbor> neighbors = {};
  friend bool operator==(const Speaker&, const Speaker&) = default;

  bool has_bfd() const;     ///< one of its neighbours has
  bool has_secret() const;  ///< one of its neighbours has a password
  Neighbor* find_neighbor(const Address& address);
  const Neighbor* find_neighbor(const Address& address) const;
};

/// One thing done to a speaker that runs.
using SpeakerEdit = std::function<void(Speaker&)>;

/// What differs, in words: "+ bgp neighbour 192.0.2.2 AS 65515", "~ bgp neighbour 192.0.2.2 out prepend 0 -> 3",
/// "+ bgp network 10.0.0.0/8". Passwords are not told, only that they differ.
std::vector<std::string> changes(const std::optional<Speaker>& before, const std::optional<Speaker>& after);

}  // namespace xconn::network
