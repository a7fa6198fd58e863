// SPDX-License-Identifier: Apache-2.0
// keepalived in the foreground: VRRP, which elects the active node of a firewall pair.
//
// State: {"instances": {NAME: "MASTER" | "BACKUP" | "FAULT"}}, read from its own log, which says each change in a fixed
// form ("(NAME) Entering MASTER STATE"). Its notify FIFO has one reader only, the SD-WAN edge; its SIGUSR1 and SIGJSON
// dumps go to fixed names in /tmp. The log needs neither and is written before anything else happens.
// Events: "ha": "fgt is MASTER".
#pragma once

#include <map>

#include "services/service.hh"

namespace xconn::services {

class Keepalived : public Service {
 public:
  using Service::Service;
  /// By SIGHUP: instances that stay keep their state.
  void files_changed(const std::vector<std::string>& names) override;

 protected:
  sys::ProcessSpec process_spec() override;
  std::shared_ptr<void> follow() override;
  std::optional<std::string> unready() override;
  void request_state() override;
  void logged(std::string_view line) override;

 private:
  std::map<std::string, std::string> instances_;  // of this life of the process
};

/// The instance and its new state in a log line of keepalived; nullopt when the line says nothing of it.
std::optional<std::pair<std::string, std::string>> vrrp_change_of(std::string_view line);

}  // namespace xconn::services
