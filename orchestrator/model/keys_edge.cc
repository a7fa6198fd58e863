// SPDX-License-Identifier: Apache-2.0
// The tables of an edge: tunnels, SD-WAN, high availability.
#include "model/keys.hh"

namespace xconn::model {
namespace {

void read_zones(const Cursor& at, network::Sdwan& sdwan) {
  if (!at.raw().is_map()) return at.fault_kind("a map from zones to members", "write underlay: [er]");
  for (const auto& entry : at.raw().entries) {
    const auto here = at.entry(entry);
    if (Word<ObjectName>::parse(entry.key))
      detail::read_value<ObjectName>(here, sdwan.zones[entry.key]);
    else
      here.fault_at_key({}, Word<ObjectName>::info().rule, "rename it");
  }
}

TypeInfo zones_type() {
  return own_type(
      "map of lists of members",
      R"("type": "object", "additionalProperties": {"type": ["array", "string"], "items": {"type": "string"}})");
}

/// 0 is no target.
void finish_sla(const Cursor&, void* object) {
  auto& sla = *static_cast<network::Sla*>(object);
  for (auto target : {&network::Sla::latency, &network::Sla::jitter})
    if (sla.*target == Duration{0}) (sla.*target).reset();
}

}  // namespace

template <>
const ObjectInfo& object_info<network::Dpd>() {
  static const ObjectInfo kInfo{
      "dpd",
      "Dead peer detection.",
      "dpd: {interval: 2s, retries: 2}",
      {
          key<&network::Dpd::interval>("interval", "how long the peer may be silent before a DPD request is sent"),
          key<&network::Dpd::retries, Range<1, 100>>("retries", "unanswered requests before the peer is declared dead"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::Tunnel>() {
  static const ObjectInfo kInfo{
      "tunnel",
      "A route-based IKEv2 tunnel with a pre-shared key (strongSwan). Its interface has the "
      "tunnel's name.",
      "tunnels:\n  vpn: {local: 203.0.113.2, remote: 198.51.100.9, psk: letmein, address: 198.18.1.2/32, peer-address: "
      "198.18.1.1, initiate: true}",
      {
          key<&network::Tunnel::local>("local", "this side's outer address", kRequired),
          key<&network::Tunnel::remote>("remote", "the peer's outer address", kRequired),
          key<&network::Tunnel::psk, Psk>("psk", "the pre-shared key", kRequired | kSecret),
          key<&network::Tunnel::initiate>("initiate", "this side initiates IKE; at least one side must"),
          key<&network::Tunnel::address>("address", "address of the tunnel interface", kRequired),
          key<&network::Tunnel::peer_address>("peer-address", "the peer's address inside the tunnel"),
          key<&network::Tunnel::local_selectors>("local-selectors", "local traffic selectors; by default, everything"),
          key<&network::Tunnel::remote_selectors>("remote-selectors",
                                                  "remote traffic selectors; by default, everything"),
          key<&network::Tunnel::ike_proposals, Proposal>("ike-proposals", "by default aes256-sha256-modp2048"),
          key<&network::Tunnel::esp_proposals, Proposal>("esp-proposals", "by default aes256gcm16"),
          key<&network::Tunnel::ike_lifetime>("ike-lifetime", "how long until the IKE SA is rekeyed"),
          key<&network::Tunnel::esp_lifetime>("esp-lifetime", "how long until the CHILD_SA is rekeyed"),
          key<&network::Tunnel::dpd>("dpd", "dead peer detection"),
          key<&network::Tunnel::mtu, Range<576, 9000>>("mtu", "MTU of the tunnel interface"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::Sla>() {
  static const ObjectInfo kInfo{
      "sla",
      "The SLA target that a member must meet.",
      "sla: {latency: 100ms, jitter: 50ms, loss: 2%}",
      {
          key<&network::Sla::latency>("latency", "maximum round-trip time; without it or with 0, any"),
          key<&network::Sla::jitter>("jitter", "maximum jitter; without it or with 0, any"),
          key<&network::Sla::loss, Fraction>("loss", "maximum packet loss; without it, any"),
      },
      nullptr,
      {},
      {},
      finish_sla};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::HealthCheck>() {
  static const ObjectInfo kInfo{
      "health check",
      "Probes one server through each of its members.",
      "health-checks:\n  azure: {members: [er, vpn], server: 10.1.0.4, interval: 500ms, failtime: 5}",
      {
          key<&network::HealthCheck::members, ObjectName>("members", "the members to probe through", kRequired),
          key<&network::HealthCheck::server>("server", "the server to probe", kRequired),
          key<&network::HealthCheck::protocol>("protocol", "the probe's protocol"),
          key<&network::HealthCheck::port, Range<0, 65535>>("port",
                                                            "the server's port; 0 is 7 for tcp-echo and 80 for http"),
          key<&network::HealthCheck::path, UrlPath>("path", "path of the HTTP request"),
          key<&network::HealthCheck::interval>("interval", "interval between probes"),
          key<&network::HealthCheck::timeout>("timeout", "how long until a probe counts as lost"),
          key<&network::HealthCheck::failtime, Range<1, 3600>>("failtime",
                                                               "consecutive losses until the member is dead"),
          key<&network::HealthCheck::recoverytime, Range<1, 3600>>("recoverytime",
                                                                   "answers in a row until it is alive"),
          key<&network::HealthCheck::probe_count, Range<5, 30>>("probe-count",
                                                                "probes that latency, jitter and loss are taken from"),
          key<&network::HealthCheck::sla>("sla", "the SLA target"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::SdwanMember>() {
  static const ObjectInfo kInfo{
      "sdwan member",
      "A member: an interface or a tunnel that traffic can be steered to.",
      "members:\n  er: {interface: er, gateway: 10.9.0.1, cost: 5}\n  vpn: {interface: vpn, cost: 10}",
      {
          key<&network::SdwanMember::interface, InterfaceName>("interface", "an interface or a tunnel of the node",
                                                               kRequired),
          key<&network::SdwanMember::gateway>("gateway", "next hop; a tunnel needs none"),
          key<&network::SdwanMember::cost, Range<0, 0x7fffffff>>("cost", "the cost that lowest-cost compares"),
          key<&network::SdwanMember::priority, Range<1, 65535>>("priority",
                                                                "the lower is preferred by the implicit rule"),
          key<&network::SdwanMember::weight, Range<1, 255>>("weight", "its share of sessions with `implicit: weight`"),
      },
      [](const Cursor& at, void* object) {
        if (!at.raw().is_scalar()) return false;
        if (auto name = read_word<InterfaceName>(at))
          static_cast<network::SdwanMember*>(object)->interface = std::move(*name);
        return true;
      },
      "a map, or its interface",
      R"("type": "string")"};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::SdwanRule>() {
  static const ObjectInfo kInfo{
      "sdwan rule",
      "Which members carry which traffic. The first rule that matches decides.",
      "rules:\n  to-azure: {to: [10.1.0.0/16], strategy: lowest-cost, members: [er, vpn], hold-down: 5s}",
      {
          key<&network::SdwanRule::from>("from", "sources; without it, any"),
          key<&network::SdwanRule::to>("to", "destinations; without it, any"),
          key<&network::SdwanRule::protocol, IpProtocol>("protocol", "IP protocol; without it, any"),
          key<&network::SdwanRule::ports, PortRange>("ports", "destination ports"),
          key<&network::SdwanRule::dscp, Range<0, 63>>("dscp", "the DSCP field's value"),
          key<&network::SdwanRule::applications, Line>("applications", "application names as in nDPI"),
          key<&network::SdwanRule::strategy>("strategy", "how the member is chosen"),
          key<&network::SdwanRule::factor>("factor", "what best-quality compares"),
          key<&network::SdwanRule::factor_threshold, Range<0, 100>>("factor-threshold",
                                                                    "percent better before best-quality moves"),
          key<&network::SdwanRule::members, ObjectName>("members", "the members, in order of preference"),
          key<&network::SdwanRule::zones, ObjectName>("zones", "zones instead of members"),
          key<&network::SdwanRule::health_check, ObjectName>("health-check",
                                                             "whose figures count; without it, each member's own"),
          key<&network::SdwanRule::hold_down>("hold-down",
                                              "how long a better member must stay better before traffic returns to it"),
          key<&network::SdwanRule::sla_stickiness>("sla-stickiness",
                                                   "a session stays on its member while the member meets its SLA"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::Sdwan>() {
  static const ObjectInfo kInfo{
      "sdwan",
      "Steers traffic between members by the results of health checks.",
      "sdwan: {routes: [10.1.0.0/16], members: {...}, health-checks: {...}, rules: {...}}",
      {
          key<&network::Sdwan::routes>(
              "routes", "steered destinations; their traffic is dropped when no member is alive", kRequired),
          key<network::Sdwan, read_zones>("zones", zones_type(), "names for groups of members"),
          key<&network::Sdwan::members>("members", "the member interfaces", kRequired),
          key<&network::Sdwan::health_checks>("health-checks", "the health checks"),
          key<&network::Sdwan::rules>("rules", "the SD-WAN rules"),
          key<&network::Sdwan::implicit>("implicit", "how sessions that match no rule are distributed"),
          key<&network::Sdwan::require_route>(
              "require-route", "a member is used only while the main table has a route to the destination through it"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<network::Ha>() {
  static const ObjectInfo kInfo{
      "ha",
      "An active/passive pair, elected by VRRP over unicast (keepalived).",
      "ha: {group: fw, interface: ha, peer: 10.0.3.5, priority: 200}",
      {
          key<&network::Ha::group, ObjectName>("group", "the HA group's name, the same on both nodes", kRequired),
          key<&network::Ha::interface, InterfaceName>("interface", "the heartbeat interface", kRequired),
          key<&network::Ha::peer>("peer", "the peer's address on the heartbeat network", kRequired),
          key<&network::Ha::priority, Range<1, 254>>("priority", "the highest priority is active"),
          key<&network::Ha::probe_port, Range<1, 65535>>("probe-port", "TCP port that answers only on the active node"),
          key<&network::Ha::heartbeat>("heartbeat", "interval of VRRP advertisements"),
          key<&network::Ha::lost_threshold, Range<1, 60>>("lost-threshold",
                                                          "missed advertisements before the peer takes over"),
      }};
  return kInfo;
}

}  // namespace xconn::model
