// SPDX-License-Identifier: Apache-2.0
// What FRR's log lines say to the timeline.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace xconn::services {

/// The wall-clock stamp at the head of "2026/11/20 21:10:54.424769 BGP: ..." (UTC), since 1970; nullopt when there is
/// none or it has no fraction, for a stamp of whole seconds is of no use.
std::optional<std::chrono::nanoseconds> frr_log_stamp(std::string_view line);

/// A neighbour that comes or goes: an %ADJCHANGE line (`bgp log-neighbor-changes`).
struct BgpChange {
  std::string neighbor;
  bool up = false;
  std::string reason;  ///< "Hold timer expired"
};
std::optional<BgpChange> bgp_change_of(std::string_view line);

/// The reason within a NOTIFICATION (RFC 4271 section 6, RFC 4486): the change that follows only says that there was
/// one.
struct BgpNotification {
  std::string neighbor;
  std::string text;            ///< "sent Cease/BFD Down"
  bool is_of_opening = false;  ///< an OPEN message error: no session was up that could go down
};
std::optional<BgpNotification> bgp_notification_of(std::string_view line);

/// The neighbour that has told all of its table (RFC 4724, 2); FRR 8 and 10 say so in one form.
std::optional<std::string> end_of_rib_of(std::string_view line);

/// Of one of an opening: "neighbor 10.0.0.2 does not come up: sent OPEN Message Error/Bad Peer AS".
std::string to_string(const BgpNotification& notification);

/// "neighbor 10.0.0.2 down (sent Cease/BFD Down)".
std::string to_string(const BgpChange& change);

/// A BFD session that comes up or that was up (`debug bfd peer`): FRR has no better witness in all its versions, and
/// this one has a stamp of its own.
struct BfdChange {
  std::string peer;
  std::string state;   ///< "up", "down", "adm-down"
  std::string reason;  ///< RFC 5880 section 4.1, "control detection time expired"
};
std::optional<BfdChange> bfd_change_of(std::string_view line);

/// "10.0.0.2 down (control detection time expired)".
std::string to_string(const BfdChange& change);

/// What the daemon says of a line of its configuration that it does not take.
std::optional<std::string> frr_refusal_of(std::string_view line);

}  // namespace xconn::services
