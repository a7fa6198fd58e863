// SPDX-License-Identifier: Apache-2.0
#include "nodes/edge/daemon/edge.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "nodes/edge/daemon/mark.hh"
#include "nodes/edge/daemon/status.hh"
#include "sys/clock.hh"

namespace xconn::sdwan {
namespace {

constexpr std::size_t kTopApplications = 10;

/// RTPROT_ZEBRA, BIRD, BABEL, BGP, ISIS, OSPF, RIP, EIGRP of linux/rtnetlink.h: learned, not configured.
constexpr std::array<std::uint8_t, 8> kDynamicProtocols{11, 12, 42, 186, 187, 188, 189, 192};

bool is_dynamic(std::uint8_t protocol) {
  return std::find(kDynamicProtocols.begin(), kDynamicProtocols.end(), protocol) != kDynamicProtocols.end();
}

std::vector<MainRoute> main_routes(const std::vector<kernel::RouteEntry>& entries) {
  std::vector<MainRoute> result;
  for (const auto& entry : entries) {
    if (!entry.route.to.is_v4() || entry.route.kind != RouteKind::kUnicast) continue;
    for (const auto& hop : entry.route.next_hops) {
      result.push_back({entry.route.to, hop.interface, is_dynamic(entry.protocol)});
    }
  }
  return result;
}

bool names_applications(const Config& config) {
  return std::any_of(config.sdwan.rules.begin(), config.sdwan.rules.end(),
                     [](const auto& rule) { return !rule.applications.empty(); });
}

}  // namespace

Edge::Edge(sys::Loop& loop, Config config, const std::string& socket_path)
    : loop_(loop),
      netns_(sys::Netns::current()),
      engine_(std::move(config), sys::now()),
      steerer_(engine_.config()),
      reader_(netns_, engine_.config().node) {
  const auto& settings = engine_.config();
  // Listen first, read then: nothing is missed in between.
  monitor_.emplace(loop_, netns_, [this](const kernel::Change& change) { take(change); });
  if (names_applications(settings)) applications_ = std::make_unique<Applications>(loop_, settings);
  for (const auto& link : reader_.links()) take_link(link, false);
  refresh();
  if (settings.ha) fifo_.emplace(loop_, settings.ha->fifo, [this](Role role) { take_role(role); });
  refresh_probes();
  settle();
  control_.emplace(loop_, socket_path, [this] { return state(); });
}

Edge::~Edge() = default;

void Edge::take(const kernel::Change& change) {
  if (const auto* link = std::get_if<kernel::Link>(&change.what)) {
    take_link(*link, change.gone);
  } else if (const auto* address = std::get_if<kernel::LinkAddress>(&change.what)) {
    // The kernel drops the routes of an interface with its last address.
    steerer_.restore_member(address->interface);
    refresh_soon();
  } else if (const auto* route = std::get_if<kernel::RouteEntry>(&change.what)) {
    if (route->route.table == kMainTable && route->route.to.is_v4()) refresh_soon();
  } else if (std::holds_alternative<kernel::Overrun>(change.what)) {
    for (const auto& each : reader_.links()) take_link(each, false);
    refresh_soon();
  }
}

void Edge::take_link(const kernel::Link& link, bool gone) {
  const auto now = sys::now();
  auto& name = names_[link.index];
  if (!name.empty() && name != link.name) engine_.set_link(name, false, now);
  name = link.name;
  if (gone) names_.erase(link.index);
  const bool up = !gone && link.up && link.carrier;
  const auto& members = engine_.config().sdwan.members;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].interface != link.name || engine_.members()[i].up == up) continue;
    for (const auto& probe : probes_) {
      if (probe.member == static_cast<int>(i)) probe.prober->reopen();
    }
  }
  if (up) steerer_.restore_member(link.name);
  engine_.set_link(link.name, up, now);
  settle();
  refresh_soon();
}

void Edge::take_role(Role role) {
  engine_.set_role(role, sys::now());
  const bool master = engine_.role() == Role::kMaster;
  if (master && !responder_) {
    responder_ = std::make_unique<ProbeResponder>(loop_, engine_.config().ha->probe_port);
  } else if (!master) {
    responder_.reset();
  }
  refresh_probes();
  settle();
}

/// A burst of notifications is one reading: the timer runs after the handlers that are ready now.
void Edge::refresh_soon() {
  refresh_ = sys::Timer::once(loop_, Duration::zero(), [this] { refresh(); });
}

void Edge::refresh() {
  const auto routes = reader_.routes(kMainTable);
  engine_.set_routes(main_routes(routes), sys::now());
  settle();
  steerer_.set_bypass(engine_.bypass());
  if (engine_.config().ha) refresh_answering(routes);
}

/// Every interface with an address may be probed; it answers by the gateway that the configuration or the main table
/// has on it, the default route's before others.
void Edge::refresh_answering(const std::vector<kernel::RouteEntry>& routes) {
  std::map<std::string, std::optional<Address>> gateways;
  for (const auto& address : reader_.addresses()) {
    if (address.address.address().is_v4() && address.interface != "lo") gateways.try_emplace(address.interface);
  }
  for (const bool only_default : {false, true}) {
    for (const auto& entry : routes) {
      for (const auto& hop : entry.route.next_hops) {
        const auto found = gateways.find(hop.interface);
        const bool fits = found != gateways.end() && hop.via && hop.via->is_v4();
        if (fits && entry.route.to.is_default() == only_default) found->second = hop.via;
      }
    }
  }
  for (const auto& member : engine_.config().sdwan.members) {
    const auto found = gateways.find(member.interface);
    if (found != gateways.end() && member.gateway) found->second = member.gateway;
  }
  steerer_.set_answering(gateways);
}

/// Probes run while this node acts.
void Edge::refresh_probes() {
  if (engine_.active() != probes_.empty()) return;
  probes_.clear();
  if (!engine_.active()) return;
  const auto& sdwan = engine_.config().sdwan;
  for (std::size_t i = 0; i < sdwan.health_checks.size(); ++i) {
    for (const auto& name : sdwan.health_checks[i].members) {
      const int member = engine_.config().member_index(name);
      const auto outcome = [this, check = static_cast<int>(i), member](std::optional<Duration> round_trip) {
        engine_.record(check, member, round_trip, sys::now());
        settle();
      };
      const auto mark = path_mark(member_path(member)) | kProbeBit;
      probes_.push_back(
          {member, make_prober(loop_, sdwan.health_checks[i], sdwan.members[member].interface, mark, outcome)});
    }
  }
}

/// First the kernel, then the listeners.
void Edge::settle() {
  const auto took = steerer_.apply(engine_.steering());
  const auto done = sys::now();
  const auto events = engine_.take_events();
  if (const auto next = engine_.next_deadline()) {
    deadline_ = sys::Timer::once(loop_, std::max(*next - done, Duration::zero()), [this] {
      engine_.tick(sys::now());
      settle();
    });
  }
  if (took > Duration::zero()) {
    last_took_ = took;
    ++changes_;
  }
  if (!control_) return;
  for (const auto& event : events) {
    control_->publish(event.at, event.kind, event.text, {{"subject", event.subject}});
  }
  if (took > Duration::zero()) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    control_->publish(done, "steered", fmt::format("the kernel took the change in {}", milliseconds_text(took)),
                      {{"took_us", microseconds}});
  }
}

nlohmann::json Edge::state() {
  auto json = to_json(engine_, steerer_.counters());
  json["steering"] = {{"changes", changes_}, {"last_took_us", last_took_.count() / 1000}};
  if (auto pending = engine_.pending(sys::now())) json["pending"] = std::move(*pending);
  json["applications"] = nlohmann::json::array();
  if (!applications_) return json;
  for (const auto& total : applications_->top(kTopApplications)) {
    json["applications"].push_back(
        {{"name", total.name}, {"flows", total.flows}, {"packets", total.packets}, {"bytes", total.bytes}});
  }
  return json;
}

}  // namespace xconn::sdwan
