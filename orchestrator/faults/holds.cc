// SPDX-License-Identifier: Apache-2.0
#include "faults/holds.hh"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "base/teardown.hh"
#include "sys/netns.hh"

namespace xconn::faults {

namespace {

bool is_of(const std::vector<std::string>& interfaces, const std::string& name) {
  return std::find(interfaces.begin(), interfaces.end(), name) != interfaces.end();
}

// Routes of daemons come back from their daemons; only what was configured would be lost.
bool was_configured(const kernel::RouteEntry& entry, const std::vector<std::string>& interfaces) {
  if (entry.protocol != RTPROT_STATIC && entry.protocol != RTPROT_BOOT) return false;
  return std::any_of(entry.route.next_hops.begin(), entry.route.next_hops.end(),
                     [&](const NextHop& hop) { return is_of(interfaces, hop.interface); });
}

}  // namespace

Forgotten remember(const sys::Netns& netns, const std::vector<std::string>& interfaces) {
  const kernel::Reader reader(netns);
  Forgotten result;
  for (auto& entry : reader.all_routes()) {
    if (was_configured(entry, interfaces)) result.routes.push_back(std::move(entry));
  }
  for (auto& neighbour : reader.neighbours()) {
    if ((neighbour.state & NUD_PERMANENT) && neighbour.mac && is_of(interfaces, neighbour.interface)) {
      result.neighbours.push_back(std::move(neighbour));
    }
  }
  return result;
}

namespace {

// Routes with a gateway need the routes to the gateway, whatever their order was.
void order(std::vector<kernel::RouteEntry>& routes) {
  std::stable_partition(routes.begin(), routes.end(), [](const kernel::RouteEntry& entry) {
    return std::none_of(entry.route.next_hops.begin(), entry.route.next_hops.end(),
                        [](const NextHop& hop) { return hop.via.has_value(); });
  });
}

}  // namespace

void bring_back(kernel::Netlink& netlink, Forgotten forgotten) {
  order(forgotten.routes);
  kernel::Batch batch;
  for (const auto& entry : forgotten.routes) batch.push_back(kernel::route_replace(entry.route, entry.protocol));
  for (const auto& neighbour : forgotten.neighbours) {
    batch.push_back(kernel::neighbour_add(neighbour.interface, neighbour.address, *neighbour.mac));
  }
  // A gateway may still be unreachable: it is on an interface that another fault holds down, and goes with that one.
  for (auto& request : batch) request.tolerate(ENETUNREACH).tolerate(ENETDOWN).tolerate(ENODEV);
  if (!batch.empty()) netlink.commit(batch);
}

namespace {

double either(double one, double other) { return 1 - (1 - one) * (1 - other); }

std::uint64_t narrower(std::uint64_t one, std::uint64_t other) {
  if (one == 0 || other == 0) return std::max(one, other);
  return std::min(one, other);
}

}  // namespace

Holds::Holds(Site& site) : state_(std::make_unique<State>(site)) {}
Holds::~Holds() = default;

std::uint64_t& next_seed(Holds& holds) { return holds.state_->next_seed; }

// --- EndDown -------------------------------------------------------------------------------------------------------

EndDown::EndDown(Holds& holds, const End& end, const std::vector<std::string>& stacked)
    : state_(*holds.state_), end_(end) {
  auto& down = state_.down[{end.node, end.interface}];
  if (++down.holders > 1) return;
  try {
    const sys::Netns& netns = state_.site.netns(end.node);
    std::vector<std::string> interfaces = stacked;
    interfaces.push_back(end.interface);
    down.forgotten = remember(netns, interfaces);
    kernel::Netlink(netns, end.node).commit(kernel::link_set(end.interface, {.up = false}));
  } catch (...) {
    state_.down.erase({end.node, end.interface});
    throw;
  }
}

EndDown::~EndDown() {
  tear_down("a fault", [this] { heal({}); });
}

void EndDown::heal(const sys::Pending&) {
  if (!std::exchange(held_, false)) return;
  const auto found = state_.down.find({end_.node, end_.interface});
  if (--found->second.holders > 0) return;
  Forgotten forgotten = std::move(found->second.forgotten);
  state_.down.erase(found);
  kernel::Netlink netlink(state_.site.netns(end_.node), end_.node);
  if (!netlink.find_index(end_.interface)) return;  // a tunnel that went with its daemon
  netlink.commit(kernel::link_set(end_.interface, {.up = true}));
  bring_back(netlink, std::move(forgotten));
}

// --- Impaired ------------------------------------------------------------------------------------------------------

Impairment combine(const Impairment& one, const Impairment& other) {
  Impairment both;
  both.delay = one.delay + other.delay;
  both.jitter = one.jitter + other.jitter;
  both.loss = either(one.loss, other.loss);
  both.reorder = either(one.reorder, other.reorder);
  both.duplicate = either(one.duplicate, other.duplicate);
  both.corrupt = either(one.corrupt, other.corrupt);
  both.rate = narrower(one.rate, other.rate);
  return both;
}

Impaired::Impaired(Holds& holds, const End& from, const Impairment& plan, const Impairment& share)
    : state_(*holds.state_), from_(from), plan_(plan), share_(share) {
  auto& shares = state_.impaired[{from.node, from.interface}];
  shares.push_back(&share_);
  try {
    apply();
  } catch (...) {
    shares.pop_back();
    tear_down("a fault", [this] { apply(); });  // what was there before
    throw;
  }
}

Impaired::~Impaired() {
  tear_down("a fault", [this] { heal({}); });
}

void Impaired::heal(const sys::Pending&) {
  if (!std::exchange(held_, false)) return;
  std::erase(state_.impaired[{from_.node, from_.interface}], &share_);
  apply();
}

void Impaired::apply() const {
  Impairment whole = plan_;
  for (const Impairment* share : state_.impaired[{from_.node, from_.interface}]) whole = combine(whole, *share);
  whole.loss = 0;
  state_.site.impair(from_, whole);
}

// --- Silenced ------------------------------------------------------------------------------------------------------

Silenced::Silenced(Holds& holds, const Daemon& daemon, How how) : state_(*holds.state_), daemon_(daemon), how_(how) {
  auto& silence = state_.silenced[{daemon.node, daemon.name}];
  int& count = how == How::kKilled ? silence.killed : silence.frozen;
  state_.site.signal(daemon.node, daemon.name, how == How::kKilled ? SIGKILL : SIGSTOP);
  ++count;
}

Silenced::~Silenced() {
  tear_down("a fault", [this] { heal({}); });
}

void Silenced::heal(const sys::Pending&) {
  if (!std::exchange(held_, false)) return;
  auto& silence = state_.silenced[{daemon_.node, daemon_.name}];
  int& count = how_ == How::kKilled ? silence.killed : silence.frozen;
  if (--count > 0) return;
  if (how_ == How::kKilled) {
    state_.site.restart(daemon_.node, daemon_.name);
    if (silence.frozen > 0) state_.site.signal(daemon_.node, daemon_.name, SIGSTOP);
  } else if (silence.killed == 0) {
    state_.site.signal(daemon_.node, daemon_.name, SIGCONT);
  }
}

// --- Undoable ------------------------------------------------------------------------------------------------------

Undoable::~Undoable() {
  tear_down("a fault", [this] { heal({}); });
}

void Undoable::heal(const sys::Pending& pending) {
  if (const auto undo = std::exchange(undo_, nullptr)) undo(pending);
}

std::unique_ptr<Effect> edited(Site& site, const std::string& node, network::SpeakerEdit edit,
                               const sys::Pending& pending) {
  const auto number = site.edit(node, std::move(edit), pending);
  return std::make_unique<Undoable>(
      [&site, node, number](const sys::Pending& healed) { site.undo_edit(node, number, healed); });
}

}  // namespace xconn::faults
