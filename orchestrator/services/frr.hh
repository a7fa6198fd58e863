// One FRR daemon (zebra, bgpd, bfdd) of a router, in the foreground, under FRR's path space `-N NODE`: its
// sockets are in /run/frr/NODE, so `vtysh -N NODE` works.
//
// State: bgpd  {"as", "router_id", "neighbors": {ADDRESS: FRR's summary of it, "state" and "pfxRcd" among it}}
//        bfdd  {"peers": [FRR's `show bfd peers json`]}
//        others {}
// Events: "bgp" from bgpd's log and "bfd" from bfdd's, with their own stamps.
//
// A zebra that was killed leaves its routes in the kernel, as a crashed router does; the next one sweeps them at its
// start (no -K, no -r), and its clients must start anew too: NodeServices::restart does, by `after`.
#pragma once

#include <map>
#include <memory>

#include "services/frr_log.hh"
#include "services/service.hh"

namespace xconn::services {

struct VtyReply;

class FrrDaemon : public Service {
 public:
  FrrDaemon(const plan::Service& spec, const Context& context);
  ~FrrDaemon() override;

  /// In place, over the vty: only what differs from the file before. Where the daemon refuses that, it wants a restart.
  void files_changed(const std::vector<std::string>& names) override;

 protected:
  sys::ProcessSpec process_spec() override;
  std::shared_ptr<void> follow() override;
  std::optional<std::string> unready() override;
  nlohmann::json read_state(Duration bound) override;
  void request_state() override;
  void logged(std::string_view line) override;

 private:
  struct Following;
  std::string socket() const;
  std::string config_file() const;
  void write_config(const std::string& content) const;
  void reload(const std::vector<std::string>& commands);
  void reloaded(const std::string& refused);
  void greet();
  void serves();
  void bgp_changed(BgpChange change, std::optional<std::chrono::nanoseconds> stamp);
  nlohmann::json state_of(const std::string& reply) const;

  std::weak_ptr<Following> following_;
  BgpNotification last_notification_;
};

}  // namespace xconn::services
