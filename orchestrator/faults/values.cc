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

std::optional<std::uint32_t> parse_whole(std::string_view text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
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

std::optional<std::uint32_t> parse_bytes(std::string_view text) { return parse_whole(text, 68, 65535); }

std::optional<std::uint32_t> parse_count(std::string_view text) { return parse_whole(text, 1, 16384); }

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

namespace {

bool is_duration_of(std::string_view text, Duration least) { return parse_duration(text).value_or(-least) >= least; }

bool is_network(std::string_view text) {
  const auto network = Prefix::parse(std::string(text));
  return network && network->is_v4() && network->length() <= 24;
}

template <auto Parse>
bool can_be(std::string_view text) {
  return Parse(text).has_value();
}

/// "vlan, md5 or psk"
std::string form_of_mismatches() {
  std::string text;
  for (const auto& row : mismatches())
    text += (text.empty() ? "" : &row == &mismatches().back() ? " or " : ", ") + std::string(row.what);
  return text;
}

/// "enum": ["vlan", "md5", "psk"]
std::string schema_of_mismatches() {
  std::string text;
  for (const auto& row : mismatches()) text += (text.empty() ? "\"" : ", \"") + std::string(row.what) + "\"";
  return "\"enum\": [" + text + "]";
}

const std::string kMismatchForm = form_of_mismatches(), kMismatchSchema = schema_of_mismatches();

const ValueInfo kValues[] = {
    // by ValueKind
    {"a duration of more than 0, as 20s", R"("type": "string", "pattern": "^[0-9.]+(ns|us|ms|s|m|h)$")",
     [](std::string_view text) { return is_duration_of(text, Duration{1}); }},
    {"a duration, as 200ms",
     R"("type": ["string", "integer"], "pattern": "^([0-9.]+(ns|us|ms|s|m|h)|0)$", "minimum": 0, "maximum": 0)",
     can_be<parse_duration>},
    {"a duration of 10ms or more, as 1s", R"("type": "string", "pattern": "^[0-9.]+(ns|us|ms|s|m|h)$")",
     [](std::string_view text) { return is_duration_of(text, std::chrono::milliseconds{10}); }},
    {"a share, as 5% or 0.05",
     R"("type": ["string", "number"], "pattern": "^[0-9.]+%?$", "exclusiveMinimum": 0, "maximum": 1)",
     can_be<parse_share>},
    {"a rate of 8kbps or more, as 10Mbps", R"("type": "string", "pattern": "^[0-9.]+[kMG]?bps$")", can_be<parse_rate>},
    {"a number of bytes, 68 to 65535", R"("type": "integer", "minimum": 68, "maximum": 65535)", can_be<parse_bytes>},
    {"a protocol or port, as esp, bgp, bfd, icmp, udp/4500, tcp/179 or proto/47",
     R"("type": "string", "pattern": "^[a-z-]+(/[0-9]+(-[0-9]+)?)?$")", can_be<datapath::match_of>},
    {"in, out or both", R"("enum": ["in", "out", "both"])", can_be<parse_direction>},
    {"a number, 1 to 16384", R"("type": "integer", "minimum": 1, "maximum": 16384)", can_be<parse_count>},
    {"a network of /24 or more addresses, as 100.64.0.0/10",
     R"("type": "string", "pattern": "^[0-9]{1,3}([.][0-9]{1,3}){3}/([0-9]|1[0-9]|2[0-4])$")", is_network},
    {kMismatchForm, kMismatchSchema, [](std::string_view text) { return find_mismatch(text) != nullptr; }},
    {"now or at-reauth", R"("enum": ["now", "at-reauth"])",
     [](std::string_view text) { return text == "now" || text == "at-reauth"; }},
};

}  // namespace

const ValueInfo& info_of(ValueKind kind) { return kValues[static_cast<std::size_t>(kind)]; }

}  // namespace xconn::faults
