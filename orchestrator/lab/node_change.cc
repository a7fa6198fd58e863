// SPDX-License-Identifier: Apache-2.0
// A running node becomes what a new plan says. Every request may be sent twice, so that an apply that failed half-way
// can be repeated.
#include <algorithm>
#include <cerrno>

#include "lab/node.hh"
#include "services/nftables.hh"
#include "sys/netns.hh"

namespace xconn::lab {
namespace {

using plan::Interface;
using plan::InterfaceKind;

bool has(const std::vector<InterfaceAddress>& addresses, const InterfaceAddress& wanted) {
  return std::ranges::find(addresses, wanted) != addresses.end();
}

/// While a fault holds an interface down its routes cannot be put back; healing it does that.
kernel::Request put_back(const Route& route) {
  return kernel::route_add(route)
      .tolerate(EEXIST)
      .tolerate(ENETDOWN)
      .tolerate(ENETUNREACH)
      .tolerate(EHOSTUNREACH)
      .tolerate(ENODEV);
}

}  // namespace

void Node::expect(plan::Node after) { plan_ = std::move(after); }

void Node::add_new(const plan::NodeEdits& edits, datapath::VlanDriver driver) {
  for (const auto& [old, now] : edits.interfaces.changed)
    if (plan::must_be_made_anew(old, now)) remove_interface(old);
  make_interfaces(edits.interfaces.added, driver);
  for (const auto& [old, now] : edits.interfaces.changed)
    if (plan::must_be_made_anew(old, now)) make_interfaces({now}, driver);
  kernel::set_sysctls(netns_, plan_.name, edits.sysctls);
  set_up(edits.interfaces.added);
  for (const auto& [old, now] : edits.interfaces.changed) change_interface(old, now);
  if (edits.nftables) services::replace_ruleset(netns_, applied_.nftables, plan_.nftables);
  applied_.nftables = plan_.nftables;
  put_routes();
  kernel::Batch batch;
  for (const auto& [old, now] : edits.routes.changed)
    if (!waits_for_tunnel(now)) batch.push_back(kernel::route_replace(now));
  for (const auto& rule : edits.rules.added) batch.push_back(kernel::rule_add(rule).tolerate(EEXIST));
  netlink_.commit(batch);
}

/// All of the plan's: the kernel forgets routes when an address or a link changes. What is there stays untouched.
void Node::put_routes() {
  kernel::Batch batch;
  for (const auto& route : plan_.routes)
    if (!waits_for_tunnel(route)) batch.push_back(put_back(route));
  netlink_.commit(batch);
}

void Node::change_interface(const Interface& before, const Interface& after) {
  if (plan::must_be_made_anew(before, after)) return set_up({after});
  kernel::LinkChange change;
  if (before.mtu != after.mtu) change.mtu = after.mtu;
  if (before.mac != after.mac) change.mac = after.mac;
  if (before.bridge != after.bridge) change.bridge = after.bridge;
  if (before.up != after.up) change.up = after.up;
  const bool there = after.kind != InterfaceKind::kTunnel || netlink_.find_index(after.name);
  if (!there) return;  // comes with its service, as the plan says by then
  kernel::Batch batch;
  if (after.kind != InterfaceKind::kLoopback) batch.push_back(kernel::link_set(after.name, change));
  for (const auto& address : after.addresses)
    if (!has(before.addresses, address)) batch.push_back(kernel::address_add(after.name, address).tolerate(EEXIST));
  netlink_.commit(batch);
  if (before.hide_hop && !after.hide_hop) hidden_hops_.erase(after.name);
  if (!before.hide_hop && after.hide_hop) hidden_hops_.emplace(after.name, datapath::HideHop(netns_, after.name));
}

/// New mirrors first: they find the old ones' copies and leave them in place.
void Node::mirror_anew(const NetnsOf& netns_of) {
  mirrors_ = make_mirrors(netns_of);
  const auto is_written = [this](std::uint32_t table) {
    return std::ranges::any_of(
        plan_.mirrors, [&](const auto& m) { return std::ranges::find(m.to_tables, table) != m.to_tables.end(); });
  };
  kernel::Batch batch;
  for (const auto& mirror : applied_.mirrors)
    for (const auto table : mirror.to_tables) {
      if (is_written(table)) continue;
      for (const auto& entry : reader_.routes(table, kernel::kProtocolMirror))
        batch.push_back(kernel::route_delete(entry.route, kernel::kProtocolMirror).tolerate(ESRCH));
    }
  netlink_.commit(batch);
  applied_.mirrors = plan_.mirrors;
}

void Node::change_services(const plan::NodeEdits& edits) {
  std::vector<std::string> written;
  for (const auto& file : edits.files.added) written.push_back(file.name);
  for (const auto& [old, now] : edits.files.changed) written.push_back(now.name);
  if (written.empty() && edits.services.empty()) return;
  write_files();
  services_->change(plan_, written);
}

void Node::remove_old(const plan::NodeEdits& edits) {
  // An address that goes must not take the others of its network along (ip-sysctl.rst).
  kernel::set_sysctls(netns_, plan_.name, {{"net.ipv4.conf.all.promote_secondaries", "1"}});
  kernel::Batch batch;
  for (const auto& rule : edits.rules.removed) batch.push_back(kernel::rule_delete(rule).tolerate(ENOENT));
  for (const auto& route : edits.routes.removed)
    batch.push_back(kernel::route_delete(route, kernel::kProtocolStatic).tolerate(ESRCH).tolerate(ENODEV));
  for (const auto& [old, now] : edits.interfaces.changed) {
    if (!netlink_.find_index(now.name) || plan::must_be_made_anew(old, now)) continue;
    for (const auto& address : old.addresses)
      if (!has(now.addresses, address))
        batch.push_back(kernel::address_delete(now.name, address).tolerate(EADDRNOTAVAIL));
  }
  netlink_.commit(batch);
  for (auto interface = edits.interfaces.removed.rbegin(); interface != edits.interfaces.removed.rend(); ++interface)
    remove_interface(*interface);
  put_routes();
}

/// The ends of links go with their links.
void Node::remove_interface(const Interface& interface) {
  hidden_hops_.erase(interface.name);
  std::erase_if(sub_interfaces_, [&](const auto& known) { return known.name() == interface.name; });
  if (interface.kind == InterfaceKind::kBridge || interface.kind == InterfaceKind::kTunnel)
    netlink_.commit(kernel::link_delete(interface.name).tolerate(ENODEV));
  if (interface.kind != InterfaceKind::kLoopback) return;
  kernel::Batch batch;
  for (const auto& address : interface.addresses)
    batch.push_back(kernel::address_delete(interface.name, address).tolerate(EADDRNOTAVAIL));
  netlink_.commit(batch);
}

void Node::retire(const sys::Pending& pending) {
  if (services_) services_->stop(std::chrono::seconds(1), pending);
  mirrors_.clear();
  monitor_.reset();
  sys::Netns::unpin("/run/netns/" + name());
}

}  // namespace xconn::lab
