// SPDX-License-Identifier: Apache-2.0
#include "faults/kinds.hh"

#include <algorithm>

#include "base/join.hh"

namespace xconn::faults {

namespace {

constexpr Parameter kDirectionBoth{"direction", ValueKind::kDirection, "both",
                                   "out: frames sent by the named end; in: frames that it receives"};
constexpr Parameter kDirectionOut{"direction", ValueKind::kDirection, "out", kDirectionBoth.meaning};

constexpr Mismatch kMismatchRows[] = {
    {"vlan", TargetKind::kSubInterface, "the id of a sub-interface's outer tag (of a stacked one its S-tag)"},
    {"tag-type", TargetKind::kSubInterface, "the type of that tag: 0x88a8 for 0x8100, or the reverse"},
    {"prefix", TargetKind::kNumbered, "the network that an interface has its address in, as the next /30"},
    {"md5", TargetKind::kNeighbor, "the password of a BGP neighbor"},
    {"asn", TargetKind::kNeighbor, "the AS number that a BGP neighbor is known by"},
    {"bgp-timers", TargetKind::kSpeaker,
     "a router's BGP timers, 1 s and 3 s: the smaller hold time is both sides', so a silence of 3 s ends its sessions"},
    {"bfd-timers", TargetKind::kBfdSpeaker,
     "a router's BFD intervals, 1 s: the larger interval is both sides', so a silence is noticed after 3 s"},
    {"psk", TargetKind::kTunnel, "the key of a tunnel"},
    {"identity", TargetKind::kTunnel, "the identity that the peer of a tunnel must prove"},
    {"ike-proposal", TargetKind::kTunnel, "the algorithms of its IKE_SA"},
    {"esp-proposal", TargetKind::kTunnel, "the algorithms of its CHILD_SA"},
    {"pfs", TargetKind::kTunnel, "its group for PFS: it comes up, and does not outlive a rekeying after 10 s"},
    {"selectors", TargetKind::kTunnel, "its traffic selectors"},
    {"probe-port", TargetKind::kBalancer,
     "the port that a load balancer probes, as the next one without a rule: its backends go down"},
};

/// "vlan: the id of ...; md5: ..."
std::string meaning_of_what() {
  return join(kMismatchRows, "; ",
              [](const auto& row) { return std::string(row.what) + ": " + std::string(row.meaning); });
}

const std::string kWhat = meaning_of_what();

const std::vector<Kind> kKinds = {
    {"carrier", TargetKind::kEnd, "the cable is cut: both ends are down", {}},
    {"admin-down", TargetKind::kEnd, "the named end is set down, and the other end loses carrier", {}},
    {"blackhole", TargetKind::kEnd, "frames are dropped in both directions, carrier stays up", {}},
    {"oneway", TargetKind::kEnd, "frames are dropped in one direction, carrier stays up", {kDirectionOut}},
    {"loss",
     TargetKind::kEnd,
     "frames are lost at random",
     {{"loss", ValueKind::kShare, "", "share of frames"}, kDirectionBoth}},
    {"delay",
     TargetKind::kEnd,
     "frames are delayed",
     {{"delay", ValueKind::kDuration, "", "added to each direction"}, kDirectionBoth}},
    {"jitter",
     TargetKind::kEnd,
     "frames are delayed by varying amounts, in order",
     {{"jitter", ValueKind::kDuration, "", "delay varies by up to this, either way"}, kDirectionBoth}},
    {"reorder",
     TargetKind::kEnd,
     "frames are reordered",
     {{"reorder", ValueKind::kShare, "", "share of frames"}, kDirectionBoth}},
    {"duplicate",
     TargetKind::kEnd,
     "frames are duplicated",
     {{"duplicate", ValueKind::kShare, "", "share of frames"}, kDirectionBoth}},
    {"corrupt",
     TargetKind::kEnd,
     "a bit of a frame is flipped",
     {{"corrupt", ValueKind::kShare, "", "share of frames"}, kDirectionBoth}},
    {"rate",
     TargetKind::kEnd,
     "the link's bandwidth is limited",
     {{"rate", ValueKind::kRate, "", "bandwidth in each direction"}, kDirectionBoth}},
    {"flap",
     TargetKind::kEnd,
     "both ends go down and up repeatedly, down first",
     {{"period", ValueKind::kPeriod, "", "one cycle, down and up"},
      {"duty", ValueKind::kShare, "50%", "share of the period that it is down"}}},
    {"mtu-hole",
     TargetKind::kEnd,
     "larger packets are dropped silently, without ICMP",
     {{"size", ValueKind::kBytes, "", "the largest IP packet that passes"}, kDirectionBoth}},
    {"drop",
     TargetKind::kEnd,
     "one protocol is dropped, the rest passes",
     {{"traffic", ValueKind::kTraffic, "", "the protocol or port"}, kDirectionBoth}},
    {"brownout",
     TargetKind::kEnd,
     "the link is slow and lossy",
     {{"delay", ValueKind::kDuration, "", "added to each direction"},
      {"loss", ValueKind::kShare, "", "share of frames lost"},
      {"jitter", ValueKind::kDuration, "0ms", "delay varies by up to this"},
      kDirectionBoth}},
    {"freeze", TargetKind::kDaemon, "the daemon is stopped (SIGSTOP); its sockets stay open", {}},
    {"kill", TargetKind::kDaemon, "the daemon is killed (SIGKILL), and started when healed", {}},
    {"kill-node",
     TargetKind::kNode,
     "all its daemons are killed and its interfaces set down: neighbors lose carrier",
     {}},
    {"member-down", TargetKind::kMember, "the SD-WAN member's interface is administratively down", {}},
    {"advertise",
     TargetKind::kSpeaker,
     "the router announces more prefixes, each a /24",
     {{"count", ValueKind::kCount, "", "how many prefixes"},
      {"network", ValueKind::kNetwork, "100.64.0.0/10", "the network that they are taken from"}}},
    {"msee-maintenance",
     TargetKind::kMsee,
     "the MSEE prepends 12076 eight times to all its neighbors; the sessions stay up",
     {}},
    {"peering-disable", TargetKind::kMsee, "Microsoft shuts down the customer's BGP sessions", {}},
    {"no-route", TargetKind::kRoute, "a static route is missing", {}},
    {"mismatch",
     TargetKind::kConfigured,
     "one side is configured differently from the other",
     {{"what", ValueKind::kMismatch, "", kWhat},
      {"notice", ValueKind::kNotice, "now",
       "of a key: an SA that is up ends now, or stays until it authenticates anew"}}},
};

}  // namespace

const std::vector<Kind>& kinds() { return kKinds; }

std::span<const Mismatch> mismatches() { return kMismatchRows; }

const Kind* find_kind(std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.name == name; });
  return found == kKinds.end() ? nullptr : &*found;
}

std::string_view to_string(TargetKind target) {
  constexpr std::string_view kNames[] = {"NODE:INTERFACE",
                                         "NODE:DAEMON",
                                         "NODE",
                                         "NODE:MEMBER",
                                         "NODE that speaks BGP",
                                         "MSEE",
                                         "NODE or NODE:WHAT, by `what`",
                                         "NODE:SUB-INTERFACE",
                                         "NODE:NEIGHBOR",
                                         "NODE:TUNNEL",
                                         "NODE:INTERFACE with an IPv4 address",
                                         "NODE with BFD",
                                         "NODE that balances load",
                                         "NODE:PREFIX"};
  return kNames[static_cast<int>(target)];
}

}  // namespace xconn::faults
