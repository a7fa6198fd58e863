// SPDX-License-Identifier: Apache-2.0
#include <linux/if_ether.h>
#include <netinet/in.h>

#include <charconv>

#include "datapath/filter.hh"

namespace xconn::datapath {
namespace {

struct MatchWord {
  std::string_view word;
  std::vector<Match> matches;
};

Match protocol(std::uint8_t number) { return {.protocol = number}; }

Match port(std::uint8_t number, std::uint16_t at, Match::Payload payload = Match::Payload::kAny) {
  return {.protocol = number, .port_low = at, .port_high = at, .payload = payload};
}

const std::vector<MatchWord>& table() {
  static const std::vector<MatchWord> rows = {
      {"all", {}},
      {"arp", {{.ethertype = ETH_P_ARP}}},
      {"ip", {{.ethertype = ETH_P_IP}, {.ethertype = ETH_P_IPV6}}},
      {"icmp", {protocol(IPPROTO_ICMP), protocol(IPPROTO_ICMPV6)}},
      {"tcp", {protocol(IPPROTO_TCP)}},
      {"udp", {protocol(IPPROTO_UDP)}},
      {"gre", {protocol(IPPROTO_GRE)}},
      {"vrrp", {protocol(112)}},                                                         // RFC 9568
      {"bfd", {port(IPPROTO_UDP, 3784)}},                                                // RFC 5881
      {"bgp", {port(IPPROTO_TCP, 179)}},                                                 // RFC 4271
      {"esp", {protocol(IPPROTO_ESP), port(IPPROTO_UDP, 4500, Match::Payload::kEsp)}},   // RFC 4303, 3948
      {"ike", {port(IPPROTO_UDP, 500), port(IPPROTO_UDP, 4500, Match::Payload::kIke)}},  // RFC 7296
      {"ipsec-natt", {port(IPPROTO_UDP, 4500)}},
      {"ipsec", {port(IPPROTO_UDP, 500), port(IPPROTO_UDP, 4500), protocol(IPPROTO_ESP)}},
  };
  return rows;
}

std::optional<std::uint16_t> number(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

std::optional<std::vector<Match>> ports_of(std::uint8_t protocol_number, std::string_view range) {
  const auto dash = range.find('-');
  const auto low = number(range.substr(0, dash));
  const auto high = dash == std::string_view::npos ? low : number(range.substr(dash + 1));
  if (!low || !high || *low > *high) return std::nullopt;
  return std::vector<Match>{{.protocol = protocol_number, .port_low = *low, .port_high = *high}};
}

}  // namespace

std::optional<std::vector<Match>> match_of(std::string_view word) {
  for (const MatchWord& row : table())
    if (row.word == word) return row.matches;
  const auto slash = word.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto kind = word.substr(0, slash), rest = word.substr(slash + 1);
  if (kind == "tcp") return ports_of(IPPROTO_TCP, rest);
  if (kind == "udp") return ports_of(IPPROTO_UDP, rest);
  const auto value = number(rest);
  if (kind != "proto" || !value || *value > 255) return std::nullopt;
  return std::vector<Match>{protocol(static_cast<std::uint8_t>(*value))};
}

std::vector<std::string> match_words() {
  std::vector<std::string> words;
  for (const MatchWord& row : table()) words.emplace_back(row.word);
  return words;
}

}  // namespace xconn::datapath
