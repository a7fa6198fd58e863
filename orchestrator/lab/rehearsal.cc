// SPDX-License-Identifier: Apache-2.0
#include "lab/rehearsal.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/nearest.hh"
#include "faults/request.hh"
#include "faults/targets.hh"
#include "lab/destination.hh"
#include "lab/inventory.hh"
#include "lab/place.hh"

namespace xconn::lab {
namespace {

/// Who says the events of a source: a service of this kind or name. Empty: the lab itself, of any node.
struct Speaker {
  std::string_view source, service;
};
constexpr Speaker kSpeakers[] = {
    {"fault", ""},
    {"change", ""},
    {"fib", ""},
    {"exec", ""},
    {"service", ""},
    {"agent", ""},
    {"bfd", "bfdd"},
    {"bgp", "bgpd"},
    {"arp", ""},
    {"tcp-md5", "bgpd"},
    {"ike", "strongswan"},
    {"ha", "keepalived"},
    {"sdwan", "sdwan-edge"},
    {"lb", "load-balancer"},
    {"controller", "encryption"},
};

using Names = std::vector<std::string>;

struct Look {
  const plan::Plan& plan;
  const faults::Inventory& inventory;

  bool has(const std::string& node) const { return plan.find_node(node) != nullptr; }
};

/// What is wrong, and every word that would have been right; no rule when nothing is.
struct Verdict {
  std::string rule;
  Names known = {};
};

Verdict of_node(const Look& look, const drill::Mention& mention) {
  if (look.has(mention.at.value)) return {};
  return {"the topology has no such node", look.inventory.nodes};
}

Names ends_of(const plan::Plan& plan) {
  Names ends;
  for (const auto& node : plan.nodes)
    for (const auto& interface : node.interfaces) ends.push_back(node.name + ":" + interface.name);
  return ends;
}

Verdict of_end(const Look& look, const drill::Mention& mention) {
  const auto ends = ends_of(look.plan);
  if (std::ranges::find(ends, mention.at.value) != ends.end()) return {};
  return {"the topology has no such interface", ends};
}

Verdict unless_faultless(const Look& look, const drill::Mention& mention, const std::string& fault) {
  if (fault.empty()) return {};
  auto known = look.inventory.nodes;
  if (mention.at.value.find(':') != std::string::npos) known = ends_of(look.plan);
  return {fault, known};
}

Verdict of_place(const Look& look, const drill::Mention& mention) {
  return unless_faultless(look, mention, place_of(look.plan, mention.at.value).fault);
}

std::string word_beside(const drill::Mention& mention, const std::string& key) {
  const auto word = mention.beside.find(key);
  return word == mention.beside.end() ? "" : word->second;
}

/// What a flow of this kind sends; without a word it is udp.
struct Sent {
  std::string_view kind;
  std::uint8_t protocol;
};
constexpr Sent kSent[] = {{"", 17}, {"udp", 17}, {"udp-new", 17}, {"tcp", 6}, {"tcp-connect", 6}};

std::string port_fault(const Look& look, const drill::Mention& mention) {
  const auto sent = std::ranges::find(kSent, word_beside(mention, "kind"), &Sent::kind);
  const auto port = word_beside(mention, "port");
  std::uint16_t number = 0;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_number = port.empty() || read.ec == std::errc{};
  return sent == std::end(kSent) || !is_number ? std::string{}
                                               : frontend_fault(look.plan, mention.at.value, sent->protocol, number);
}

Verdict of_destination(const Look& look, const drill::Mention& mention) {
  auto verdict = unless_faultless(look, mention, destination_fault(look.plan, mention.at.value));
  if (verdict.rule.empty()) verdict.rule = port_fault(look, mention);
  return verdict;
}

Verdict of_target(const Look& look, const drill::Mention& mention) {
  const faults::Request request{word_beside(mention, "fault"), mention.at.value, mention.beside, {}};
  const auto wrong = faults::target_fault(request, look.inventory);
  if (!wrong) return {};
  return {*wrong, faults::targets(request, look.inventory)};
}

bool speaks(const plan::Node& node, std::string_view service) {
  return std::ranges::any_of(node.services,
                             [&](const auto& each) { return each.kind == service || each.name == service; });
}

Names sources() {
  Names names;
  for (const auto& speaker : kSpeakers) names.emplace_back(speaker.source);
  return names;
}

/// An event that nobody could say never happens, whatever is broken.
Verdict of_source(const Look& look, const drill::Mention& mention) {
  const auto speaker = std::ranges::find(kSpeakers, mention.at.value, &Speaker::source);
  if (speaker == std::end(kSpeakers)) return {"there is no such source of events", sources()};
  const auto node = word_beside(mention, "node");
  if (speaker->service.empty() || (!node.empty() && !look.has(node))) return {};
  Names speakers;
  for (const auto& each : look.plan.nodes)
    if (speaks(each, speaker->service)) speakers.push_back(each.name);
  if (node.empty() ? !speakers.empty() : std::ranges::find(speakers, node) != speakers.end()) return {};
  return {fmt::format("{} has nothing that says {}", node.empty() ? "the topology" : "node " + node, mention.at.value)};
}

using LookUp = Verdict (*)(const Look&, const drill::Mention&);
constexpr LookUp kLookUps[] = {of_node,        of_end,    of_place,
                               of_destination, of_target, of_source};  // by drill::Named, flows aside

}  // namespace

std::vector<Finding> not_there(const std::vector<drill::Mention>& mentions, const plan::Plan& plan) {
  const auto inventory = inventory_of(plan);
  const Look look{plan, inventory};
  std::vector<Finding> findings;
  for (const auto& mention : mentions) {
    const auto verdict = kLookUps[static_cast<std::size_t>(mention.what)](look, mention);
    if (verdict.rule.empty()) continue;
    auto finding = mention.at;
    finding.rule = verdict.rule;
    finding.remedy = did_you_mean(finding.value, {verdict.known.begin(), verdict.known.end()});
    findings.push_back(std::move(finding));
  }
  return findings;
}

void demand_there(const std::vector<drill::Mention>& mentions, const plan::Plan& plan) {
  if (auto findings = not_there(mentions, plan); !findings.empty()) throw TopologyError(std::move(findings));
}

}  // namespace xconn::lab
