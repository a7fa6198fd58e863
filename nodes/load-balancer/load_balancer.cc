#include "nodes/load-balancer/load_balancer.hh"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/azure.hh"
#include "nodes/edge/pair.hh"

namespace xconn::nodes {
namespace {

using Json = nlohmann::ordered_json;

long long milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

Json backend_json(const model::Backend& backend) {
  return {{"name", backend.name},
          {"address", backend.address.text()},
          {"interface", backend.interface},
          {"fabric_interface", backend.fabric_interface}};
}

Json probe_json(const model::Probe& probe) {
  Json json{{"protocol", probe.protocol}, {"port", probe.port}};
  if (probe.protocol == "http") json["path"] = probe.path;
  json["interval_ms"] = milliseconds(probe.interval);
  json["threshold"] = probe.threshold;
  return json;
}

Json rule_json(const model::BalancerRule& rule) {
  if (rule.ha_ports) return {{"ha_ports", true}, {"floating_ip", rule.floating_ip}};
  return {{"ha_ports", false},
          {"protocol", rule.protocol},
          {"port", rule.port},
          {"backend_port", rule.backend_port == 0 ? rule.port : rule.backend_port},
          {"floating_ip", rule.floating_ip}};
}

template <class List, class Convert>
Json each(const List& list, Convert convert) {
  Json json = Json::array();
  for (const auto& item : list) json.push_back(convert(item));
  return json;
}

Json balancer_json(const std::string& name, const model::Balancer& balancer) {
  Json json{{"name", name},
            {"frontend", balancer.frontend.text()},
            {"public", balancer.is_public},
            {"front_interface", balancer.front_interface}};
  if (balancer.is_public) json["internet_interface"] = balancer.internet_interface;
  json["probe_netns"] = "/run/netns/" + balancer.fabric_node;
  json["probe_source"] = azure::kPlatformAddress;
  json["backends"] = each(balancer.backends, backend_json);
  json["probe"] = probe_json(balancer.probe);
  json["rules"] = each(balancer.rules, rule_json);
  json["idle_timeout_ms"] = milliseconds(balancer.idle_timeout);
  return json;
}

/// "fgt-a:port1" is healthy when fgt-a is the active one of its pair, or of none.
bool is_healthy(const model::Topology& topology, const model::Backend& backend) {
  const auto name = backend.name.substr(0, backend.name.find(':'));
  const auto node = std::ranges::find(topology.nodes, name, &model::Node::name);
  return node == topology.nodes.end() || is_active(topology, *node);
}

}  // namespace

void make_load_balancer(const Setting& setting, Fragment& fragment) {
  forwards(fragment);
  if (!setting.node.balancer) return;
  const auto& balancer = *setting.node.balancer;
  fragment.add_file("lb.json", balancer_json(setting.node.name, balancer).dump(2) + "\n");
  fragment.add_service("load-balancer", "lb", "lb.json");
  const auto& probe = balancer.probe;
  for (const auto& backend : balancer.backends) {
    fragment.add_fact("backend", backend.name, is_healthy(setting.topology, backend) ? "healthy" : "unhealthy");
    fragment.add_detection("lb", backend.name, probe.interval, probe.interval * (probe.threshold + 1));
  }
}

}  // namespace xconn::nodes
