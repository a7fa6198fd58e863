// SPDX-License-Identifier: Apache-2.0
#include "az/ruleset.hh"

#include <algorithm>
#include <map>

#include "base/azure.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

/// Rules say "VirtualNetwork" and "Internet" by two bits of the mark, and the latter by a set too (nodes/vnet).
constexpr const char* kSides[] = {"source", "destination"};
constexpr const char* kFields[][2] = {{"saddr", "sport"}, {"daddr", "dport"}};

std::string port_range(const json& ports) {
  const bool is_range = ports.is_object();
  const auto& ends = is_range ? ports.at("range") : ports;
  const int first = is_range ? ends[0].get<int>() : ends.get<int>(), last = is_range ? ends[1].get<int>() : first;
  return std::to_string(first) + "-" + std::to_string(last);
}

std::string prefix_text(const json& address) {
  if (address == azure::kPlatformAddress) return "AzureLoadBalancer";
  if (address == "@not-internet") return "Internet";
  return address_text(address);
}

void append(json& list, std::string text) {
  if (!std::ranges::count(list, json(text))) list.push_back(std::move(text));
}

std::string protocol_word(const json& right) {
  static const std::map<std::string, std::string> kWords{
      {"tcp", "Tcp"}, {"udp", "Udp"}, {"icmp", "Icmp"}, {"esp", "Esp"}, {"ah", "Ah"}};
  const auto found = right.is_string() ? kWords.find(right.get<std::string>()) : kWords.end();
  return found == kWords.end() ? "All" : found->second;
}

void read_payload(const json& payload, const json& right, json& row) {
  const auto protocol = payload.value("protocol", ""), field = payload.value("field", "");
  if (protocol == "tcp" || protocol == "udp") row["protocol"] = protocol_word(protocol);
  for (std::size_t side : {0, 1})
    for (const auto& element : elements_of(right)) {
      if (field == kFields[side][0]) append(row[std::string(kSides[side]) + "AddressPrefixes"], prefix_text(element));
      if (field == kFields[side][1]) append(row[std::string(kSides[side]) + "PortRanges"], port_range(element));
    }
}

void read_match(const json& match, json& row) {
  const auto &left = match.at("left"), &right = match.at("right");
  if (left.contains("payload")) return read_payload(left["payload"], right, row);
  if (left.contains("meta") && left["meta"].value("key", "") == "l4proto") row["protocol"] = protocol_word(right);
  if (!left.contains("&") || right == 0) return;
  append(row[std::string(kSides[right == 1 ? 0 : 1]) + "AddressPrefixes"], "VirtualNetwork");
}

void read_rule(const json& rule, json& row) {
  for (const auto& expression : rule.at("expr")) {
    if (expression.contains("match")) read_match(expression["match"], row);
    if (expression.contains("drop")) row["access"] = "Deny";
  }
}

void fill_up(json& row) {
  for (const std::string side : kSides) {
    auto &addresses = row[side + "AddressPrefixes"], &ports = row[side + "PortRanges"];
    if (addresses.empty()) addresses = {"0.0.0.0/0", "::/0"};
    if (ports.empty()) ports = {"0-65535"};
    row[side + "AddressPrefix"] = addresses.front();
    row[side + "PortRange"] = ports.front();
  }
}

json empty_row(const std::string& name) {
  json row{{"access", "Allow"}, {"name", name}, {"protocol", "All"}};
  for (const std::string side : kSides) row[side + "AddressPrefixes"] = row[side + "PortRanges"] = json::array();
  return row;
}

}  // namespace

std::string address_text(const json& address) {
  if (address.is_string()) return address.get<std::string>() + "/32";
  const auto& prefix = address.at("prefix");
  return prefix.at("addr").get<std::string>() + "/" + std::to_string(prefix.at("len").get<int>());
}

json elements_of(const json& right) {
  return right.is_object() && right.contains("set") ? right["set"] : json::array({right});
}

std::vector<json> rules_of_chain(const json& ruleset, const std::string& chain) {
  std::vector<json> rows;
  for (const auto& item : ruleset) {
    if (!item.contains("rule") || item["rule"].value("chain", "") != chain) continue;
    const auto name = item["rule"].value("comment", "");
    if (rows.empty() || rows.back().at("name") != name) rows.push_back(empty_row(name));
    read_rule(item["rule"], rows.back());
  }
  std::ranges::for_each(rows, fill_up);
  return rows;
}

}  // namespace xconn::az
