// SPDX-License-Identifier: Apache-2.0
#include "nodes/vnet/security_lines.hh"

#include <algorithm>

#include "base/azure.hh"
#include "base/join.hh"

namespace xconn::nodes {
namespace {

using Ports = std::vector<std::pair<std::uint16_t, std::uint16_t>>;

/// One side of a packet, in nftables' words.
struct RuleSide {
  const char* address;
  const char* port;
  const char* mark;
};
constexpr RuleSide kSource{"ip saddr", "th sport", "0x1"}, kDestination{"ip daddr", "th dport", "0x2"};

std::string marked(const RuleSide& side, bool member) {
  return std::string("meta mark & ") + side.mark + " == " + (member ? side.mark : "0x0");
}

std::string of_addresses(const RuleSide& side, const std::vector<Prefix>& prefixes) {
  return std::string(side.address) + " { " + prefix_elements(prefixes) + " }";
}

std::vector<Prefix> prefixes_called(const std::string& name, const std::vector<network::PublicService>& services) {
  std::vector<Prefix> prefixes;
  for (const auto& service : services)
    if (service.name == name) prefixes.push_back(service.prefix);
  return prefixes;
}

/// What matches one service tag; nothing for one that nobody has.
std::vector<std::string> of_tag(const RuleSide& side, const std::string& tag,
                                const std::vector<network::PublicService>& services) {
  if (tag == "VirtualNetwork") return {marked(side, true)};
  if (tag == "Internet") return {marked(side, false) + " " + side.address + " != @not-internet"};
  if (tag == "AzureLoadBalancer") return {std::string(side.address) + " " + azure::kPlatformAddress};
  const auto prefixes = prefixes_called(tag, services);
  if (prefixes.empty()) return {};
  return {of_addresses(side, prefixes)};
}

/// The alternatives of which a packet has to match one; {""} is any packet.
std::vector<std::string> alternatives(const RuleSide& side, const std::vector<std::string>& wanted,
                                      const std::vector<network::PublicService>& services) {
  if (wanted.empty()) return {""};
  std::vector<std::string> matches;
  std::vector<Prefix> prefixes;
  for (const auto& text : wanted) {
    if (const auto prefix = Prefix::parse(text)) {
      if (prefix->is_default()) return {""};
      prefixes.push_back(*prefix);
      continue;
    }
    for (auto& match : of_tag(side, text, services)) matches.push_back(std::move(match));
  }
  if (!prefixes.empty()) matches.push_back(of_addresses(side, prefixes));
  return matches;
}

/// nftables refuses ranges that overlap.
std::string port_elements(Ports ports) {
  std::ranges::sort(ports);
  Ports merged;
  for (const auto& [first, last] : ports)
    if (!merged.empty() && first <= merged.back().second)
      merged.back().second = std::max(merged.back().second, last);
    else
      merged.emplace_back(first, last);
  std::vector<std::string> words;
  for (const auto& [first, last] : merged)
    words.push_back(std::to_string(first) + (first == last ? "" : "-" + std::to_string(last)));
  return join(words);
}

std::string of_ports(const RuleSide& side, const Ports& ports) {
  return ports.empty() ? "" : std::string(side.port) + " { " + port_elements(ports) + " }";
}

std::string of_protocol(const network::SecurityRule& rule) {
  using enum network::TrafficProtocol;
  constexpr std::pair<network::TrafficProtocol, const char*> kNames[] = {
      {kTcp, "tcp"}, {kUdp, "udp"}, {kIcmp, "icmp"}, {kEsp, "esp"}, {kAh, "ah"}};
  for (const auto& [azure, nftables] : kNames)
    if (rule.protocol == azure) return std::string("meta l4proto ") + nftables;
  const bool has_ports = !rule.source_ports.empty() || !rule.destination_ports.empty();
  return has_ports ? "meta l4proto { tcp, udp }" : "";
}

std::string line(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    if (!part.empty()) text += (text.empty() ? "" : " ") + part;
  return text;
}

}  // namespace

std::string prefix_elements(std::vector<Prefix> prefixes) {
  std::ranges::sort(prefixes, {}, [](const Prefix& prefix) { return std::pair(prefix.length(), prefix); });
  std::vector<Prefix> kept;
  std::vector<std::string> words;
  for (const auto& prefix : prefixes) {
    if (std::ranges::any_of(kept, [&](const Prefix& wider) { return wider.contains(prefix); })) continue;
    kept.push_back(prefix);
    words.push_back(prefix.text());
  }
  return join(words);
}

std::vector<std::string> security_lines(const network::SecurityRule& rule,
                                        const std::vector<network::PublicService>& services) {
  std::vector<std::string> lines;
  for (const auto& from : alternatives(kSource, rule.sources, services))
    for (const auto& to : alternatives(kDestination, rule.destinations, services))
      lines.push_back(
          line({of_protocol(rule), from, to, of_ports(kSource, rule.source_ports),
                of_ports(kDestination, rule.destination_ports), "counter",
                rule.access == network::Access::kAllow ? "return" : "drop", "comment \"" + rule.name + "\""}));
  return lines;
}

}  // namespace xconn::nodes
