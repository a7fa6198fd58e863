// SPDX-License-Identifier: Apache-2.0
#include "nodes/switch/switch.hh"

namespace xconn::nodes {
namespace {

constexpr const char* kBridge = "br0";

plan::Interface bridge_of(const std::string& node) {
  plan::Interface bridge;
  bridge.name = kBridge;
  bridge.kind = plan::InterfaceKind::kBridge;
  bridge.mac = Mac::from_name(node + ":" + kBridge);
  return bridge;
}

}  // namespace

void make_switch(const Setting&, Fragment& fragment) {
  for (auto& interface : fragment.node.interfaces) {
    const bool can_be_port =
        interface.kind == plan::InterfaceKind::kEnd || interface.kind == plan::InterfaceKind::kVlan;
    if (can_be_port && interface.bridge.empty() && interface.addresses.empty()) interface.bridge = kBridge;
  }
  if (fragment.find_interface(kBridge) == nullptr)
    fragment.node.interfaces.insert(fragment.node.interfaces.begin(), bridge_of(fragment.node.name));
}

}  // namespace xconn::nodes
