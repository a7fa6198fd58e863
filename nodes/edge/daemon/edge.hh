// SPDX-License-Identifier: Apache-2.0
// The SD-WAN edge at work: what the kernel, the probes and keepalived report goes into the engine, what the engine
// decides goes into the kernel and to the subscribers. One thread, one loop, one network namespace: the caller's.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kernel/monitor.hh"
#include "nodes/control/control.hh"
#include "nodes/edge/daemon/applications.hh"
#include "nodes/edge/daemon/engine.hh"
#include "nodes/edge/daemon/pair.hh"
#include "nodes/edge/daemon/probe.hh"
#include "nodes/edge/daemon/steerer.hh"

namespace xconn::sdwan {

class Edge {
 public:
  /// Steers from here on; the control socket appears last. Throws KernelError, ConfigError.
  Edge(sys::Loop& loop, Config config, const std::string& socket_path);
  ~Edge();
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

 private:
  struct Probe {
    int member;
    std::unique_ptr<Prober> prober;
  };
  void take(const kernel::Change& change);
  void take_link(const kernel::Link& link, bool gone);
  void take_role(Role role);
  void refresh_soon();
  void refresh();
  void refresh_answering(const std::vector<kernel::RouteEntry>& routes);
  void refresh_probes();
  void settle();
  nlohmann::json state();

  sys::Loop& loop_;
  sys::Netns netns_;
  Engine engine_;
  Steerer steerer_;
  kernel::Reader reader_;
  std::map<int, std::string> names_;  // of links, by index: a link may be renamed
  std::vector<Probe> probes_;
  std::unique_ptr<Applications> applications_;
  std::unique_ptr<ProbeResponder> responder_;
  std::optional<NotifyFifo> fifo_;
  sys::Timer deadline_, refresh_;
  Duration last_took_{0};
  int changes_ = 0;
  std::optional<kernel::Monitor> monitor_;
  std::optional<control::Control> control_;
};

}  // namespace xconn::sdwan
