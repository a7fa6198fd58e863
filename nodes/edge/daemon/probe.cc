// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/probe.hh"

#include <sys/socket.h>

#include <utility>

namespace xconn::sdwan {

std::unique_ptr<Prober> make_prober(sys::Loop& loop, const network::HealthCheck& check, const std::string& interface,
                                    std::uint32_t mark, Outcome outcome) {
  const bool ping = check.protocol == network::ProbeProtocol::kPing;
  return (ping ? make_ping_prober : make_stream_prober)(loop, check, interface, mark, std::move(outcome));
}

bool bind_to_member(int socket, const std::string& interface, std::uint32_t mark) {
  const auto size = static_cast<socklen_t>(interface.size());
  return ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), size) == 0 &&
         ::setsockopt(socket, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0;
}

}  // namespace xconn::sdwan
