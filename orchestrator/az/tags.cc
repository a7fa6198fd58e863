// SPDX-License-Identifier: Apache-2.0
#include "az/tags.hh"

#include <algorithm>
#include <set>
#include <string>

#include "az/ruleset.hh"
#include "base/azure.hh"
#include "base/prefixes.hh"

namespace xconn::az {
namespace {

using nlohmann::json;

std::vector<Prefix> set_called(const json& ruleset, const std::string& name) {
  std::vector<Prefix> prefixes;
  for (const auto& item : ruleset)
    if (item.contains("set") && item["set"].value("name", "") == name && item["set"].contains("elem"))
      for (const auto& element : item["set"]["elem"]) prefixes.push_back(*Prefix::parse(address_text(element)));
  return prefixes;
}

/// The interfaces that the chain asks the routing table about: those towards gateways.
std::set<std::string> ways_to_gateways(const json& ruleset, const std::string& chain) {
  std::set<std::string> ways;
  for (const auto& item : ruleset) {
    if (!item.contains("rule") || item["rule"].value("chain", "") != chain) continue;
    for (const auto& expression : item["rule"].at("expr"))
      if (expression.contains("match") && expression["match"].at("left").contains("fib"))
        for (const auto& way : elements_of(expression["match"].at("right"))) ways.insert(way.get<std::string>());
  }
  return ways;
}

std::vector<Prefix> led_to_by(const std::set<std::string>& ways, const json& routes) {
  std::vector<Prefix> prefixes;
  for (const auto& route : routes)
    for (const auto& hop : route.at("next_hops"))
      if (ways.contains(hop.at("interface").get<std::string>()))
        prefixes.push_back(*Prefix::parse(route.at("to").get<std::string>()));
  return prefixes;
}

/// Of IPv4's, in order, and none that lies in another.
std::vector<Prefix> widest(std::vector<Prefix> prefixes) {
  std::erase_if(prefixes, [](const Prefix& prefix) { return !prefix.is_v4(); });
  std::ranges::sort(prefixes);
  std::vector<Prefix> kept;
  for (const auto& prefix : prefixes)
    if (kept.empty() || !kept.back().contains(prefix)) kept.push_back(prefix);
  return kept;
}

/// What of `block` lies outside `taken`, none of which lies in another: all of it, nothing, or some of each half.
void add_outside(const Prefix& block, const std::set<Prefix>& taken, const Prefixes& lookup, std::vector<Prefix>& out) {
  if (!lookup.overlaps(block)) return out.push_back(block);
  if (taken.contains(block)) return;
  const int length = block.length() + 1;
  add_outside(Prefix::of(block.network(), length), taken, lookup, out);
  add_outside(Prefix::of(block.last(), length), taken, lookup, out);
}

std::vector<Prefix> outside(const std::vector<Prefix>& taken) {
  Prefixes lookup;
  for (const auto& prefix : taken) lookup.add(prefix);
  std::vector<Prefix> out;
  add_outside(*Prefix::parse("0.0.0.0/0"), {taken.begin(), taken.end()}, lookup, out);
  return out;
}

std::vector<Prefix> joined(std::vector<Prefix> one, const std::vector<Prefix>& other) {
  one.insert(one.end(), other.begin(), other.end());
  return widest(std::move(one));
}

}  // namespace

ServiceTags::ServiceTags(const json& ruleset, std::size_t subnet, const json& routes) {
  const auto number = std::to_string(subnet);
  const auto learned = led_to_by(ways_to_gateways(ruleset, "tags-" + number), routes);
  virtual_network_ = joined(set_called(ruleset, "virtual-network-" + number), learned);
  internet_ = outside(joined(set_called(ruleset, "not-internet"), virtual_network_));
}

std::optional<std::vector<Prefix>> ServiceTags::prefixes_of(std::string_view word) const {
  if (word == "VirtualNetwork") return virtual_network_;
  if (word == "Internet") return internet_;
  if (word == "AzureLoadBalancer") return std::vector{*Prefix::parse(azure::kPlatformAddress)};
  return std::nullopt;
}

}  // namespace xconn::az
