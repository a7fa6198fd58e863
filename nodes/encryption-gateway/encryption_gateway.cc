// SPDX-License-Identifier: Apache-2.0
#include "nodes/encryption-gateway/encryption_gateway.hh"

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "network/fields.hh"
#include "nodes/edge/tunnels.hh"
#include "nodes/templates.hh"

namespace xconn::nodes {
namespace {

using Data = kainjow::mustache::data;

void add_daemon(const char* name, const network::EncryptionWork& work, Fragment& fragment) {
  fragment.add_file("encryption.json", fields::encode(work).dump(2) + "\n");
  fragment.add_service("encryption", name, "encryption.json");
}

const network::Tunnel& tunnel_of(const network::Network& network, const network::EncryptionGateway& gateway) {
  return std::ranges::find(network.nodes, gateway.name, &network::Node::name)->tunnels.front();
}

Data list_of(const std::vector<Prefix>& prefixes) {
  Data list{Data::type::list};
  for (const auto& prefix : prefixes) {
    Data item;
    item.set("prefix", prefix.text());
    list.push_back(item);
  }
  return list;
}

Data gateway_data(const network::Network& network, const network::EncryptionGateway& gateway) {
  const auto& tunnel = tunnel_of(network, gateway);
  Data data;
  data.set("name", gateway.name);
  data.set("address", gateway.address.text());
  data.set("inside", tunnel.address.address().text());
  data.set("edge_inside", tunnel.peer_address->text());
  return data;
}

/// All of a pair have the same.
void set_tunnel(const network::Tunnel& tunnel, Data& data) {
  data.set("ike", ike_proposals(tunnel));
  data.set("ike_lifetime", seconds(tunnel.ike_lifetime));
  data.set("esp", esp_proposals(tunnel));
  data.set("esp_lifetime", seconds(tunnel.esp_lifetime));
  data.set("mtu", std::to_string(tunnel.mtu));
  data.set("mss", std::to_string(kSegment));
}

Data edge_data(const network::Network& network, const network::EncryptionController& controller) {
  Data data, gateways{Data::type::list};
  for (const auto& gateway : controller.control.gateways) gateways.push_back(gateway_data(network, gateway));
  set_tunnel(tunnel_of(network, controller.control.gateways.front()), data);
  data.set("pair", controller.pair);
  data.set("edge", controller.edge.text());
  data.set("psk", controller.psk);
  data.set("gateways", gateways);
  data.set("local_networks", list_of(controller.local_networks));
  data.set("remote_networks", list_of(controller.control.networks));
  return data;
}

}  // namespace

void make_encryption_gateway(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_tunnels(setting, fragment);
  fragment.node.nftables += rendered("vpn-gateway/clamp.nft", Data("mss", std::to_string(kSegment)));
  if (const auto& report = setting.node.encryption_report) add_daemon("keepalive", {.report = report}, fragment);
}

void make_encryption_controller(const Setting& setting, Fragment& fragment) {
  if (!setting.node.encryption_controller) return;
  const auto& controller = *setting.node.encryption_controller;
  add_daemon("controller", {.control = controller.control}, fragment);
  fragment.add_file("edge-configuration.txt",
                    rendered("encryption-gateway/edge-configuration", edge_data(setting.network, controller)), true);
  for (const auto& gateway : controller.control.gateways)
    fragment.add_detection("controller", gateway.name, controller.keepalive, controller.control.detection);
}

}  // namespace xconn::nodes
