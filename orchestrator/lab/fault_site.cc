// SPDX-License-Identifier: Apache-2.0
#include "lab/fault_site.hh"

#include <csignal>

#include "lab/inventory.hh"
#include "lab/lab.hh"
#include "services/strongswan.hh"

namespace xconn::lab {

const faults::Inventory& FaultSite::inventory() const {
  if (!inventory_) inventory_ = inventory_of(lab_.plan());
  return *inventory_;
}

const sys::Netns& FaultSite::netns(const std::string& node) { return lab_.node(node).netns(); }

void FaultSite::impair(const End& from, const Impairment& impairment) {
  auto whole = impairment;
  if (const auto* link = lab_.plan().find_link(from)) whole.loss = (link->a == from ? link->a_to_b : link->b_to_a).loss;
  lab_.impair(from, whole);
}

void FaultSite::signal(const std::string& node, const std::string& daemon, int number) {
  auto& service = lab_.node(node).services().at(daemon);
  if (number == SIGKILL) service.hold(true);
  service.signal(number);
}

int FaultSite::edit(const std::string& node, network::SpeakerEdit edit, sys::Pending pending) {
  lab_.node(node).services().edit_router(++last_edit_, std::move(edit), pending);
  return last_edit_;
}

void FaultSite::undo_edit(const std::string& node, int number, sys::Pending pending) {
  if (lab_.has_node(node)) lab_.node(node).services().undo_edit(number, pending);
}

int FaultSite::overlay(const faults::Tunnel& tunnel, std::string lines, bool ends_sas, sys::Pending pending) {
  auto& charon = dynamic_cast<services::Charon&>(lab_.node(tunnel.node).services().at(tunnel.daemon));
  charon.overlay(++last_edit_, std::move(lines), ends_sas ? tunnel.name : "", std::move(pending));
  return last_edit_;
}

void FaultSite::take_back(const faults::Tunnel& tunnel, int number, sys::Pending pending) {
  if (!lab_.has_node(tunnel.node)) return;
  if (auto* charon = dynamic_cast<services::Charon*>(lab_.node(tunnel.node).services().find(tunnel.daemon)))
    charon->take_back(number, std::move(pending));
}

int FaultSite::edit_probe(const faults::Daemon& balancer, network::ProbeEdit edit, sys::Pending pending) {
  lab_.node(balancer.node).services().edit_probe(balancer.name, ++last_edit_, std::move(edit), pending);
  return last_edit_;
}

void FaultSite::undo_probe(const faults::Daemon& balancer, int number, sys::Pending pending) {
  if (lab_.has_node(balancer.node)) lab_.node(balancer.node).services().undo_probe(balancer.name, number, pending);
}

void FaultSite::restart(const std::string& node, const std::string& daemon) {
  auto& services = lab_.node(node).services();
  services.at(daemon).hold(false);
  services.restart(daemon);
}

}  // namespace xconn::lab
