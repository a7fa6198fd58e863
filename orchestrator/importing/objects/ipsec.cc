// SPDX-License-Identifier: Apache-2.0
#include "importing/objects/ipsec.hh"

#include <algorithm>

#include "model/algorithms.hh"
#include "model/words.hh"

namespace xconn::importing {
namespace {

constexpr const char* kLabKey = "CrossconnectLabOnly";

/// Azure's words for algorithms to charon's: "-" for none, empty for an unknown one.
std::string algorithm(const std::string& word) {
  if (same_word(word, "None") || same_word(word, "PFSMM")) return "-";
  const auto found =
      std::ranges::find_if(model::kAlgorithms, [&](const auto& row) { return same_word(row.azure, word); });
  return found == model::kAlgorithms.end() ? "" : std::string(found->charon);
}

/// "aes256-sha256-modp2048" of the policy's words; empty when one of them is not known.
std::string proposal(Fields& fields, std::initializer_list<const char*> keys) {
  std::string out, before;
  for (const auto* key : keys) {
    const auto word = algorithm(fields.text(key));
    if (word.empty()) return {};
    if (word == "-" || (before == word && word.find("gcm") != std::string::npos)) continue;
    out += (out.empty() ? "" : "-") + word;
    before = word;
  }
  return out;
}

void read_policy(model::Connection& connection, Fields& fields, Draft& draft) {
  const auto* policies = fields.raw("ipsecPolicies");
  if (policies == nullptr || policies->items.empty()) return;
  Fields inner(*policies->items.front(), fields.object(), draft);
  model::IpsecPolicy policy;
  const auto ike = proposal(inner, {"ikeEncryption", "ikeIntegrity", "dhGroup"});
  const auto esp = proposal(inner, {"ipsecEncryption", "ipsecIntegrity", "pfsGroup"});
  if (ike.empty() || esp.empty())
    return fields.note("ipsecPolicies", "has an algorithm that is not known here", "it is Azure's default policy");
  policy.ike_proposals = {ike};
  policy.esp_proposals = {esp};
  if (const auto seconds = inner.number("saLifeTimeSeconds", 300, 172799, "it is Azure's default"))
    policy.esp_lifetime = std::chrono::seconds(*seconds);
  connection.ipsec_policy = policy;
}

/// Printable, without what Azure refuses (Microsoft Learn, "About VPN devices and IPsec/IKE parameters").
bool is_usable_key(const std::string& key) {
  return !key.empty() && !is_placeholder(key) && std::ranges::all_of(key, [](unsigned char c) {
    return c > ' ' && c < 0x7f && std::string_view("-~'\"\\").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

void read_key(model::Connection& connection, Fields& fields, Draft& draft) {
  const auto* key = fields.raw("sharedKey");
  if (key != nullptr && key->is_scalar() && is_usable_key(key->text)) {
    connection.psk = key->text;
    return;
  }
  connection.psk = kLabKey;
  draft.assume({fields.where(), fields.object(), "sharedKey", "", "Azure does not export pre-shared keys",
                "both sides have one of the lab's own"},
               "connections/" + connection.name + "/psk");
}

void read_dpd(model::Connection& connection, Fields& fields) {
  constexpr long long kLeast = 9, kMost = 3600;
  const auto* dpd = fields.raw("dpdTimeoutSeconds");
  if (dpd == nullptr || !says_something(*dpd)) return;
  if (const auto seconds = fields.number("dpdTimeoutSeconds", kLeast, kMost, "it is 45 s"))
    connection.dpd_timeout = std::chrono::seconds(*seconds);
}

}  // namespace

void read_ike(model::Connection& connection, Fields& fields, Draft& draft) {
  read_dpd(connection, fields);
  read_policy(connection, fields, draft);
  if (!connection.local_gateway.empty()) read_key(connection, fields, draft);
}

}  // namespace xconn::importing
