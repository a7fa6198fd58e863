// SPDX-License-Identifier: Apache-2.0
#include "faults/effects.hh"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>

#include "base/address.hh"
#include "base/azure.hh"
#include "base/errors.hh"
#include "datapath/filter.hh"
#include "faults/holds.hh"
#include "faults/kinds.hh"
#include "faults/mismatch.hh"
#include "faults/site.hh"
#include "faults/values.hh"
#include "sys/loop.hh"

namespace xconn::faults {

namespace {

/// A valid request with what it needs, and the effects made so far.
struct Setting {
  sys::Loop& loop;
  Site& site;
  Holds& holds;
  std::uint64_t& next_seed;
  const Request& request;
  const sys::Pending& pending;
  Effects effects = {};

  std::string value(std::string_view name) const {
    const auto given = request.parameters.find(std::string(name));
    if (given != request.parameters.end()) return given->second;
    for (const auto& parameter : find_kind(request.kind)->parameters) {
      if (parameter.name == name) return std::string(parameter.default_value);
    }
    throw std::logic_error("fault " + request.kind + " has no parameter " + std::string(name));
  }
  Duration duration(std::string_view name) const { return *parse_duration(value(name)); }
  double share(std::string_view name) const { return *parse_share(value(name)); }

  std::string node() const { return request.target.substr(0, request.target.find(':')); }
  std::string name() const { return request.target.substr(request.target.find(':') + 1); }
};

/// The link of the target, seen from the named end.
struct Sided {
  End near, far;
  std::vector<std::string> near_stacked, far_stacked;
  Impairment out, in;
};

Sided side(const Link& link, bool a_is_near) {
  if (a_is_near) return {link.a, link.b, link.a_stacked, link.b_stacked, link.a_to_b, link.b_to_a};
  return {link.b, link.a, link.b_stacked, link.a_stacked, link.b_to_a, link.a_to_b};
}

std::optional<Sided> find_link(const Site& site, const End& end) {
  for (const auto& link : site.inventory().links) {
    if (link.a == end || link.b == end) return side(link, link.a == end);
  }
  return std::nullopt;
}

Sided link_of(const Setting& setting) { return *find_link(setting.site, {setting.node(), setting.name()}); }

bool goes(const Setting& setting, Direction direction) {
  const Direction wanted = *parse_direction(setting.value("direction"));
  return wanted == Direction::kBoth || wanted == direction;
}

// --- acts ----------------------------------------------------------------------------------------------------------

class Filtered : public Effect {
 public:
  Filtered(Site& site, const End& at, const datapath::FilterRule& rule)
      : filter_(std::in_place, site.netns(at.node), at.interface, rule) {}
  void heal(const sys::Pending&) override { filter_.reset(); }

 private:
  std::optional<datapath::Filter> filter_;
};

void hold_down(Setting& setting, const End& end, const std::vector<std::string>& stacked) {
  setting.effects.push_back(std::make_unique<EndDown>(setting.holds, end, stacked));
}

void filter_at(Setting& setting, const End& end, datapath::FilterRule rule) {
  rule.seed = setting.next_seed++;
  setting.effects.push_back(std::make_unique<Filtered>(setting.site, end, rule));
}

// What leaves the named end is filtered where it arrives.
void filter(Setting& setting, const datapath::FilterRule& rule) {
  const Sided link = link_of(setting);
  if (goes(setting, Direction::kOut)) filter_at(setting, link.far, rule);
  if (goes(setting, Direction::kIn)) filter_at(setting, link.near, rule);
}

void impair(Setting& setting, const Impairment& share) {
  const Sided link = link_of(setting);
  if (goes(setting, Direction::kOut))
    setting.effects.push_back(std::make_unique<Impaired>(setting.holds, link.near, link.out, share));
  if (goes(setting, Direction::kIn))
    setting.effects.push_back(std::make_unique<Impaired>(setting.holds, link.far, link.in, share));
}

// Down, up, down, up, from the moment it is made.
class Flapping : public Effect {
 public:
  Flapping(sys::Loop& loop, Holds& holds, Sided link, Duration down, Duration up)
      : loop_(loop), holds_(holds), link_(std::move(link)), down_(down), up_(up) {
    go_down();
  }
  void heal(const sys::Pending& pending) override {
    timer_ = {};
    for (auto& end : held_) {
      if (end) end->heal(pending);
      end.reset();
    }
  }

 private:
  void go_down() {
    held_[0] = std::make_unique<EndDown>(holds_, link_.near, link_.near_stacked);
    held_[1] = std::make_unique<EndDown>(holds_, link_.far, link_.far_stacked);
    timer_ = sys::Timer::once(loop_, down_, [this] { go_up(); });
  }
  void go_up() {
    for (auto& end : held_) end.reset();
    timer_ = sys::Timer::once(loop_, up_, [this] {
      try {
        go_down();
      } catch (const KernelError&) {  // the link has gone for good: there is nothing left to flap
      }
    });
  }

  sys::Loop& loop_;
  Holds& holds_;
  Sided link_;
  Duration down_, up_;
  std::unique_ptr<EndDown> held_[2];
  sys::Timer timer_;
};

// --- kinds ---------------------------------------------------------------------------------------------------------

void carrier(Setting& setting) {
  const Sided link = link_of(setting);
  hold_down(setting, link.near, link.near_stacked);
  hold_down(setting, link.far, link.far_stacked);
}

void admin_down(Setting& setting) {
  const Sided link = link_of(setting);
  hold_down(setting, link.near, link.near_stacked);
}

void blackhole(Setting& setting) {
  const Sided link = link_of(setting);
  filter_at(setting, link.far, {});
  filter_at(setting, link.near, {});
}

void oneway(Setting& setting) { filter(setting, {}); }

void loss(Setting& setting) { filter(setting, {.matches = {}, .loss = setting.share("loss")}); }

void delay(Setting& setting) { impair(setting, {.delay = setting.duration("delay")}); }

void jitter(Setting& setting) { impair(setting, {.jitter = setting.duration("jitter")}); }

void reorder(Setting& setting) { impair(setting, {.reorder = setting.share("reorder")}); }

void duplicate(Setting& setting) { impair(setting, {.duplicate = setting.share("duplicate")}); }

void corrupt(Setting& setting) { impair(setting, {.corrupt = setting.share("corrupt")}); }

void rate(Setting& setting) { impair(setting, {.rate = *parse_rate(setting.value("rate"))}); }

void flap(Setting& setting) {
  const Duration period = setting.duration("period");
  const auto down = std::chrono::duration_cast<Duration>(period * setting.share("duty"));
  setting.effects.push_back(
      std::make_unique<Flapping>(setting.loop, setting.holds, link_of(setting), down, period - down));
}

void mtu_hole(Setting& setting) { filter(setting, {.matches = {}, .bigger_than = parse_bytes(setting.value("size"))}); }

void drop(Setting& setting) { filter(setting, {.matches = *datapath::match_of(setting.value("traffic"))}); }

void brownout(Setting& setting) {
  impair(setting, {.delay = setting.duration("delay"), .jitter = setting.duration("jitter")});
  loss(setting);
}

void silence(Setting& setting, const Daemon& daemon, Silenced::How how) {
  setting.effects.push_back(std::make_unique<Silenced>(setting.holds, daemon, how));
}

void freeze(Setting& setting) { silence(setting, {setting.node(), setting.name()}, Silenced::How::kFrozen); }

void kill(Setting& setting) { silence(setting, {setting.node(), setting.name()}, Silenced::How::kKilled); }

// Interfaces first, as power fails: no daemon has the time to say goodbye. Healed in reverse: daemons first, which wait
// for their interfaces anyway.
void kill_node(Setting& setting) {
  for (const auto& link : setting.site.inventory().links) {
    if (link.a.node == setting.node()) hold_down(setting, link.a, link.a_stacked);
    if (link.b.node == setting.node()) hold_down(setting, link.b, link.b_stacked);
  }
  for (const auto& daemon : setting.site.inventory().daemons) {
    if (daemon.node == setting.node()) silence(setting, daemon, Silenced::How::kKilled);
  }
}

void member_down(Setting& setting) {
  const auto& members = setting.site.inventory().members;
  const auto member = std::find_if(members.begin(), members.end(), [&](const Member& one) {
    return one.node == setting.node() && one.name == setting.name();
  });
  const End end{member->node, member->interface};
  const auto link = find_link(setting.site, end);
  hold_down(setting, end, link ? link->near_stacked : std::vector<std::string>{});
}

// --- what a router is told -----------------------------------------------------------------------------------------

const Speaker& speaker_of(const Setting& setting) {
  const auto& speakers = setting.site.inventory().speakers;
  return *std::find_if(speakers.begin(), speakers.end(),
                       [&](const Speaker& speaker) { return speaker.node == setting.node(); });
}

void edit(Setting& setting, const std::string& node, network::SpeakerEdit edit) {
  setting.effects.push_back(edited(setting.site, node, std::move(edit), setting.pending));
}

void advertise(Setting& setting) {
  const auto network = *Prefix::parse(setting.value("network"));
  const std::uint32_t count = std::min(*parse_count(setting.value("count")), 1U << (24 - network.length()));
  edit(setting, setting.node(), [network, count](network::Speaker& speaker) {
    std::set<Prefix> known;
    for (const auto& origin : speaker.networks) known.insert(origin.prefix);
    for (std::uint32_t i = 0; i < count; ++i)
      if (const auto prefix = Prefix::of(network.host(i << 8), 24); known.insert(prefix).second)
        speaker.networks.push_back({prefix});
  });
}

/// The target, and what else is a VRF of the same router.
std::vector<Speaker> vrfs_of_router(const Setting& setting) {
  const auto& target = speaker_of(setting);
  if (target.router.empty()) return {target};
  std::vector<Speaker> vrfs = setting.site.inventory().speakers;
  std::erase_if(vrfs, [&](const Speaker& one) { return one.router != target.router; });
  return vrfs;
}

constexpr int kMaintenancePrepends = 8;

void msee_maintenance(Setting& setting) {
  for (const auto& vrf : vrfs_of_router(setting))
    edit(setting, vrf.node, [](network::Speaker& speaker) {
      for (auto& neighbor : speaker.neighbors) neighbor.out.prepend += kMaintenancePrepends;
    });
}

bool is_customer(const network::Neighbor& neighbor) {
  const auto asn = neighbor.asn.value();
  return asn != azure::kMicrosoftAsn && asn != azure::kGatewayAsn && asn != azure::kServiceAsn;
}

void peering_disable(Setting& setting) {
  edit(setting, setting.node(), [](network::Speaker& speaker) {
    for (auto& neighbor : speaker.neighbors) neighbor.shutdown = neighbor.shutdown || is_customer(neighbor);
  });
}

void mismatch(Setting& setting) {
  setting.effects.push_back(mismatched(setting.site, setting.request, setting.pending));
}

void no_route(Setting& setting) { setting.effects.push_back(unrouted(setting.site, setting.request)); }

const std::map<std::string_view, void (*)(Setting&)> kActs = {
    {"carrier", carrier},
    {"admin-down", admin_down},
    {"blackhole", blackhole},
    {"oneway", oneway},
    {"loss", loss},
    {"delay", delay},
    {"jitter", jitter},
    {"reorder", reorder},
    {"duplicate", duplicate},
    {"corrupt", corrupt},
    {"rate", rate},
    {"flap", flap},
    {"mtu-hole", mtu_hole},
    {"drop", drop},
    {"brownout", brownout},
    {"freeze", freeze},
    {"kill", kill},
    {"kill-node", kill_node},
    {"member-down", member_down},
    {"advertise", advertise},
    {"msee-maintenance", msee_maintenance},
    {"peering-disable", peering_disable},
    {"no-route", no_route},
    {"mismatch", mismatch},
};

}  // namespace

Effects apply(sys::Loop& loop, Site& site, Holds& holds, const Request& request, const sys::Pending& pending) {
  Setting setting{loop, site, holds, next_seed(holds), request, pending};
  kActs.at(request.kind)(setting);
  return std::move(setting.effects);
}

}  // namespace xconn::faults
