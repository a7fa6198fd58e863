// SPDX-License-Identifier: Apache-2.0
#include "probes/driver.hh"

#include <netinet/in.h>

#include <cerrno>

#include "base/errors.hh"
#include "sys/clock.hh"
#include "sys/netns.hh"

namespace xconn::probes {

void EndLog::left(std::uint64_t sequence, Duration at) {
  sent_.push_back({sequence, at});
  ++sent_count_;
}

void EndLog::came(const Head& head, const Stamp& stamp) {
  arrivals_.push_back({head.sequence, head.sent, stamp.at, stamp.by_kernel});
  {
    const std::lock_guard guard(arriving_);
    ++received_count_;
  }
  arrived_.notify_one();
}

bool EndLog::wait_received(std::uint64_t count, Duration until) {
  std::unique_lock guard(arriving_);
  return arrived_.wait_for(guard, until - sys::now(), [&] { return received_count_ >= count; });
}

Driver::Driver(const FlowSpec& spec, const Endpoint& from, const Target& to)
    : near_worker(*from.netns),
      far_worker(*to.receivers.front().netns),
      near_log(spec.folder),
      far_log(spec.folder),
      spec_(spec),
      receivers_(to.receivers) {
  tuple_.from = from.address;
  tuple_.to = to.address;
  tuple_.to_port = spec.port;
  for (const auto& receiver : receivers_)
    if (receiver.port != 0) tuple_.translated_port = receiver.port;
  tuple_.protocol = spec.kind == FlowKind::kTcp || spec.kind == FlowKind::kTcpConnect ? IPPROTO_TCP : IPPROTO_UDP;
}

std::vector<sys::Fd> Driver::open_receivers(
    const std::function<sys::Fd(const Endpoint&, std::uint16_t port)>& open) const {
  std::vector<sys::Fd> sockets;
  bool any = false;
  for (const auto& receiver : receivers_) try {
      const auto port = receiver.port == 0 ? spec_.port : receiver.port;
      sockets.push_back(receiver.netns->run([&] { return open(receiver, port); }));
      any = true;
    } catch (const KernelError& error) {
      if (error.error_number() != EADDRINUSE || (!any && &receiver == &receivers_.back())) throw;
      sockets.emplace_back();
    }
  return sockets;
}

Head Driver::next_head() { return {spec_.id, next_++, sys::now()}; }

}  // namespace xconn::probes
