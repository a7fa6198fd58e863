// SPDX-License-Identifier: Apache-2.0
// The controller: hears the gateways' keepalives and writes the routes to on-prem into the named route tables, towards
// the gateway that it has chosen.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>

#include "kernel/netlink.hh"
#include "nodes/encryption-gateway/daemon/config.hh"
#include "nodes/encryption-gateway/daemon/roster.hh"
#include "sys/fd.hh"
#include "sys/loop.hh"
#include "sys/netns.hh"

namespace xconn::encryption {

inline constexpr std::uint16_t kKeepalivePort = 49152;

using Tell = std::function<void(const std::string& event, const std::string& text)>;

class Controller {
 public:
  /// Throws KernelError when the port is taken or the fabric is not there.
  Controller(sys::Loop& loop, Control control);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  void start(Tell tell);
  /// {"chosen": name or null, "gateways": [{name, address, alive, silence_ms}], "route_tables": [name]}
  nlohmann::json state() const;

 private:
  void readable();
  void decide();
  void write_routes(const Gateway& gateway);

  Control control_;
  Roster roster_;
  std::optional<std::size_t> chosen_;  ///< whoever has written the routes before this daemon is not known
  kernel::Netlink fabric_;
  sys::Fd socket_;
  Tell tell_;
  sys::Watch watch_;
  sys::Timer ticks_;
  sys::Loop& loop_;
};

}  // namespace xconn::encryption
