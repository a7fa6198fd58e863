// SPDX-License-Identifier: Apache-2.0
#include "cli/graph.hh"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/markup.hh"

namespace xconn::cli {
namespace {

/// Sites in the order in which the plan first names them, each with its nodes.
std::vector<std::pair<std::string, std::vector<const plan::Node*>>> by_site(const plan::Plan& plan) {
  std::vector<std::pair<std::string, std::vector<const plan::Node*>>> sites;
  for (const auto& node : plan.nodes) {
    auto site = std::find_if(sites.begin(), sites.end(), [&](const auto& each) { return each.first == node.site; });
    if (site == sites.end()) site = sites.insert(sites.end(), {node.site, {}});
    site->second.push_back(&node);
  }
  return sites;
}

std::string first_address(const plan::Node& node) {
  for (const auto& interface : node.interfaces)
    if (!interface.addresses.empty()) return interface.addresses.front().text();
  return "";
}

std::string mermaid_id(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return "n_" + name;
}

/// A site's name is text; its place in the list is an identifier.
std::string site_id(std::size_t index) { return "site_" + std::to_string(index); }

/// Colours of roles, for those who look at the picture for a second only.
const std::map<std::string, const char*> kFill{
    {"provider", "#e8d5f2"},      {"msee", "#cfe2ff"}, {"er-gateway", "#cfe2ff"}, {"vnet", "#d9f0ff"},
    {"load-balancer", "#fff2cc"}, {"edge", "#ffd8c2"}, {"internet", "#eeeeee"}};

/// A fabric names its side of a NIC after the machine at the other end: to say it again there would only fill the
/// picture.
std::string label_of(const plan::Plan& plan, const End& end) {
  const auto* node = plan.find_node(end.node);
  return node != nullptr && node->role == "vnet" ? "" : end.interface;
}

std::string rate_text(std::uint64_t rate) {
  constexpr std::uint64_t kGiga = 1'000'000'000, kMega = 1'000'000;
  if (rate == 0) return "";
  return rate % kGiga == 0 ? fmt::format("{} Gbps", rate / kGiga) : fmt::format("{} Mbps", rate / kMega);
}

/// What the link does to frames, in a few words: "5ms 1 Gbps".
std::string character(const Impairment& it) {
  std::string text = it.delay.count() > 0 ? to_string(it.delay) : "";
  if (it.rate > 0) text += (text.empty() ? "" : " ") + rate_text(it.rate);
  return text;
}

}  // namespace

std::string to_mermaid(const plan::Plan& plan) {
  std::string out = "graph LR\n";
  std::size_t sites = 0;
  for (const auto& [site, nodes] : by_site(plan)) {
    out += fmt::format("  subgraph {}[\"{}\"]\n", site_id(sites++), mermaid_text(site.empty() ? plan.lab : site));
    for (const auto* node : nodes)
      out += fmt::format("    {}[\"{}<br/><small>{} {}</small>\"]\n", mermaid_id(node->name), mermaid_text(node->name),
                         mermaid_text(node->role), first_address(*node));
    out += "  end\n";
  }
  for (const auto& link : plan.links)
    out += fmt::format("  {} ---|\"{} · {}\"| {}\n", mermaid_id(link.a.node), mermaid_text(label_of(plan, link.a)),
                       mermaid_text(label_of(plan, link.b)), mermaid_id(link.b.node));
  return out;
}

std::string to_dot(const plan::Plan& plan) {
  std::string out = fmt::format(
      "graph \"{}\" {{\n  rankdir=LR; nodesep=0.35; ranksep=0.9; fontname=\"Helvetica\"; label=\"{}\";\n"
      "  node [shape=box style=\"rounded,filled\" fillcolor=white fontname=\"Helvetica\" fontsize=10];\n"
      "  edge [fontname=\"Helvetica\" fontsize=8 labeldistance=1.4 color=\"#666666\"];\n",
      dot_text(plan.lab), dot_text(plan.title.empty() ? plan.lab : plan.title));
  std::size_t sites = 0;
  for (const auto& [site, nodes] : by_site(plan)) {
    out += fmt::format("  subgraph \"cluster_{}\" {{\n    label=\"{}\"; color=\"#bbbbbb\";\n", site_id(sites++),
                       dot_text(site));
    for (const auto* node : nodes) {
      const auto fill = kFill.find(node->role);
      out += fmt::format("    \"{}\" [label=\"{}\\n{}\\n{}\" fillcolor=\"{}\"];\n", dot_text(node->name),
                         dot_text(node->name), dot_text(node->role), first_address(*node),
                         fill == kFill.end() ? "white" : fill->second);
    }
    out += "  }\n";
  }
  for (const auto& link : plan.links)
    out += fmt::format("  \"{}\" -- \"{}\" [taillabel=\"{}\" headlabel=\"{}\" label=\"{}\"];\n", dot_text(link.a.node),
                       dot_text(link.b.node), dot_text(label_of(plan, link.a)), dot_text(label_of(plan, link.b)),
                       character(link.a_to_b));
  return out + "}\n";
}

}  // namespace xconn::cli
