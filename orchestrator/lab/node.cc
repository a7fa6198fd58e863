// SPDX-License-Identifier: Apache-2.0
#include "lab/node.hh"

#include <algorithm>
#include <cerrno>

#include "services/nftables.hh"
#include "sys/clock.hh"
#include "sys/file.hh"
#include "world/vtysh.hh"

namespace xconn::lab {
namespace {

using plan::Interface;
using plan::InterfaceKind;

constexpr std::uint32_t kLocalTable = 255;
constexpr std::uint8_t kProtocolBgp = 186;  // RTPROT_BGP

bool has_v6(const Interface& interface) {
  return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                     [](const auto& address) { return !address.address().is_v4(); });
}

kernel::LinkChange settings_of(const Interface& interface) {
  kernel::LinkChange change;
  change.no_ipv6_address = !has_v6(interface);
  if (interface.kind != InterfaceKind::kEnd) change.mtu = interface.mtu;
  if (!interface.bridge.empty()) change.bridge = interface.bridge;
  change.up = interface.up;
  return change;
}

void add_addresses(kernel::Batch& batch, const Interface& interface) {
  for (const auto& address : interface.addresses)
    batch.push_back(kernel::address_add(interface.name, address).tolerate(EEXIST));
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string next_hops_of(const Route& route) {
  std::string text;
  for (const auto& hop : route.next_hops)
    text += (text.empty() ? " via " : ", ") + (hop.via ? hop.via->text() + " " : "") + hop.interface;
  return text;
}

}  // namespace

Node::Node(sys::Loop& loop, const plan::Node& plan, sys::Netns netns,
           std::shared_ptr<const kernel::Inherited> inherited, std::string folder, services::EventSink events,
           std::function<void()> stirred)
    : loop_(loop),
      plan_(plan),
      applied_(plan),
      folder_(std::move(folder)),
      events_(std::move(events)),
      stirred_(std::move(stirred)),
      netns_(std::move(netns)),
      inherited_(std::move(inherited)),
      netlink_(netns_, plan.name),
      reader_(netns_, plan.name),
      reasons_(plan.name, events_) {}

void Node::configure(datapath::VlanDriver vlan) {
  make_interfaces(plan_.interfaces, vlan);
  kernel::set_sysctls(netns_, plan_.name, kernel::of_interfaces(plan_.sysctls));
  netlink_.commit(kernel::link_set("lo", {.up = true}));
  set_up(plan_.interfaces);
  if (!plan_.nftables.empty()) services::apply_ruleset(netns_, plan_.nftables, plan_.name);
  add_routes();
}

void Node::watch() {
  monitor_.emplace(loop_, netns_, [this](const kernel::Change& change) { changed(change); });
  if (plan_.bgp) reasons_.watch_md5(loop_, netns_);
}

std::vector<kernel::RouteMirror> Node::make_mirrors(const NetnsOf& netns_of) const {
  std::vector<kernel::RouteMirror> mirrors;
  for (const auto& mirror : plan_.mirrors)
    if (mirror.from_node.empty())
      mirrors.emplace_back(loop_, netns_, plan_.name, mirror);
    else
      mirrors.emplace_back(loop_, kernel::MirrorSource{netns_of(mirror.from_node), mirror.from_node}, netns_,
                           plan_.name, mirror);
  return mirrors;
}

void Node::mirror_routes(const NetnsOf& netns_of) { mirrors_ = make_mirrors(netns_of); }

void Node::make_bridge(const Interface& interface) {
  kernel::set_sysctls(netns_, plan_.name, inherited_->of_bridges(plan_.sysctls));
  netlink_.commit(kernel::bridge(interface.name, interface.mac, interface.mtu).tolerate(EEXIST));
}

void Node::make_sub_interface(const Interface& interface, datapath::VlanDriver driver) {
  std::erase_if(sub_interfaces_, [&](const auto& known) { return known.name() == interface.name; });
  sub_interfaces_.emplace_back(
      netns_, datapath::SubInterface{interface.name, interface.parent, interface.tags, interface.mac, interface.mtu},
      driver);
}

/// Bridges before their ports, and trunks before what stands on them, which is the order of the plan.
void Node::make_interfaces(const std::vector<Interface>& interfaces, datapath::VlanDriver driver) {
  for (const auto& interface : interfaces)
    if (interface.kind == InterfaceKind::kBridge) make_bridge(interface);
  for (const auto& interface : interfaces)
    if (interface.kind == InterfaceKind::kVlan) make_sub_interface(interface, driver);
}

void Node::set_up(const std::vector<Interface>& interfaces) {
  kernel::Batch batch;
  for (const auto& interface : interfaces) {
    if (interface.kind == InterfaceKind::kTunnel) continue;
    // Where faults and traces will hook in; on a live link this would cost a frame.
    if (interface.kind == InterfaceKind::kEnd) batch.push_back(kernel::clsact_add(interface.name).tolerate(EEXIST));
    if (interface.kind != InterfaceKind::kLoopback)
      batch.push_back(kernel::link_set(interface.name, settings_of(interface)));
    add_addresses(batch, interface);
  }
  netlink_.commit(batch);
  for (const auto& interface : interfaces) {
    kernel::set_sysctls(netns_, plan_.name, inherited_->of_neighbours(interface.name));
    hidden_hops_.erase(interface.name);
    if (interface.hide_hop) hidden_hops_.emplace(interface.name, datapath::HideHop(netns_, interface.name));
  }
}

bool Node::waits_for_tunnel(const Route& route) const {
  return std::any_of(route.next_hops.begin(), route.next_hops.end(), [this](const NextHop& hop) {
    return std::any_of(plan_.interfaces.begin(), plan_.interfaces.end(), [&](const Interface& interface) {
      return interface.kind == InterfaceKind::kTunnel && interface.name == hop.interface;
    });
  });
}

void Node::add_routes() {
  kernel::Batch batch;
  for (const auto& route : plan_.routes)
    if (!waits_for_tunnel(route)) batch.push_back(kernel::route_add(route));
  for (const auto& rule : plan_.rules) batch.push_back(kernel::rule_add(rule));
  if (std::ranges::count(plan_.rules, kLocalTable, &Rule::table) > 0)
    batch.push_back(kernel::rule_delete({.table = kLocalTable}));  // the kernel's own, of priority 0
  netlink_.commit(batch);
}

void Node::changed(const kernel::Change& change) {
  routes_stale_ = true;
  if (!std::holds_alternative<kernel::Neighbour>(change.what)) stirred_();
  if (const auto* link = std::get_if<kernel::Link>(&change.what); link != nullptr && !change.gone) adopt_tunnel(*link);
  if (const auto* route = std::get_if<kernel::RouteEntry>(&change.what)) tell_route(change, *route);
  if (const auto* neighbour = std::get_if<kernel::Neighbour>(&change.what))
    reasons_.neighbour(change.at, *neighbour, change.gone);
}

/// charon names its tun "ipsec0"; the plan's name, addresses and routes come once charon has set it up, which is the
/// last that it does with it by name, and again when charon was restarted. charon goes on installing routes by the name
/// that it gave, so a link without any traffic keeps it.
void Node::adopt_tunnel(const kernel::Link& link) {
  if (!link.name.starts_with("ipsec") || link.kind != "tun" || !link.up) return;
  const auto tunnel = std::find_if(plan_.interfaces.begin(), plan_.interfaces.end(),
                                   [](const Interface& interface) { return interface.kind == InterfaceKind::kTunnel; });
  if (tunnel == plan_.interfaces.end() || netlink_.find_index(tunnel->name)) return;
  netlink_.commit(kernel::link_set(link.name, {.up = false}));
  kernel::Batch batch{
      kernel::link_set(link.name, {.no_ipv6_address = true, .name = tunnel->name, .mtu = tunnel->mtu, .up = true}),
      kernel::bridge(link.name, {}, tunnel->mtu, true).tolerate(EEXIST)};
  add_addresses(batch, *tunnel);
  for (const auto& route : plan_.routes)
    if (!route.next_hops.empty() && route.next_hops.front().interface == tunnel->name)
      batch.push_back(kernel::route_replace(route));
  netlink_.commit(batch);
}

void Node::tell_route(const kernel::Change& change, const kernel::RouteEntry& entry) {
  if (entry.protocol != kProtocolBgp || entry.route.table != 254) return;
  events_({change.at, "fib", plan_.name,
           entry.route.to.text() + next_hops_of(entry.route) + (change.gone ? " withdrawn" : " installed")});
}

/// A node without files or services leaves no folder.
void Node::write_files() const {
  if (plan_.files.empty() && plan_.services.empty()) return;
  sys::make_directories(folder_);
  for (const auto& file : plan_.files)
    sys::write_file(folder_ + "/" + file.name, replaced(file.content, "@RUN@", folder_), file.secret ? 0600 : 0644);
}

void Node::start_services() {
  write_files();
  if (std::ranges::any_of(plan_.services, [](const auto& service) { return service.kind == "frr"; }))
    world::quiet_vtysh(plan_.name);
  services_ = std::make_unique<services::NodeServices>(
      plan_, services::Context{loop_, plan_.name, netns_, folder_, events_, stirred_});
  services_->start();
}

std::optional<std::string> Node::pending(std::chrono::nanoseconds since) {
  for (const auto& mirror : mirrors_)
    if (const auto unrest = mirror.unrest()) return name() + ": " + *unrest;
  return services_->pending(since, routes());
}

const services::RoutesSeen& Node::routes() {
  if (!routes_stale_) return routes_;
  routes_.to.clear();
  ++routes_.version;
  for (auto& entry : reader_.routes())
    routes_.to[entry.route.to].push_back({std::move(entry.route.next_hops), entry.protocol, entry.route.metric});
  routes_stale_ = false;
  return routes_;
}

std::vector<std::string> Node::reasons() const {
  auto sentences = reasons_.at(sys::now());
  for (const auto& service : services_->all())
    for (auto& sentence : service->refusals()) sentences.push_back(std::move(sentence));
  return sentences;
}

std::vector<const Interface*> Node::arrivals() const {
  std::vector<const Interface*> out;
  for (const auto& interface : plan_.interfaces)
    if (interface.kind != InterfaceKind::kBridge && interface.kind != InterfaceKind::kLoopback)
      out.push_back(&interface);
  return out;
}

}  // namespace xconn::lab
