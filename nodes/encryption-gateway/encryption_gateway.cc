#include "nodes/encryption-gateway/encryption_gateway.hh"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "nodes/edge/tunnels.hh"
#include "nodes/templates.hh"

namespace xconn::nodes {
namespace {

using Data = kainjow::mustache::data;
using Json = nlohmann::ordered_json;

long long milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

Json control_json(const model::RouteController& work) {
  Json gateways = Json::array(), tables = Json::array(), networks = Json::array();
  for (const auto& gateway : work.gateways)
    gateways.push_back(
        {{"name", gateway.subnet}, {"address", gateway.address.text()}, {"fabric_interface", gateway.interface}});
  for (const auto& [name, numbers] : work.tables) tables.push_back({{"name", name}, {"tables", numbers}});
  for (const auto& network : work.pair.remote_networks) networks.push_back(network.text());
  return {{"control",
           {{"fabric_netns", "/run/netns/" + work.fabric_node},
            {"detection_ms", milliseconds(work.pair.detection)},
            {"gateways", gateways},
            {"route_tables", tables},
            {"networks", networks}}}};
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

Data gateway_data(const model::Topology& topology, const network::FabricNic& gateway) {
  const auto& tunnel = std::ranges::find(topology.nodes, gateway.subnet, &model::Node::name)->tunnels.front();
  Data data;
  data.set("name", gateway.subnet);
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

Data edge_data(const model::Topology& topology, const model::RouteController& work) {
  Data data, gateways{Data::type::list};
  for (const auto& gateway : work.gateways) gateways.push_back(gateway_data(topology, gateway));
  const auto first =
      std::ranges::find(topology.nodes, work.gateways.front().subnet, &model::Node::name)->tunnels.front();
  set_tunnel(first, data);
  data.set("pair", work.pair.name);
  data.set("edge", work.pair.edge.text());
  data.set("psk", work.pair.psk);
  data.set("gateways", gateways);
  data.set("local_networks", list_of(work.pair.local_networks));
  data.set("remote_networks", list_of(work.pair.remote_networks));
  return data;
}

}  // namespace

void make_encryption_gateway(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  add_tunnels(setting, fragment);
  fragment.node.nftables += rendered("vpn-gateway/clamp.nft", Data("mss", std::to_string(kSegment)));
  if (!setting.node.keepalive) return;
  const Json report{{"report",
                     {{"gateway", setting.node.name},
                      {"controller", setting.node.keepalive->controller.text()},
                      {"every_ms", milliseconds(setting.node.keepalive->every)}}}};
  fragment.add_file("encryption.json", report.dump(2) + "\n");
  fragment.add_service("encryption", "keepalive", "encryption.json");
}

void make_encryption_controller(const Setting& setting, Fragment& fragment) {
  if (!setting.node.route_controller) return;
  const auto& work = *setting.node.route_controller;
  fragment.add_file("encryption.json", control_json(work).dump(2) + "\n");
  fragment.add_file("edge-configuration.txt",
                    rendered("encryption-gateway/edge-configuration", edge_data(setting.topology, work)), true);
  fragment.add_service("encryption", "controller", "encryption.json");
  for (const auto& gateway : work.gateways)
    fragment.add_detection("controller", gateway.subnet, work.pair.keepalive, work.pair.detection);
}

}  // namespace xconn::nodes
