// SPDX-License-Identifier: Apache-2.0
// What tests of azure/ look up in a network: each throws, by its name, for what is not there.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include "azure/expand.hh"
#include "model/read.hh"
#include "tests/source_dir.hh"

namespace xconn::azure {

inline model::Topology shipped(const std::string& name) {
  return model::read(std::string(kSourceDir) + "/topologies/" + name);
}

template <typename List, typename Key, typename Member>
auto& the_one(List& list, const Key& key, Member member, std::string_view called) {
  const auto found = std::ranges::find(list, key, member);
  if (found == list.end()) throw std::runtime_error("there is no " + std::string(called));
  return *found;
}

inline const network::Node& node(const network::Network& network, std::string_view name) {
  return the_one(network.nodes, name, &network::Node::name, name);
}

inline const network::Interface& interface(const network::Node& node, std::string_view name) {
  return the_one(node.interfaces, name, &network::Interface::name, name);
}

inline const network::BgpNeighbor& neighbor(const network::Node& node, std::string_view address) {
  return the_one(node.bgp->neighbors, *Address::parse(address), &network::BgpNeighbor::address, address);
}

inline bool linked(const network::Network& network, const End& a, const End& b) {
  return std::ranges::any_of(network.links, [&](const network::Link& link) {
    return (link.a == a && link.b == b) || (link.a == b && link.b == a);
  });
}

}  // namespace xconn::azure
