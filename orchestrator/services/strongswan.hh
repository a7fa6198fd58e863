// SPDX-License-Identifier: Apache-2.0
// charon: one IKE daemon of a node, controlled over vici.
//
// Files in the node's folder: strongswan.conf (optional, the plan's), and the service's `config`, a swanctl.conf. Ours:
// SERVICE.strongswan.conf, which includes the plan's and sets what must be this service's own: the vici socket
// (SERVICE.vici) and a log on stderr. /run/charon.pid, a compiled-in path, is bound to SERVICE.pid.
//
// Ready: charon answers and swanctl has loaded the configuration without a complaint. Connections initiate by
// themselves (start_action), and again whatever ended them (redial.hh), so a CHILD_SA is a fact, not a part of being
// ready. State: {"sas": {CONNECTION: [vici's
// list-sa section, "state" and "child-sas" among it]}} Events: "ike": IKE_SAs and CHILD_SAs up, down and rekeyed, and
// why one was refused (charon_alerts.hh).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/service.hh"

namespace xconn::services {

class Inbox;
class ViciClient;
struct ViciReply;

class Charon : public Service {
 public:
  Charon(const plan::Service& spec, const Context& context);
  ~Charon() override;

  /// For ViciClient.
  std::string vici_socket() const { return file(name() + ".vici"); }

  /// Connections are loaded anew, and SAs that exist stay; only charon's own settings need a restart.
  void files_changed(const std::vector<std::string>& names) override;
  /// Lines of swanctl.conf that stand over the service's own, also after a restart, until take_back() of the same
  /// number. Both return at once; `pending` (or nothing) is held until charon has loaded them, and, if `ended` is not
  /// empty, has ended the SAs of that connection; it is told what charon refuses.
  void overlay(int number, std::string lines, const std::string& ended, sys::Pending pending);
  void take_back(int number, sys::Pending pending);
  std::optional<std::string> pending(const RoutesSeen& main_table) const override;
  std::vector<std::string> refusals() const override;

 protected:
  sys::ProcessSpec process_spec() override;
  std::shared_ptr<void> follow() override;
  std::optional<std::string> unready() override;
  void request_state() override;

 private:
  struct Following;
  void connect();
  void load();
  void loaded(int status);
  void load_anew(const std::string& ended, sys::Pending pending);
  std::string whole_config() const;
  void end_sas(const std::string& connection, const sys::Pending& pending);
  void heard(const std::string& event, const nlohmann::json& message);

  void alerted(Inbox& inbox);
  void forget_refusals(const std::string& event, const nlohmann::json& message);

  struct Awaiting {
    std::string ended;
    sys::Pending pending;
  };
  std::weak_ptr<Following> following_;
  std::map<int, std::string> overlays_;
  std::vector<Awaiting> awaiting_load_;
  std::map<std::string, std::string> refusals_;  // by connection, or by peer: the last sentence
};

/// list-sas' answer by connection: CONNECTION -> list of its SAs.
nlohmann::json sas_of(const ViciReply& reply);

/// The first SA that charon is at work on: "IKE_SA vpn is CONNECTING". `sas` as sas_of() gives them.
std::optional<std::string> exchange_in(const nlohmann::json& sas);

/// The sentences of a vici event for the timeline: {"CHILD_SA vpn/net up"}; none for what is not worth one.
std::vector<std::string> ike_sentences(const std::string& event, const nlohmann::json& message);

}  // namespace xconn::services
