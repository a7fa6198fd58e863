// SPDX-License-Identifier: Apache-2.0
#include "model/proposals.hh"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string_view>

namespace xconn::model {
namespace {

/// Azure's default policy as a responder offers it: AES256 with SHA256 or SHA1, DH group 2; AES256-GCM for ESP first.
const Proposals kAzureIke{"aes256-sha256-modp1024", "aes256-sha1-modp1024"};
const Proposals kAzureEsp{"aes256gcm16", "aes256-sha256", "aes256-sha1"};

const Proposals& chosen(const Proposals& own, const Proposals& otherwise) { return own.empty() ? otherwise : own; }

enum Kind { kIntegrity, kGroup, kEncryption, kKinds };
using Algorithms = std::array<std::set<std::string>, kKinds>;

Kind kind_of(std::string_view word) {
  constexpr std::pair<std::string_view, Kind> kBeginnings[] = {{"sha", kIntegrity}, {"md5", kIntegrity},
                                                               {"prf", kIntegrity}, {"modp", kGroup},
                                                               {"ecp", kGroup},     {"curve", kGroup}};
  for (const auto& [beginning, kind] : kBeginnings)
    if (word.starts_with(beginning)) return kind;
  return kEncryption;
}

Algorithms algorithms_of(const std::string& proposal) {
  Algorithms all;
  std::istringstream words(proposal);
  for (std::string word; std::getline(words, word, '-');) all[kind_of(word)].insert(word);
  return all;
}

/// A kind that one side leaves out is the other's to choose.
bool meet(const std::set<std::string>& one, const std::set<std::string>& other) {
  return one.empty() || other.empty() ||
         std::ranges::any_of(one, [&](const std::string& word) { return other.contains(word); });
}

bool meet(const std::string& one, const std::string& other) {
  const auto a = algorithms_of(one), b = algorithms_of(other);
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    if (!meet(a[kind], b[kind])) return false;
  return true;
}

}  // namespace

Proposals ike_proposals_of(const Connection& connection) {
  return connection.ipsec_policy ? chosen(connection.ipsec_policy->ike_proposals, kAzureIke) : kAzureIke;
}

Proposals esp_proposals_of(const Connection& connection) {
  return connection.ipsec_policy ? chosen(connection.ipsec_policy->esp_proposals, kAzureEsp) : kAzureEsp;
}

bool share_proposal(const Proposals& one, const Proposals& other) {
  return std::ranges::any_of(one, [&](const std::string& a) {
    return std::ranges::any_of(other, [&](const std::string& b) { return meet(a, b); });
  });
}

}  // namespace xconn::model
