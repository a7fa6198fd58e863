// SPDX-License-Identifier: Apache-2.0
#include "datapath/trace.hh"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "datapath/tc.hh"
#include "datapath/trace_abi.h"
#include "trace.skel.h"

namespace xconn::datapath {
namespace {

static_assert(kProbeMagic == TRACE_MAGIC);
static_assert(kBareSegment == TRACE_BARE_SEGMENT);

struct Place {
  std::uint32_t point = 0;
  Side side = Side::kArrival;
};

/// Shared by a Trace and its points, which tell it where records come from.
struct Core {
  Core() : programs(trace_bpf::open_and_load(), [](trace_bpf* it) { trace_bpf::destroy(it); }) {
    if (!programs) throw KernelError("load eBPF programs", "trace", "", errno);
  }
  int map(const bpf_map* which) const { return bpf_map__fd(which); }

  /// With `mutex` held.
  void forget_flow(std::uint32_t id) {
    for (const trace_tuple& tuple : tuples[id]) bpf_map_delete_elem(map(programs->maps.flows), &tuple);
    bpf_map_delete_elem(map(programs->maps.flows_by_id), &id);
    tuples.erase(id);
  }

  std::shared_ptr<trace_bpf> programs;
  std::mutex mutex;
  std::map<std::uint32_t, Place> places;  // by class id; kept after a point has gone, for late records
  std::map<std::pair<std::uint32_t, Side>, std::uint32_t> ids;  // the reverse
  std::map<std::uint32_t, std::vector<trace_tuple>> tuples;     // by flow
};

trace_tuple tuple_of(const Address& from, std::uint16_t from_port, const Address& to, std::uint16_t to_port,
                     std::uint8_t protocol) {
  trace_tuple tuple{};
  std::memcpy(tuple.source, from.bytes(), from.size());
  std::memcpy(tuple.destination, to.bytes(), to.size());
  tuple.source_port = from_port;
  tuple.destination_port = to_port;
  tuple.protocol = protocol;
  tuple.version = from.is_v4() ? 4 : 6;
  return tuple;
}

void require(const TraceFlow& flow) {
  if (flow.client.is_v4() != flow.server.is_v4()) throw std::invalid_argument("both ends of a flow are of one family");
  if (flow.protocol != 17 && flow.protocol != 6) throw std::invalid_argument("a flow is UDP (17) or TCP (6)");
  if (flow.server_port == 0) throw std::invalid_argument("a flow has a server port");
}

template <typename Key, typename Value>
void write(int map, const Key& key, const Value& value) {
  sys::check(bpf_map_update_elem(map, &key, &value, BPF_ANY), "write eBPF map", "flows");
}

}  // namespace

struct TracePoint::Impl {
  Impl(std::shared_ptr<Core> owner, const sys::Netns& netns, const std::string& interface, Place place)
      : core(std::move(owner)),
        registration(*core, slot.id(), place),
        attachment(attach(netns, interface, place.side)) {}

  Attachment attach(const sys::Netns& netns, const std::string& interface, Side side) const {
    const auto tc = Tc::of(netns);
    const auto& programs = core->programs->progs;
    const bpf_program* chosen = tc->device(interface).ethernet ? programs.trace_ethernet : programs.trace_bare;
    const bool arrival = side == Side::kArrival;
    return {tc,
            interface,
            {bpf_program__fd(chosen), "xconn-trace", arrival ? Hook::kIngress : Hook::kEgress,
             arrival ? priority::kTraceArrival : priority::kTraceDeparture},
            slot.id()};
  }

  /// Takes the point's number, and gives it back unless another point has it by then.
  struct Registration {
    Registration(Core& owner, std::uint32_t slot_id, Place place)
        : core(owner), id(slot_id), key{place.point, place.side} {
      std::lock_guard lock(core.mutex);
      if (!core.ids.try_emplace(key, id).second) throw std::invalid_argument("this trace point is attached already");
      core.places[id] = place;
    }
    ~Registration() {
      std::lock_guard lock(core.mutex);
      core.ids.erase(key);
    }
    Core& core;
    std::uint32_t id;
    std::pair<std::uint32_t, Side> key;
  };

  std::shared_ptr<Core> core;
  Slot slot;
  Registration registration;
  Attachment attachment;
};

TracePoint::TracePoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TracePoint::~TracePoint() = default;
TracePoint::TracePoint(TracePoint&&) noexcept = default;
TracePoint& TracePoint::operator=(TracePoint&&) noexcept = default;

struct Trace::Impl {
  Impl() : ring(nullptr, ring_buffer__free) {
    silence_libbpf();
    core = std::make_shared<Core>();
    ring.reset(ring_buffer__new(core->map(core->programs->maps.records), &Impl::take_record, this, nullptr));
    if (!ring) throw KernelError("make ring buffer", "trace", "", errno);
  }

  static int take_record(void* self, void* data, std::size_t) {
    static_cast<Impl*>(self)->hand_over(*static_cast<const trace_record*>(data));
    return 0;
  }

  void hand_over(const trace_record& record) {
    Place place;
    {
      std::lock_guard lock(core->mutex);
      place = core->places[record.point];
    }
    (*taker)({.flow = record.flow,
              .point = place.point,
              .direction = static_cast<Direction>(record.direction),
              .side = place.side,
              .sequence = record.sequence,
              .at = record.at});
  }

  std::shared_ptr<Core> core;
  std::unique_ptr<ring_buffer, void (*)(ring_buffer*)> ring;
  const std::function<void(const TraceRecord&)>* taker = nullptr;
};

Trace::Trace() : impl_(std::make_unique<Impl>()) {}
Trace::~Trace() = default;
Trace::Trace(Trace&&) noexcept = default;
Trace& Trace::operator=(Trace&&) noexcept = default;

void Trace::set_flow(const TraceFlow& flow) {
  require(flow);
  remove_flow(flow.id);
  Core& core = *impl_->core;
  std::lock_guard lock(core.mutex);
  trace_flow value{.mask = flow.mask,
                   .id = flow.id,
                   .server_port = flow.server_port,
                   .translated_port = flow.translated_port == 0 ? flow.server_port : flow.translated_port,
                   .direction = 0,
                   .padding = {}};
  const auto there = tuple_of(flow.client, flow.client_port, flow.server, flow.server_port, flow.protocol);
  const auto back = tuple_of(flow.server, flow.server_port, flow.client, flow.client_port, flow.protocol);
  core.tuples[flow.id] = {there, back};
  try {
    write(core.map(core.programs->maps.flows_by_id), flow.id, value);
    write(core.map(core.programs->maps.flows), there, value);
    value.direction = 1;
    write(core.map(core.programs->maps.flows), back, value);
  } catch (...) {
    core.forget_flow(flow.id);
    throw;
  }
}

void Trace::remove_flow(std::uint32_t id) {
  Core& core = *impl_->core;
  std::lock_guard lock(core.mutex);
  core.forget_flow(id);
}

TracePoint Trace::attach(const sys::Netns& netns, const std::string& interface, std::uint32_t point, Side side) {
  return TracePoint(std::make_unique<TracePoint::Impl>(impl_->core, netns, interface, Place{point, side}));
}

int Trace::fd() const { return ring_buffer__epoll_fd(impl_->ring.get()); }

std::size_t Trace::read(const std::function<void(const TraceRecord&)>& take) {
  impl_->taker = &take;
  const int count = ring_buffer__consume(impl_->ring.get());
  impl_->taker = nullptr;
  if (count < 0) throw KernelError("read ring buffer", "trace", "", -count);
  return static_cast<std::size_t>(count);
}

std::uint64_t Trace::lost() const { return impl_->core->programs->bss->lost; }

TraceCount Trace::count(std::uint32_t flow, Direction direction, std::uint32_t point, Side side) const {
  Core& core = *impl_->core;
  std::lock_guard lock(core.mutex);
  const auto found = core.ids.find({point, side});
  if (found == core.ids.end()) return {};
  const trace_counter key{.flow = flow, .point = found->second, .direction = static_cast<__u32>(direction)};
  trace_count value{};
  if (bpf_map_lookup_elem(core.map(core.programs->maps.counts), &key, &value) < 0) return {};
  return {value.packets, value.last_at};
}

}  // namespace xconn::datapath
