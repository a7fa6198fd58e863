#include "probes/driver.hh"

#include <netinet/in.h>

#include "sys/clock.hh"

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

Driver::Driver(const FlowSpec& spec, const Endpoint& from, const Endpoint& to)
    : near_worker(*from.netns), far_worker(*to.netns), near_log(spec.folder), far_log(spec.folder), spec_(spec) {
  tuple_.from = from.address;
  tuple_.to = to.address;
  tuple_.to_port = spec.port;
  tuple_.protocol = spec.kind == FlowKind::kTcp || spec.kind == FlowKind::kTcpConnect ? IPPROTO_TCP : IPPROTO_UDP;
}

Head Driver::next_head() { return {spec_.id, next_++, sys::now()}; }

}  // namespace xconn::probes
