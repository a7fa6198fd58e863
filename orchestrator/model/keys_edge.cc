// The tables of an edge: tunnels, SD-WAN, high availability.
#include "model/keys.hh"

namespace xconn::model {
namespace {

void read_zones(const Cursor& at, Sdwan& sdwan) {
  if (!at.raw().is_map()) return at.fault_kind("a map from zones to members", "write underlay: [er]");
  for (const auto& entry : at.raw().entries) {
    const auto here = at.entry(entry);
    if (Word<ObjectName>::parse(entry.key))
      detail::read_value<ObjectName>(here, sdwan.zones[entry.key]);
    else
      here.fault_at_key({}, Word<ObjectName>::info().rule, "rename it");
  }
}

void read_implicit(const Cursor& at, Sdwan& sdwan) {
  const auto text = read_word<Line>(at);
  if (!text) return;
  const std::vector<std::string_view> known{"source-ip", "source-dest-ip", "weight"};
  for (const auto way : known)
    if (way == *text) {
      sdwan.implicit = *text;
      return;
    }
  at.fault("it is " + one_of(known), did_you_mean(*text, known));
}

TypeInfo zones_type() {
  return own_type(
      "map of lists of members",
      R"("type": "object", "additionalProperties": {"type": ["array", "string"], "items": {"type": "string"}})");
}

/// A target that is not given does not count: nothing misses it.
void finish_sla(const Cursor& at, void* object) {
  auto& sla = *static_cast<Sla*>(object);
  for (auto target : {&Sla::latency, &Sla::jitter})
    if (sla.*target == Duration{0}) sla.*target = Duration::max();
  if (at.raw().find("loss") == nullptr) sla.loss = 1;
}

}  // namespace

template <>
const ObjectInfo& object_info<Dpd>() {
  static const ObjectInfo kInfo{
      "dpd",
      "Dead peer detection.",
      "dpd: {interval: 2s, retries: 2}",
      {
          key<&Dpd::interval>("interval", "of silence before it asks"),
          key<&Dpd::retries, Range<1, 100>>("retries", "unanswered questions before the peer is dead"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Tunnel>() {
  static const ObjectInfo kInfo{
      "tunnel",
      "A route-based IKEv2 tunnel with a pre-shared key (strongSwan). Its name is also its interface's.",
      "tunnels:\n  vpn: {local: 203.0.113.2, remote: 198.51.100.9, psk: letmein, address: 198.18.1.2/32, peer-address: "
      "198.18.1.1, initiate: true}",
      {
          key<&Tunnel::local>("local", "the own address outside the tunnel", kRequired),
          key<&Tunnel::remote>("remote", "the peer's address outside the tunnel", kRequired),
          key<&Tunnel::psk, Psk>("psk", "the key that both sides share", kRequired | kSecret),
          key<&Tunnel::initiate>("initiate", "this side calls"),
          key<&Tunnel::address>("address", "on the tunnel's interface", kRequired),
          key<&Tunnel::peer_address>("peer-address", "the peer's, in the tunnel"),
          key<&Tunnel::local_selectors>("local-selectors", "traffic from there may pass; without it, all"),
          key<&Tunnel::remote_selectors>("remote-selectors", "traffic to there may pass; without it, all"),
          key<&Tunnel::ike_proposals, Proposal>("ike-proposals", "without it aes256-sha256-modp2048"),
          key<&Tunnel::esp_proposals, Proposal>("esp-proposals", "without it aes256gcm16"),
          key<&Tunnel::ike_lifetime>("ike-lifetime", "until the IKE SA is made anew"),
          key<&Tunnel::esp_lifetime>("esp-lifetime", "until the CHILD_SA is made anew"),
          key<&Tunnel::dpd>("dpd", "dead peer detection"),
          key<&Tunnel::mtu, Range<576, 9000>>("mtu", "of its interface"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Sla>() {
  static const ObjectInfo kInfo{"sla",
                                "What a member must keep to count as good.",
                                "sla: {latency: 100ms, jitter: 50ms, loss: 2%}",
                                {
                                    key<&Sla::latency>("latency", "round trip at most; 0 does not count"),
                                    key<&Sla::jitter>("jitter", "at most; 0 does not count"),
                                    key<&Sla::loss, Fraction>("loss", "of the probes at most; without it, all"),
                                },
                                nullptr,
                                {},
                                {},
                                finish_sla};
  return kInfo;
}

template <>
const ObjectInfo& object_info<HealthCheck>() {
  static const ObjectInfo kInfo{
      "health check",
      "Probes through each of its members to one server.",
      "health-checks:\n  azure: {members: [er, vpn], server: 10.1.0.4, interval: 500ms, failtime: 5}",
      {
          key<&HealthCheck::members, ObjectName>("members", "the members that it watches", kRequired),
          key<&HealthCheck::server>("server", "who answers", kRequired),
          key<&HealthCheck::protocol>("protocol", "how it asks"),
          key<&HealthCheck::port, Range<0, 65535>>("port", "0: 7 for tcp-echo, 80 for http"),
          key<&HealthCheck::path, UrlPath>("path", "of an http request"),
          key<&HealthCheck::interval>("interval", "between probes"),
          key<&HealthCheck::timeout>("timeout", "until a probe counts as lost"),
          key<&HealthCheck::failtime, Range<1, 3600>>("failtime", "losses in a row until the member is dead"),
          key<&HealthCheck::recoverytime, Range<1, 3600>>("recoverytime", "answers in a row until it is alive"),
          key<&HealthCheck::probe_count, Range<5, 30>>("probe-count",
                                                       "probes that latency, jitter and loss are taken from"),
          key<&HealthCheck::sla>("sla", "the target"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<SdwanMember>() {
  static const ObjectInfo kInfo{
      "sdwan member",
      "A way out: an interface or a tunnel.",
      "members:\n  er: {interface: er, gateway: 10.9.0.1, cost: 5}\n  vpn: {interface: vpn, cost: 10}",
      {
          key<&SdwanMember::interface, InterfaceName>("interface", "an interface or a tunnel of the node", kRequired),
          key<&SdwanMember::gateway>("gateway", "next hop; a tunnel needs none"),
          key<&SdwanMember::cost, Range<0, 0x7fffffff>>("cost", "for lowest-cost"),
          key<&SdwanMember::priority, Range<1, 65535>>("priority", "the lower is preferred by the implicit rule"),
          key<&SdwanMember::weight, Range<1, 255>>("weight", "its share with `implicit: weight`"),
      },
      [](const Cursor& at, void* object) {
        if (!at.raw().is_scalar()) return false;
        if (auto name = read_word<InterfaceName>(at)) static_cast<SdwanMember*>(object)->interface = std::move(*name);
        return true;
      },
      "a map, or its interface",
      R"("type": "string")"};
  return kInfo;
}

template <>
const ObjectInfo& object_info<SdwanRule>() {
  static const ObjectInfo kInfo{
      "sdwan rule",
      "Which members carry which traffic. The first rule that matches decides.",
      "rules:\n  to-azure: {to: [10.1.0.0/16], strategy: lowest-cost, members: [er, vpn], hold-down: 5s}",
      {
          key<&SdwanRule::from>("from", "sources; without it, any"),
          key<&SdwanRule::to>("to", "destinations; without it, any"),
          key<&SdwanRule::protocol, IpProtocol>("protocol", "IP protocol; without it, any"),
          key<&SdwanRule::ports, PortRange>("ports", "destination ports"),
          key<&SdwanRule::dscp, Range<0, 63>>("dscp", "the DSCP field's value"),
          key<&SdwanRule::applications, Line>("applications", "as nDPI calls them"),
          key<&SdwanRule::strategy>("strategy", "how a member is chosen"),
          key<&SdwanRule::factor>("factor", "what best-quality compares"),
          key<&SdwanRule::factor_threshold, Range<0, 100>>("factor-threshold",
                                                           "percent better before best-quality moves"),
          key<&SdwanRule::members, ObjectName>("members", "in order of preference"),
          key<&SdwanRule::zones, ObjectName>("zones", "instead of members"),
          key<&SdwanRule::health_check, ObjectName>("health-check",
                                                    "whose figures count; without it, each member's own"),
          key<&SdwanRule::hold_down>("hold-down", "a better member must stay better for so long"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Sdwan>() {
  static const ObjectInfo kInfo{
      "sdwan",
      "Steers traffic between members by what health checks measure.",
      "sdwan: {routes: [10.1.0.0/16], members: {...}, health-checks: {...}, rules: {...}}",
      {
          key<&Sdwan::routes>("routes", "destinations that are steered; dropped when no member is alive", kRequired),
          key<Sdwan, read_zones>("zones", zones_type(), "names for groups of members"),
          key<&Sdwan::members>("members", "the ways out", kRequired),
          key<&Sdwan::health_checks>("health-checks", "what is measured"),
          key<&Sdwan::rules>("rules", "who goes where"),
          key<Sdwan, read_implicit>(
              "implicit",
              own_type("source-ip, source-dest-ip or weight", R"("enum": ["source-ip", "source-dest-ip", "weight"])"),
              "how sessions that no rule matches are spread; without it source-ip"),
          key<&Sdwan::require_route>("require-route",
                                     "a member counts only while the main table routes the destination over it"),
      }};
  return kInfo;
}

template <>
const ObjectInfo& object_info<Ha>() {
  static const ObjectInfo kInfo{
      "ha",
      "An active/passive pair, elected by VRRP over unicast (keepalived).",
      "ha: {group: fw, interface: ha, peer: 10.0.3.5, priority: 200}",
      {
          key<&Ha::group, ObjectName>("group", "the same on both", kRequired),
          key<&Ha::interface, InterfaceName>("interface", "where the heartbeat goes", kRequired),
          key<&Ha::peer>("peer", "the other's address there", kRequired),
          key<&Ha::priority, Range<1, 254>>("priority", "the higher is active"),
          key<&Ha::probe_port, Range<1, 65535>>("probe-port", "answers only on the active one"),
          key<&Ha::heartbeat>("heartbeat", "between adverts"),
          key<&Ha::lost_threshold, Range<1, 60>>("lost-threshold", "adverts missed until the other takes over"),
      }};
  return kInfo;
}

}  // namespace xconn::model
