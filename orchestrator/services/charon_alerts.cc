// SPDX-License-Identifier: Apache-2.0
#include "services/charon_alerts.hh"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace xconn::services {
namespace {

constexpr std::size_t kType = 4, kText = 384, kName = 64, kIdentity = 256, kAddress = 60;
constexpr std::size_t kRecord = kType + kText + kName + kIdentity + kAddress;

/// Alerts that say why there is no SA; the others accompany what works.
struct AlertType {
  std::uint32_t type;
  std::string_view reason;
};
constexpr AlertType kAlertTypes[] = {
    {2, "AUTHENTICATION_FAILED"},  // the peer does not take ours
    {3, "AUTHENTICATION_FAILED"},  // we do not take the peer's
    {6, "timeout"},
    {7, "timeout"},
    {8, "NO_PROPOSAL_CHOSEN"},
    {9, "NO_PROPOSAL_CHOSEN"},
    {10, "TS_UNACCEPTABLE"},
};

std::uint32_t number_in(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const auto byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

/// Up to its NUL, without the blank that ends a list.
std::string text_in(std::string_view field) {
  std::string text(field.substr(0, field.find('\0')));
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::optional<Alert> alert_in(std::string_view record) {
  const auto row = std::ranges::find(kAlertTypes, number_in(record.substr(0, kType)), &AlertType::type);
  if (row == std::end(kAlertTypes)) return std::nullopt;
  return Alert{std::string(row->reason), text_in(record.substr(kType, kText)),
               text_in(record.substr(kType + kText, kName)),
               text_in(record.substr(kType + kText + kName + kIdentity, kAddress))};
}

}  // namespace

std::optional<Alert> take_alert(Inbox& inbox) {
  while (inbox.size() >= kRecord)
    if (auto alert = alert_in(inbox.take(kRecord))) return alert;
  return std::nullopt;
}

std::string sentence_of(const Alert& alert) {
  const auto whose = alert.connection.empty() ? "with " + alert.peer : alert.connection;
  return "IKE_SA " + whose + " " + alert.reason + ": " + alert.text;
}

}  // namespace xconn::services
