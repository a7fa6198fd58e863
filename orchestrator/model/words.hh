// The words that can be the value of a key: each with how it is spelled, what is said when it is not, and its JSON
// schema. Word<T>::parse is the only way from text to a T.
#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "model/topology.hh"

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
struct BridgeKind;    ///< bridge -> true
struct BalancerKind;  ///< public -> true
template <int Low, int High>
struct Range;  ///< an int

template <class As>
struct Word;  ///< Value, parse(), info(), show()

namespace detail {

std::optional<long long> parse_integer(std::string_view text);
WordInfo range_info(int low, int high);

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

#define XCONN_WORD(AS, VALUE)                            \
  template <>                                            \
  struct Word<AS> {                                      \
    using Value = VALUE;                                 \
    static std::optional<Value> parse(std::string_view); \
    static const WordInfo& info();                       \
    static std::string show(const Value&);               \
  }

XCONN_WORD(std::string, std::string);
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
XCONN_WORD(Timers, Timers);
XCONN_WORD(ProbeProtocol, ProbeProtocol);
XCONN_WORD(Strategy, Strategy);
XCONN_WORD(LinkCostFactor, LinkCostFactor);
XCONN_WORD(NextHopType, NextHopType);
XCONN_WORD(BitRate, std::uint64_t);
XCONN_WORD(Fraction, double);
XCONN_WORD(LooseAddress, InterfaceAddress);
XCONN_WORD(IpProtocol, std::uint8_t);
XCONN_WORD(ObjectName, std::string);
XCONN_WORD(InterfaceName, std::string);
XCONN_WORD(BridgeKind, bool);
XCONN_WORD(BalancerKind, bool);
using PortPair = std::pair<std::uint16_t, std::uint16_t>;
XCONN_WORD(PortRange, PortPair);
#undef XCONN_WORD

/// A type that is read from one scalar.
template <class T>
concept IsWord = requires(std::string_view text) {
  Word<T>::parse(text);
};

}  // namespace xconn::model
