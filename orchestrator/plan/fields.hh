// SPDX-License-Identifier: Apache-2.0
// The fields of everything in a plan.
#pragma once

#include "base/fields.hh"
#include "network/fields.hh"
#include "plan/plan.hh"

namespace xconn {

template <>
struct Names<plan::InterfaceKind> {
  static constexpr std::pair<plan::InterfaceKind, std::string_view> names[] = {
      {plan::InterfaceKind::kEnd, "end"},
      {plan::InterfaceKind::kVlan, "vlan"},
      {plan::InterfaceKind::kBridge, "bridge"},
      {plan::InterfaceKind::kTunnel, "tunnel"},
      {plan::InterfaceKind::kLoopback, "loopback"}};
};

template <>
struct Names<RouteKind> {
  static constexpr std::pair<RouteKind, std::string_view> names[] = {{RouteKind::kUnicast, "unicast"},
                                                                     {RouteKind::kBlackhole, "blackhole"},
                                                                     {RouteKind::kUnreachable, "unreachable"},
                                                                     {RouteKind::kThrow, "throw"}};
};

}  // namespace xconn

namespace xconn::fields {

template <>
struct Table<Tag> {
  static constexpr std::tuple fields{required_field("id", &Tag::id), optional_field("ethertype", &Tag::ethertype)};
};

template <>
struct Table<NextHop> {
  static constexpr std::tuple fields{optional_field("via", &NextHop::via),
                                     optional_field("interface", &NextHop::interface),
                                     optional_field("onlink", &NextHop::onlink)};
};

template <>
struct Table<Route> {
  static constexpr std::tuple fields{required_field("to", &Route::to),
                                     optional_field("kind", &Route::kind),
                                     optional_field("next_hops", &Route::next_hops),
                                     optional_field("table", &Route::table),
                                     optional_field("metric", &Route::metric),
                                     optional_field("source", &Route::source)};
};

template <>
struct Table<Rule> {
  static constexpr std::tuple fields{
      required_field("priority", &Rule::priority), optional_field("in_interface", &Rule::in_interface),
      optional_field("mark", &Rule::mark),         optional_field("mask", &Rule::mask),
      optional_field("from", &Rule::from),         optional_field("to", &Rule::to),
      optional_field("udp_port", &Rule::udp_port), required_field("table", &Rule::table)};
};

template <>
struct Table<RouteMirror> {
  static constexpr std::tuple fields{optional_field("from_node", &RouteMirror::from_node),
                                     required_field("from_table", &RouteMirror::from_table),
                                     required_field("from_protocol", &RouteMirror::from_protocol),
                                     required_field("to_tables", &RouteMirror::to_tables),
                                     required_field("metric", &RouteMirror::metric),
                                     optional_field("interface", &RouteMirror::interface),
                                     optional_field("reject", &RouteMirror::reject),
                                     optional_field("accept", &RouteMirror::accept),
                                     optional_field("late_interfaces", &RouteMirror::late_interfaces),
                                     optional_field("delay", &RouteMirror::delay)};
};

template <>
struct Table<Impairment> {
  static constexpr std::tuple fields{optional_field("delay", &Impairment::delay),
                                     optional_field("jitter", &Impairment::jitter),
                                     optional_field("loss", &Impairment::loss),
                                     optional_field("reorder", &Impairment::reorder),
                                     optional_field("duplicate", &Impairment::duplicate),
                                     optional_field("corrupt", &Impairment::corrupt),
                                     optional_field("rate", &Impairment::rate)};
};

template <>
struct Table<End> {
  static constexpr std::tuple fields{required_field("node", &End::node), required_field("interface", &End::interface)};
};

template <>
struct Table<plan::Interface> {
  static constexpr std::tuple fields{required_field("name", &plan::Interface::name),
                                     required_field("kind", &plan::Interface::kind),
                                     optional_field("mac", &plan::Interface::mac),
                                     optional_field("mtu", &plan::Interface::mtu),
                                     optional_field("addresses", &plan::Interface::addresses),
                                     optional_field("parent", &plan::Interface::parent),
                                     optional_field("tags", &plan::Interface::tags),
                                     optional_field("bridge", &plan::Interface::bridge),
                                     optional_field("up", &plan::Interface::up),
                                     optional_field("hide_hop", &plan::Interface::hide_hop)};
};

template <>
struct Table<plan::File> {
  static constexpr std::tuple fields{required_field("name", &plan::File::name),
                                     required_field("content", &plan::File::content),
                                     optional_field("secret", &plan::File::secret)};
};

template <>
struct Table<plan::Service> {
  static constexpr std::tuple fields{
      required_field("kind", &plan::Service::kind),           required_field("name", &plan::Service::name),
      optional_field("arguments", &plan::Service::arguments), optional_field("config", &plan::Service::config),
      optional_field("after", &plan::Service::after),         optional_field("restart", &plan::Service::restart)};
};

template <>
struct Table<plan::Node> {
  static constexpr std::tuple fields{required_field("name", &plan::Node::name),
                                     required_field("role", &plan::Node::role),
                                     optional_field("site", &plan::Node::site),
                                     optional_field("router", &plan::Node::router),
                                     optional_field("interfaces", &plan::Node::interfaces),
                                     optional_field("routes", &plan::Node::routes),
                                     optional_field("rules", &plan::Node::rules),
                                     optional_field("sysctls", &plan::Node::sysctls),
                                     optional_field("nftables", &plan::Node::nftables),
                                     optional_field("mirrors", &plan::Node::mirrors),
                                     optional_field("bgp", &plan::Node::bgp),
                                     optional_field("frr_lines", &plan::Node::frr_lines),
                                     optional_field("sdwan", &plan::Node::sdwan),
                                     optional_field("balancer", &plan::Node::balancer),
                                     optional_field("moved", &plan::Node::moved),
                                     optional_field("files", &plan::Node::files),
                                     optional_field("services", &plan::Node::services)};
};

template <>
struct Table<plan::Link> {
  static constexpr std::tuple fields{required_field("name", &plan::Link::name), required_field("a", &plan::Link::a),
                                     required_field("b", &plan::Link::b), optional_field("a_to_b", &plan::Link::a_to_b),
                                     optional_field("b_to_a", &plan::Link::b_to_a)};
};

template <>
struct Table<plan::Fact> {
  static constexpr std::tuple fields{
      required_field("node", &plan::Fact::node), required_field("kind", &plan::Fact::kind),
      required_field("subject", &plan::Fact::subject), optional_field("expected", &plan::Fact::expected)};
};

template <>
struct Table<Detection> {
  static constexpr std::tuple fields{
      required_field("node", &Detection::node), required_field("source", &Detection::source),
      required_field("subject", &Detection::subject), required_field("interval", &Detection::interval),
      required_field("after", &Detection::after)};
};

template <>
struct Table<plan::Plan> {
  static constexpr std::tuple fields{
      required_field("lab", &plan::Plan::lab),       optional_field("title", &plan::Plan::title),
      required_field("timers", &plan::Plan::timers), optional_field("message", &plan::Plan::message),
      required_field("nodes", &plan::Plan::nodes),   required_field("links", &plan::Plan::links),
      optional_field("facts", &plan::Plan::facts),   optional_field("detections", &plan::Plan::detections)};
};

}  // namespace xconn::fields
