// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sys/fd.hh"
#include "sys/loop.hh"

namespace xconn::echo {

struct UdpCounters {
  std::uint64_t packets = 0, bytes = 0;
  std::uint64_t refused = 0;  ///< not answered: from an echo port (two echoes would never end), or no room to send
};

/// Answers every datagram with itself, from the address that was asked (so that a host with several addresses, or
/// behind a load balancer with floating IP, is heard as the one that was called). Both IP versions. RFC 862.
class UdpEcho {
 public:
  /// Throws KernelError when the port is taken.
  UdpEcho(sys::Loop& loop, std::uint16_t port);
  UdpEcho(const UdpEcho&) = delete;
  UdpEcho& operator=(const UdpEcho&) = delete;

  std::uint16_t port() const { return port_; }
  const UdpCounters& counters() const { return counters_; }

 private:
  void readable();
  bool answer_one();

  std::uint16_t port_;
  sys::Fd socket_;
  std::vector<char> buffer_;
  UdpCounters counters_;
  sys::Watch watch_;
};

}  // namespace xconn::echo
