// SPDX-License-Identifier: Apache-2.0
// The stopwatch: from numbered arrivals to figures. Pure: no clock, no socket. Every time is CLOCK_MONOTONIC.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "base/duration.hh"
#include "probes/record.hh"

namespace xconn::probes {

struct Departure {
  std::uint64_t sequence = 0;
  Duration at{0};
};

struct Arrival {
  std::uint64_t sequence = 0;
  Duration sent{0};      ///< when the sender handed it to its kernel
  Duration received{0};  ///< when the receiver's kernel got it
  bool stamped = true;   ///< false: that is not the kernel's stamp, but when the probe was read
};

template <>
struct Packing<Departure> {
  static constexpr std::size_t kWidth = 2;
  static std::array<std::int64_t, kWidth> numbers(const Departure& probe) {
    return {static_cast<std::int64_t>(probe.sequence), probe.at.count()};
  }
  static Departure from(const std::array<std::int64_t, kWidth>& numbers) {
    return {static_cast<std::uint64_t>(numbers[0]), Duration{numbers[1]}};
  }
  static Duration time(const Departure& probe) { return probe.at; }
  static Duration begun(const Departure& probe) { return probe.at; }
};

template <>
struct Packing<Arrival> {
  static constexpr std::size_t kWidth = 4;
  static std::array<std::int64_t, kWidth> numbers(const Arrival& probe) {
    return {static_cast<std::int64_t>(probe.sequence), probe.sent.count(), (probe.received - probe.sent).count(),
            probe.stamped};
  }
  static Arrival from(const std::array<std::int64_t, kWidth>& numbers) {
    return {static_cast<std::uint64_t>(numbers[0]), Duration{numbers[1]}, Duration{numbers[1] + numbers[2]},
            numbers[3] != 0};
  }
  static Duration time(const Arrival& probe) { return probe.received; }
  static Duration begun(const Arrival& probe) { return probe.sent; }
};

/// What one direction of a flow did.
struct Trail {
  Duration interval{0};
  Duration began{0};         ///< when the flow was started; a direction that never sent is dead since then
  Duration ended{0};         ///< when sending stopped; the flow has waited for what was in flight then
  Series<Departure> sent;    ///< in order; numbers may be missing where the direction only answers
  Series<Arrival> arrivals;  ///< in order of receipt, duplicates included
};

/// A silence between two consecutive arrivals.
struct Gap {
  Duration start{0};   ///< last arrival before it
  Duration end{0};     ///< first arrival after it; the end of the flow when `open`
  bool open = false;   ///< nothing arrived any more
  Duration outage{0};  ///< its length less the interval, never negative
  friend bool operator==(const Gap&, const Gap&) = default;
};

/// One-way, sender's kernel to receiver's kernel. The clock is the same for both, so no clock error is in it.
struct Latency {
  Duration minimum{0}, median{0}, p99{0};
  std::uint64_t samples = 0;
  friend bool operator==(const Latency&, const Latency&) = default;
};

template <class T>
struct BeforeAndAfter {
  T before, after;
  friend bool operator==(const BeforeAndAfter&, const BeforeAndAfter&) = default;
};

struct Measurement {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;       ///< different numbers that arrived
  std::uint64_t lost = 0;           ///< sent and never arrived
  std::uint64_t duplicated = 0;     ///< arrivals of a number that had already arrived
  std::uint64_t reordered = 0;      ///< arrivals with a number below one that had already arrived (RFC 4737 section 3)
  std::uint64_t unstamped = 0;      ///< arrivals without the kernel's stamp: they may have come earlier than is known
  Duration outage{0};               ///< the longest gap's; 0 with no gap
  std::vector<Gap> gaps;            ///< those over the threshold, in order
  bool dead = false;                ///< the last gap is open and over kDeadAfter: it stopped and never came back
  BeforeAndAfter<Latency> latency;  ///< until the first fault; since the end of the last gap
  Duration resolution{0};           ///< the longest time between two departures: what a gap's length may be off by
  friend bool operator==(const Measurement&, const Measurement&) = default;
};

/// A pause at a flow's very end is not yet a death.
constexpr Duration kDeadAfter = std::chrono::milliseconds{200};
/// A silence of so many intervals is a gap.
constexpr int kGapIntervals = 3;

/// What the flow did from `time` on: probes sent earlier are left out, wherever they got to. A view of the same record.
Trail since(const Trail& trail, Duration time);

/// How a trail becomes a measurement. `threshold` is the shortest outage listed as a gap; 0 means three intervals.
struct Rules {
  Duration threshold{0};
  std::optional<Duration> first_fault;
};

Measurement measure(const Trail& trail, const Rules& rules);

/// All silences inside a window, cut at its borders; the outage of each is what is left, less the interval. An hour of
/// probes has millions, for each that is a little late makes one.
void each_silence(const Trail& trail, const Window& window, const std::function<void(const Gap&)>& visit);
/// Those with an outage over this one.
std::vector<Gap> silences(const Trail& trail, const Window& window, Duration over);
/// The longest of them. Its outage is 0 and it has no length when there is none.
Gap longest_gap(const Trail& trail, const Window& window);

/// For how long nothing had arrived at a moment, less the interval.
Duration silence_at(const Trail& trail, Duration time);

/// When the numbers left that were sent inside the window and never arrived.
std::vector<Duration> lost_during(const Trail& trail, const Window& window);

}  // namespace xconn::probes
