// SPDX-License-Identifier: Apache-2.0
// Recognises applications in what the node forwards, and writes them into the connection marks that the nftables rules
// match. Made only when a rule names applications.
#pragma once

#include <vector>

#include "nodes/edge/daemon/classifier.hh"
#include "sys/loop.hh"

namespace xconn::sdwan {

class Applications {
 public:
  /// In the namespace of the calling thread. Throws KernelError, ConfigError.
  Applications(sys::Loop& loop, const Config& config);

  std::vector<ApplicationTotal> top(std::size_t count) const { return classifier_.top(count); }

 private:
  /// A mark that found no connection: the packet was seen before the kernel confirmed its connection.
  struct Retry {
    Finding finding;
    int tries = 0;
  };
  void readable();
  void take(const Finding& finding);
  void retry();

  sys::Loop& loop_;
  Classifier classifier_;
  control::Conntrack conntrack_;
  sys::Fd socket_;
  std::vector<Retry> retries_;
  sys::Timer retry_timer_;
  sys::Watch watch_;
};

}  // namespace xconn::sdwan
