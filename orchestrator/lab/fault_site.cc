// SPDX-License-Identifier: Apache-2.0
#include "lab/fault_site.hh"

#include <csignal>
#include <nlohmann/json.hpp>

#include "base/errors.hh"
#include "lab/inventory.hh"
#include "lab/lab.hh"
#include "services/strongswan.hh"
#include "services/vici.hh"

namespace xconn::lab {

using nlohmann::json;

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

/// What one connection is asked is done in order.
void FaultSite::ask(const faults::Tunnel& tunnel, const std::string& command, const json& message,
                    const sys::Pending& pending) {
  const auto& charon = dynamic_cast<const services::Charon&>(lab_.node(tunnel.node).services().at(tunnel.daemon));
  const auto fail = [pending](const std::string& why) {
    if (pending) pending->failed(std::make_exception_ptr(Error("charon of " + why)));
  };
  auto& client = charons_[tunnel.node];
  if (!client)
    client = services::ViciClient::connect(lab_.loop(), charon.vici_socket(), {}, [](const auto&, const auto&) {});
  if (!client) return fail(tunnel.node + " does not listen");
  client->call(command, message, {}, [fail, node = tunnel.node](const services::ViciReply& reply) {
    const bool none_up = reply.response.value("matches", "") == "0";  // there was nothing to end
    if (reply.response.value("success", "no") != "yes" && !none_up)
      fail(node + " says: " + reply.response.value("errmsg", "no"));
  });
}

void FaultSite::set_psk(const faults::Tunnel& tunnel, const std::optional<std::string>& psk, sys::Pending pending) {
  auto& charon = lab_.node(tunnel.node).services().at(tunnel.daemon);
  if (!psk) return charon.files_changed({charon.spec().config});
  charons_.erase(tunnel.node);  // it may have started anew since
  // The id is the section's name in swanctl.conf, so that this secret takes the place of that one.
  ask(tunnel, "load-shared", {{"id", "ike-" + tunnel.name}, {"type", "IKE"}, {"data", *psk}, {"owners", json::array()}},
      pending);
}

void FaultSite::end_sas(const faults::Tunnel& tunnel, sys::Pending pending) {
  ask(tunnel, "terminate", {{"ike", tunnel.name}}, pending);
}

void FaultSite::restart(const std::string& node, const std::string& daemon) {
  auto& services = lab_.node(node).services();
  services.at(daemon).hold(false);
  services.restart(daemon);
}

}  // namespace xconn::lab
