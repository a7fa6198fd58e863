// SPDX-License-Identifier: Apache-2.0
#include "faults/kinds.hh"

#include <algorithm>

namespace xconn::faults {

namespace {

constexpr Parameter kDirectionBoth{"direction", ValueKind::kDirection, "both",
                                   "out: frames that leave the named end; in: frames that reach it"};
constexpr Parameter kDirectionOut{"direction", ValueKind::kDirection, "out", kDirectionBoth.meaning};

constexpr Mismatch kMismatchRows[] = {
    {"vlan", TargetKind::kSubInterface, "the id of a sub-interface's outer tag (of a stacked one its S-tag)"},
    {"tag-type", TargetKind::kSubInterface, "the type of that tag: 0x88a8 for 0x8100, or the reverse"},
    {"prefix", TargetKind::kNumbered, "the network that an interface has its address in, as the next /30"},
    {"md5", TargetKind::kNeighbor, "the password of a BGP neighbor"},
    {"asn", TargetKind::kNeighbor, "the AS number that a BGP neighbor is known by"},
    {"psk", TargetKind::kTunnel, "the key of a tunnel"},
    {"identity", TargetKind::kTunnel, "the identity that the peer of a tunnel must prove"},
    {"ike-proposal", TargetKind::kTunnel, "the algorithms of its IKE_SA"},
    {"esp-proposal", TargetKind::kTunnel, "the algorithms of its CHILD_SA"},
    {"pfs", TargetKind::kTunnel, "its group for PFS: it comes up, and does not outlive a rekeying after 10 s"},
    {"selectors", TargetKind::kTunnel, "its traffic selectors"},
};

/// "vlan: the id of ...; md5: ..."
std::string meaning_of_what() {
  std::string text;
  for (const auto& row : kMismatchRows)
    text += (text.empty() ? "" : "; ") + std::string(row.what) + ": " + std::string(row.meaning);
  return text;
}

const std::string kWhat = meaning_of_what();

const std::vector<Kind> kKinds = {
    {"carrier", TargetKind::kEnd, "the cable is cut: both ends are down", {}},
    {"admin-down", TargetKind::kEnd, "the named end is set down; the other one loses carrier", {}},
    {"blackhole", TargetKind::kEnd, "frames vanish in both directions, carrier stays", {}},
    {"oneway", TargetKind::kEnd, "frames vanish in one direction, carrier stays", {kDirectionOut}},
    {"loss",
     TargetKind::kEnd,
     "frames are lost at random",
     {{"loss", ValueKind::kShare, "", "how many of them"}, kDirectionBoth}},
    {"delay",
     TargetKind::kEnd,
     "frames come later",
     {{"delay", ValueKind::kDuration, "", "added to each direction"}, kDirectionBoth}},
    {"jitter",
     TargetKind::kEnd,
     "frames come earlier or later, in order",
     {{"jitter", ValueKind::kDuration, "", "delay varies by up to this, either way"}, kDirectionBoth}},
    {"reorder",
     TargetKind::kEnd,
     "frames overtake each other",
     {{"reorder", ValueKind::kShare, "", "how many of them"}, kDirectionBoth}},
    {"duplicate",
     TargetKind::kEnd,
     "frames come twice",
     {{"duplicate", ValueKind::kShare, "", "how many of them"}, kDirectionBoth}},
    {"corrupt",
     TargetKind::kEnd,
     "frames have a bit flipped",
     {{"corrupt", ValueKind::kShare, "", "how many of them"}, kDirectionBoth}},
    {"rate",
     TargetKind::kEnd,
     "the link is narrower",
     {{"rate", ValueKind::kRate, "", "at most this, each direction"}, kDirectionBoth}},
    {"flap",
     TargetKind::kEnd,
     "both ends go down and up again and again, down first",
     {{"period", ValueKind::kPeriod, "", "of one down and up"},
      {"duty", ValueKind::kShare, "50%", "how much of the period it is down"}}},
    {"mtu-hole",
     TargetKind::kEnd,
     "bigger packets vanish without a word",
     {{"size", ValueKind::kBytes, "", "the biggest IP packet that passes"}, kDirectionBoth}},
    {"drop",
     TargetKind::kEnd,
     "one protocol vanishes, the rest passes",
     {{"traffic", ValueKind::kTraffic, "", "which"}, kDirectionBoth}},
    {"brownout",
     TargetKind::kEnd,
     "the link is slow and lossy",
     {{"delay", ValueKind::kDuration, "", "added to each direction"},
      {"loss", ValueKind::kShare, "", "how many frames are lost"},
      {"jitter", ValueKind::kDuration, "0ms", "delay varies by up to this"},
      kDirectionBoth}},
    {"freeze", TargetKind::kDaemon, "the daemon stands still (SIGSTOP); its sockets stay open", {}},
    {"kill", TargetKind::kDaemon, "the daemon is killed (SIGKILL), and started again when healed", {}},
    {"kill-node", TargetKind::kNode, "all its daemons are killed and its interfaces down: the others lose carrier", {}},
    {"member-down", TargetKind::kMember, "the SD-WAN member's interface is set down by the edge's administrator", {}},
    {"advertise",
     TargetKind::kSpeaker,
     "the router announces so many more prefixes, each a /24",
     {{"count", ValueKind::kCount, "", "how many"},
      {"network", ValueKind::kNetwork, "100.64.0.0/10", "what they are taken from"}}},
    {"msee-maintenance",
     TargetKind::kMsee,
     "the router of this VRF prepends 12076 8 times to all its neighbours, and the sessions stay up",
     {}},
    {"peering-disable", TargetKind::kMsee, "Microsoft shuts the customer's sessions down", {}},
    {"no-route", TargetKind::kRoute, "a static route is missing", {}},
    {"mismatch",
     TargetKind::kConfigured,
     "this side is configured otherwise than the other one",
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
                                         "NODE:PREFIX"};
  return kNames[static_cast<int>(target)];
}

}  // namespace xconn::faults
