// SPDX-License-Identifier: Apache-2.0
// Releases of the programs that labs run, and those that Crossconnect knows how to run.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace xconn {

struct Version {
  int major = 0, minor = 0;
  auto operator<=>(const Version&) const = default;
  std::string text() const;  ///< "8.4"

  /// The first "8.4", "8.4.4" or "10.3-1" in what a program says of itself.
  static std::optional<Version> in(std::string_view text);
};

/// From `first` to the last release of `last_major`.
struct Releases {
  const char* name;
  Version first;
  int last_major;
  const char* remedy;
};

inline constexpr Releases kFrr{
    "FRR", {8, 4}, 10, "install one of those: apt-get install frr, on Debian 12 or later or Ubuntu 24.04"};

/// Why a program that says this of itself cannot be used: "FRR 7.5 is not one of 8.4 to 10"; nullopt when it can.
std::optional<std::string> unknown_release(const Releases& known, std::string_view said);

}  // namespace xconn
