// SPDX-License-Identifier: Apache-2.0
// The fields of everything in a network.
#pragma once

#include "base/fields.hh"
#include "network/bgp.hh"
#include "network/encryption.hh"
#include "network/names.hh"

namespace xconn::fields {

constexpr long long kLongest = Duration::max() / std::chrono::milliseconds(1);  // of any interval

template <>
struct Table<network::PolicyIn> {
  using Owner = network::PolicyIn;
  static constexpr std::tuple fields{optional_field("accept", &Owner::accept), optional_field("refuse", &Owner::refuse),
                                     optional_field("communities", &Owner::communities),
                                     optional_field("local_preference", &Owner::local_preference)};
};

template <>
struct Table<network::PolicyOut> {
  using Owner = network::PolicyOut;
  static constexpr std::tuple fields{optional_field("announce", &Owner::announce),
                                     optional_field("communities", &Owner::communities),
                                     optional_field("withhold_communities", &Owner::withhold_communities),
                                     optional_field("withhold_asns", &Owner::withhold_asns),
                                     optional_field("set_communities", &Owner::set_communities),
                                     optional_field("prepend", &Owner::prepend)};
};

template <>
struct Table<network::Neighbor> {
  using Owner = network::Neighbor;
  static constexpr std::tuple fields{required_field("address", &Owner::address),
                                     required_field("asn", &Owner::asn),
                                     optional_field("password", &Owner::password),
                                     optional_field("source", &Owner::source),
                                     optional_field("bfd", &Owner::bfd),
                                     optional_field("is_far", &Owner::is_far),
                                     optional_field("multihop", &Owner::multihop),
                                     optional_field("passive", &Owner::passive),
                                     optional_field("shutdown", &Owner::shutdown),
                                     optional_field("next_hop_self", &Owner::next_hop_self),
                                     optional_field("route_reflector_client", &Owner::route_reflector_client),
                                     optional_field("remove_private_as", &Owner::remove_private_as),
                                     optional_field("as_override", &Owner::as_override),
                                     optional_field("maximum_prefix", &Owner::maximum_prefix),
                                     optional_field("in", &Owner::in),
                                     optional_field("out", &Owner::out)};
};

template <>
struct Table<network::Origin> {
  using Owner = network::Origin;
  static constexpr std::tuple fields{required_field("prefix", &Owner::prefix),
                                     optional_field("communities", &Owner::communities)};
};

template <>
struct Table<network::BfdTimers> {
  using Owner = network::BfdTimers;
  static constexpr std::tuple fields{required_field("profile", &Owner::profile),
                                     required_field("interval", &Owner::interval),
                                     required_field("multiplier", &Owner::multiplier)};
};

template <>
struct Table<network::Speaker> {
  using Owner = network::Speaker;
  static constexpr std::tuple fields{required_field("asn", &Owner::asn),
                                     optional_field("router_id", &Owner::router_id),
                                     required_field("keepalive", &Owner::keepalive),
                                     required_field("hold", &Owner::hold),
                                     required_field("maximum_paths", &Owner::maximum_paths),
                                     required_field("bfd", &Owner::bfd),
                                     optional_field("networks", &Owner::networks),
                                     optional_field("neighbors", &Owner::neighbors)};
};

// --- load balancers -------------------------------------------------------------------------------------------------

template <>
struct Table<network::Probe> {
  using Owner = network::Probe;
  static constexpr std::tuple fields{
      optional_field("protocol", &Owner::protocol), required_field("port", &Owner::port).between(1, 65535),
      optional_field("path", &Owner::path), required_field("interval", &Owner::interval).between(1, kLongest),
      required_field("threshold", &Owner::threshold).between(1, 100)};
};

template <>
struct Table<network::BalancerRule> {
  using Owner = network::BalancerRule;
  static constexpr std::tuple fields{optional_field("ha_ports", &Owner::ha_ports),
                                     optional_field("protocol", &Owner::protocol), optional_field("port", &Owner::port),
                                     optional_field("backend_port", &Owner::backend_port),
                                     optional_field("floating_ip", &Owner::floating_ip)};
};

template <>
struct Table<network::Backend> {
  using Owner = network::Backend;
  static constexpr std::tuple fields{required_field("name", &Owner::name), required_field("address", &Owner::address),
                                     required_field("interface", &Owner::interface),
                                     required_field("fabric_interface", &Owner::fabric_interface)};
};

template <>
struct Table<network::Balancer> {
  using Owner = network::Balancer;
  static constexpr std::tuple fields{required_field("name", &Owner::name),
                                     required_field("frontend", &Owner::frontend),
                                     required_field("public", &Owner::is_public),
                                     required_field("front_interface", &Owner::front_interface),
                                     optional_field("internet_interface", &Owner::internet_interface),
                                     required_field("probe_netns", &Owner::probe_netns),
                                     required_field("probe_source", &Owner::probe_source),
                                     required_field("backends", &Owner::backends),
                                     required_field("probe", &Owner::probe),
                                     required_field("rules", &Owner::rules),
                                     required_field("idle_timeout", &Owner::idle_timeout).between(1, kLongest),
                                     optional_field("tcp_reset", &Owner::tcp_reset)};
};

// --- SD-WAN ---------------------------------------------------------------------------------------------------------

template <>
struct Table<network::Sla> {
  using Owner = network::Sla;
  static constexpr std::tuple fields{optional_field("latency", &Owner::latency),
                                     optional_field("jitter", &Owner::jitter),
                                     optional_field("loss", &Owner::loss).between(0, 1)};
};

template <>
struct Table<network::HealthCheck> {
  using Owner = network::HealthCheck;
  static constexpr std::tuple fields{required_field("name", &Owner::name),
                                     optional_field("members", &Owner::members),
                                     required_field("server", &Owner::server),
                                     optional_field("protocol", &Owner::protocol),
                                     optional_field("port", &Owner::port).between(0, 65535),
                                     optional_field("path", &Owner::path),
                                     optional_field("interval", &Owner::interval).between(1, kLongest),
                                     optional_field("timeout", &Owner::timeout).between(1, kLongest),
                                     optional_field("failtime", &Owner::failtime).between(1, 3600),
                                     optional_field("recoverytime", &Owner::recoverytime).between(1, 3600),
                                     optional_field("probe_count", &Owner::probe_count).between(1, 10000),
                                     optional_field("sla", &Owner::sla)};
};

template <>
struct Table<network::SdwanMember> {
  using Owner = network::SdwanMember;
  static constexpr std::tuple fields{required_field("name", &Owner::name),
                                     required_field("interface", &Owner::interface),
                                     optional_field("gateway", &Owner::gateway),
                                     optional_field("cost", &Owner::cost).between(0, 0x7fffffff),
                                     optional_field("priority", &Owner::priority).between(0, 1 << 30),
                                     optional_field("weight", &Owner::weight).between(1, 255)};
};

template <>
struct Table<network::SdwanRule> {
  using Owner = network::SdwanRule;
  static constexpr std::tuple fields{required_field("name", &Owner::name),
                                     optional_field("from", &Owner::from),
                                     optional_field("to", &Owner::to),
                                     optional_field("protocol", &Owner::protocol),
                                     optional_field("ports", &Owner::ports),
                                     optional_field("dscp", &Owner::dscp).between(0, 63),
                                     optional_field("applications", &Owner::applications),
                                     optional_field("strategy", &Owner::strategy),
                                     optional_field("factor", &Owner::factor),
                                     optional_field("factor_threshold", &Owner::factor_threshold).between(0, 100),
                                     optional_field("members", &Owner::members),
                                     optional_field("zones", &Owner::zones),
                                     optional_field("health_check", &Owner::health_check),
                                     optional_field("hold_down", &Owner::hold_down).between(0, kLongest),
                                     optional_field("sla_stickiness", &Owner::sla_stickiness)};
};

template <>
struct Table<network::Sdwan> {
  using Owner = network::Sdwan;
  static constexpr std::tuple fields{optional_field("routes", &Owner::routes),
                                     optional_field("zones", &Owner::zones),
                                     optional_field("members", &Owner::members),
                                     optional_field("health_checks", &Owner::health_checks),
                                     optional_field("rules", &Owner::rules),
                                     optional_field("implicit", &Owner::implicit),
                                     optional_field("require_route", &Owner::require_route)};
};

// --- encryption gateways --------------------------------------------------------------------------------------------

template <>
struct Table<network::EncryptionReport> {
  using Owner = network::EncryptionReport;
  static constexpr std::tuple fields{required_field("gateway", &Owner::gateway),
                                     required_field("controller", &Owner::controller),
                                     required_field("every", &Owner::every).between(1, kLongest)};
};

template <>
struct Table<network::EncryptionGateway> {
  using Owner = network::EncryptionGateway;
  static constexpr std::tuple fields{required_field("name", &Owner::name), required_field("address", &Owner::address),
                                     required_field("fabric_interface", &Owner::fabric_interface)};
};

template <>
struct Table<network::EncryptionTable> {
  using Owner = network::EncryptionTable;
  static constexpr std::tuple fields{required_field("name", &Owner::name), required_field("tables", &Owner::tables)};
};

template <>
struct Table<network::EncryptionControl> {
  using Owner = network::EncryptionControl;
  static constexpr std::tuple fields{
      required_field("fabric_netns", &Owner::fabric_netns),
      required_field("detection", &Owner::detection).between(1, kLongest), required_field("gateways", &Owner::gateways),
      required_field("route_tables", &Owner::route_tables), required_field("networks", &Owner::networks)};
};

template <>
struct Table<network::EncryptionWork> {
  using Owner = network::EncryptionWork;
  static constexpr std::tuple fields{optional_field("report", &Owner::report),
                                     optional_field("control", &Owner::control)};
};

}  // namespace xconn::fields
