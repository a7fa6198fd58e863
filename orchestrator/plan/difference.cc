#include "plan/difference.hh"

#include <algorithm>

namespace xconn::plan {
namespace {

using Changes = std::vector<Change>;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Walks two lists whose items have names. `name` must be unique in a list; `detail` says what differs, or "".
template <class T, class Name, class Detail>
void compare(const std::vector<T>& before, const std::vector<T>& after, Name name, Detail detail, Changes& changes) {
  const auto find = [&](const std::vector<T>& list, const std::string& wanted) {
    return std::ranges::find_if(list, [&](const T& item) { return name(item) == wanted; });
  };
  for (const T& old : before) {
    const auto now = find(after, name(old));
    if (now == after.end())
      changes.push_back({ChangeKind::kRemoved, name(old), {}});
    else if (const std::string what = detail(old, *now); !what.empty())
      changes.push_back({ChangeKind::kChanged, name(old), what});
  }
  for (const T& item : after)
    if (find(before, name(item)) == before.end()) changes.push_back({ChangeKind::kAdded, name(item), {}});
}

/// "interface a, interface b" of the items that one list has and the other has not, or has differently.
template <class T>
void differing(const char* word, const std::vector<T>& before, const std::vector<T>& after,
               std::vector<std::string>& words) {
  Changes changes;
  compare(
      before, after, [](const T& item) { return item.name; },
      [](const T& a, const T& b) { return std::string(a == b ? "" : "changed"); }, changes);
  for (const auto& change : changes) words.push_back(std::string(word) + " " + change.object);
}

std::string node_detail(const Node& a, const Node& b) {
  std::vector<std::string> words;
  const std::pair<const char*, bool> plain[] = {
      {"role", a.role != b.role},         {"site", a.site != b.site},          {"routes", a.routes != b.routes},
      {"rules", a.rules != b.rules},      {"sysctls", a.sysctls != b.sysctls}, {"nftables", a.nftables != b.nftables},
      {"mirrors", a.mirrors != b.mirrors}};
  for (const auto& [word, differs] : plain)
    if (differs) words.emplace_back(word);
  differing("interface", a.interfaces, b.interfaces, words);
  differing("file", a.files, b.files, words);
  return joined(words);
}

std::string link_detail(const Link& a, const Link& b) {
  if (!(a.a == b.a) || !(a.b == b.b)) return "ends";
  return a == b ? "" : "impairment";
}

struct NamedService {
  std::string node;
  Service service;
};

std::vector<NamedService> services(const Plan& plan) {
  std::vector<NamedService> all;
  for (const auto& node : plan.nodes)
    for (const auto& service : node.services) all.push_back({node.name, service});
  return all;
}

std::string service_detail(const NamedService& a, const NamedService& b) {
  std::vector<std::string> words;
  if (a.service.kind != b.service.kind) words.emplace_back("kind");
  if (a.service.arguments != b.service.arguments) words.emplace_back("arguments");
  if (a.service.config != b.service.config) words.emplace_back("config");
  if (a.service.after != b.service.after) words.emplace_back("after");
  return joined(words);
}

}  // namespace

std::vector<Change> difference(const Plan& before, const Plan& after) {
  Changes changes;
  compare(
      before.nodes, after.nodes, [](const Node& node) { return "node " + node.name; }, node_detail, changes);
  compare(
      before.links, after.links, [](const Link& link) { return "link " + link.name; }, link_detail, changes);
  compare(
      services(before), services(after),
      [](const NamedService& s) { return "service " + s.node + ":" + s.service.name; }, service_detail, changes);
  compare(
      before.facts, after.facts,
      [](const Fact& fact) { return "fact " + fact.node + " " + fact.kind + " " + fact.subject; },
      [](const Fact& a, const Fact& b) { return a == b ? std::string() : a.expected + " -> " + b.expected; }, changes);
  return changes;
}

std::string to_string(const Change& change) {
  static constexpr const char* kSigns[] = {"+", "-", "~"};
  const std::string head = std::string(kSigns[static_cast<int>(change.kind)]) + " " + change.object;
  return change.detail.empty() ? head : head + ": " + change.detail;
}

}  // namespace xconn::plan
