// SPDX-License-Identifier: Apache-2.0
// The values of fault parameters, read from the user's words. nullopt when a word is none of its kind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/duration.hh"
#include "faults/kinds.hh"

namespace xconn::faults {

/// "5%" or "0.05": more than 0, at most 1.
std::optional<double> parse_share(std::string_view text);
/// "10Mbps", "512kbps", "1.5Gbps", "9600bps": bits per second, at least 8000 (what a token bucket can do).
std::optional<std::uint64_t> parse_rate(std::string_view text);
/// The size of an IP packet: 68 (RFC 791) to 65535.
std::optional<std::uint32_t> parse_bytes(std::string_view text);

/// 1 to 16384: the /24s of a /10.
std::optional<std::uint32_t> parse_count(std::string_view text);

enum class Direction { kIn, kOut, kBoth };
std::optional<Direction> parse_direction(std::string_view text);

/// nullptr for a word that is none.
const Mismatch* find_mismatch(std::string_view what);

struct ValueInfo {
  std::string_view form;    ///< how it is written: "a share, as 5% or 0.05"
  std::string_view schema;  ///< members of a JSON schema
  bool (*fits)(std::string_view text);
};

const ValueInfo& info_of(ValueKind kind);

inline bool is_valid(ValueKind kind, std::string_view text) { return info_of(kind).fits(text); }

}  // namespace xconn::faults
