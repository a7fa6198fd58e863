// SPDX-License-Identifier: Apache-2.0
#include "services/router_config.hh"

namespace xconn::services {

RouterConfig::RouterConfig(const plan::Node& node) { plan(node); }

void RouterConfig::plan(const plan::Node& node) {
  planned_ = {node.name, node.bgp, node.frr_lines};
  compute();
}

void RouterConfig::edit(int number, network::SpeakerEdit edit) {
  edits_.emplace(number, std::move(edit));
  compute();
}

void RouterConfig::undo(int number) {
  edits_.erase(number);
  compute();
}

void RouterConfig::compute() {
  wanted_ = planned_;
  if (wanted_.bgp)
    for (const auto& [number, edit] : edits_) edit(*wanted_.bgp);
}

}  // namespace xconn::services
