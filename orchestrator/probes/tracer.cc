// SPDX-License-Identifier: Apache-2.0
#include "probes/tracer.hh"

#include <poll.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <thread>

#include "base/errors.hh"
#include "datapath/trace.hh"

namespace xconn::probes {
namespace {

constexpr int kLookMilliseconds = 20;  // how late the end is noticed
constexpr Duration kFast = std::chrono::milliseconds{20};
constexpr std::uint64_t kEveryFourth = 3;

datapath::TraceFlow wanted(const Flow& flow) {
  const FiveTuple& tuple = flow.tuple();
  const bool sampled = flow.spec().kind == FlowKind::kUdp && flow.spec().every < kFast;
  return {flow.spec().id,
          tuple.protocol,
          tuple.from,
          tuple.to,
          tuple.from_port,
          tuple.to_port,
          tuple.translated_port,
          sampled ? kEveryFourth : 0};
}

Sighting seen(const datapath::TraceRecord& record) {
  return {record.flow, record.direction == datapath::Direction::kForward ? Way::kForward : Way::kReverse,
          record.sequence, Duration{static_cast<std::int64_t>(record.at)}, record.point};
}

}  // namespace

struct Tracer::State {
  explicit State(const Site& site) : State(site.interfaces(), site.folder()) {}
  State(std::vector<InterfaceView> interfaces, const std::string& folder) : sightings(interfaces, folder) {
    for (std::uint32_t point = 0; point < interfaces.size(); ++point) attach(interfaces[point], point);
    reader = std::thread([this] { read(); });
  }
  ~State() { end(); }

  void attach(const InterfaceView& interface, std::uint32_t point) {
    try {
      points.push_back(trace.attach(*interface.netns, interface.name, point));
    } catch (const KernelError& error) {
      if (error.error_number() != ENODEV) throw;
      untraced.push_back(interface.node + ":" + interface.name);
    }
  }

  void read() {
    pollfd waiting{trace.fd(), POLLIN, 0};
    while (!ending) {
      poll(&waiting, 1, kLookMilliseconds);
      take();
    }
    take();
  }

  void take() {
    const std::lock_guard lock(mutex);
    trace.read([this](const datapath::TraceRecord& record) { sightings.add(seen(record)); });
  }

  void end() noexcept {
    ending = true;
    if (reader.joinable()) reader.join();
  }

  datapath::Trace trace;
  std::vector<datapath::TracePoint> points;
  std::vector<std::string> untraced;
  mutable std::mutex mutex;  // of the sightings, while the reader lives
  Sightings sightings;
  std::atomic<bool> ending{false};
  std::thread reader;
};

Tracer::Tracer(const Site& site) : state_(std::make_unique<State>(site)) {}
Tracer::~Tracer() = default;

void Tracer::follow(const Flow& flow) { state_->trace.set_flow(wanted(flow)); }

std::optional<Path> Tracer::path_now(std::uint32_t flow, Way way, const std::string& sender,
                                     const std::string& receiver) const {
  const std::lock_guard lock(state_->mutex);
  return state_->sightings.path_at(flow, way, sender, receiver, Duration::max());
}

void Tracer::stop() {
  state_->end();
  state_->points.clear();
}

const Sightings& Tracer::sightings() const { return state_->sightings; }
const std::vector<std::string>& Tracer::untraced() const { return state_->untraced; }
std::uint64_t Tracer::lost() const { return state_->trace.lost(); }

}  // namespace xconn::probes
