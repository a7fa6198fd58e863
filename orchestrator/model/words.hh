// SPDX-License-Identifier: Apache-2.0
// The words that can be the value of a key: each with how it is spelled, what is said when it is not, and its JSON
// schema. Word<T>::parse is the only way from text to a T.
#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/names.hh"
#include "model/names.hh"
#include "model/topology.hh"
#include "network/names.hh"

namespace xconn::model {

struct WordInfo {
  std::string name;                                   ///< in the reference: "prefix"
  std::string rule;                                   ///< "a prefix is ADDRESS/LENGTH"
  std::string remedy;                                 ///< "write 10.0.0.0/24"
  std::string schema;                                 ///< members of a JSON schema: "\"type\": \"string\""
  std::string (*better)(std::string_view) = nullptr;  ///< a remedy made from what was written, or "" for none
};

// Words whose type is no type of the topology.
struct BitRate;       ///< "1Gbps" -> bits per second
struct Fraction;      ///< "2%" or 0.02 -> 0 to 1
struct LooseAddress;  ///< an interface's: the length may be missing, then it is -1
struct PortRange;     ///< 80 or "8000-8100"
struct IpProtocol;    ///< tcp, udp, icmp, esp or 0 to 255
struct ObjectName;    ///< a std::string that names something of the topology
struct InterfaceName;
struct Line;     ///< one line for people: a std::string, as are the next
struct Message;  ///< several lines
struct Place;    ///< a region, a location, a site
struct Psk;
struct Md5Key;
struct Proposal;  ///< of IKE or ESP
struct UrlPath;
struct Argument;  ///< a word of a command
struct Content;   ///< of a file
struct FilePath;
struct FileName;
struct SysctlName;
struct BridgeKind;    ///< bridge -> true
struct BalancerKind;  ///< public -> true
struct Guid;          ///< a std::string
struct Community;     ///< "12076:51004", a std::string
struct TrafficEnd;    ///< a prefix, a service tag or *, as a std::string
struct TrafficPorts;  ///< a PortRange, or * as 0 to 65535
template <const auto& Values>
struct OneOf;  ///< one of Azure's own values, kept as it is spelled
template <int Low, int High>
struct Range;  ///< an int

// Azure's own values, where the topology keeps them as text.
using Text = std::string_view;

template <class As>
struct Word;  ///< Value, parse(), info(), show()

/// What a user may call an interface; the kernel takes more.
bool is_written_interface(std::string_view text);

namespace detail {

std::optional<long long> parse_integer(std::string_view text);
WordInfo range_info(int low, int high);
bool is_one_of(std::string_view text, std::span<const std::string_view> values);
WordInfo values_info(std::span<const std::string_view> values, std::string (*better)(std::string_view));
std::string nearest(std::string_view text, std::span<const std::string_view> values);

}  // namespace detail

template <int Low, int High>
struct Word<Range<Low, High>> {
  using Value = int;
  static std::optional<Value> parse(std::string_view text) {
    const auto number = detail::parse_integer(text);
    if (!number || *number < Low || *number > High) return std::nullopt;
    return static_cast<int>(*number);
  }
  static const WordInfo& info() {
    static const auto kInfo = detail::range_info(Low, High);
    return kInfo;
  }
  static std::string show(Value value) { return std::to_string(value); }
};

template <const auto& Values>
struct Word<OneOf<Values>> {
  using Value = std::string;
  static std::optional<Value> parse(std::string_view text) {
    return detail::is_one_of(text, Values) ? std::optional(std::string(text)) : std::nullopt;
  }
  static const WordInfo& info() {
    static const auto kInfo =
        detail::values_info(Values, [](std::string_view text) { return detail::nearest(text, Values); });
    return kInfo;
  }
  static std::string show(const Value& value) { return value; }
};

namespace detail {

template <class Enum>
constexpr auto texts_of_names() {
  std::array<std::string_view, std::size(Names<Enum>::names)> texts{};
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = Names<Enum>::names[i].second;
  return texts;
}

}  // namespace detail

/// An enum whose values have names (base/names.hh).
template <class Enum>
concept HasNames = std::is_enum_v<Enum> && requires {
  Names<Enum>::names;
};

template <HasNames Enum>
struct Word<Enum> {
  using Value = Enum;
  static constexpr auto kTexts = detail::texts_of_names<Enum>();
  static std::optional<Value> parse(std::string_view text) { return named<Enum>(text); }
  static const WordInfo& info() {
    static const auto kInfo =
        detail::values_info(kTexts, [](std::string_view text) { return detail::nearest(text, kTexts); });
    return kInfo;
  }
  static std::string show(const Value& value) { return std::string(xconn::name_of(value)); }
};

/// Declares a word, and gives its WordInfo: for drill/words too.
#define XCONN_WORD(AS, VALUE)                            \
  template <>                                            \
  struct Word<AS> {                                      \
    using Value = VALUE;                                 \
    static std::optional<Value> parse(std::string_view); \
    static const WordInfo& info();                       \
    static std::string show(const Value&);               \
  }

#define XCONN_INFO(AS, ...)                    \
  const WordInfo& Word<AS>::info() {           \
    static const WordInfo kInfo = __VA_ARGS__; \
    return kInfo;                              \
  }

XCONN_WORD(bool, bool);
XCONN_WORD(int, int);
XCONN_WORD(std::uint8_t, std::uint8_t);
XCONN_WORD(std::uint16_t, std::uint16_t);
XCONN_WORD(std::uint32_t, std::uint32_t);
XCONN_WORD(Duration, Duration);
XCONN_WORD(Address, Address);
XCONN_WORD(Prefix, Prefix);
XCONN_WORD(InterfaceAddress, InterfaceAddress);
XCONN_WORD(Mac, Mac);
XCONN_WORD(Asn, Asn);
XCONN_WORD(End, End);
XCONN_WORD(SubnetRef, SubnetRef);
XCONN_WORD(BitRate, std::uint64_t);
XCONN_WORD(Fraction, double);
XCONN_WORD(LooseAddress, InterfaceAddress);
XCONN_WORD(IpProtocol, std::uint8_t);
XCONN_WORD(ObjectName, std::string);
XCONN_WORD(InterfaceName, std::string);
XCONN_WORD(Line, std::string);
XCONN_WORD(Message, std::string);
XCONN_WORD(Place, std::string);
XCONN_WORD(Psk, std::string);
XCONN_WORD(Md5Key, std::string);
XCONN_WORD(Proposal, std::string);
XCONN_WORD(UrlPath, std::string);
XCONN_WORD(Argument, std::string);
XCONN_WORD(Content, std::string);
XCONN_WORD(FilePath, std::string);
XCONN_WORD(FileName, std::string);
XCONN_WORD(SysctlName, std::string);
XCONN_WORD(BridgeKind, bool);
XCONN_WORD(BalancerKind, bool);
XCONN_WORD(Guid, std::string);
XCONN_WORD(Community, std::string);
XCONN_WORD(TrafficEnd, std::string);
using PortPair = std::pair<std::uint16_t, std::uint16_t>;
XCONN_WORD(PortRange, PortPair);
XCONN_WORD(TrafficPorts, PortPair);

/// A type that is read from one scalar.
template <class T>
concept IsWord = requires(std::string_view text) {
  Word<T>::parse(text);
};

}  // namespace xconn::model
