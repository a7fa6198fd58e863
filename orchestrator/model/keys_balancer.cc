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
  if (!balancer.is_public)
    return demand("subnet", "an internal load balancer's frontend stands in a subnet: VNET/SUBNET");
  demand("vnet", "the VNet whose machines it serves");
  demand("internet", "the node:interface of the Internet that it hangs on");
}

}  // namespace

template <>
const ObjectInfo& object_info<network::Probe>() {
  static const ObjectInfo kInfo{
      "probe",
      "How a load balancer asks its backends, from 168.63.129.16.",
      "probe: {protocol: tcp, port: 8008, interval: 5s, threshold: 2}",
      {
          key<&network::Probe::protocol>("protocol", "how"),
          key<&network::Probe::port, Range<1, 65535>>("port", "where", kRequired),
          key<&network::Probe::path, UrlPath>("path", "of an http request"),
          key<&network::Probe::interval>("interval", "between probes"),
          key<&network::Probe::threshold, Range<1, 100>>(
              "threshold", "unanswered probes in a row until the backend is unhealthy; one answer makes it healthy"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::BalancerRule>() {
  static const ObjectInfo kInfo{
      "load balancing rule",
      "What is balanced: all ports of an internal load balancer, or one port.",
      "rules:\n  - {ha-ports: true, floating-ip: true}\n  - {protocol: udp, port: 500}",
      {
          key<&network::BalancerRule::ha_ports>("ha-ports", "all protocols and ports; internal only"),
          key<&network::BalancerRule::protocol, IpProtocol>("protocol", "tcp or udp; not with ha-ports"),
          key<&network::BalancerRule::port>("port", "of the frontend; not with ha-ports"),
          key<&network::BalancerRule::backend_port>("backend-port", "of the backends; 0 is the same"),
          key<&network::BalancerRule::floating_ip>("floating-ip", "backends see the frontend's address as destination"),
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
          key<LoadBalancer, read_balancer_subnet>("subnet", word_type<SubnetRef>(),
                                                  "internal: where its frontend stands"),
          key<&LoadBalancer::frontend>("frontend", "the address that is balanced", kRequired),
          key<&LoadBalancer::internet>("internet", "public: the interface of the Internet's node that it hangs on"),
          key<&LoadBalancer::backends>("backends", "interfaces of nodes in the VNet", kRequired),
          key<&LoadBalancer::probe>("probe", "how backends are asked", kRequired),
          key<&LoadBalancer::rules>("rules", "what is balanced", kRequired),
          key<&LoadBalancer::idle_timeout>("idle-timeout", "of silence until a flow is forgotten: 4m to 100m"),
          key<&LoadBalancer::tcp_reset>(
              "tcp-reset", "internal: a TCP flow that is forgotten ends with a reset to both sides, not in silence"),
      },
      nullptr,
      {},
      {},
      finish_balancer};
  return kInfo;
}

}  // namespace xconn::model
