// SPDX-License-Identifier: Apache-2.0
#include "nodes/encryption-gateway/daemon/roster.hh"

namespace xconn::encryption {

Roster::Roster(std::vector<std::string> gateways, Duration detection, Duration now)
    : gateways_(std::move(gateways)), heard_(gateways_.size(), now), detection_(detection), start_(now) {}

void Roster::heard(const std::string& gateway, Duration now) {
  for (std::size_t i = 0; i < gateways_.size(); ++i)
    if (gateways_[i] == gateway) heard_[i] = now;
}

std::optional<std::size_t> Roster::chosen(Duration now) const {
  for (std::size_t i = 0; i < gateways_.size(); ++i)
    if (alive(i, now)) return i;
  return std::nullopt;
}

}  // namespace xconn::encryption
