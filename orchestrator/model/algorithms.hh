// SPDX-License-Identifier: Apache-2.0
// Azure's words for the algorithms of an IPsec policy, and charon's for the same (Microsoft Learn, "About cryptographic
// requirements and Azure VPN gateways"; strongSwan, "IKEv2 Cipher Suites").
#pragma once

#include <array>
#include <string_view>

namespace xconn::model {

enum class AlgorithmUse { kEncryption, kIntegrity, kIkeGroup, kPfsGroup };

struct AlgorithmWords {
  AlgorithmUse use;
  std::string_view azure, charon;
};

/// Of several words of Azure's for the same, the first is how it is printed.
inline constexpr std::array<AlgorithmWords, 26> kAlgorithms{{
    {AlgorithmUse::kEncryption, "AES128", "aes128"},
    {AlgorithmUse::kEncryption, "AES192", "aes192"},
    {AlgorithmUse::kEncryption, "AES256", "aes256"},
    {AlgorithmUse::kEncryption, "GCMAES128", "aes128gcm16"},
    {AlgorithmUse::kEncryption, "GCMAES192", "aes192gcm16"},
    {AlgorithmUse::kEncryption, "GCMAES256", "aes256gcm16"},
    {AlgorithmUse::kEncryption, "DES3", "3des"},
    {AlgorithmUse::kEncryption, "DES", "des"},
    {AlgorithmUse::kIntegrity, "SHA1", "sha1"},
    {AlgorithmUse::kIntegrity, "SHA256", "sha256"},
    {AlgorithmUse::kIntegrity, "SHA384", "sha384"},
    {AlgorithmUse::kIntegrity, "MD5", "md5"},
    {AlgorithmUse::kIkeGroup, "DHGroup1", "modp768"},
    {AlgorithmUse::kIkeGroup, "DHGroup2", "modp1024"},
    {AlgorithmUse::kIkeGroup, "DHGroup14", "modp2048"},
    {AlgorithmUse::kIkeGroup, "DHGroup2048", "modp2048"},
    {AlgorithmUse::kIkeGroup, "DHGroup24", "modp2048s256"},
    {AlgorithmUse::kIkeGroup, "ECP256", "ecp256"},
    {AlgorithmUse::kIkeGroup, "ECP384", "ecp384"},
    {AlgorithmUse::kPfsGroup, "PFS1", "modp768"},
    {AlgorithmUse::kPfsGroup, "PFS2", "modp1024"},
    {AlgorithmUse::kPfsGroup, "PFS14", "modp2048"},
    {AlgorithmUse::kPfsGroup, "PFS2048", "modp2048"},
    {AlgorithmUse::kPfsGroup, "PFS24", "modp2048s256"},
    {AlgorithmUse::kPfsGroup, "ECP256", "ecp256"},
    {AlgorithmUse::kPfsGroup, "ECP384", "ecp384"},
}};

}  // namespace xconn::model
