// SPDX-License-Identifier: Apache-2.0
#include "probes/tracer.hh"

#include <net/if.h>
#include <poll.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <set>
#include <thread>

#include "base/errors.hh"
#include "datapath/trace.hh"
#include "sys/netns.hh"

namespace xconn::probes {
namespace {

constexpr int kEndNoticedMilliseconds = 20;  // how late the end is noticed
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
  return {record.flow,
          record.direction == datapath::Direction::kForward ? FlowDirection::kForward : FlowDirection::kReverse,
          record.sequence, Duration{static_cast<std::int64_t>(record.at)}, record.point};
}

unsigned index_of(const InterfaceView& interface) {
  unsigned index = 0;
  interface.netns->run([&] { index = ::if_nametoindex(interface.name.c_str()); });
  return index;
}

}  // namespace

struct Tracer::State {
  explicit State(const Site& site) : sightings({}, site.folder()) {
    watch(site);
    reader = std::thread([this] { read(); });
  }
  ~State() { end(); }

  void watch(const Site& site) {
    is_complete = true;
    for (const InterfaceView& interface : site.interfaces()) {
      const auto index = index_of(interface);
      if (index == 0)
        is_complete = false;
      else if (watched.emplace(interface.netns, index).second)
        attach(interface, add(interface));
    }
  }

  std::uint32_t add(const InterfaceView& interface) {
    const std::lock_guard lock(mutex);
    return sightings.also(interface);
  }

  void attach(const InterfaceView& interface, std::uint32_t point) {
    try {
      points.push_back(trace.attach(*interface.netns, interface.name, point));
    } catch (const KernelError& error) {
      if (error.error_number() != ENODEV) throw;
      is_complete = false;
    }
  }

  void read() {
    pollfd waiting{trace.fd(), POLLIN, 0};
    while (!ending) {
      poll(&waiting, 1, kEndNoticedMilliseconds);
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
  bool is_complete = true;                                   ///< no interface had gone meanwhile
  std::set<std::pair<const sys::Netns*, unsigned>> watched;  // by the index of the interface: one made anew has another
  mutable std::mutex mutex;                                  // of the sightings, while the reader lives
  Sightings sightings;
  std::atomic<bool> ending{false};
  std::thread reader;
};

Tracer::Tracer(const Site& site) : state_(std::make_unique<State>(site)) {}
Tracer::~Tracer() = default;

bool Tracer::watch(const Site& site) {
  state_->watch(site);
  return state_->is_complete;
}

void Tracer::follow(const Flow& flow) { state_->trace.set_flow(wanted(flow)); }

std::optional<Path> Tracer::path_now(std::uint32_t flow, FlowDirection way, const std::string& sender,
                                     const std::string& receiver) const {
  const std::lock_guard lock(state_->mutex);
  return state_->sightings.path_at(flow, way, sender, receiver, Duration::max());
}

void Tracer::stop() {
  state_->end();
  state_->points.clear();
}

const Sightings& Tracer::sightings() const { return state_->sightings; }
std::uint64_t Tracer::lost() const { return state_->trace.lost(); }

}  // namespace xconn::probes
