// SPDX-License-Identifier: Apache-2.0
// What the two ends of a tunnel offer each other.
#pragma once

#include <string>
#include <vector>

#include "model/azure_objects.hh"

namespace xconn::model {

using Proposals = std::vector<std::string>;

/// Of Azure's side: its policy's, or the default policy's.
Proposals ike_proposals_of(const Connection& connection);
Proposals esp_proposals_of(const Connection& connection);

/// Of a node's side, when its tunnel names none.
inline constexpr const char* kUsualIkeProposal = "aes256-sha256-modp2048";
inline constexpr const char* kUsualEspProposal = "aes256gcm16";

/// Whether one proposal of each side has an algorithm of every kind in common with one of the other's.
bool share_proposal(const Proposals& one, const Proposals& other);

}  // namespace xconn::model
