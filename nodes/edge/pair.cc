// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/pair.hh"

#include <algorithm>
#include <cstdio>
#include <kainjow/mustache.hpp>

#include "nodes/templates.hh"

namespace xconn::nodes {
namespace {

using Data = kainjow::mustache::data;

constexpr int kOwner = 255;  // VRRP's address owner (RFC 5798 section 5.2.4): MASTER without waiting

/// 1 to 255, the same for both nodes of a group.
int router_id(const std::string& group) {
  int sum = 0;
  for (const unsigned char c : group) sum = (sum * 31 + c) % 255;
  return sum + 1;
}

std::string hundredths(Duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", std::chrono::duration<double>(duration).count());  // VRRPv3 counts in 10 ms
  return text;
}

std::string own_address(const network::Node& node) {
  for (const auto& interface : node.interfaces)
    if (interface.name == node.ha->interface && !interface.addresses.empty())
      return interface.addresses.front().address().text();
  return {};
}

Data pair_data(const network::Node& node, bool yields) {
  const auto& ha = *node.ha;
  const std::pair<const char*, std::string> values[] = {
      {"node", node.name},
      {"group", ha.group},
      {"interface", ha.interface},
      {"router_id", std::to_string(router_id(ha.group))},
      {"priority", std::to_string(ha.priority)},
      {"heartbeat", hundredths(ha.heartbeat)},
      {"lost_threshold", std::to_string(ha.lost_threshold)},
      {"address", own_address(node)},
      {"peer", ha.peer.text()},
      {"fifo", kVrrpFifo},
  };
  Data data;
  for (const auto& [key, value] : values) data.set(key, value);
  Data addresses{Data::type::list};
  for (const auto& moved : ha.addresses) {
    Data line;
    line.set("address", moved.address.text());
    line.set("interface", moved.interface);
    addresses.push_back(line);
  }
  data.set("addresses", addresses);
  data.set("owner", ha.priority == kOwner ? Data::type::bool_true : Data::type::bool_false);
  data.set("yields", yields ? Data::type::bool_true : Data::type::bool_false);
  return data;
}

}  // namespace

bool is_active(const network::Network& network, const network::Node& node) {
  if (!node.ha) return true;
  const network::Node* master = nullptr;
  for (const auto& other : network.nodes)
    if (other.ha && other.ha->group == node.ha->group &&
        (master == nullptr || other.ha->priority > master->ha->priority))
      master = &other;
  return master != nullptr && master->name == node.name;
}

void add_pair(const Setting& setting, Fragment& fragment) {
  if (!setting.node.ha) return;
  const bool active = is_active(setting.network, setting.node);
  fragment.add_detection("ha", setting.node.ha->group, setting.node.ha->heartbeat,
                         setting.node.ha->heartbeat * setting.node.ha->lost_threshold);
  fragment.add_file("keepalived.conf", rendered("edge/keepalived.conf", pair_data(setting.node, !active)));
  // It does not repeat its state to an edge that was restarted, so it starts after that, again too.
  const std::vector<std::string> after =
      setting.node.sdwan ? std::vector<std::string>{"sdwan"} : std::vector<std::string>{};
  fragment.add_service("keepalived", "keepalived", "keepalived.conf", after);
  for (const auto& moved : setting.node.ha->addresses) fragment.node.moved.push_back(moved.address.address());
  fragment.add_fact("vrrp", setting.node.ha->group, active ? "MASTER" : "BACKUP");
}

}  // namespace xconn::nodes
