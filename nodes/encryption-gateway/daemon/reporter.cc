// SPDX-License-Identifier: Apache-2.0
#include "nodes/encryption-gateway/daemon/reporter.hh"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "nodes/encryption-gateway/daemon/controller.hh"

namespace xconn::encryption {

Reporter::Reporter(sys::Loop& loop, Report report)
    : report_(std::move(report)),
      socket_(sys::check(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open socket")) {
  send();
  timer_ = sys::Timer::every(loop, report_.every, [this] { send(); });
}

void Reporter::send() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(kKeepalivePort);
  std::memcpy(&to.sin_addr, report_.controller.bytes(), sizeof to.sin_addr);
  const auto& text = report_.gateway;
  if (::sendto(socket_.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0)
    ++sent_;
}

nlohmann::json Reporter::state() const { return {{"gateway", report_.gateway}, {"sent", sent_}}; }

}  // namespace xconn::encryption
