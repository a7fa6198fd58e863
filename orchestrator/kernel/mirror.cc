// SPDX-License-Identifier: Apache-2.0
#include "kernel/mirror.hh"

#include <algorithm>
#include <map>
#include <utility>

#include "base/errors.hh"
#include "kernel/dump.hh"
#include "kernel/late_routes.hh"
#include "kernel/monitor.hh"
#include "kernel/netlink.hh"
#include "sys/clock.hh"
#include "sys/loop.hh"

namespace xconn::kernel {
namespace {

constexpr auto kTryAgain = std::chrono::milliseconds(200);

Routes by_prefix(const std::vector<RouteEntry>& entries) {
  Routes all;
  for (const auto& entry : entries) all.emplace(entry.route.to, entry.route);
  return all;
}

/// The route as it stands in a mirrored table. `onlink`, because its next hop was judged where it came from: the copy's
/// table need not know the way to it.
Route copy_of(Route route, std::uint32_t table, const xconn::RouteMirror& wish) {
  route.table = table;
  route.metric = wish.metric;
  for (auto& hop : route.next_hops) {
    hop.onlink = hop.via.has_value();
    if (!wish.interface.empty()) hop.interface = wish.interface;
  }
  return route;
}

bool is_copied(const xconn::RouteMirror& wish, const Prefix& prefix) {
  const auto holds = [&](const Prefix& wide) { return wide.contains(prefix); };
  return std::ranges::none_of(wish.reject, holds) && (wish.accept.empty() || std::ranges::any_of(wish.accept, holds));
}

}  // namespace

struct RouteMirror::State {
  State(sys::Loop& its_loop, const MirrorSource& from, const sys::Netns& netns, const std::string& name,
        const xconn::RouteMirror& its_wish)
      : loop(its_loop),
        wish(its_wish),
        late(its_wish.late_interfaces, its_wish.delay),
        source_reader(from.netns, from.name),
        reader(netns, name),
        writer(netns, name) {}

  void synchronize() {
    const auto start = sys::now();
    auto source = by_prefix(source_reader.routes(wish.from_table, wish.from_protocol));
    std::erase_if(source, [this](const auto& item) { return !is_copied(wish, item.first); });
    source = late.settled(std::move(source), start);
    Batch batch;
    for (const auto table : wish.to_tables) plan_table(source, table, batch);
    if (!batch.empty()) writer.commit(batch);
    // A long table in a long burst must not be read once for each route of it.
    not_before = sys::now() + 2 * (sys::now() - start);
    if (const auto due = late.next_due(sys::now()))
      release = sys::Timer::once(loop, std::max(*due, Duration{0}), [this] { schedule(Duration{0}); });
  }

  void plan_table(const Routes& source, std::uint32_t table, Batch& batch) const {
    const auto present = by_prefix(reader.routes(table, kProtocolMirror));
    for (const auto& [prefix, route] : present)
      if (!source.contains(prefix)) batch.push_back(route_delete(route, kProtocolMirror).tolerate(ESRCH));
    for (const auto& [prefix, route] : source) {
      const auto copy = copy_of(route, table, wish);
      const auto found = present.find(prefix);
      // The interface of a route that is kept may have gone down meanwhile: then its packets are lost as they should
      // be.
      if (found == present.end() || !(found->second == copy))
        batch.push_back(route_replace(copy, kProtocolMirror).tolerate(ENETDOWN));
    }
  }

  bool concerns_us(const Change& change) const {
    if (const auto* entry = std::get_if<RouteEntry>(&change.what)) {
      if (entry->route.table == wish.from_table && entry->protocol == wish.from_protocol) return true;
      return change.gone && entry->protocol == kProtocolMirror;
    }
    // The kernel drops IPv4 routes without a word when their interface or preferred source goes.
    return !std::holds_alternative<Neighbour>(change.what);
  }

  void schedule(Duration at_least) {
    if (scheduled) return;
    scheduled = true;
    timer = sys::Timer::once(loop, std::max<Duration>(at_least, not_before - sys::now()), [this] {
      scheduled = false;
      try_to_synchronize();
    });
  }

  void try_to_synchronize() {
    try {
      synchronize();
      refusal.clear();
    } catch (const Error& error) {
      refusal = error.what();
      schedule(kTryAgain);
    }
  }

  std::optional<std::string> unrest() const {
    if (!refusal.empty()) return "routes cannot be copied: " + refusal;
    if (scheduled || late.next_due(sys::now())) return "routes are being copied";
    return std::nullopt;
  }

  sys::Loop& loop;
  xconn::RouteMirror wish;
  LateRoutes late;
  Reader source_reader, reader;
  Netlink writer;
  std::string refusal;  ///< the latest, until it is taken
  std::chrono::nanoseconds not_before{0};
  bool scheduled = false;
  sys::Timer timer, release;
  std::vector<Monitor> monitors;
};

RouteMirror::RouteMirror(sys::Loop& loop, const sys::Netns& netns, const std::string& netns_name,
                         const xconn::RouteMirror& mirror)
    : RouteMirror(loop, {netns, netns_name}, netns, netns_name, mirror) {}

RouteMirror::RouteMirror(sys::Loop& loop, const MirrorSource& source, const sys::Netns& netns,
                         const std::string& netns_name, const xconn::RouteMirror& mirror)
    : state_(std::make_shared<State>(loop, source, netns, netns_name, mirror)) {
  const auto listen = [&](const sys::Netns& where) {
    state_->monitors.emplace_back(loop, where, [state = state_.get()](const Change& change) {
      if (state->concerns_us(change)) state->schedule(Duration{0});
    });
  };
  // Listens before it reads: nothing falls between.
  listen(netns);
  if (&source.netns != &netns) listen(source.netns);
  state_->synchronize();
}

RouteMirror::RouteMirror(RouteMirror&&) noexcept = default;
RouteMirror& RouteMirror::operator=(RouteMirror&&) noexcept = default;
RouteMirror::~RouteMirror() = default;

std::optional<std::string> RouteMirror::unrest() const { return state_->unrest(); }

}  // namespace xconn::kernel
