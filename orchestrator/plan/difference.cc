// SPDX-License-Identifier: Apache-2.0
#include "plan/difference.hh"

#include <fmt/format.h>

namespace xconn::plan {
namespace {

using Words = std::vector<std::string>;

std::string text_of(const Route& route) {
  static constexpr const char* kKinds[] = {"", " blackhole", " unreachable", " throw"};
  auto text = "route " + route.to.text() + kKinds[static_cast<int>(route.kind)];
  for (const auto& hop : route.next_hops)
    text += (hop.via ? " via " + hop.via->text() : "") + (hop.interface.empty() ? "" : " dev " + hop.interface);
  return text + (route.table == 254 ? "" : " table " + std::to_string(route.table));
}

std::string text_of(const Rule& rule) {
  auto text = "rule " + std::to_string(rule.priority) + ":";
  if (!rule.in_interface.empty()) text += " iif " + rule.in_interface;
  if (rule.from) text += " from " + rule.from->text();
  if (rule.to) text += " to " + rule.to->text();
  if (rule.udp_port != 0) text += fmt::format(" ipproto udp dport {}", rule.udp_port);
  if (rule.mask != 0) text += " fwmark " + std::to_string(rule.mark);
  return text + " lookup " + std::to_string(rule.table);
}

std::string text_of(const Interface& interface) {
  auto text = "interface " + interface.name;
  for (const auto& address : interface.addresses) text += " " + address.text();
  return text;
}

std::string text_of(const Service& service) { return "service " + service.name; }
std::string text_of(const File& file) { return "file " + file.name; }

template <class T>
void tell(const ListEdits<T>& edits, Words& words) {
  for (const auto& item : edits.removed) words.push_back("- " + text_of(item));
  for (const auto& [before, after] : edits.changed) words.push_back("~ " + text_of(after));
  for (const auto& item : edits.added) words.push_back("+ " + text_of(item));
}

/// What BGP is to do is told by itself; the file that says the same to FRR is not.
void tell_files(const NodeEdits& edits, Words& words) {
  auto files = edits.files;
  if (!edits.bgp.empty() && !edits.frr_lines)
    std::erase_if(files.changed, [](const auto& change) { return change.second.name == kFrrFile; });
  tell(files, words);
}

Change change_of(const NodeEdits& edits) {
  Words words;
  tell(edits.interfaces, words);
  tell(edits.routes, words);
  tell(edits.rules, words);
  for (const auto& [name, value] : edits.sysctls) words.push_back("~ sysctl " + name + " = " + value);
  if (edits.nftables) words.emplace_back("~ nftables");
  if (edits.mirrors) words.emplace_back("~ mirrors of BGP routes");
  if (edits.labels) words.emplace_back("~ role or site");
  words.insert(words.end(), edits.bgp.begin(), edits.bgp.end());
  tell_files(edits, words);
  tell(edits.services, words);
  return {ChangeKind::kChanged, "node " + edits.node, std::move(words)};
}

std::string flow_of(const Impairment& impairment) {
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  if (impairment.delay.count() != 0) add("delay " + xconn::to_string(impairment.delay));
  if (impairment.jitter.count() != 0) add("jitter " + xconn::to_string(impairment.jitter));
  if (impairment.rate != 0) add("rate " + std::to_string(impairment.rate / 1'000'000) + " Mbit/s");
  for (const auto& [name, value] :
       {std::pair("loss", impairment.loss), std::pair("reorder", impairment.reorder),
        std::pair("duplicate", impairment.duplicate), std::pair("corrupt", impairment.corrupt)})
    if (value != 0) add(fmt::format("{} {:g} %", name, 100 * value));
  return text.empty() ? "unimpaired" : text;
}

Change change_of(const Link& before, const Link& after) {
  Words words;
  if (!(before.a_to_b == after.a_to_b))
    words.push_back("from " + after.a.node + ": " + flow_of(before.a_to_b) + " -> " + flow_of(after.a_to_b));
  if (!(before.b_to_a == after.b_to_a))
    words.push_back("from " + after.b.node + ": " + flow_of(before.b_to_a) + " -> " + flow_of(after.b_to_a));
  return {ChangeKind::kChanged, "link " + after.name, std::move(words)};
}

template <class T, class Name>
void tell_ends(const ListEdits<T>& edits, Name name, std::vector<Change>& changes) {
  for (const auto& item : edits.removed) changes.push_back({ChangeKind::kRemoved, name(item), {}});
  for (const auto& item : edits.added) changes.push_back({ChangeKind::kAdded, name(item), {}});
}

std::string name_of(const Fact& fact) { return "fact " + fact.node + " " + fact.kind + " " + fact.subject; }

}  // namespace

std::vector<Change> difference(const Edits& edits) {
  std::vector<Change> changes;
  for (const auto& node : edits.changed) changes.push_back(change_of(node));
  tell_ends(
      edits.nodes, [](const Node& node) { return "node " + node.name; }, changes);
  for (const auto& [before, after] : edits.links.changed) changes.push_back(change_of(before, after));
  tell_ends(
      edits.links, [](const Link& link) { return "link " + link.name; }, changes);
  for (const auto& [before, after] : edits.facts.changed)
    changes.push_back({ChangeKind::kChanged, name_of(after), {before.expected + " -> " + after.expected}});
  tell_ends(edits.facts, name_of, changes);
  return changes;
}

std::vector<std::string> sentences(const Edits& edits) {
  auto seen = edits;
  seen.facts = {};
  std::vector<std::string> lines;
  for (const auto& change : difference(seen)) lines.push_back(to_string(change));
  return lines;
}

std::vector<Change> difference(const Plan& before, const Plan& after) { return difference(edits(before, after)); }

std::string to_string(const Change& change) {
  static constexpr const char* kSigns[] = {"+ ", "- ", "~ "};
  auto text = kSigns[static_cast<int>(change.kind)] + change.object;
  if (change.details.size() == 1) return text + ": " + change.details.front();
  for (const auto& detail : change.details) text += "\n    " + detail;
  return text;
}

}  // namespace xconn::plan
