// SPDX-License-Identifier: Apache-2.0
// The edge's half of an active/passive pair: hears its role from keepalived, and answers the load balancer's probes
// only while MASTER.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "nodes/edge/daemon/engine.hh"
#include "sys/fd.hh"
#include "sys/loop.hh"

namespace xconn::sdwan {

/// Reads the notify FIFO; makes it when it is missing. Throws KernelError.
class NotifyFifo {
 public:
  NotifyFifo(sys::Loop& loop, const std::string& path, std::function<void(Role)> changed);

 private:
  void readable();
  sys::Fd fifo_;
  std::string pending_;
  std::function<void(Role)> changed_;
  sys::Watch watch_;
};

/// Accepts on all addresses and closes at once: a TCP probe has its handshake, and nobody gets more.
class ProbeResponder {
 public:
  ProbeResponder(sys::Loop& loop, int port);

 private:
  sys::Fd listener_;
  sys::Watch watch_;
};

}  // namespace xconn::sdwan
