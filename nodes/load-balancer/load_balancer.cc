// SPDX-License-Identifier: Apache-2.0
#include "nodes/load-balancer/load_balancer.hh"

#include <algorithm>

#include "network/fields.hh"
#include "nodes/edge/pair.hh"

namespace xconn::nodes {
namespace {

/// "fgt-a:port1" is healthy when fgt-a is the active one of its pair, or of none.
bool is_healthy(const network::Network& network, const network::Backend& backend) {
  const auto name = backend.name.substr(0, backend.name.find(':'));
  const auto node = std::ranges::find(network.nodes, name, &network::Node::name);
  return node == network.nodes.end() || is_active(network, *node);
}

}  // namespace

void make_load_balancer(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  if (!setting.node.balancer) return;
  const auto& balancer = *setting.node.balancer;
  fragment.node.balancer = balancer;
  fragment.add_file("lb.json", fields::encode(balancer).dump(2) + "\n");
  fragment.add_service("load-balancer", "lb", "lb.json");
  const auto& probe = balancer.probe;
  for (const auto& backend : balancer.backends) {
    fragment.add_fact("backend", backend.name, is_healthy(setting.network, backend) ? "healthy" : "unhealthy");
    fragment.add_detection("lb", backend.name, probe.interval, probe.interval * (probe.threshold + 1));
  }
}

}  // namespace xconn::nodes
