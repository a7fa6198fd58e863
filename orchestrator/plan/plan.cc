// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.hh"

#include <algorithm>

#include "plan/fields.hh"

namespace xconn::plan {
namespace {

constexpr const char* kHidden = "(secret)";

void hide_secrets(network::Speaker& speaker) {
  for (auto& neighbor : speaker.neighbors)
    if (neighbor.password) neighbor.password = kHidden;
}

void hide_secrets(Plan& plan) {
  for (auto& node : plan.nodes) {
    for (auto& file : node.files)
      if (file.secret) file.content = kHidden;
    if (node.bgp) hide_secrets(*node.bgp);
    const auto frr = std::ranges::find(node.files, kFrrFile, &File::name);
    if (!node.frr_lines.empty() && frr != node.files.end() && frr->secret) node.frr_lines = kHidden;
  }
}

}  // namespace

const Node* Plan::find_node(const std::string& name) const {
  const auto found = std::ranges::find(nodes, name, &Node::name);
  return found == nodes.end() ? nullptr : &*found;
}

const Link* Plan::find_link(const End& end) const {
  const auto found = std::ranges::find_if(links, [&](const Link& link) { return link.a == end || link.b == end; });
  return found == links.end() ? nullptr : &*found;
}

nlohmann::json to_json(const Plan& plan, bool with_secrets) {
  if (with_secrets) return fields::encode(plan);
  Plan shown = plan;
  hide_secrets(shown);
  return fields::encode(shown);
}

Plan from_json(const nlohmann::json& json) {
  Plan plan;
  fields::decode(json, plan);
  return plan;
}

}  // namespace xconn::plan
