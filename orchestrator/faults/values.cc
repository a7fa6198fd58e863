// SPDX-License-Identifier: Apache-2.0
#include "faults/values.hh"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/address.hh"
#include "datapath/filter.hh"

namespace xconn::faults {

namespace {

struct Number {
  double value = 0;
  std::string_view unit;
};

std::optional<Number> parse_number(std::string_view text) {
  Number number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number.value);
  if (error != std::errc{} || text.starts_with('-') || !std::isfinite(number.value)) return std::nullopt;
  number.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return number;
}

constexpr struct {
  std::string_view name;
  double factor;
} kRateUnits[] = {{"bps", 1}, {"kbps", 1e3}, {"Mbps", 1e6}, {"Gbps", 1e9}};

}  // namespace

std::optional<double> parse_share(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || (number->unit != "%" && !number->unit.empty())) return std::nullopt;
  const double share = number->unit.empty() ? number->value : number->value / 100;
  if (share <= 0 || share > 1) return std::nullopt;
  return share;
}

std::optional<std::uint64_t> parse_rate(std::string_view text) {
  const auto number = parse_number(text);
  if (!number) return std::nullopt;
  for (const auto& unit : kRateUnits) {
    const double rate = number->value * unit.factor;
    if (unit.name == number->unit && rate >= 8000 && rate <= 1e12) return static_cast<std::uint64_t>(rate);
  }
  return std::nullopt;
}

std::optional<std::uint32_t> parse_bytes(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 68 || value > 65535) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > 16384) return std::nullopt;
  return value;
}

std::optional<Direction> parse_direction(std::string_view text) {
  if (text == "in") return Direction::kIn;
  if (text == "out") return Direction::kOut;
  if (text == "both") return Direction::kBoth;
  return std::nullopt;
}

const Mismatch* find_mismatch(std::string_view what) {
  const auto found = std::ranges::find(mismatches(), what, &Mismatch::what);
  return found == mismatches().end() ? nullptr : &*found;
}

bool is_valid(ValueKind kind, std::string_view text) {
  switch (kind) {
    case ValueKind::kDuration:
      return parse_duration(text).has_value();
    case ValueKind::kPeriod:
      return parse_duration(text).value_or(Duration{0}) >= std::chrono::milliseconds(10);
    case ValueKind::kShare:
      return parse_share(text).has_value();
    case ValueKind::kRate:
      return parse_rate(text).has_value();
    case ValueKind::kBytes:
      return parse_bytes(text).has_value();
    case ValueKind::kTraffic:
      return datapath::match_of(text).has_value();
    case ValueKind::kDirection:
      return parse_direction(text).has_value();
    case ValueKind::kCount:
      return parse_count(text).has_value();
    case ValueKind::kNetwork: {
      const auto network = Prefix::parse(std::string(text));
      return network && network->is_v4() && network->length() <= 24;
    }
    case ValueKind::kMismatch:
      return find_mismatch(text) != nullptr;
    case ValueKind::kNotice:
      return text == "now" || text == "at-reauth";
  }
  return false;
}

}  // namespace xconn::faults
