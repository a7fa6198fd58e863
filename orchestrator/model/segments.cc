// SPDX-License-Identifier: Apache-2.0
#include "model/segments.hh"

#include "model/rules.hh"

namespace xconn::model {

Segments::Segments(const Topology& topology) {
  std::map<std::string, bool> switches;
  for (const auto& node : topology.nodes) {
    switches[node.name] = node.role == "switch";
    for (const auto& interface : node.interfaces)
      if (!interface.bridge.empty()) join(text_of({node.name, interface.name}), text_of({node.name, interface.bridge}));
  }
  const auto name = [&](const End& end) { return switches[end.node] ? end.node : text_of(end); };
  for (const auto& link : topology.links)
    if (!link.a.node.empty() && !link.b.node.empty()) join(name(link.a), name(link.b));
}

std::string Segments::root(const std::string& name) {
  auto at = up_.try_emplace(name, name).first;
  while (at->second != at->first) {
    const auto above = up_.find(at->second);
    at->second = above->second;  // half the way for the next one
    at = above;
  }
  return at->first;
}

std::string Segments::of(const Node& node, const Interface& interface) {
  if (interface.subnet) return "subnet " + interface.subnet->vnet + "/" + interface.subnet->subnet;
  auto segment = root(text_of({node.name, interface.parent.empty() ? interface.name : interface.parent}));
  for (const auto& tag : interface.tags) segment += "." + std::to_string(tag.id);
  return segment;
}

}  // namespace xconn::model
