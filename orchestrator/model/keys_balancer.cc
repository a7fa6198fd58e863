// SPDX-License-Identifier: Apache-2.0
// The tables of load balancers.
#include "model/keys.hh"

namespace xconn::model {
namespace {

void read_balancer_subnet(const Cursor& at, LoadBalancer& balancer) {
  const auto subnet = read_word<SubnetRef>(at);
  if (!subnet) return;
  balancer.vnet = subnet->vnet;
  balancer.subnet = subnet->subnet;
}

void finish_balancer(const Cursor& at, void* object) {
  const auto& balancer = *static_cast<LoadBalancer*>(object);
  const auto demand = [&](const char* name, const char* remedy) {
    if (at.raw().find(name) == nullptr) at.fault_at_key(name, "this key is required", remedy);
  };
  if (!balancer.is_public) return demand("subnet", "an internal load balancer's frontend is in a subnet: VNET/SUBNET");
  demand("vnet", "the VNet whose machines it serves");
  demand("internet", "the node:interface of the Internet that it hangs on");
}

}  // namespace

template <>
const ObjectInfo& object_info<network::Probe>() {
  static const ObjectInfo kInfo{
      "probe",
      "How a load balancer probes its backends, from 168.63.129.16.",
      "probe: {protocol: tcp, port: 8008, interval: 5s, threshold: 2}",
      {
          key<&network::Probe::protocol>("protocol", "the probe's protocol"),
          key<&network::Probe::port, Range<1, 65535>>("port", "the probe's port", kRequired),
          key<&network::Probe::path, UrlPath>("path", "path of the HTTP request"),
          key<&network::Probe::interval>("interval", "interval between probes"),
          key<&network::Probe::threshold, Range<1, 100>>(
              "threshold", "unanswered probes in a row until the backend is unhealthy; one answer makes it healthy"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::BalancerRule>() {
  static const ObjectInfo kInfo{
      "load balancing rule",
      "A load balancing rule: all ports of an internal load balancer (HA ports), or one port.",
      "rules:\n  - {ha-ports: true, floating-ip: true}\n  - {protocol: udp, port: 500}",
      {
          key<&network::BalancerRule::ha_ports>("ha-ports", "all protocols and ports; internal only"),
          key<&network::BalancerRule::protocol, IpProtocol>("protocol", "tcp or udp; not with ha-ports"),
          key<&network::BalancerRule::port>("port", "the frontend port; not with ha-ports"),
          key<&network::BalancerRule::backend_port>("backend-port",
                                                    "the backend port; 0 is the same as the frontend port"),
          key<&network::BalancerRule::floating_ip>("floating-ip",
                                                   "floating IP: backends see the frontend's address as destination"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<LoadBalancer>() {
  static const ObjectInfo kInfo{
      "load balancer",
      "Azure's Standard load balancer.",
      "load-balancers:\n  ilb: {kind: internal, subnet: hub/app, frontend: 10.1.0.4, backends: [fw-a:port1, "
      "fw-b:port1], "
      "probe: {port: 8008}, rules: [{ha-ports: true}]}",
      {
          key<&LoadBalancer::is_public, BalancerKind>("kind", "internal or public", kRequired),
          key<&LoadBalancer::vnet, ObjectName>("vnet", "public: the VNet of its backends"),
          key<LoadBalancer, read_balancer_subnet>("subnet", word_type<SubnetRef>(), "internal: the frontend's subnet"),
          key<&LoadBalancer::frontend>("frontend", "the frontend IP address", kRequired),
          key<&LoadBalancer::internet>("internet", "public: the Internet node's interface that it is attached to"),
          key<&LoadBalancer::backends>("backends", "interfaces of nodes in the VNet", kRequired),
          key<&LoadBalancer::probe>("probe", "the health probe", kRequired),
          key<&LoadBalancer::rules>("rules", "the load balancing rules", kRequired),
          key<&LoadBalancer::idle_timeout>("idle-timeout",
                                           "how long a flow may be idle before it is forgotten: 4m to 100m"),
          key<&LoadBalancer::tcp_reset>("tcp-reset",
                                        "internal: send a TCP reset to both sides when an idle flow is forgotten"),
      },
      nullptr,
      {},
      {},
      finish_balancer};
  return kInfo;
}

}  // namespace xconn::model
