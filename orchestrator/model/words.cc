// SPDX-License-Identifier: Apache-2.0
#include "model/words.hh"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/guid.hh"
#include "model/findings.hh"

namespace xconn::model {
namespace {

constexpr const char* kString = R"("type": "string")";
constexpr const char* kInteger = R"("type": "integer")";

template <class V>
struct Choice {
  std::string_view text;
  V value;
};

template <class Table>
auto parse_choice(const Table& table, std::string_view text) -> std::optional<std::decay_t<decltype(table[0].value)>> {
  for (const auto& choice : table)
    if (choice.text == text) return choice.value;
  return std::nullopt;
}

template <class Table, class V>
std::string show_choice(const Table& table, const V& value) {
  for (const auto& choice : table)
    if (choice.value == value) return std::string(choice.text);
  return {};
}

template <class Table>
std::vector<std::string_view> texts_of(const Table& table) {
  std::vector<std::string_view> texts;
  for (const auto& choice : table) texts.push_back(choice.text);
  return texts;
}

template <class Table>
WordInfo choice_info(const Table& table, std::string (*better)(std::string_view)) {
  return detail::values_info(texts_of(table), better);
}

constexpr std::array<Choice<bool>, 2> kBridgeKinds{{{"ethernet", false}, {"bridge", true}}};
constexpr std::array<Choice<bool>, 2> kBalancerKinds{{{"internal", false}, {"public", true}}};
constexpr std::array<std::string_view, 4> kTrafficEnds{"*", "VirtualNetwork", "AzureLoadBalancer", "Internet"};
constexpr std::array<Choice<bool>, 6> kBooleans{
    {{"true", true}, {"false", false}, {"yes", true}, {"no", false}, {"on", true}, {"off", false}}};
constexpr std::array<Choice<std::uint8_t>, 6> kProtocols{
    {{"icmp", 1}, {"tcp", 6}, {"udp", 17}, {"gre", 47}, {"esp", 50}, {"ospf", 89}}};
constexpr std::array<Choice<double>, 13> kRateUnits{{{"bps", 1},
                                                     {"bit", 1},
                                                     {"kbps", 1e3},
                                                     {"Kbps", 1e3},
                                                     {"kbit", 1e3},
                                                     {"Mbps", 1e6},
                                                     {"mbps", 1e6},
                                                     {"Mbit", 1e6},
                                                     {"mbit", 1e6},
                                                     {"Gbps", 1e9},
                                                     {"gbps", 1e9},
                                                     {"Gbit", 1e9},
                                                     {"gbit", 1e9}}};

#define XCONN_CHOICE(AS, TABLE)                                                                               \
  std::optional<Word<AS>::Value> Word<AS>::parse(std::string_view text) { return parse_choice(TABLE, text); } \
  const WordInfo& Word<AS>::info() {                                                                          \
    static const auto kInfo =                                                                                 \
        choice_info(TABLE, [](std::string_view text) { return did_you_mean(text, texts_of(TABLE)); });        \
    return kInfo;                                                                                             \
  }                                                                                                           \
  std::string Word<AS>::show(const Value& value) { return show_choice(TABLE, value); }

template <class Unsigned>
std::optional<Unsigned> parse_unsigned(std::string_view text) {
  const auto number = detail::parse_integer(text);
  if (!number || *number < 0 || static_cast<unsigned long long>(*number) > std::numeric_limits<Unsigned>::max())
    return std::nullopt;
  return static_cast<Unsigned>(*number);
}

WordInfo number_info(const std::string& name, const std::string& most) {
  return {name, "it is a number from 0 to " + most, "",
          std::string(kInteger) + R"(, "minimum": 0, "maximum": )" + most};
}

std::optional<double> parse_decimal(std::string_view text, std::string_view& rest) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number) || std::signbit(number)) return std::nullopt;
  rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return number;
}

// "10.0.0.1/24" where a network belongs: say which.
std::string without_host_bits(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto address = InterfaceAddress::parse(text);
  return address ? "the bits behind the length are set; use " + address->network().text() : std::string{};
}

template <class T>
std::optional<std::pair<std::string, std::string>> split(std::string_view text, T separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair{std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

}  // namespace

namespace detail {

std::optional<long long> parse_integer(std::string_view text) {
  long long number = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || at != end || text.empty()) return std::nullopt;
  return number;
}

WordInfo range_info(int low, int high) {
  const auto bounds = std::to_string(low) + " to " + std::to_string(high);
  return {bounds, "it is a number from " + bounds, "",
          std::string(kInteger) + R"(, "minimum": )" + std::to_string(low) + R"(, "maximum": )" + std::to_string(high)};
}

bool is_one_of(std::string_view text, std::span<const std::string_view> values) {
  return std::find(values.begin(), values.end(), text) != values.end();
}

WordInfo values_info(std::span<const std::string_view> values, std::string (*better)(std::string_view)) {
  std::string texts;
  for (const auto value : values) texts += (texts.empty() ? "\"" : ", \"") + std::string(value) + "\"";
  const auto all = one_of({values.begin(), values.end()});
  return {all, "it is " + all, "", "\"enum\": [" + texts + "]", better};
}

std::string nearest(std::string_view text, std::span<const std::string_view> values) {
  return did_you_mean(text, {values.begin(), values.end()});
}

}  // namespace detail

XCONN_CHOICE(BridgeKind, kBridgeKinds)
XCONN_CHOICE(BalancerKind, kBalancerKinds)
#undef XCONN_CHOICE

XCONN_INFO(bool, {"true or false", "it is true or false", "", R"("type": "boolean")"})
std::optional<bool> Word<bool>::parse(std::string_view text) { return parse_choice(kBooleans, text); }
std::string Word<bool>::show(const bool& value) { return value ? "true" : "false"; }

XCONN_INFO(ObjectName, {"name", "a name has at most 63 letters, digits, '-' and '_', and begins with a letter or digit",
                        "", std::string(kString) + R"(, "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")"})
std::optional<std::string> Word<ObjectName>::parse(std::string_view text) {
  return is_object_name(text) ? std::optional(std::string(text)) : std::nullopt;
}
std::string Word<ObjectName>::show(const std::string& value) { return value; }

bool is_written_interface(std::string_view text) {
  const auto is_of_name = [](char c) { return c == '.' || is_object_name(std::string{'a', c}); };
  return is_interface_name(text) && is_object_name(text.substr(0, 1)) && std::ranges::all_of(text, is_of_name);
}

XCONN_INFO(InterfaceName,
           {"interface",
            "an interface name has 1 to 15 letters, digits, '.', '-' and '_', and begins with a letter or digit", "",
            std::string(kString) + R"(, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$")"})
std::optional<std::string> Word<InterfaceName>::parse(std::string_view text) {
  return is_written_interface(text) ? std::optional(std::string(text)) : std::nullopt;
}
std::string Word<InterfaceName>::show(const std::string& value) { return value; }

XCONN_INFO(int, {"number", "it is a whole number", "", kInteger})
std::optional<int> Word<int>::parse(std::string_view text) {
  const auto number = detail::parse_integer(text);
  if (!number || *number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
    return std::nullopt;
  return static_cast<int>(*number);
}
std::string Word<int>::show(const int& value) { return std::to_string(value); }

#define XCONN_UNSIGNED(TYPE, MOST)                                                                    \
  XCONN_INFO(TYPE, number_info("0 to " MOST, MOST))                                                   \
  std::optional<TYPE> Word<TYPE>::parse(std::string_view text) { return parse_unsigned<TYPE>(text); } \
  std::string Word<TYPE>::show(const TYPE& value) { return std::to_string(value); }
XCONN_UNSIGNED(std::uint8_t, "255")
XCONN_UNSIGNED(std::uint16_t, "65535")
XCONN_UNSIGNED(std::uint32_t, "4294967295")
#undef XCONN_UNSIGNED

XCONN_INFO(Duration,
           {"duration", "a duration is a number with ns, us, ms, s, m or h", "write 500ms, 5s or 2m",
            R"("type": ["string", "integer"], "pattern": "^([0-9.]+(ns|us|ms|s|m|h)|0)$", "minimum": 0, "maximum": 0)"})
std::optional<Duration> Word<Duration>::parse(std::string_view text) { return parse_duration(text); }
std::string Word<Duration>::show(const Duration& value) { return to_string(value); }

XCONN_INFO(Address, {"address", "it is an IPv4 or IPv6 address", "write it as 10.0.0.1, without a length", kString})
std::optional<Address> Word<Address>::parse(std::string_view text) { return Address::parse(text); }
std::string Word<Address>::show(const Address&) { return {}; }

XCONN_INFO(Prefix, {"prefix", "a prefix is ADDRESS/LENGTH with no bits set behind the length",
                    "write it as 10.0.0.0/24", kString, without_host_bits})
std::optional<Prefix> Word<Prefix>::parse(std::string_view text) {
  return Prefix::parse(text == "default" ? std::string_view("0.0.0.0/0") : text);
}
std::string Word<Prefix>::show(const Prefix&) { return {}; }

XCONN_INFO(InterfaceAddress, {"address/length", "it is ADDRESS/LENGTH", "write it as 10.0.0.1/24", kString})
std::optional<InterfaceAddress> Word<InterfaceAddress>::parse(std::string_view text) {
  return InterfaceAddress::parse(text);
}
std::string Word<InterfaceAddress>::show(const InterfaceAddress&) { return {}; }

XCONN_INFO(LooseAddress, {"address/length", "it is ADDRESS/LENGTH, or ADDRESS alone beside `subnet`",
                          "write it as 10.0.0.1/24", kString})
std::optional<InterfaceAddress> Word<LooseAddress>::parse(std::string_view text) {
  if (const auto address = Address::parse(text)) return InterfaceAddress{*address, -1};
  return InterfaceAddress::parse(text);
}
std::string Word<LooseAddress>::show(const InterfaceAddress&) { return {}; }

XCONN_INFO(Mac, {"MAC address", "it is six bytes as 02:00:00:00:00:01", "",
                 std::string(kString) + R"(, "pattern": "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$")"})
std::optional<Mac> Word<Mac>::parse(std::string_view text) { return Mac::parse(text); }
std::string Word<Mac>::show(const Mac&) { return {}; }

XCONN_INFO(Asn, {"AS number", "an AS number is 1 to 4294967294", "private ones are 64512 to 65534",
                 std::string(kInteger) + R"(, "minimum": 1, "maximum": 4294967294)"})
std::optional<Asn> Word<Asn>::parse(std::string_view text) { return Asn::parse(text); }
std::string Word<Asn>::show(const Asn& value) { return value.text(); }

XCONN_INFO(End, {"node:interface", "it is NODE:INTERFACE", "write it as hq-fgt:wan",
                 std::string(kString) +
                     R"(, "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}:[A-Za-z0-9][A-Za-z0-9._-]{0,14}$")"})
std::optional<End> Word<End>::parse(std::string_view text) {
  const auto parts = split(text, ':');
  if (!parts || !is_object_name(parts->first) || !is_written_interface(parts->second)) return std::nullopt;
  return End{parts->first, parts->second};
}
std::string Word<End>::show(const End&) { return {}; }

XCONN_INFO(SubnetRef,
           {"vnet/subnet", "it is VNET/SUBNET", "write it as hub/external",
            std::string(kString) + R"(, "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}/[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")"})
std::optional<SubnetRef> Word<SubnetRef>::parse(std::string_view text) {
  const auto parts = split(text, '/');
  if (!parts || !is_object_name(parts->first) || !is_object_name(parts->second)) return std::nullopt;
  return SubnetRef{parts->first, parts->second};
}
std::string Word<SubnetRef>::show(const SubnetRef&) { return {}; }

XCONN_INFO(BitRate, {"rate", "a rate is a number with bps, kbps, Mbps or Gbps", "write 50Mbps or 1Gbps",
                     std::string(kString) + R"(, "pattern": "^[0-9.]+ ?[kKMmGg]?(bps|bit)$")"})
std::optional<std::uint64_t> Word<BitRate>::parse(std::string_view text) {
  constexpr double kMost = 1e13;
  std::string_view unit;
  const auto number = parse_decimal(text, unit);
  if (!number) return std::nullopt;
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  const auto factor = parse_choice(kRateUnits, unit);
  if (!factor || *number * *factor > kMost) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*number * *factor));
}
std::string Word<BitRate>::show(const std::uint64_t& value) { return value == 0 ? "" : std::to_string(value) + "bps"; }

XCONN_INFO(Fraction, {"share", "a share is 0% to 100%, or 0 to 1", "write 2% or 0.02",
                      R"("type": ["string", "number"], "pattern": "^[0-9.]+%?$")"})
std::optional<double> Word<Fraction>::parse(std::string_view text) {
  std::string_view rest;
  auto number = parse_decimal(text, rest);
  if (!number || (rest != "%" && !rest.empty())) return std::nullopt;
  const auto share = rest == "%" ? *number / 100 : *number;
  return share <= 1 ? std::optional(share) : std::nullopt;
}
std::string Word<Fraction>::show(const double& value) { return std::to_string(std::lround(value * 100)) + "%"; }

XCONN_INFO(PortRange, {"port or range", "it is a port, or two as LOW-HIGH", "write 443 or 8000-8100",
                       R"("type": ["string", "integer"])"})
std::optional<PortPair> Word<PortRange>::parse(std::string_view text) {
  const auto parts = split(text, '-');
  const auto low = parse_unsigned<std::uint16_t>(parts ? std::string_view(parts->first) : text);
  const auto high = parse_unsigned<std::uint16_t>(parts ? std::string_view(parts->second) : text);
  if (!low || !high || *low == 0 || *high < *low) return std::nullopt;
  return PortPair{*low, *high};
}
std::string Word<PortRange>::show(const PortPair&) { return {}; }

XCONN_INFO(TrafficPorts, {"port, range or *", "it is a port, two as LOW-HIGH, or *", "write 443, 8000-8100 or '*'",
                          R"("type": ["string", "integer"])"})
std::optional<PortPair> Word<TrafficPorts>::parse(std::string_view text) {
  if (text == "*" || text == "0-65535") return PortPair{0, 65535};
  return Word<PortRange>::parse(text);
}
std::string Word<TrafficPorts>::show(const PortPair&) { return {}; }

XCONN_INFO(TrafficEnd, {"prefix, service tag or *",
                        "it is a prefix, an address, or " + one_of({kTrafficEnds.begin(), kTrafficEnds.end()}),
                        "write 10.0.0.0/24 or VirtualNetwork; other service tags have no meaning in a lab", kString,
                        [](std::string_view text) { return detail::nearest(text, kTrafficEnds); }})
std::optional<std::string> Word<TrafficEnd>::parse(std::string_view text) {
  if (detail::is_one_of(text, kTrafficEnds)) return std::string(text);
  const auto prefix = Prefix::parse(text);
  return prefix ? std::optional(prefix->text()) : std::nullopt;
}
std::string Word<TrafficEnd>::show(const std::string& value) { return value; }

XCONN_INFO(Guid, {"GUID", "a GUID is 32 hexadecimal digits in groups of 8-4-4-4-12",
                  "write it as 9d1e3c4a-5b6f-4abc-8def-0123456789ab",
                  std::string(kString) + R"(, "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")"})
std::optional<std::string> Word<Guid>::parse(std::string_view text) {
  return is_guid(text) ? std::optional(std::string(text)) : std::nullopt;
}
std::string Word<Guid>::show(const std::string& value) { return value; }

XCONN_INFO(Community, {"community", "a BGP community is two numbers from 0 to 65535: 12076:51004", "",
                       std::string(kString) + R"(, "pattern": "^[0-9]{1,5}:[0-9]{1,5}$")"})
std::optional<std::string> Word<Community>::parse(std::string_view text) {
  const auto parts = split(text, ':');
  if (!parts || !parse_unsigned<std::uint16_t>(parts->first) || !parse_unsigned<std::uint16_t>(parts->second))
    return std::nullopt;
  return std::string(text);
}
std::string Word<Community>::show(const std::string& value) { return value; }

XCONN_INFO(IpProtocol, {"IP protocol", "it is " + one_of(texts_of(kProtocols)) + ", or a number from 0 to 255", "",
                        R"("type": ["string", "integer"])"})
std::optional<std::uint8_t> Word<IpProtocol>::parse(std::string_view text) {
  if (const auto known = parse_choice(kProtocols, text)) return known;
  return parse_unsigned<std::uint8_t>(text);
}
std::string Word<IpProtocol>::show(const std::uint8_t&) { return {}; }

}  // namespace xconn::model
