// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "nodes/encryption-gateway/daemon/config.hh"
#include "sys/fd.hh"
#include "sys/loop.hh"

namespace xconn::encryption {

/// A gateway's keepalives to the controller, while it exists. What cannot be sent is not sent again.
class Reporter {
 public:
  Reporter(sys::Loop& loop, Report report);
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  nlohmann::json state() const;  ///< {"gateway": name, "sent": count}

 private:
  void send();

  Report report_;
  sys::Fd socket_;
  std::uint64_t sent_ = 0;
  sys::Timer timer_;
};

}  // namespace xconn::encryption
