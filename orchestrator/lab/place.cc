// SPDX-License-Identifier: Apache-2.0
#include "lab/place.hh"

namespace xconn::lab {
namespace {

std::optional<Address> first_address(const plan::Interface& interface) {
  if (interface.addresses.empty()) return std::nullopt;
  return interface.addresses.front().address();
}

std::optional<Address> address_of(const plan::Node& node, const std::string& interface) {
  for (const auto& each : node.interfaces)
    if (interface.empty() || each.name == interface)
      if (const auto address = first_address(each)) return address;
  return std::nullopt;
}

const plan::Node* holder_of(const plan::Plan& plan, const Address& address) {
  for (const auto& node : plan.nodes)
    for (const auto& interface : node.interfaces)
      for (const auto& each : interface.addresses)
        if (each.address() == address && node.role != "vnet") return &node;
  return nullptr;
}

Place holding(const plan::Plan& plan, const Address& address) {
  if (const auto* node = holder_of(plan, address)) return {node->name, address, {}};
  return {{}, {}, "no node of lab " + plan.lab + " has the address " + address.text()};
}

}  // namespace

Place place_of(const plan::Plan& plan, const std::string& word) {
  if (const auto address = Address::parse(word)) return holding(plan, *address);
  const auto colon = word.find(':');
  const auto* node = plan.find_node(word.substr(0, colon));
  if (node == nullptr) return {{}, {}, "there is no node " + word.substr(0, colon)};
  const auto address = address_of(*node, colon == std::string::npos ? std::string{} : word.substr(colon + 1));
  if (!address) return {node->name, {}, word + " has no address"};
  return {node->name, address, {}};
}

}  // namespace xconn::lab
