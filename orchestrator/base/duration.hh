// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace xconn {

/// A span of time as users write it: "500ms", "3s", "2m", "1.5s", "300us"; a bare "0" is zero. Never negative.
using Duration = std::chrono::nanoseconds;

/// nullopt when the text is not a duration (no unit, a sign, overflow).
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest exact spelling in one unit: 1500ms -> "1.5s", 250us -> "250us".
std::string to_string(Duration duration);

}  // namespace xconn
