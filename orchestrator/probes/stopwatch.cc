// SPDX-License-Identifier: Apache-2.0
#include "probes/stopwatch.hh"

#include <algorithm>
#include <bit>
#include <bitset>
#include <functional>
#include <optional>
#include <unordered_map>

namespace xconn::probes {
namespace {

Duration at_least_zero(Duration duration) { return std::max(duration, Duration{0}); }

// The silences of a trail: before the first arrival, between each two, and after the last. The first one counts only
// when numbers were lost in it: else it is the way's latency.
void each_silence(const Trail& trail, const std::function<void(const Gap&)>& visit) {
  const auto first_sent = trail.sent.begin();
  const bool never_sent = first_sent == trail.sent.end();
  Duration start = never_sent ? trail.began : first_sent->at;
  bool first = true;
  for (const Arrival& arrival : trail.arrivals) {
    const bool lost_first = !never_sent && arrival.sequence != first_sent->sequence;
    if (!first || lost_first) visit({start, arrival.received, false, Duration{0}});
    start = arrival.received;
    first = false;
  }
  if (trail.ended > start) visit({start, trail.ended, true, Duration{0}});
}

// Numbers that were seen; they are dense, so a bit each does.
class Numbers {
 public:
  /// True when it is new.
  bool insert(std::uint64_t number) {
    auto& bits = words_[number / 4096];
    const auto bit = number % 4096;
    if (bits.test(bit)) return false;
    bits.set(bit);
    ++size_;
    return true;
  }
  bool contains(std::uint64_t number) const {
    const auto found = words_.find(number / 4096);
    return found != words_.end() && found->second.test(number % 4096);
  }
  std::uint64_t size() const { return size_; }

 private:
  std::unordered_map<std::uint64_t, std::bitset<4096>> words_;
  std::uint64_t size_ = 0;
};

/// Calls back with how much longer each probe of the window took than `least`.
void each_excess(const Trail& trail, const Window& window, Duration least,
                 const std::function<void(std::uint64_t)>& visit) {
  for (const Arrival& arrival : trail.arrivals.near(window))
    if (arrival.received >= window.begin && arrival.received < window.end)
      visit(static_cast<std::uint64_t>((arrival.received - arrival.sent - least).count()));
}

/// The value of a rank (0 is the least), sixteen bits with each pass: memory does not depend on how many there are.
Duration at_rank(const Trail& trail, const Window& window, Duration least, std::uint64_t largest, std::uint64_t rank) {
  constexpr int kBits = 16;
  std::vector<std::uint64_t> counts(1U << kBits);
  std::uint64_t found = 0;
  for (int shift = (static_cast<int>(std::bit_width(largest)) - 1) / kBits * kBits; shift >= 0; shift -= kBits) {
    std::ranges::fill(counts, 0);
    each_excess(trail, window, least, [&](std::uint64_t value) {
      const auto above = shift + kBits < 64 ? value >> (shift + kBits) : 0;
      if (above == found) ++counts[value >> shift & (counts.size() - 1)];
    });
    std::uint64_t part = 0;
    while (rank >= counts[part]) rank -= counts[part++];
    found = found << kBits | part;
  }
  return least + Duration{static_cast<std::int64_t>(found)};
}

Latency latency(const Trail& trail, const Window& window) {
  Latency result;
  Duration largest = Duration::min();
  result.minimum = Duration::max();
  for (const Arrival& arrival : trail.arrivals.near(window)) {
    if (arrival.received < window.begin || arrival.received >= window.end) continue;
    result.minimum = std::min(result.minimum, arrival.received - arrival.sent);
    largest = std::max(largest, arrival.received - arrival.sent);
    ++result.samples;
  }
  if (result.samples == 0) return {};
  const auto excess = static_cast<std::uint64_t>((largest - result.minimum).count());
  result.median = at_rank(trail, window, result.minimum, excess, result.samples / 2);
  result.p99 = at_rank(trail, window, result.minimum, excess, (result.samples - 1) * 99 / 100);
  return result;
}

void count(const Trail& trail, Measurement& result) {
  Numbers seen;
  std::uint64_t highest = 0;
  for (const Arrival& arrival : trail.arrivals) {
    if (!seen.insert(arrival.sequence)) {
      ++result.duplicated;
    } else if (arrival.sequence < highest) {
      ++result.reordered;
    }
    highest = std::max(highest, arrival.sequence);
    result.unstamped += arrival.stamped ? 0 : 1;
  }
  result.received = seen.size();
  for (const Departure& probe : trail.sent) {
    ++result.sent;
    result.lost += seen.contains(probe.sequence) ? 0 : 1;
  }
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
  std::optional<Duration> before;
  for (const Departure& probe : trail.sent) {
    if (before) longest = std::max(longest, probe.at - *before);
    before = probe.at;
  }
  return longest;
}

}  // namespace

Measurement measure(const Trail& trail, const Rules& rules) {
  Measurement result;
  count(trail, result);
  find_gaps(trail, rules.threshold.count() > 0 ? rules.threshold : kGapIntervals * trail.interval, result);
  result.resolution = resolution(trail);
  result.latency.before = latency(trail, {Duration{0}, rules.first_fault.value_or(Duration::max())});
  if (rules.first_fault && !result.dead) {
    Duration since = *rules.first_fault;
    if (!result.gaps.empty()) since = std::max(since, result.gaps.back().end);
    result.latency.after = latency(trail, {since, Duration::max()});
  }
  return result;
}

void each_silence(const Trail& trail, const Window& window, const std::function<void(const Gap&)>& visit) {
  each_silence(trail, [&](const Gap& silence) {
    Gap part{std::max(silence.start, window.begin), std::min(silence.end, window.end), silence.open, Duration{0}};
    part.outage = part.end - part.start - trail.interval;
    if (part.outage > Duration{0}) visit(part);
  });
}

std::vector<Gap> silences(const Trail& trail, const Window& window, Duration over) {
  std::vector<Gap> result;
  each_silence(trail, window, [&](const Gap& gap) {
    if (gap.outage > over) result.push_back(gap);
  });
  return result;
}

Gap longest_gap(const Trail& trail, const Window& window) {
  Gap longest;
  each_silence(trail, window, [&](const Gap& gap) {
    if (gap.outage > longest.outage) longest = gap;
  });
  return longest;
}

Duration silence_at(const Trail& trail, Duration time) {
  Duration last = trail.began;
  for (const Arrival& arrival : trail.arrivals) {
    if (arrival.received <= time) last = std::max(last, arrival.received);
  }
  return at_least_zero(time - last - trail.interval);
}

Trail since(const Trail& trail, Duration time) {
  Trail result = trail;
  result.began = std::max(trail.began, time);
  result.sent = trail.sent.since(time);
  result.arrivals = trail.arrivals.since(time);
  return result;
}

std::vector<Duration> lost_during(const Trail& trail, const Window& window) {
  Numbers seen;
  for (const Arrival& arrival : trail.arrivals) seen.insert(arrival.sequence);
  std::vector<Duration> lost;
  for (const Departure& probe : trail.sent.near(window)) {
    const bool inside = probe.at >= window.begin && probe.at < window.end;
    if (inside && !seen.contains(probe.sequence)) lost.push_back(probe.at);
  }
  return lost;
}

}  // namespace xconn::probes
