// SPDX-License-Identifier: Apache-2.0
#include "probes/flow.hh"

#include <netinet/in.h>

#include <array>

#include "probes/driver.hh"
#include "sys/clock.hh"

namespace xconn::probes {
namespace {

struct KindRow {
  FlowKind kind;
  std::uint8_t protocol;
  std::unique_ptr<Driver> (*make)(const FlowSpec&, const Endpoint&, const Target&);
};

constexpr std::array<KindRow, 4> kKinds{{
    {FlowKind::kUdp, IPPROTO_UDP, make_udp},
    {FlowKind::kUdpNew, IPPROTO_UDP, make_udp_new},
    {FlowKind::kTcp, IPPROTO_TCP, make_tcp},
    {FlowKind::kTcpConnect, IPPROTO_TCP, make_tcp_connect},
}};

constexpr std::uint16_t kFirstPort = 20000;  // below the kernel's ephemeral ports
constexpr Duration kLead = std::chrono::milliseconds{5};

const KindRow& row(FlowKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

FlowSpec completed(FlowSpec spec, const Site& site) {
  spec.folder = site.folder();
  if (spec.port == 0) spec.port = static_cast<std::uint16_t>(kFirstPort + spec.id % 10000);
  spec.size = std::max<std::uint16_t>(spec.size, kHeaderSize);
  return spec;
}

}  // namespace

std::string to_string(FlowKind kind) { return std::string(name_of(kind)); }

struct Flow::State {
  State(FlowSpec given, const Site& site)
      : spec(completed(std::move(given), site)),
        from(site.endpoint(spec.from)),
        driver(row(spec.kind).make(spec, from, site.target(spec.to, row(spec.kind).protocol, spec.port))) {}
  ~State() { end(); }

  // Until each end has got all that the other sent, or the time is over.
  void wait_for_late_ones(Duration linger) const {
    const Duration until = sys::now() + linger;
    driver->far_log.wait_received(driver->near_log.sent(), until) &&
        driver->near_log.wait_received(driver->far_log.sent(), until);
  }

  void end() noexcept {
    driver->near_worker.join();
    driver->far_worker.join();
  }

  Trail trail(const EndLog& sender, const EndLog& receiver) const {
    Trail result;
    result.interval = spec.every;
    result.began = began;
    result.ended = ended;
    result.sent = sender.departures();
    result.arrivals = receiver.arrivals();
    return result;
  }

  std::string reason() const {
    for (const std::string& text : {driver->near_worker.failure(), driver->far_worker.failure(), driver->broken()}) {
      if (!text.empty()) return text;
    }
    return {};
  }

  const FlowSpec spec;
  const Endpoint from;
  std::unique_ptr<Driver> driver;
  Duration began{0}, ended{0};
  Trail forward, reverse;
  std::string broken;
};

Flow::Flow(FlowSpec spec, const Site& site) : state_(std::make_unique<State>(std::move(spec), site)) {}
Flow::Flow(Flow&&) noexcept = default;
Flow& Flow::operator=(Flow&&) noexcept = default;
Flow::~Flow() = default;

const FlowSpec& Flow::spec() const { return state_->spec; }
const FiveTuple& Flow::tuple() const { return state_->driver->tuple(); }

const std::string& Flow::from_node() const { return state_->from.node; }
const std::string& Flow::to_node() const { return state_->driver->answering().node; }

void Flow::start() {
  state_->began = sys::now();
  state_->driver->arm(state_->began + kLead);
  state_->driver->far_worker.start();
  state_->driver->near_worker.start();
}

bool Flow::established() const {
  return state_->driver->far_log.received() > 0 && state_->driver->near_log.received() > 0;
}

void Flow::stop(Duration linger) {
  State& state = *state_;
  if (state.ended.count() > 0) return;
  state.driver->near_worker.stop_ticking();
  state.driver->far_worker.stop_ticking();
  state.ended = sys::now();
  state.wait_for_late_ones(linger);
  state.end();
  state.forward = state.trail(state.driver->near_log, state.driver->far_log);
  state.reverse = state.trail(state.driver->far_log, state.driver->near_log);
  state.broken = state.reason();
}

const Trail& Flow::trail(FlowDirection way) const {
  return way == FlowDirection::kForward ? state_->forward : state_->reverse;
}
const std::string& Flow::broken() const { return state_->broken; }

}  // namespace xconn::probes
