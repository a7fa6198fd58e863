#include "probes/stopwatch.hh"

#include <algorithm>
#include <functional>
#include <unordered_set>

namespace xconn::probes {
namespace {

Duration at_least_zero(Duration duration) { return std::max(duration, Duration{0}); }

// The silences of a trail: before the first arrival, between each two, and after the last. The first one counts only
// when numbers were lost in it: else it is the way's latency.
void each_silence(const Trail& trail, const std::function<void(const Gap&)>& visit) {
  const auto& arrivals = trail.arrivals;
  Duration start = trail.sent.empty() ? trail.began : trail.sent.front().at;
  if (!arrivals.empty()) {
    if (!trail.sent.empty() && arrivals.front().sequence != trail.sent.front().sequence) {
      visit({start, arrivals.front().received, false, Duration{0}});
    }
    start = arrivals.front().received;
  }
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    visit({start, arrivals[i].received, false, Duration{0}});
    start = arrivals[i].received;
  }
  if (trail.ended > start) visit({start, trail.ended, true, Duration{0}});
}

Latency latency(const std::vector<Arrival>& arrivals, const Window& window) {
  std::vector<Duration> values;
  for (const Arrival& arrival : arrivals) {
    if (arrival.received >= window.begin && arrival.received < window.end) {
      values.push_back(arrival.received - arrival.sent);
    }
  }
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return {values.front(), values[values.size() / 2], values[(values.size() - 1) * 99 / 100], values.size()};
}

void count(const Trail& trail, Measurement& result) {
  std::unordered_set<std::uint64_t> seen;
  std::uint64_t highest = 0;
  for (const Arrival& arrival : trail.arrivals) {
    if (!seen.insert(arrival.sequence).second) {
      ++result.duplicated;
    } else if (arrival.sequence < highest) {
      ++result.reordered;
    }
    highest = std::max(highest, arrival.sequence);
    result.unstamped += arrival.stamped ? 0 : 1;
  }
  result.sent = trail.sent.size();
  result.received = seen.size();
  result.lost = static_cast<std::uint64_t>(std::count_if(
      trail.sent.begin(), trail.sent.end(), [&](const Departure& probe) { return !seen.contains(probe.sequence); }));
}

void find_gaps(const Trail& trail, Duration threshold, Measurement& result) {
  each_silence(trail, [&](Gap gap) {
    gap.outage = at_least_zero(gap.end - gap.start - trail.interval);
    result.outage = std::max(result.outage, gap.outage);
    if (gap.outage > threshold) result.gaps.push_back(gap);
  });
  result.dead = !result.gaps.empty() && result.gaps.back().open && result.gaps.back().outage > kDeadAfter;
}

Duration resolution(const Trail& trail) {
  Duration longest = trail.interval;
  for (std::size_t i = 1; i < trail.sent.size(); ++i) {
    longest = std::max(longest, trail.sent[i].at - trail.sent[i - 1].at);
  }
  return longest;
}

}  // namespace

Measurement measure(const Trail& trail, const Rules& rules) {
  Measurement result;
  count(trail, result);
  find_gaps(trail, rules.threshold.count() > 0 ? rules.threshold : kGapIntervals * trail.interval, result);
  result.resolution = resolution(trail);
  result.before = latency(trail.arrivals, {Duration{0}, rules.first_fault.value_or(Duration::max())});
  if (rules.first_fault && !result.dead) {
    Duration since = *rules.first_fault;
    if (!result.gaps.empty()) since = std::max(since, result.gaps.back().end);
    result.after = latency(trail.arrivals, {since, Duration::max()});
  }
  return result;
}

std::vector<Gap> silences(const Trail& trail, const Window& window) {
  std::vector<Gap> result;
  each_silence(trail, [&](const Gap& silence) {
    Gap part{std::max(silence.start, window.begin), std::min(silence.end, window.end), silence.open, Duration{0}};
    part.outage = part.end - part.start - trail.interval;
    if (part.outage > Duration{0}) result.push_back(part);
  });
  return result;
}

Gap longest_gap(const Trail& trail, const Window& window) {
  Gap longest;
  for (const Gap& gap : silences(trail, window)) {
    if (gap.outage > longest.outage) longest = gap;
  }
  return longest;
}

Duration silence_at(const Trail& trail, Duration time) {
  const auto later = std::upper_bound(trail.arrivals.begin(), trail.arrivals.end(), time,
                                      [](Duration at, const Arrival& arrival) { return at < arrival.received; });
  const Duration last = later == trail.arrivals.begin() ? trail.began : std::prev(later)->received;
  return at_least_zero(time - last - trail.interval);
}

Trail since(const Trail& trail, Duration time) {
  Trail result = trail;
  result.began = std::max(trail.began, time);
  std::erase_if(result.sent, [&](const Departure& probe) { return probe.at < time; });
  std::erase_if(result.arrivals, [&](const Arrival& arrival) { return arrival.sent < time; });
  return result;
}

std::vector<Duration> lost_during(const Trail& trail, const Window& window) {
  std::unordered_set<std::uint64_t> seen;
  for (const Arrival& arrival : trail.arrivals) seen.insert(arrival.sequence);
  std::vector<Duration> lost;
  for (const Departure& probe : trail.sent) {
    const bool inside = probe.at >= window.begin && probe.at < window.end;
    if (inside && !seen.contains(probe.sequence)) lost.push_back(probe.at);
  }
  return lost;
}

}  // namespace xconn::probes
