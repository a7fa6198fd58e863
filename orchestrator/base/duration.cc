// SPDX-License-Identifier: Apache-2.0
#include "base/duration.hh"

#include <array>
#include <charconv>
#include <cmath>

namespace xconn {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longest first for printing; parsing takes the exact name.
constexpr std::array<Unit, 6> kUnits{{{"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

constexpr double kLongest = 366.0 * 24 * 3600 * 1e9;

const Unit* find_unit(std::string_view name) {
  for (const auto& unit : kUnits)
    if (unit.name == name) return &unit;
  return nullptr;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{0};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || std::signbit(number) || !std::isfinite(number)) return std::nullopt;
  const auto* unit = find_unit(text.substr(static_cast<std::size_t>(end - text.data())));
  if (unit == nullptr || number * static_cast<double>(unit->nanoseconds) > kLongest) return std::nullopt;
  return Duration{std::llround(number * static_cast<double>(unit->nanoseconds))};
}

std::string to_string(Duration duration) {
  const auto count = duration.count();
  if (count == 0) return "0s";
  for (const auto& unit : kUnits) {
    if (count < unit.nanoseconds) continue;
    // A unit serves when at most three decimals say it exactly.
    const auto thousandths = unit.nanoseconds >= 1000 ? unit.nanoseconds / 1000 : 1;
    if (count % thousandths != 0) continue;
    auto text = std::to_string(count / unit.nanoseconds);
    if (auto rest = (count % unit.nanoseconds) / thousandths; rest != 0) {
      auto digits = std::to_string(1000 + rest).substr(1);
      digits.erase(digits.find_last_not_of('0') + 1);
      text += "." + digits;
    }
    return text + std::string(unit.name);
  }
  return std::to_string(count) + "ns";
}

}  // namespace xconn
