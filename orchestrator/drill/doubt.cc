// SPDX-License-Identifier: Apache-2.0
#include "drill/doubt.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace xconn::drill {
namespace {

using probes::Stall;
using probes::Window;

constexpr std::size_t kLongestChain = 16;  // fault, BFD, BGP, RIB, FIB, mirror, SD-WAN, IKE ... and their answers
constexpr Duration kNear = std::chrono::seconds{1};
constexpr int kLooks = 8;
constexpr Duration kDrained = std::chrono::milliseconds{20};  // what waited for the loop has been read by then

/// What tells that a detection gave something up, and how people call it.
struct SourceRow {
  const char* source;
  const char* name;
  std::array<const char*, 2> words;
};
constexpr SourceRow kSources[] = {
    {"bfd", "BFD", {" down", " down"}},
    {"bgp", "BGP", {" down", " down"}},
    {"sdwan", "the health check", {" dead", "out of SLA"}},
    {"ike", "dead peer detection", {" down", " down"}},
    {"ha", "VRRP", {"MASTER", "FAULT"}},
    {"lb", "the health probe", {"unhealthy", "unhealthy"}},
    {"controller", "the keepalive", {"routes point at", "routes point at"}},
};

/// Nothing for a source that gives nothing up.
const SourceRow* row_of(const std::string& source) {
  const auto* found = std::ranges::find_if(kSources, [&](const SourceRow& row) { return row.source == source; });
  return found == std::end(kSources) ? nullptr : found;
}

const char* detector_name(const std::string& source) {
  const auto* row = row_of(source);
  return row == nullptr ? source.c_str() : row->name;
}

bool gives_up(const services::Event& event) {
  const auto* row = row_of(event.source);
  return row != nullptr &&
         std::ranges::any_of(row->words, [&](const char* word) { return event.text.find(word) != std::string::npos; });
}

/// Its own time was up: BGP that BFD took with it had not waited for its hold time.
bool gave_up_by(const Detection& detection, const services::Event& event) {
  return detection.node == event.node && detection.source == event.source && gives_up(event) &&
         !(event.source == "bgp" && event.text.find("BFD") != std::string::npos);
}

/// BFD takes BGP with it.
bool may_be(const Detection& detection, const services::Event& event) {
  return detection.node == event.node &&
         (detection.source == event.source || (detection.source == "bfd" && event.source == "bgp"));
}

bool overlap(const Window& a, const Stall& b) { return b.start < a.end && b.end > a.begin; }

Duration length(const Stall& stall) { return stall.end - stall.start; }

std::string patience(const Detection& detection) {
  const auto times = detection.after / detection.interval;
  if (detection.interval * times == detection.after) {
    return fmt::format("{} x {}", xconn::to_string(detection.interval), times);
  }
  return xconn::to_string(detection.after);
}

/// A way whose probes leave by the clock and wait for nothing: one that left late tells of a stall that the canary, on
/// another processor, may not have met.
bool keeps_time(probes::FlowKind kind, probes::FlowDirection way) {
  if (kind == probes::FlowKind::kUdp) return true;
  return way == probes::FlowDirection::kForward && kind != probes::FlowKind::kTcp;
}

void add_late_departures(const probes::Trail& trail, std::vector<Stall>& stalls) {
  std::optional<Duration> before;
  for (const probes::Departure& probe : trail.sent) {
    const Stall late{before.value_or(probe.at) + trail.interval, probe.at};
    if (length(late) >= probes::kStallFloor) stalls.push_back(late);
    before = probe.at;
  }
}

/// The loop's stalls hold up only what it was about to do.
std::vector<Stall> stalls_of(const Evidence& evidence) {
  std::vector<Stall> all = evidence.host.stalls;
  for (const Stall& stall : evidence.host.loop) {
    const bool held_up =
        std::ranges::any_of(evidence.dues, [&](Duration due) { return due >= stall.start && due <= stall.end; });
    if (held_up) all.push_back(stall);
  }
  return probes::merged(std::move(all));
}

std::vector<Stall> with_late_departures(std::vector<Stall> all, const Evidence& evidence) {
  for (const FlowEvidence& flow : evidence.flows) {
    for (const probes::FlowDirection way : {probes::FlowDirection::kForward, probes::FlowDirection::kReverse}) {
      if (keeps_time(flow.spec.kind, way)) add_late_departures(flow.witness(way).trail, all);
    }
  }
  return probes::merged(std::move(all));
}

Duration sum_inside(const std::vector<Stall>& stalls, const Window& window) {
  Duration sum{0};
  for (const Stall& stall : stalls) {
    sum += std::max(std::min(stall.end, window.end) - std::max(stall.start, window.begin), Duration{0});
  }
  return sum;
}

/// When the first step was due, for a loop that stalled does it late.
Duration first_cause(const Evidence& evidence) {
  Duration first = evidence.first_step.value_or(evidence.first_fault.value_or(evidence.last_seen()));
  for (const Duration due : evidence.dues) first = std::min(first, due);
  return first;
}

}  // namespace

Doubt::Doubt(const Evidence& evidence)
    : evidence_(evidence),
      stalls_(stalls_of(evidence)),
      felt_(with_late_departures(stalls_, evidence)),
      watched_(evidence.last_seen()),
      cause_(first_cause(evidence)),
      reach_(reach({cause_, watched_})),
      misled_(find_misled()) {}

Duration Doubt::horizon() const { return misled_ ? misled_->stall.start : Duration::max(); }

Duration Doubt::inside(const Window& window) const { return sum_inside(felt_, window); }

Duration Doubt::reach(const Window& window) const {
  Duration longest{0};
  for (const services::Event& event : evidence_.events) {
    if (event.at < window.begin || event.at > window.end) continue;
    for (const Detection& detection : evidence_.detections) {
      if (gave_up_by(detection, event)) longest = std::max(longest, detection.after);
    }
  }
  return longest;
}

Duration Doubt::before(const Window& window) const {
  const Duration back_to = window.begin - reach(window);
  Duration longest{0};
  for (const Stall& stall : stalls_) {
    if (stall.start >= window.begin || stall.end < back_to) continue;
    longest = std::max(longest, std::min(stall.end, window.begin) - stall.start);
  }
  return longest;
}

Duration Doubt::behind(Duration time) const {
  std::vector<Duration> lengths;
  for (const Stall& stall : stalls_) {
    if (stall.start >= time) continue;  // one that is under way holds up to its end
    const Duration part = stall.end - std::max(stall.start, cause_);
    if (part > Duration{0}) lengths.push_back(part);
  }
  std::ranges::sort(lengths, std::greater{});
  lengths.resize(std::min(lengths.size(), kLongestChain));
  return std::accumulate(lengths.begin(), lengths.end(), Duration{0});
}

Window Doubt::moments_of(Duration time) const {
  if (time <= cause_) return {time, time};
  return {std::max(time - before({cause_, watched_}), cause_), time + behind(time)};
}

bool Doubt::quiet(const Window& window) const {
  return std::ranges::none_of(felt_, [&](const Stall& stall) {
    const auto near = [&](Duration time) { return time > stall.start - kNear && time < stall.end + kNear; };
    return overlap(window, stall) &&
           (std::ranges::any_of(evidence_.dues, near) ||
            std::ranges::any_of(evidence_.events, near, [](const auto& event) { return Duration{event.at}; }));
  });
}

Answer Doubt::occurred(const std::vector<Moment>& moments, const Window& window) const {
  const Window begin = moments_of(window.begin), end = moments_of(window.end);
  const auto surely = [&](const Moment& moment) {
    return moment.earliest >= begin.end && moment.latest <= end.begin && moment.latest < horizon();
  };
  const auto perhaps = [&](const Moment& moment) { return moment.latest >= begin.begin && moment.earliest <= end.end; };
  const bool blind = 2 * inside(window) > window.end - window.begin;
  const bool misled = horizon() < window.end;
  return {std::ranges::any_of(moments, surely),
          !blind && !misled && end.end <= watched_ && std::ranges::none_of(moments, perhaps),
          {since(window.begin), end.end}};
}

Answer Doubt::held(Duration time, const std::function<bool(Duration)>& holds) const {
  const Window moments = moments_of(time);
  int held = 0, looks = 0;
  const auto look = [&](Duration moment) {
    ++looks;
    held += holds(moment) ? 1 : 0;
  };
  look(time);
  if (moments.end > moments.begin) {
    for (int i = 0; i <= kLooks; ++i) look(moments.begin + (moments.end - moments.begin) * i / kLooks);
  }
  const bool seen = moments.end <= watched_ && horizon() > time;
  return {seen && held == looks, seen && held == 0, {since(time), moments.end}};
}

std::optional<Misled> Doubt::find_misled() const {
  std::optional<Misled> first;
  for (const services::Event& event : evidence_.events) {
    if (!gives_up(event)) continue;
    const auto found = misled_by(event);
    if (found && (!first || found->stall.start < first->stall.start)) first = found;
  }
  return first;
}

std::optional<Misled> Doubt::misled_by(const services::Event& event) const {
  for (const Detection& detection : evidence_.detections) {
    const Window looked_at{event.at - detection.after, event.at};
    if (!may_be(detection, event) || sum_inside(stalls_, looked_at) < detection.margin()) continue;
    const auto longest = std::ranges::max_element(
        stalls_, {}, [&](const Stall& stall) { return overlap(looked_at, stall) ? length(stall) : Duration{-1}; });
    return Misled{*longest, detection};
  }
  return std::nullopt;
}

std::string Doubt::at(Duration time) const {
  const Duration origin = evidence_.first_fault.value_or(evidence_.began);
  return fmt::format("{:+.3f}", std::chrono::duration<double>(time - origin).count());
}

std::string Doubt::words(const Window& because) const {
  if (misled_ && because.end >= horizon()) {
    const Detection& detection = misled_->detection;
    return fmt::format("the host stalled {} at {}; {} of {} with {} ({}) may have fallen by it",
                       readable(length(misled_->stall)), at(misled_->stall.start), detector_name(detection.source),
                       detection.node, detection.subject, patience(detection));
  }
  const Stall* longest = nullptr;
  std::size_t count = 0;
  for (const Stall& stall : felt_) {
    if (!overlap(because, stall)) continue;
    ++count;
    if (longest == nullptr || length(stall) > length(*longest)) longest = &stall;
  }
  if (longest == nullptr) return {};
  const std::string text = fmt::format("the host stalled {} at {}", readable(length(*longest)), at(longest->start));
  return count == 1 ? text : text + fmt::format(", and {} times more", count - 1);
}

Duration stamped_late(const services::Event& event, const probes::HostStalls& host) {
  if (event.stamped) return Duration{0};
  for (const Stall& stall : host.loop) {
    if (event.at >= stall.start && event.at <= stall.end + kDrained) return event.at - stall.start;
  }
  return Duration{0};
}

}  // namespace xconn::drill
