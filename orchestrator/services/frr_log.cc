// SPDX-License-Identifier: Apache-2.0
#include "services/frr_log.hh"

#include <array>
#include <ctime>
#include <utility>

namespace xconn::services {
namespace {

constexpr std::string_view kOpenMessageError = "2/";  // RFC 4271 section 4.5

/// What follows `marker` in the line; nullopt without it.
std::optional<std::string_view> after(std::string_view line, std::string_view marker) {
  const auto at = line.find(marker);
  if (at == std::string_view::npos) return std::nullopt;
  return line.substr(at + marker.size());
}

std::string_view up_to(std::string_view text, std::string_view ends) {
  return text.substr(0, text.find_first_of(ends));
}

std::chrono::nanoseconds fraction(std::string_view digits) {
  std::int64_t value = 0;
  std::size_t count = 0;
  for (; count < 9; ++count)
    value =
        value * 10 + (count < digits.size() && digits[count] >= '0' && digits[count] <= '9' ? digits[count] - '0' : 0);
  return std::chrono::nanoseconds(value);
}

/// bfdd's words for a diagnostic (bfdd/bfd.c, diag2str), as RFC 5880 has them.
std::string bfd_reason_of(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 8> kReasons{
      {{"control-expired", "control detection time expired"},
       {"echo-failed", "echo function failed"},
       {"neighbor-down", "neighbor signaled session down"},
       {"forwarding-reset", "forwarding plane reset"},
       {"path-down", "path down"},
       {"concatenated-path-down", "concatenated path down"},
       {"administratively-down", "administratively down"},
       {"reverse-concat-path-down", "reverse concatenated path down"}}};
  for (const auto& [known, text] : kReasons)
    if (known == word) return text;
  return word == "ok" ? std::string{} : std::string(word);
}

}  // namespace

std::optional<std::chrono::nanoseconds> frr_log_stamp(std::string_view line) {
  constexpr std::size_t kSeconds = 19;  // "2026/11/20 21:10:54"
  if (line.size() <= kSeconds + 1 || line[kSeconds] != '.') return std::nullopt;
  std::tm time{};
  const auto text = std::string(line.substr(0, kSeconds));
  const char* end = ::strptime(text.c_str(), "%Y/%m/%d %H:%M:%S", &time);
  constexpr int kEpoch = 70, kLast = 300;  // years since 1900; nanoseconds count until 2262
  if (end != text.c_str() + text.size() || time.tm_year < kEpoch || time.tm_year > kLast) return std::nullopt;
  return std::chrono::seconds(::timegm(&time)) + fraction(up_to(line.substr(kSeconds + 1), " "));
}

std::optional<BgpChange> bgp_change_of(std::string_view line) {
  const auto rest = after(line, "%ADJCHANGE: neighbor ");
  if (!rest) return std::nullopt;
  const auto in_vrf = after(*rest, " in vrf ");
  if (!in_vrf) return std::nullopt;
  const auto change = after(*in_vrf, " ").value_or("");
  BgpChange out{std::string(up_to(*rest, "( ")), change.starts_with("Up"), {}};
  if (!out.up && !change.starts_with("Down")) return std::nullopt;
  if (!out.up) out.reason = after(change, "Down ").value_or("");
  if (out.reason.starts_with("Waiting for ")) out.reason.clear();  // FRR 10 has no reason yet when an interface goes
  return out;
}

std::optional<BgpNotification> bgp_notification_of(std::string_view line) {
  // "%NOTIFICATION: sent to neighbor 10.0.0.2 6/10 (Cease/BFD Down) 0 bytes"
  const auto rest = after(line, "%NOTIFICATION");
  if (!rest) return std::nullopt;
  const auto neighbor = after(*rest, " neighbor "), text = after(*rest, " (");
  if (!neighbor || !text) return std::nullopt;
  const auto* verb = rest->find("received") == std::string_view::npos ? "sent " : "received ";
  return BgpNotification{std::string(up_to(*neighbor, " (")), verb + std::string(up_to(*text, ")")),
                         after(*neighbor, " ").value_or("").starts_with(kOpenMessageError)};
}

std::string to_string(const BgpNotification& notification) {
  return "neighbor " + notification.neighbor + " does not come up: " + notification.text;
}

std::optional<BfdChange> bfd_change_of(std::string_view line) {
  // "state-change: [mhop:no peer:10.0.0.2 local:10.0.0.1 vrf:default] up -> down reason:control-expired"
  const auto rest = after(line, "state-change: [");
  if (!rest) return std::nullopt;
  const auto peer = after(*rest, "peer:"), states = after(*rest, "] ");
  if (!peer || !states) return std::nullopt;
  const auto next = after(*states, " -> ");
  if (!next) return std::nullopt;
  BfdChange change{std::string(up_to(*peer, " ]")), std::string(up_to(*next, " ")), {}};
  const bool up = change.state == "up", was_up = states->starts_with("up ");
  if (up == was_up) return std::nullopt;
  if (!up) change.reason = bfd_reason_of(up_to(after(*next, "reason:").value_or(""), " "));
  return change;
}

std::string to_string(const BfdChange& change) {
  const auto text = change.peer + " " + change.state;
  return change.reason.empty() ? text : text + " (" + change.reason + ")";
}

std::optional<std::string> end_of_rib_of(std::string_view line) {
  // "bgp_update_receive: rcvd End-of-RIB for IPv4 Unicast from 10.0.0.2 in vrf default"
  const auto family = after(line, "rcvd End-of-RIB for ");
  if (!family) return std::nullopt;
  const auto neighbor = after(*family, " from ");
  if (!neighbor) return std::nullopt;
  return std::string(up_to(*neighbor, " "));
}

std::string to_string(const BgpChange& change) {
  const auto text = "neighbor " + change.neighbor + (change.up ? " up" : " down");
  return change.reason.empty() ? text : text + " (" + change.reason + ")";
}

std::optional<std::string> frr_refusal_of(std::string_view line) {
  for (const auto* marker : {"No such command on config line ", "Error occurred reading config"})
    if (const auto rest = after(line, marker)) return "refused its configuration, line " + std::string(*rest);
  return std::nullopt;
}

}  // namespace xconn::services
